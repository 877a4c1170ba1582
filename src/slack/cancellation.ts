/** Stopping a running diagnosis: the bot notes who wants it, the worker looks between its steps. */
import type { Redis } from 'ioredis';

const KEPT_S = 3600;
const key = (job: string) => `{gke-auth}:cancel:${job}`;

/** `by`: Slack user id. The first one who cancels is the one who did. */
export async function cancelJob(redis: Redis, job: string, by: string): Promise<void> {
  await redis.set(key(job), by, 'EX', KEPT_S, 'NX');
}

/** The Slack user id of whoever cancelled this job; undefined where nobody did. */
export async function cancelledBy(redis: Redis, job: string): Promise<string | undefined> {
  return (await redis.get(key(job))) ?? undefined;
}
