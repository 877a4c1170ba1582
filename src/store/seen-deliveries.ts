/** What Slack has sent already: it may send the same command, click or event again, also to another process of the bot. */
import type { Redis } from 'ioredis';

const KEPT_MS = 600_000;

/** True for the first process that asks about this delivery. @param delivery its kind and Slack's id of it. */
export async function isFirstDelivery(redis: Redis, delivery: string): Promise<boolean> {
  return (await redis.set(`{gke-auth}:seen:${delivery}`, '1', 'PX', KEPT_MS, 'NX')) === 'OK';
}
