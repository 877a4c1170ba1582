/** What a crash or the clock left behind: expired approvals, ended grants, stranded jobs, late cards and messages, reminders. */
import type { Approval } from '../src/approvals/approval.ts';
import { endGrants, resumeStranded, type SweepContext } from '../src/approvals/sweep.ts';
import type { Backlog } from '../src/store/approval-backlog.ts';
import { OutboxStore } from '../src/store/outbox.ts';
import type { WorkerServices } from './worker/services.ts';

/** Cards that show an older state for longer than this (ms) are edited by the sweeper. */
const CARD_LATE_MS = 5_000;

/** Sweeps every `ms`; a sweep that takes longer is not overtaken by the next. */
export function sweepEvery(ms: number, services: WorkerServices, sweeping: SweepContext): { stop(): void } {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    sweep(services, sweeping)
      .catch(error => services.log.warn({ event: 'sweep.failed', err: error }, 'the sweep failed; it is repeated'))
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
  for (const approval of await backlog.staleCards(CARD_LATE_MS)) await showCards(services, approval);
  await backlog.recordMissing();
  await services.outbox.wake(await waiting(services));
  for (const approval of await backlog.remindersDue()) {
    await services.cards.remind(approval);
    await backlog.reminded(approval.id);
  }
}

/** Channels whose messages nobody may be delivering: a crash came between handing them over and having them delivered. */
function waiting({ redis }: WorkerServices): Promise<string[]> {
  return new OutboxStore(redis).channels();
}

/** Best effort: a card that could not be edited stays on the index of stale cards. */
export async function showCards({ cards, log }: WorkerServices, approval: Approval): Promise<void> {
  const { id, state, signed } = approval;
  log.info({ event: 'approval.state', trace: signed.plan.reportId, approval: id, state }, 'approval');
  try {
    await cards.refresh(approval);
    if (approval.state === 'revoked') await cards.announce(approval);
  } catch (error) {
    log.warn(
      { event: 'card.refresh_failed', err: error, trace: signed.plan.reportId, approval: id },
      'failed to update approval card',
    );
  }
}
