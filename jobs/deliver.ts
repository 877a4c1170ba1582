/** The job `deliver`: shows in Slack what waits in the outbox for one channel. What Slack limits waits its time, and no other channel with it. */
import type { DeliveryJob } from '../src/contracts/jobs.ts';
import { LaterError, type Run } from '../src/store/job-worker.ts';
import type { WorkerServices } from './worker/services.ts';

/** @throws {LaterError} where something has to wait. */
export async function runDelivery(
  { delivery, outbox }: WorkerServices,
  { channel }: DeliveryJob,
  { fence, signal }: Run,
): Promise<void> {
  const unfinished = await delivery.deliver(channel, fence, signal);
  if (!unfinished) return;
  throw new LaterError(unfinished.waitMs, async () => {
    // Handed over while this job was being put off: what came then must not wait as long.
    if (await unfinished.hasNewer()) await outbox.wake([channel]);
  });
}
