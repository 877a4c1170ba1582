import { statusMessage } from '../../slack/messages/status.ts';
import { liveWorkers } from '../../store/worker-health.ts';
import { orElse } from '../deadline.ts';
import type { CommandHandler } from './command.ts';

const PATIENCE_MS = 1_800;

export const status: CommandHandler<'status'> = async (services, interaction, { language }) => {
  const [counts, workers] = await Promise.all([
    orElse(PATIENCE_MS, services.queue.counts(), undefined),
    orElse(PATIENCE_MS, liveWorkers(services.redis), []),
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
