/** Scans and watches in Slack: one thread for many clusters, one approval for each account, silence until something changes. */
import { describe, expect, it } from 'vitest';
import { findScenario } from '../../sandbox/scenarios/index.ts';
import { watchJob } from '../../src/bot/schedule.ts';
import { createProducer, type Producer } from '../../src/store/queue.ts';
import { type Watch, Watches } from '../../src/store/watches.ts';
import { signingAs } from '../approvals/examples.ts';
import { PLAN_KEY, type System, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';

const ROLE = 'roles/container.defaultNodeServiceAccount';

describe('scan', () => {
  const fleet = findScenario('fleet-10');
  if (!fleet) throw new Error('there is no fleet of ten');
  const system = useSystem({ world: fleet.world, rateLimits: false });

  it('ends as one verdict with the matrix, a message and an approval for each account; approving one mends it', async () => {
    const here = system();
    await here.type('scan sandbox-1');
    const verdict = await until('the verdict', () => here.parents().find(({ text }) => text.startsWith('❌')));
    expect(verdict.text).toContain('4 of 40 node service accounts in sandbox-1 lack permissions');
    await until('four approvals', () => here.buttons('approve').length === 4);
    const messages = here.replies(verdict).filter(({ text }) => text.includes("can't write logs"));
    const problems = messages.flatMap(({ text }) => text.match(/can't write logs/g) ?? []);
    expect(problems).toHaveLength(4);
    expect(messages.length).toBeLessThanOrEqual(2);
    const files = here.replies(verdict).flatMap(({ files }) => files ?? []);
    expect(files.map(({ name }) => name)).toContain('node-accounts.csv');

    const [button] = here.buttons('approve');
    if (!button) throw new Error('no Approve button');
    await here.press(here.people.approver, button);
    const verified = await here.reaches(button.value, 'verified');
    const { params } = verified.signed.plan.remedy;
    expect(here.holders('sandbox-1', ROLE)).toContain(params.member);
    expect(here.slack.world.ledger.violations).toEqual([]);
  });
});

/** Runs a watch by hand, once for each call; resolves when the run has ended. */
function runnerOf(here: System, watch: Watch, queue: Producer) {
  let turn = 0;
  return async () => {
    const runs = async () => {
      const done = await Promise.all(['bulk', 'scan'].map(name => here.store.zcard(`gke-auth:${name}:completed`)));
      return done.reduce((sum, count) => sum + count, 0);
    };
    const done = await runs();
    await queue.enqueueDiagnosis(watchJob(watch, Date.now() + turn++, ['sandbox-1']));
    await until('the run has ended', async () => (await runs()) > done);
    await here.delivered();
  };
}

/** A watch whose own turns are far away. */
async function watching(here: System, target: string): Promise<Watch> {
  const requester = { team: 'T0', user: here.people.requester, id: here.people.requester };
  const place = { team: 'T0', channel: here.channel, language: 'en', userLanguage: 'en' } as const;
  const watch = { id: `w-${target}`, target, projects: [], everyMs: 86_400_000, requester, place };
  await new Watches(here.store, signingAs('bot', PLAN_KEY)).add(watch, Date.now() + 86_400_000);
  return watch;
}

describe('watch', () => {
  const system = useSystem({ rateLimits: false });

  it('posts how things are once, then only what changes, also that it could not look', async () => {
    const here = system();
    const watches = new Watches(here.store, signingAs('bot', PLAN_KEY));
    const watch = await watching(here, 'cluster-x');
    const queue = createProducer(here.redis.url, signingAs('bot', PLAN_KEY));
    const run = runnerOf(here, watch, queue);
    try {
      await run();
      expect(here.parents().map(({ text }) => text)).toEqual([expect.stringContaining('1 problem in cluster-x')]);
      const first = await watches.digest(watch.id);
      expect(Object.keys(first ?? {}).join()).toContain('nodePools/pool-b');

      await run();
      expect(here.parents()).toHaveLength(1);
      expect(await watches.digest(watch.id)).toEqual(first);

      here.google.cloud.world.projects['sandbox-1']?.policy.bindings.push({
        role: ROLE,
        members: ['serviceAccount:node-b@sandbox-1.iam.gserviceaccount.com'],
      });
      await run();
      expect(here.parents().at(-1)?.text).toMatch(/^Findings changed in .*Resolved/s);
      expect(Object.keys((await watches.digest(watch.id)) ?? {}).join()).not.toContain('nodePools/pool-b');

      here.googleFault({ service: 'container', status: 403, times: 100 });
      await run();
      expect(here.parents().at(-1)?.text).toMatch(/^Findings changed in .*New/s);
      await run();
      expect(here.parents()).toHaveLength(3);

      await watches.remove(watch.id);
      here.google.cloud.faults.clear();
      await run();
      expect(here.parents()).toHaveLength(3);
    } finally {
      await queue.close();
    }
  });

  it('of a project scans it: once as it is, then silent', async () => {
    const here = system();
    const queue = createProducer(here.redis.url, signingAs('bot', PLAN_KEY));
    const run = runnerOf(here, await watching(here, 'sandbox-1'), queue);
    const before = here.parents().length;
    try {
      await run();
      expect(here.parents()).toHaveLength(before + 1);
      expect(here.parents().at(-1)?.text).toContain('sandbox-1');
      await run();
      expect(here.parents()).toHaveLength(before + 1);
    } finally {
      await queue.close();
    }
  });
});
