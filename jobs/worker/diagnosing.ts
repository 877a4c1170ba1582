/** The diagnosing worker: reads Google Cloud and clusters as the diagnoser, and posts reports. It writes nothing to Google. */
import { DiagnosisJob } from '../../src/contracts/jobs.ts';
import { describeError } from '../../src/contracts/user-facing-error.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import { QUEUES } from '../../src/store/queue.ts';
import { createRoleCache } from '../../src/store/role-cache.ts';
import { runDiagnosis } from '../diagnose.ts';
import { runScan } from '../scan.ts';
import { stoppedMessage } from '../steps/messages.ts';
import { runWatch } from '../watch.ts';
import { GoogleAccess } from './google-access.ts';
import { reportHealth } from './health.ts';
import type { DiagnosisServices, Worker, WorkerServices } from './services.ts';
import { takeJobs } from './take-jobs.ts';

/** They mostly wait for Google and Slack. */
const CONCURRENCY = 20;
const DEADLINE_MS = 120_000;

export async function startDiagnosisWorker(services: WorkerServices): Promise<Worker> {
  const { config, outbox, redis } = services;
  const stopping = new AbortController();
  const access = new GoogleAccess(config.google.diagnoser);
  const roleCache = createRoleCache(redis);
  const diagnosing: DiagnosisServices = {
    ...services,
    deadlineMs: DEADLINE_MS,
    signal: stopping.signal,
    openSession: (signal, scan) =>
      access.watch(() =>
        openSession({ env: process.env, impersonate: config.google.diagnoser, roleCache, signal, scan }),
      ),
  };
  const worker = await takeJobs(services, {
    queue: QUEUES.diagnose,
    schema: DiagnosisJob,
    from: ['bot'],
    concurrency: CONCURRENCY,
    run(job) {
      if (job.watch !== undefined) return runWatch(diagnosing, job, job.watch);
      return job.kind === 'scan' ? runScan(diagnosing, job) : runDiagnosis(diagnosing, job);
    },
    async gaveUp(job, error) {
      const message = stoppedMessage(job, { kind: 'failed', why: describeError(error) });
      const { ref } = await outbox.postOnce({ key: `${job.id}/parent`, channel: job.place.channel, message });
      if (ref) await outbox.update(ref, message);
    },
  });
  const health = reportHealth(services, 'diagnoser', async () => access.state);
  return {
    async stop() {
      const closing = worker.stop();
      await closing;
      stopping.abort();
      await health.stop();
      redis.disconnect();
    },
  };
}
