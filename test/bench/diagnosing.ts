/** Diagnoses put on the queue directly, many at once, and their reports. */
import { randomUUID } from 'node:crypto';
import type { DiagnoseJob } from '../../src/contracts/jobs.ts';
import type { Report } from '../../src/contracts/report.ts';
import { createProducer } from '../../src/queue.ts';
import { until } from '../system/until.ts';
import type { System } from '../system.ts';

export function jobFor(here: System, cluster: string, channel: string): DiagnoseJob {
  const { team, users } = here.slack.slack;
  return {
    kind: 'diagnose',
    id: `bench${randomUUID().slice(0, 12)}`,
    requestedAt: new Date().toISOString(),
    requester: { team, user: users.requester, id: users.requester, email: 'alice@example.com' },
    place: { team, channel, language: 'en', userLanguage: 'en' },
    request: { cluster, projects: [] },
  };
}

/** Puts them all on the queue; resolves when all are done. @returns ms from the first to the last. */
export async function runAll(here: System, jobs: readonly DiagnoseJob[], ms = 300_000): Promise<number> {
  const queue = createProducer(here.redis.url);
  const started = performance.now();
  const before = await completed(here);
  await Promise.all(jobs.map(job => queue.enqueueDiagnosing(job)));
  await until(`${jobs.length} diagnoses`, async () => (await completed(here)) - before >= jobs.length, ms);
  const took = performance.now() - started;
  await queue.close();
  return took;
}

/** Counted in the worker's log: the queue keeps only the last thousand. */
async function completed({ services }: System): Promise<number> {
  return services.diagnose.lines.filter(({ msg, job }) => msg === 'done' && job === 'diagnose').length;
}

export async function reportOf(here: System, id: string): Promise<Report> {
  const text = await until(
    `the report ${id}`,
    async () => (await here.store.get(`{gke-auth}:report:${id}`)) ?? undefined,
  );
  return (JSON.parse(text) as { report: Report }).report;
}
