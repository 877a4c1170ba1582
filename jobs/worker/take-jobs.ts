/** Takes jobs off a queue with this worker's settings, and keeps its memory flat meanwhile. */
import { type JobWorker, type JobWorkerOptions, startJobWorker } from '../../src/store/job-worker.ts';
import { collectEvery } from './heap.ts';
import type { WorkerServices } from './services.ts';

const JOBS_PER_COLLECTION = 50;

type Taking<Data> = Pick<
  JobWorkerOptions<Data>,
  'queue' | 'schema' | 'concurrency' | 'fenceOf' | 'routine' | 'run' | 'gaveUp' | 'ended'
>;

export function takeJobs<Data>({ config, secrets, log }: WorkerServices, taking: Taking<Data>): Promise<JobWorker> {
  const { GKE_AUTH_LOCK_MS, GKE_AUTH_STALLED_MS, GKE_AUTH_MAX_STALLED } = config.environment;
  return startJobWorker({
    ...taking,
    redisUrl: secrets.redisUrl,
    lockMs: GKE_AUTH_LOCK_MS,
    stalledMs: GKE_AUTH_STALLED_MS,
    maxStalled: GKE_AUTH_MAX_STALLED,
    log,
    completed: collectEvery(JOBS_PER_COLLECTION),
  });
}
