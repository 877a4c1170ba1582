/** What each worker says of itself (`src/contracts/health.ts`), in one hash: instance → JSON. */
import type { Redis } from 'ioredis';
import { HEALTH_GONE_MS, WorkerHealth } from '../contracts/health.ts';

export const HEALTH_KEY = 'gke-auth:health';

export async function saveWorkerHealth(redis: Redis, health: WorkerHealth): Promise<void> {
  await redis.hset(HEALTH_KEY, health.instance, JSON.stringify(health));
}

export async function forgetWorker(redis: Redis, ...instances: readonly string[]): Promise<void> {
  if (instances.length > 0) await redis.hdel(HEALTH_KEY, ...instances);
}

/** The workers that reported lately. Those that fell silent are removed. */
export async function liveWorkers(redis: Redis): Promise<WorkerHealth[]> {
  const live: WorkerHealth[] = [];
  const silent: string[] = [];
  for (const [instance, text] of Object.entries(await redis.hgetall(HEALTH_KEY))) {
    const health = parsed(text);
    if (health && Date.now() - Date.parse(health.at) <= HEALTH_GONE_MS) live.push(health);
    else silent.push(instance);
  }
  await forgetWorker(redis, ...silent);
  return live;
}

function parsed(text: string): WorkerHealth | undefined {
  try {
    return WorkerHealth.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
