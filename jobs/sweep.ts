/** The regular sweep: expires approvals, ends grants, resumes lost jobs, updates stale cards, delivers messages, reminds approvers. */
import type { Approval } from '../src/approvals/approval.ts';
import { endGrants, resumeStranded, type SweepContext } from '../src/approvals/sweep.ts';
import type { Backlog } from '../src/store/approval-backlog.ts';
import { OutboxStore } from '../src/store/outbox.ts';
import type { WorkerServices } from './worker/services.ts';

/** ms after which a card that shows an older state is updated by the sweep. */
const STALE_CARD_MS = 5_000;

/** Sweeps every `ms`. A sweep that takes longer delays the next one. */
export function sweepEvery(ms: number, services: WorkerServices, sweeping: SweepContext): { stop(): void } {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    sweep(services, sweeping)
      .catch(error => services.log.warn({ event: 'sweep.failed', err: error }, 'sweep failed, retrying'))
      .finally(() => {
        running = false;
      });
  }, ms);
  return { stop: () => clearInterval(timer) };
}

async function sweep(services: WorkerServices, sweeping: SweepContext): Promise<void> {
  const backlog: Backlog = sweeping.backlog;
  for (const approval of await backlog.expireDue()) await showCards(services, approval);
  for (const approval of await endGrants(sweeping)) await showCards(services, approval);
  await resumeStranded(sweeping);
  for (const approval of await backlog.staleCards(STALE_CARD_MS)) await showCards(services, approval);
  await backlog.recordMissing();
  await services.outbox.wake(await undelivered(services));
  for (const approval of await backlog.remindersDue()) {
    await services.cards.remind(approval);
    await backlog.reminded(approval.id);
  }
}

/** Channels with undelivered messages. A crash may have prevented their delivery from being queued. */
function undelivered({ redis }: WorkerServices): Promise<string[]> {
  return new OutboxStore(redis).channels();
}

/** Best effort: a card whose update failed stays on the index of stale cards. */
export async function showCards({ cards, log }: WorkerServices, approval: Approval): Promise<void> {
  const { id, state, signed } = approval;
  log.info({ event: 'approval.state', trace: signed.plan.reportId, approval: id, state }, 'approval changed state');
  try {
    await cards.refresh(approval);
    if (approval.state === 'revoked') await cards.announce(approval);
  } catch (error) {
    log.warn(
      { event: 'card.update_failed', err: error, trace: signed.plan.reportId, approval: id },
      'failed to update approval card',
    );
  }
}
