/**
 * How long another team's diagnosis waits behind one person's scan of a thousand clusters and their forty diagnoses, from the
 * moment that it is on the queue until its verdict is in Slack; with Slack's limits, and 100 ms for each call to Google.
 */
import { findScenario } from '../../../sandbox/scenarios/index.ts';
import { createProducer } from '../../../src/store/queue.ts';
import { signingAs } from '../../approvals/examples.ts';
import { PLAN_KEY, startSystem } from '../../system/system.ts';
import { until } from '../../system/until.ts';
import { jobFor, PRODUCTION_TIMES } from '../diagnosing.ts';
import { type Figure, type Result, round } from '../figure.ts';

const CLUSTERS = 1_000;
const DIAGNOSES = 40;
const LATENCY_MS = 100;

/** As `sandbox/scenarios/fleet.ts` names them. */
const REGIONS = ['asia-northeast1', 'us-central1', 'europe-west1'];
const cluster = (i: number) => `sandbox-1/${REGIONS[i % REGIONS.length]}/cluster-${i}`;

const figure: Figure = {
  about: 'another team’s diagnosis behind a scan of 1,000 clusters and 40 diagnoses',
  async run() {
    const fleet = findScenario('fleet-1000');
    if (!fleet) throw new Error('there is no fleet of a thousand');
    const here = await startSystem({ world: fleet.world, start: ['diagnose'], env: PRODUCTION_TIMES });
    const queue = createProducer(here.redis.url, signingAs('bot', PLAN_KEY));
    try {
      const [busy, other] = [here.addChannel('busy'), here.addChannel('other-team')];
      const warm = jobFor(here, cluster(0), here.channel);
      await queue.enqueueDiagnosis(warm);
      await until('the first diagnosis', () => here.parents()[0], 60_000);
      here.google.cloud.latency = LATENCY_MS;
      const { request: _, ...scan } = { ...jobFor(here, '', busy), kind: 'scan' as const, projects: ['sandbox-1'] };
      await queue.enqueueDiagnosis(scan);
      const jobs = Array.from({ length: DIAGNOSES }, (_, i) => jobFor(here, cluster(i), busy));
      await Promise.all(jobs.map(job => queue.enqueueDiagnosis(job)));
      const started = performance.now();
      const theirs = jobFor(here, cluster(CLUSTERS - 1), other);
      const user = here.people.japanese;
      const { ahead } = await queue.enqueueDiagnosis({ ...theirs, requester: { team: 'T0OTHER', user, id: user } });
      await until('their verdict', () => here.parents(other)[0], 120_000);
      const waited = performance.now() - started;
      const results: Result[] = [
        {
          name: 'fairness: another team’s diagnosis',
          value: round(waited / 1_000),
          unit: 's',
          atMost: 5,
          reference: `${DIAGNOSES} diagnoses and a scan of ${CLUSTERS} clusters before it`,
          detail: { 'ahead of it in the queue': ahead },
        },
      ];
      return results;
    } finally {
      await queue.close();
      await here.stop();
    }
  },
};
export default figure;
