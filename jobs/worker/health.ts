/** Writes a worker's heartbeat and the state of its Google access to Redis; `status` shows both. */
import { hostname } from 'node:os';
import { HEALTH_EVERY_MS, type WorkerHealth } from '../../src/contracts/health.ts';
import { forgetWorker, saveWorkerHealth } from '../../src/store/worker-health.ts';
import type { WorkerServices } from './services.ts';

/** Writes at once and then every `HEALTH_EVERY_MS`; `stop` removes the entry. `probe` returns the state of Google access. */
export function reportHealth(
  { redis, log }: WorkerServices,
  role: WorkerHealth['role'],
  probe: () => Promise<WorkerHealth['google']>,
): { stop(): Promise<void> } {
  const instance = `${hostname()}-${process.pid}`;
  const startedAt = new Date().toISOString();
  const heartbeat = async () => {
    const google = await probe();
    await saveWorkerHealth(redis, { role, instance, startedAt, at: new Date().toISOString(), google });
  };
  const again = () =>
    void heartbeat().catch(error =>
      log.debug({ event: 'health.write_failed', err: error }, 'failed to write worker health'),
    );
  again();
  const timer = setInterval(again, HEALTH_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await forgetWorker(redis, instance);
    },
  };
}
