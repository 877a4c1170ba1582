/** What the remediating worker's sweeper does every few seconds: nothing that a crash stranded stays where it is. */
import type { RemediationJob } from '../contracts/jobs.ts';
import type { Backlog } from '../store/approval-backlog.ts';
import type { ApprovalStore } from '../store/approvals.ts';
import type { Producer } from '../store/queue.ts';
import type { Approval } from './approval.ts';

export interface SweepContext {
  readonly store: ApprovalStore;
  readonly backlog: Backlog;
  readonly queue: Pick<Producer, 'enqueueRemediation'>;
  /** ms until an approval is looked at again after it was queued anew. */
  readonly leaseMs: number;
  /** ms after applying at which it is verified. */
  readonly verifyMs: readonly number[];
}

/**
 * Queues again what was approved but never queued, what a worker began and went silent on, and verifications that were
 * lost. A job too many does no harm: the claim lets one through.
 * @returns the approvals that were queued.
 * @throws {QueueUnavailableError}
 */
export async function resumeStranded({ backlog, queue, leaseMs, verifyMs }: SweepContext): Promise<Approval[]> {
  const resumed: Approval[] = [];
  for (const approval of await backlog.stranded()) {
    const job = nextJob(approval, verifyMs);
    if (!job) continue;
    await queue.enqueueRemediation(job);
    await backlog.postpone(approval.id, leaseMs);
    resumed.push(approval);
  }
  return resumed;
}

/** Begins to take back the grants whose time is over. @throws {QueueUnavailableError} */
export async function endGrants({ store, backlog, queue }: SweepContext): Promise<Approval[]> {
  const ended: Approval[] = [];
  for (const approval of await backlog.grantsEnded()) {
    const { code, approval: now } = await store.revoke(approval, { detail: { timeBound: true } });
    if (code !== 'moved') continue;
    ended.push(now);
    const id = `revoke-${now.id}-${now.events.length}`;
    await queue.enqueueRemediation({ kind: 'revoke', id, approval: now.id, trace: now.signed.plan.reportId });
  }
  return ended;
}

/** What a worker has to do next for an approval; undefined where nothing. A job id of its own: an old job may still be kept. */
function nextJob({ id, state, events, signed }: Approval, verifyMs: readonly number[]): RemediationJob | undefined {
  const unique = `${id}-${events.length}-${Date.now()}`;
  const about = { approval: id, trace: signed.plan.reportId };
  if (state === 'approved' || state === 'applying') return { kind: 'apply', id: `apply-${unique}`, ...about };
  if (state === 'revoking') return { kind: 'revoke', id: `revoke-${unique}`, ...about };
  if (state !== 'applied') return undefined;
  const appliedAt = events.findLast(({ move }) => move === 'apply')?.at ?? 0;
  const attempt = Math.max(
    0,
    verifyMs.findLastIndex(ms => appliedAt + ms <= Date.now()),
  );
  return { kind: 'verify', id: `verify-${unique}`, ...about, attempt };
}
