/** Which jobs somebody wants stopped, and who: the bot or the terminal notes it, the worker looks for it while it works. */
import type { Redis } from 'ioredis';

const KEPT_S = 3600;
const key = (job: string) => `{gke-auth}:cancel:${job}`;

/** @param by Slack user id. The first one who cancels is the one who did. */
export async function cancelJob(redis: Redis, job: string, by: string): Promise<void> {
  await redis.set(key(job), by, 'EX', KEPT_S, 'NX');
}

/** The Slack user id of whoever cancelled this job; undefined where nobody did. */
export async function cancelledBy(redis: Redis, job: string): Promise<string | undefined> {
  return (await redis.get(key(job))) ?? undefined;
}
