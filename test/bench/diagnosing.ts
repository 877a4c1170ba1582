/** Diagnoses: put on the queue directly, many at once, and their reports; and in the terminal. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DiagnoseJob, DiagnoseRequest } from '../../src/contracts/jobs.ts';
import type { Report } from '../../src/contracts/report.ts';
import { createProducer } from '../../src/queue.ts';
import { until } from '../system/until.ts';
import type { System } from '../system.ts';

const ENTRY = join(import.meta.dirname, '..', '..', 'bin', 'gke-auth.ts');

export function jobFor(
  here: System,
  cluster: string,
  channel: string,
  more: Partial<DiagnoseRequest> = {},
): DiagnoseJob {
  const { team, users } = here.slack.slack;
  return {
    kind: 'diagnose',
    id: `bench${randomUUID().slice(0, 12)}`,
    requestedAt: new Date().toISOString(),
    requester: { team, user: users.requester, id: users.requester, email: 'alice@example.com' },
    place: { team, channel, language: 'en', userLanguage: 'en' },
    request: { cluster, projects: [], ...more },
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

/** One diagnosis by the worker, as a command in Slack starts it. */
export async function inWorker(here: System, cluster: string, more?: Partial<DiagnoseRequest>): Promise<Report> {
  const job = jobFor(here, cluster, here.channel, more);
  await runAll(here, [job]);
  return reportOf(here, job.id);
}

/** One diagnosis in the terminal, which starts cold. `nodeArgs`: Node's own, before the program. */
export async function inTerminal(
  here: System,
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<Report> {
  const env = { ...here.env.diagnose, LOG_LEVEL: 'silent' };
  const all = [...nodeArgs, ENTRY, 'diagnose', ...args, '--format', 'json'];
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  // It ends with 1 where something fails, as it may.
  const { stdout } = await promisify(execFile)(process.execPath, all, options).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? '',
  }));
  if (stdout === '') throw new Error('the terminal said nothing');
  return JSON.parse(stdout) as Report;
}
