/** Starts a worker on a queue with the configured timings, and collects garbage regularly. */
import { type JobWorker, type JobWorkerOptions, startJobWorker } from '../../src/store/job-worker.ts';
import { collectEvery } from './heap.ts';
import type { WorkerServices } from './services.ts';

const JOBS_PER_COLLECTION = 50;

type JobOptions<Data> = Pick<
  JobWorkerOptions<Data>,
  'queue' | 'schema' | 'concurrency' | 'fenceOf' | 'run' | 'gaveUp' | 'ended'
>;

export function takeJobs<Data>(
  { config, secrets, log }: WorkerServices,
  options: JobOptions<Data>,
): Promise<JobWorker> {
  const { GKE_AUTH_LOCK_MS, GKE_AUTH_STALLED_MS, GKE_AUTH_MAX_STALLED } = config.environment;
  return startJobWorker({
    ...options,
    redisUrl: secrets.redisUrl,
    lockMs: GKE_AUTH_LOCK_MS,
    stalledMs: GKE_AUTH_STALLED_MS,
    maxStalled: GKE_AUTH_MAX_STALLED,
    log,
    completed: collectEvery(JOBS_PER_COLLECTION),
  });
}
