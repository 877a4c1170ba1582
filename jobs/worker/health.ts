/** A worker's sign of life in Redis, with the state of its Google access; `status` shows it. */
import { hostname } from 'node:os';
import { HEALTH_EVERY_MS, type WorkerHealth } from '../../src/contracts/health.ts';
import { forgetWorker, saveWorkerHealth } from '../../src/store/worker-health.ts';
import type { WorkerServices } from './services.ts';

/** Reports at once and then every few seconds; `stop` takes the entry away. `probe` says how Google access is. */
export function reportHealth(
  { redis, log }: WorkerServices,
  role: WorkerHealth['role'],
  probe: () => Promise<WorkerHealth['google']>,
): { stop(): Promise<void> } {
  const instance = `${hostname()}-${process.pid}`;
  const startedAt = new Date().toISOString();
  const beat = async () => {
    const google = await probe();
    await saveWorkerHealth(redis, { role, instance, startedAt, at: new Date().toISOString(), google });
  };
  const again = () =>
    void beat().catch(error =>
      log.debug({ err: error, event: 'health.report_failed' }, 'failed to report worker health'),
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
