/** The diagnosing worker: reads Google Cloud and clusters as the diagnoser. It writes nothing to Google. */
import { type DiagnosisJob, DiagnosisJob as DiagnosisJobSchema } from '../../src/contracts/jobs.ts';
import { describeError } from '../../src/contracts/user-facing-error.ts';
import { openSession } from '../../src/diagnosis/open.ts';
import type { Run } from '../../src/store/job-worker.ts';
import { removeOutstanding } from '../../src/store/outstanding.ts';
import { QUEUES } from '../../src/store/queue.ts';
import { createRoleCache } from '../../src/store/role-cache.ts';
import { runDiagnosis } from '../diagnose.ts';
import { runScan } from '../scan.ts';
import { parentOf, stoppedMessage } from '../steps/messages.ts';
import { runWatch } from '../watch.ts';
import { startDelivery } from './delivering.ts';
import { GoogleAccess } from './google-access.ts';
import { reportHealth } from './health.ts';
import type { DiagnosisServices, Worker, WorkerServices } from './services.ts';
import { takeJobs } from './take-jobs.ts';

/** Of a worker's diagnoses: how many more run of what is asked for in bulk, and how many scans, which keep the processor busy. */
const BULK = 1 / 2;
const SCANS = 1 / 10;
const DEADLINE_MS = 120_000;

export async function startDiagnosisWorker(services: WorkerServices): Promise<Worker> {
  const { config, outbox, redis, queue } = services;
  const { GKE_AUTH_CONCURRENCY: concurrency } = config.environment;
  const access = new GoogleAccess(config.google.diagnoser);
  const roleCache = createRoleCache(redis);
  const diagnosing: DiagnosisServices = {
    ...services,
    deadlineMs: DEADLINE_MS,
    openSession: (signal, scan) =>
      access.watch(() =>
        openSession({ env: process.env, impersonate: config.google.diagnoser, roleCache, signal, scan }),
      ),
  };
  const taking = {
    schema: DiagnosisJobSchema,
    from: ['bot'] as const,
    run: (job: DiagnosisJob, run: Run) => {
      if (job.watch !== undefined) return runWatch(diagnosing, job, run, job.watch);
      return job.kind === 'scan' ? runScan(diagnosing, job, run) : runDiagnosis(diagnosing, job, run);
    },
    gaveUp: (job: DiagnosisJob, error: Error) =>
      outbox.send([parentOf(job, stoppedMessage(job, { kind: 'failed', why: describeError(error) }))]),
    ended: (job: DiagnosisJob) => removeOutstanding(redis, job),
  };
  const workers = await Promise.all([
    takeJobs(services, { ...taking, queue: QUEUES.diagnose, concurrency }),
    takeJobs(services, { ...taking, queue: QUEUES.bulk, concurrency: Math.ceil(concurrency * BULK) }),
    takeJobs(services, { ...taking, queue: QUEUES.scan, concurrency: Math.ceil(concurrency * SCANS) }),
    startDelivery(services),
  ]);
  const health = reportHealth(services, 'diagnoser', async () => access.state);
  return {
    async stop() {
      await Promise.all(workers.map(worker => worker.stop()));
      await health.stop();
      await queue.close();
      redis.disconnect();
    },
  };
}
