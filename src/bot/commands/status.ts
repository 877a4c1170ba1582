import { HEALTH_GONE_MS, HEALTH_KEY, WorkerHealth } from '../../contracts/health.ts';
import { statusMessage } from '../../slack/messages/status.ts';
import { orElse } from '../deadline.ts';
import type { Services } from '../services.ts';
import type { CommandHandler } from './command.ts';

const PATIENCE_MS = 1_800;

export const status: CommandHandler<'status'> = async (services, interaction, { language }) => {
  const [counts, workers] = await Promise.all([
    orElse(PATIENCE_MS, services.queue.counts(), undefined),
    orElse(PATIENCE_MS, heardOf(services), []),
  ]);
  const queue = counts && {
    waiting: counts.diagnose.waiting + counts.remediate.waiting,
    active: counts.diagnose.active + counts.remediate.active,
  };
  return statusMessage(
    { botSince: services.startedAt, workers, ...(queue && { queue }) },
    language ?? interaction.language,
  );
};

/** Workers that said something lately; those long silent are forgotten. */
async function heardOf({ redis }: Services): Promise<WorkerHealth[]> {
  const entries = Object.entries(await redis.hgetall(HEALTH_KEY));
  const workers = entries.map(([instance, text]) => ({
    instance,
    health: WorkerHealth.safeParse(JSON.parse(text)).data,
  }));
  const silent = (health: WorkerHealth | undefined) => !health || Date.now() - Date.parse(health.at) > HEALTH_GONE_MS;
  const gone = workers.filter(({ health }) => silent(health)).map(({ instance }) => instance);
  if (gone.length > 0) await redis.hdel(HEALTH_KEY, ...gone);
  return workers.flatMap(({ health }) => (health && !silent(health) ? [health] : []));
}
