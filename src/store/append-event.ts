/** Puts a signed event behind the events that its author has read (`lua/append-event.lua`), and its approval on the indexes. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Approval, State, TransitionName } from '../approvals/approval.ts';
import { requestDigest } from '../approvals/record.ts';
import { keys } from './keys.ts';
import { scripts } from './scripts.ts';

/** A settled approval can be looked up, and a grant revoked, for this long (ms; after its end, where it is time-bound). */
export const KEEP_ENDED_MS = 90 * 24 * 3_600_000;

const Reply = z.tuple([z.enum(['appended', 'moved on', 'late', 'early', 'held']), z.number()]);

export interface MoveRequest {
  /** Of a vote: how many people must approve. */
  readonly quorum?: number;
  /** ms that the caller then holds it. */
  readonly lease?: number;
  /** The caller's, from its claim. */
  readonly fence?: number;
  /** ms until somebody should look whether it got stuck; absent: nothing is left to do. */
  readonly work?: number;
  /** It is forgotten some time after this move. */
  readonly ended?: boolean;
}

interface Appending extends MoveRequest {
  readonly before: Approval;
  /** As it is with the event. */
  readonly next: Approval;
  readonly line: string;
  readonly move: TransitionName;
}

const OVER: readonly State[] = ['expired', 'stale', 'failed', 'revoked', 'denied'];

/** Decisions, and the beginning of applying, are made before the time is over. */
export function mustBeInTime(before: Approval, move: TransitionName): boolean {
  return move === 'approve' || move === 'deny' || (move === 'claim' && before.state === 'approved');
}

/** @returns what the script says, and the end (ms) of another's lease where it is `held`. */
export async function appendEvent(
  redis: Redis,
  { before, next, line, move, lease, fence, work, ended }: Appending,
): Promise<z.infer<typeof Reply>> {
  const { id, state, endsAt } = next;
  const { plan } = before.signed;
  const expiresAt = Date.parse(plan.expiresAt);
  const at = next.events.at(-1)?.at ?? 0;
  const open = state === 'pending' || state === 'approved';
  const request = {
    id,
    lines: before.chain.lines,
    tail: before.chain.tail,
    keep: before.events.length,
    before: mustBeInTime(before, move) ? expiresAt : undefined,
    from: move === 'expire' ? expiresAt : undefined,
    lease,
    release: fence === undefined ? undefined : 1,
    index: [
      open ? expiresAt : false,
      state === 'pending' ? 'keep' : false,
      work === undefined || state === 'pending' ? false : at + work,
      OVER.includes(state) || endsAt === undefined ? false : endsAt,
      'now',
      'now',
    ],
    forgetAt: ended ? Math.max(at, endsAt ?? 0) + KEEP_ENDED_MS : 0,
  };
  const retryOf = before.events[0]?.detail?.retryOf;
  const reply = await scripts.appendEvent.run(
    redis,
    [
      keys.events(id),
      keys.lease(id),
      keys.cards(id),
      keys.opened(requestDigest(plan, typeof retryOf === 'string' ? retryOf : undefined)),
      keys.index.expiry,
      keys.index.reminders,
      keys.index.work,
      keys.index.ends,
      keys.index.unrecorded,
      keys.index.staleCards,
    ],
    [JSON.stringify(request), line],
  );
  return Reply.parse(reply);
}
