/** Diagnoses: put on the queue directly, many at once, and their reports; and in the terminal. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DiagnoseJob, DiagnoseRequest } from '../../src/contracts/jobs.ts';
import type { Report } from '../../src/contracts/report.ts';
import { createProducer } from '../../src/store/queue.ts';
import { Reports } from '../../src/store/reports.ts';
import { signingAs } from '../approvals/examples.ts';
import type { LogLine, Service } from '../system/service.ts';
import { PLAN_KEY, type System } from '../system/system.ts';
import { until } from '../system/until.ts';

/** As in production. The times of tests have a busy worker's jobs taken over, and made twice. */
export const PRODUCTION_TIMES = { GKE_AUTH_LOCK_MS: '30000', GKE_AUTH_STALLED_MS: '30000' };

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

/** Puts them all on the queue; resolves when this worker has done them all and Slack shows them. @returns ms from the first to the last. */
export async function runAll(
  here: System,
  jobs: readonly DiagnoseJob[],
  { worker = here.services.diagnose }: { worker?: Service } = {},
): Promise<number> {
  const queue = createProducer(here.redis.url, signingAs('bot', PLAN_KEY));
  const started = performance.now();
  const before = worker.lines.length;
  await Promise.all(jobs.map(job => queue.enqueueDiagnosis(job)));
  await until(`${jobs.length} diagnoses`, () => areDone(worker.lines.slice(before), jobs), 300_000);
  await here.delivered(300_000);
  const took = performance.now() - started;
  await queue.close();
  return took;
}

/** By the worker's log: the queue keeps only the last thousand. By their ids: one that was taken over is done twice. */
function areDone(lines: readonly LogLine[], jobs: readonly DiagnoseJob[]): boolean {
  const done = new Set(lines.filter(({ event }) => event === 'job.done').map(({ id }) => id));
  return jobs.every(({ id }) => done.has(id));
}

export async function reportOf(here: System, id: string): Promise<Report> {
  const reports = new Reports(here.store, signingAs('bot', PLAN_KEY));
  const stored = await until(`the report ${id}`, () => reports.report(id));
  return stored.report;
}

/** One diagnosis by the worker, as a command in Slack starts it. */
export async function inWorker(here: System, cluster: string, more?: Partial<DiagnoseRequest>): Promise<Report> {
  const job = jobFor(here, cluster, here.channel, more);
  await runAll(here, [job]);
  return reportOf(here, job.id);
}

/** One diagnosis in the terminal, which starts cold. `more`: of its environment. */
export async function inTerminal(
  here: System,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Report> {
  const env = { ...here.env.diagnose, LOG_LEVEL: 'silent', ...more };
  const all = [ENTRY, 'diagnose', ...args, '--format', 'json'];
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  // It ends with 1 where something fails, as it may.
  const { stdout } = await promisify(execFile)(process.execPath, all, options).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? '',
  }));
  if (stdout === '') throw new Error('the terminal said nothing');
  return JSON.parse(stdout) as Report;
}
