/** Delivers the outbox, in every worker: it needs neither Google nor much time, and whoever is up should do it. */
import { DeliveryJob } from '../../src/contracts/jobs.ts';
import { SIGNERS } from '../../src/signing/signing.ts';
import { OutboxStore } from '../../src/store/outbox.ts';
import { QUEUES } from '../../src/store/queue.ts';
import { runDelivery } from '../deliver.ts';
import type { Worker, WorkerServices } from './services.ts';
import { takeJobs } from './take-jobs.ts';

/** Channels delivered at once; each mostly waits for Slack's answers. */
const CONCURRENCY = 20;

export async function startDelivery(services: WorkerServices): Promise<Worker> {
  const worker = await takeJobs(services, {
    queue: QUEUES.deliver,
    schema: DeliveryJob,
    from: SIGNERS,
    concurrency: CONCURRENCY,
    fenceOf: ({ channel }) => channel,
    routine: true,
    run: (job, run) => runDelivery(services, job, run),
  });
  // Messages that were queued while no worker was running.
  const { log, outbox, redis } = services;
  new OutboxStore(redis)
    .channels()
    .then(channels => outbox.wake(channels))
    .catch(error => log.warn({ event: 'outbox.read_failed', err: error }, 'failed to read undelivered messages'));
  return worker;
}
