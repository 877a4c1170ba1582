/** Delivers the outbox, in every worker: it needs neither Google nor much time, and whoever is up should do it. */
import { DeliveryJob } from '../../src/contracts/jobs.ts';
import { OutboxStore } from '../../src/store/outbox.ts';
import { QUEUES } from '../../src/store/queue.ts';
import { runDelivery } from '../deliver.ts';
import type { Worker, WorkerServices } from './services.ts';
import { takeJobs } from './take-jobs.ts';

/** Channels at once: they wait for Slack's answers. */
const CONCURRENCY = 20;

export async function startDelivery(services: WorkerServices): Promise<Worker> {
  const worker = await takeJobs(services, {
    queue: QUEUES.deliver,
    schema: DeliveryJob,
    concurrency: CONCURRENCY,
    fenceOf: ({ channel }) => channel,
    routine: true,
    run: (job, run) => runDelivery(services, job, run),
  });
  // Whatever was handed over while no worker was up.
  const { log, outbox, redis } = services;
  new OutboxStore(redis)
    .channels()
    .then(channels => outbox.wake(channels))
    .catch(error => log.warn({ event: 'delivery.wake_failed', err: error }, 'failed to look for undelivered messages'));
  return worker;
}
