/** Starts a worker on a queue with the configured timings, and collects garbage regularly. */
import { type JobWorker, type JobWorkerOptions, startJobWorker } from '../../src/store/job-worker.ts';
import { collectEvery } from './heap.ts';
import type { WorkerServices } from './services.ts';

const JOBS_PER_COLLECTION = 50;

type JobOptions<Data> = Pick<
  JobWorkerOptions<Data>,
  'queue' | 'schema' | 'from' | 'concurrency' | 'fenceOf' | 'routine' | 'run' | 'gaveUp' | 'ended'
>;

export function takeJobs<Data>(
  { config, secrets, log, signing, audit }: WorkerServices,
  options: JobOptions<Data>,
): Promise<JobWorker> {
  const { GKE_AUTH_LOCK_MS, GKE_AUTH_STALLED_MS, GKE_AUTH_MAX_STALLED } = config.environment;
  return startJobWorker({
    ...options,
    redisUrl: secrets.redisUrl,
    signing,
    forged: async id => {
      const event = {
        action: 'job.refused',
        at: new Date().toISOString(),
        refusal: 'unsigned',
        detail: { queue: options.queue, id },
      };
      await audit.append([{ key: `job ${options.queue} ${id}`, event }]);
    },
    lockMs: GKE_AUTH_LOCK_MS,
    stalledMs: GKE_AUTH_STALLED_MS,
    maxStalled: GKE_AUTH_MAX_STALLED,
    log,
    completed: collectEvery(JOBS_PER_COLLECTION),
  });
}
