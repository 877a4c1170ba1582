/**
 * An approval as Redis holds it → an `Approval`, trusting nothing: the state is derived from the events, and an event counts
 * only where its signature, its place in the chain, its author and its time are right. What follows the first event that
 * doesn't count has no effect, and is reported.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../contracts/canonical-json.ts';
import { type Plan, planHash } from '../contracts/plan.ts';
import type { Text } from '../contracts/text.ts';
import { Seal, type Signing } from '../signing/signing.ts';
import {
  type Approval,
  type ApprovalEvent,
  after,
  CardRef,
  EventContent,
  MAY_SIGN,
  type Person,
  type State,
  votes,
} from './approval.ts';
import { isSame } from './policy.ts';
import { refusals } from './refusals.ts';

/** What Redis holds is not what was signed, and nothing of it can be used. */
export class ApprovalTamperedError extends Error {
  readonly code = 'altered';
  readonly approval: string;
  readonly text: Text = refusals.altered();

  constructor(approval: string, what: string, cause?: unknown) {
    super(`Approval ${approval}: ${what} is not what was signed.`, { cause });
    this.name = 'ApprovalTamperedError';
    this.approval = approval;
  }
}

export interface StoredApproval {
  /** Signed events, oldest first. */
  readonly lines: readonly string[];
  readonly cards: Readonly<Record<string, string>>;
}

export const FIRST_PREV = '0'.repeat(64);
/** An event may be this much (ms) earlier than the one before it: its author read the clock a moment before. */
const CLOCK_SLACK_MS = 5_000;

const Line = z.strictObject({ content: EventContent, seal: Seal });
const Cards = z.object({ thread: CardRef.optional(), approvalsChannel: CardRef.optional() });

export const lineHash = (line: string): string => createHash('sha256').update(line).digest('hex');
/** As `redis.sha1hex` gives it, for the comparison in `append-event.lua`. */
export const lineTail = (line: string): string => createHash('sha1').update(line).digest('hex');

/** @throws {ApprovalTamperedError} where not even the plan is what was signed. */
export function readApproval(id: string, { lines, cards }: StoredApproval, signing: Signing): Approval {
  let approval: Approval | undefined;
  let tampering: string | undefined;
  for (const [i, line] of lines.entries()) {
    const next = nextApproval(id, approval, line, signing);
    if (typeof next === 'string') {
      tampering = `event ${i + 1}: ${next}`;
      break;
    }
    approval = next;
  }
  if (!approval) throw new ApprovalTamperedError(id, tampering ?? 'the record');
  return {
    ...approval,
    cards: readCards(cards),
    chain: { lines: lines.length, tail: lineTail(lines.at(-1) ?? '') },
    ...(tampering !== undefined && { tampering }),
  };
}

/** The approval with one more event, or why the event doesn't count. */
export function nextApproval(
  id: string,
  before: Approval | undefined,
  line: string,
  signing: Signing,
): Approval | string {
  const parsed = Line.safeParse(json(line));
  if (!parsed.success) return 'it is not an event';
  const { content, seal } = parsed.data;
  const signer = signing.signerOf('event', content, seal);
  if (!signer) return 'it has no valid signature';
  if (!MAY_SIGN[content.move].includes(signer)) return `the ${signer} may not sign ${content.move}`;
  if (content.approval !== id) return 'it belongs to another approval';
  const prev = before?.events.at(-1)?.hash ?? FIRST_PREV;
  if (content.index !== (before?.events.length ?? 0) + 1 || content.prev !== prev) return 'it follows another event';
  const hash = lineHash(line);
  if (!before) return opened(content, hash);
  const wrong = wrongTime(before, content, signer === 'remediator');
  if (wrong !== undefined) return wrong;
  const state = stateAfter(before, content);
  if (!state) return `${content.move} can't follow ${before.state}`;
  return withEvent(before, { ...eventOf(content), state, hash });
}

function opened(content: EventContent, hash: string): Approval | string {
  const { plan } = content;
  if (content.move !== 'open' || !plan) return 'it opens nothing';
  if (plan.id !== content.approval) return 'its plan has another id';
  return {
    id: content.approval,
    state: 'pending',
    signed: { plan, hash: planHash(plan) },
    events: [{ ...eventOf(content), state: 'pending', hash }],
    fence: 0,
    stillFailing: false,
    cards: {},
    chain: { lines: 1, tail: '' },
  };
}

function withEvent(before: Approval, event: ApprovalEvent): Approval {
  const { move, at } = event;
  const { grantMs } = before.signed.plan;
  const claims = move === 'claim' || move === 'claim-revocation';
  const endsAt = before.endsAt ?? (move === 'claim' && grantMs !== undefined ? at + grantMs : undefined);
  // A new event takes the place of whatever somebody wrote there without a key.
  const { tampering: _, ...valid } = before;
  return {
    ...valid,
    state: event.state,
    events: [...before.events, event],
    fence: before.fence + (claims ? 1 : 0),
    ...(endsAt !== undefined && { endsAt }),
    stillFailing: before.stillFailing || move === 'give-up-verifying',
  };
}

/** The state that this event leads to; undefined where it can't be made. */
export function stateAfter(
  before: Approval,
  { move, by, quorum }: Pick<EventContent, 'move' | 'by' | 'quorum'>,
): State | undefined {
  if (move === 'open') return undefined;
  const state = after(before.state, move);
  if (move !== 'approve' || state === undefined) return state;
  if (!by || quorum === undefined || hasVoted(before, by)) return undefined;
  return votes(before).length + 1 >= quorum ? state : before.state;
}

export function hasVoted(approval: Pick<Approval, 'events'>, person: Person): boolean {
  return votes(approval).some(({ by }) => by !== undefined && isSame(by, person));
}

/** What about the event's time is not so as its author must have seen it. */
function wrongTime(before: Approval, { move, at, by }: EventContent, byRemediator: boolean): string | undefined {
  const expiresAt = Date.parse(before.signed.plan.expiresAt);
  const last = before.events.at(-1)?.at ?? 0;
  if (at < last - CLOCK_SLACK_MS) return 'it is older than the event before it';
  const begins = move === 'approve' || move === 'deny' || (move === 'claim' && before.state === 'approved');
  if (begins && at >= expiresAt) return 'it came after the time to decide';
  if (move === 'expire' && at < expiresAt) return 'it came before the time was over';
  // By itself the remediator revokes only what was granted for a time.
  if (move === 'revoke' && byRemediator && (by !== undefined || before.endsAt === undefined || at < before.endsAt)) {
    return 'the time of the grant is not over';
  }
  return undefined;
}

const eventOf = ({ at, move, by, reason, detail }: EventContent): Omit<ApprovalEvent, 'state' | 'hash'> => ({
  at,
  move,
  ...(by && { by }),
  ...(reason !== undefined && { reason }),
  ...(detail && { detail }),
});

/** Only where cards are edited depends on these: what can't be read is left out. */
function readCards(stored: StoredApproval['cards']): Approval['cards'] {
  const entries = Object.entries(stored).map(([place, ref]) => [place, json(ref)]);
  const parsed = Cards.safeParse(Object.fromEntries(entries));
  return parsed.success ? parsed.data : {};
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What makes two requests the same: report, check, subject, remedy, and the approval that it tries again. */
export function requestDigest({ reportId, check, subject, remedy }: Plan, retryOf: string | undefined): string {
  const { kind, params } = remedy;
  return createHash('sha256').update(canonicalJson({ reportId, check, subject, kind, params, retryOf })).digest('hex');
}
