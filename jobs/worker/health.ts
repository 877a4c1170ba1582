/** A worker's sign of life in Redis, with the state of its Google access; `status` shows it. */
import { hostname } from 'node:os';
import { HEALTH_EVERY_MS, HEALTH_KEY, type WorkerHealth } from '../../src/contracts/health.ts';
import type { Parts } from './parts.ts';

/** Reports at once and then every few seconds; `stop` takes the entry away. `probe` says how Google access is. */
export function reportHealth(
  { redis, log }: Parts,
  role: WorkerHealth['role'],
  probe: () => Promise<WorkerHealth['google']>,
): { stop(): Promise<void> } {
  const instance = `${hostname()}-${process.pid}`;
  const startedAt = new Date().toISOString();
  const beat = async () => {
    const google = await probe();
    const health: WorkerHealth = { role, instance, startedAt, at: new Date().toISOString(), google };
    await redis.hset(HEALTH_KEY, instance, JSON.stringify(health));
  };
  const again = () => void beat().catch(error => log.debug({ err: error }, 'no sign of life could be left'));
  again();
  const timer = setInterval(again, HEALTH_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await redis.hdel(HEALTH_KEY, instance);
    },
  };
}
