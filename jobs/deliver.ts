/** The job `deliver`: posts the messages that wait in the outbox for one channel. A rate limit delays only that channel. */
import type { DeliveryJob } from '../src/contracts/jobs.ts';
import { LaterError, type Run } from '../src/store/job-worker.ts';
import type { WorkerServices } from './worker/services.ts';

/** @throws {LaterError} when a message must wait for a rate limit. */
export async function runDelivery(
  { delivery, outbox }: WorkerServices,
  { channel }: DeliveryJob,
  { fence, signal }: Run,
): Promise<void> {
  const unfinished = await delivery.deliver(channel, fence, signal);
  if (!unfinished) return;
  throw new LaterError(unfinished.waitMs, async () => {
    // Messages that were queued while this job was being delayed must not wait as long.
    if (await unfinished.hasNewer()) await outbox.wake([channel]);
  });
}
