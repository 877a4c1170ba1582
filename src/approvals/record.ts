/** An approval as Redis holds it → an `Approval`, trusting nothing: forms, signatures and times are checked. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, type Plan, SignedPlan, verifyPlan } from '../contracts/plan.ts';
import type { Text } from '../contracts/text.ts';
import { type Approval, ApprovalEvent, CardRef, State } from './approval.ts';
import { refusals } from './refusals.ts';
import { verifyVote } from './vote.ts';

/** What Redis holds is not what was signed. */
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
  readonly fields: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly cards: Readonly<Record<string, string>>;
}

const Fields = z.object({
  state: State,
  plan: z.string(),
  hash: z.string(),
  expiresAt: z.coerce.number().int(),
  fence: z.coerce.number().int(),
  endsAt: z.coerce.number().int().optional(),
  stillFailing: z.literal('1').optional(),
});
const Cards = z.object({ thread: CardRef.optional(), approvalsChannel: CardRef.optional() });

/** @throws {ApprovalTamperedError} */
export function readApproval(id: string, stored: StoredApproval, planKey: string): Approval {
  try {
    const fields = Fields.parse(stored.fields);
    const signed = SignedPlan.parse(JSON.parse(fields.plan));
    const events = stored.events.map(readEvent);
    const cards = Object.entries(stored.cards).map(([place, ref]) => [place, JSON.parse(ref)]);
    if (!verifyPlan(signed, planKey) || signed.hash !== fields.hash) throw new ApprovalTamperedError(id, 'the plan');
    if (signed.plan.id !== id) throw new ApprovalTamperedError(id, 'the id');
    if (Date.parse(signed.plan.expiresAt) !== fields.expiresAt) throw new ApprovalTamperedError(id, 'the expiry');
    const forged = events.some(
      ({ move, by, signature }) => move === 'approve' && !verifyVote(signed.hash, by, signature, planKey),
    );
    if (forged) throw new ApprovalTamperedError(id, 'a vote');
    if (events.at(-1)?.state !== fields.state) throw new ApprovalTamperedError(id, 'the state');
    return {
      id,
      state: fields.state,
      signed,
      events,
      fence: fields.fence,
      endsAt: fields.endsAt,
      stillFailing: fields.stillFailing !== undefined,
      cards: Cards.parse(Object.fromEntries(cards)),
    };
  } catch (error) {
    if (error instanceof ApprovalTamperedError) throw error;
    throw new ApprovalTamperedError(id, 'the record', error);
  }
}

/** `<ms> <state> <json>`, as the scripts write it. */
function readEvent(line: string): ApprovalEvent {
  const [, at, state, json = ''] = /^(\d+) ([a-z]+) (.*)$/s.exec(line) ?? [];
  return ApprovalEvent.parse({ ...JSON.parse(json), at: Number(at), state });
}

/** What makes two requests the same: report, check, subject, remedy, and the approval that it tries again. */
export function requestDigest({ reportId, check, subject, remedy }: Plan, retryOf: string | undefined): string {
  const { kind, params } = remedy;
  return createHash('sha256').update(canonicalJson({ reportId, check, subject, kind, params, retryOf })).digest('hex');
}
