/**
 * 500 commands at once, in 50 channels: how long Slack waits for the slowest acknowledgement, and whether all of them become
 * reports. Delivering them takes minutes, since Slack allows some hundred posts a minute; with --full that is waited for, and
 * compared with what two posts and an edit for each would take.
 */

import { startSystem } from '../../system/system.ts';
import { until } from '../../system/until.ts';
import { PRODUCTION_TIMES } from '../diagnosing.ts';
import { type Figure, median, type Result, round } from '../figure.ts';

const COMMANDS = 500;
const CHANNELS = 50;
/** How long the deliveries are watched for Slack's limits where they are not waited for. */
const WATCHED_REPORTS = 40;

const FULL_MS = 1_200_000;
/** chat.update: Tier 3, 50 a minute for the workspace (https://docs.slack.dev/apis/web-api/rate-limits). An edit for each takes longest. */
const EDITS_A_MINUTE = 50;

const isVerdict = ({ text }: { readonly text: string }) => text.startsWith('✅');

/** What the parents say that are no verdict, and how many there are too few. */
function withoutReport(parents: readonly { readonly text: string }[], commands: number): string {
  const others = parents.filter(parent => !isVerdict(parent)).map(({ text }) => text);
  const unposted = commands - parents.length;
  return [...new Set(others), ...(unposted > 0 ? [`${unposted} not posted`] : [])].join('; ') || 'none';
}

const figure: Figure = {
  about: '500 commands at once: acknowledged, none lost, Slack’s limits kept',
  async run({ full }) {
    const here = await startSystem({ start: ['bot', 'diagnose'], env: PRODUCTION_TIMES });
    try {
      const channels = Array.from({ length: CHANNELS }, (_, i) => here.addChannel(`burst-${i}`));
      await here.type('help');
      const answers = await Promise.all(
        Array.from({ length: COMMANDS }, (_, i) =>
          here.type('diagnose sandbox-1/us-central1/cluster-healthy --only node-sa-permissions', {
            channel: channels[i % CHANNELS],
          }),
        ),
      );
      const started = performance.now();
      const took = answers.map(({ tookMs }) => tookMs);
      const acknowledged = answers.filter(
        ({ ok, ack }) => ok && /Looking at|behind|jobs? before|ahead/.test(JSON.stringify(ack)),
      ).length;
      const parents = () => channels.flatMap(channel => here.parents(channel));
      const verdicts = () => parents().filter(isVerdict).length;
      // What was not delivered in time is what the figure tells.
      await until('reports', () => verdicts() >= (full ? COMMANDS : WATCHED_REPORTS), full ? FULL_MS : 120_000).catch(
        () => {},
      );
      const minutes = (performance.now() - started) / 60_000;
      const { calls, errors, violations } = here.slack.world.ledger;
      const results: Result[] = [
        {
          name: 'acknowledgement, slowest of 500',
          value: round(Math.max(...took), 0),
          unit: 'ms',
          atMost: 3_000,
          detail: { 'median, ms': round(median(took), 0) },
        },
        { name: 'commands of 500 acknowledged with a job', value: acknowledged, unit: '', atLeast: COMMANDS },
        {
          name: 'reports delivered',
          value: verdicts(),
          unit: full ? 'of 500' : `in ${round(minutes, 1)} min of watching`,
          atLeast: full ? COMMANDS : WATCHED_REPORTS,
          reference: 'Slack allows 50 edits a minute, and some hundred posts',
          detail: {
            'edits a minute': round((calls['chat.update'] ?? 0) / minutes, 0),
            'posts a minute': round((calls['chat.postMessage'] ?? 0) / minutes, 0),
            ...(full ? { 'without a report': withoutReport(parents(), COMMANDS) } : {}),
          },
        },
        {
          name: 'Slack’s limits exceeded',
          value: (errors.ratelimited ?? 0) + violations.length,
          unit: 'times',
          atMost: 0,
        },
      ];
      if (full) {
        results.push({
          name: 'burst of 500 delivered',
          value: round(minutes / (COMMANDS / EDITS_A_MINUTE)),
          unit: '× two posts and an edit for each',
          atMost: 0.55,
          reference: `${COMMANDS / EDITS_A_MINUTE} min for as many edits`,
          detail: { minutes: round(minutes, 1) },
        });
      }
      return results;
    } finally {
      await here.stop();
    }
  },
};
export default figure;
