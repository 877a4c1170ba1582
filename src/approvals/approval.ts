/** An approval: a plan waiting for, or having had, a decision. Its states, and what may follow what. Pure. */
import { z } from 'zod';
import { Requester } from '../contracts/jobs.ts';
import { Plan } from '../contracts/plan.ts';
import type { SignerName } from '../signing/signing.ts';

export const STATES = [
  'pending',
  'approved',
  'applying',
  'applied',
  'verified',
  'revoking',
  'revoked',
  'denied',
  'expired',
  'stale',
  'failed',
] as const;
export const State = z.enum(STATES);
export type State = z.infer<typeof State>;

interface Way {
  readonly from: readonly State[];
  readonly to: State;
}

/**
 * Every way from one state to another (README.md#security-model). Who may make which is `policy.ts`; that only one of two
 * racing moves happens is `move.lua`.
 */
export const TRANSITIONS = {
  /** One person's yes. Stays `pending` until the quorum is there. */
  approve: { from: ['pending'], to: 'approved' },
  deny: { from: ['pending'], to: 'denied' },
  /** The time to decide, or to begin applying, is over. */
  expire: { from: ['pending', 'approved'], to: 'expired' },
  /** A worker takes it; from `applying`, where the one that had it went silent. */
  claim: { from: ['approved', 'applying'], to: 'applying' },
  /** The world changed: the check passes by now, or something else would be done than was approved. */
  'go-stale': { from: ['applying'], to: 'stale' },
  /** Nothing was changed, and why. */
  fail: { from: ['applying'], to: 'failed' },
  /** The time was over before anything was written. */
  lapse: { from: ['applying'], to: 'expired' },
  apply: { from: ['applying'], to: 'applied' },
  verify: { from: ['applied'], to: 'verified' },
  /** It was applied, and the check fails all the same. */
  'give-up-verifying': { from: ['applied'], to: 'applied' },
  revoke: { from: ['applied', 'verified'], to: 'revoking' },
  'claim-revocation': { from: ['revoking'], to: 'revoking' },
  'finish-revocation': { from: ['revoking'], to: 'revoked' },
  /** Still granted. Whoever wants it gone asks again. */
  'fail-revocation': { from: ['revoking'], to: 'applied' },
} as const satisfies Readonly<Record<string, Way>>;

export type TransitionName = keyof typeof TRANSITIONS;
export const TRANSITION_NAMES = z.enum(Object.keys(TRANSITIONS) as [TransitionName, ...TransitionName[]]);

/** The state after a move; undefined where the move can't be made. */
export function after(state: State, name: TransitionName): State | undefined {
  const { from, to }: Way = TRANSITIONS[name];
  return from.includes(state) ? to : undefined;
}

/** Nothing is ever done with it again, except that a grant can be revoked. */
export function isEnded(state: State): boolean {
  return !['pending', 'approved', 'applying', 'applied', 'revoking'].includes(state);
}

/** Who did something; the name is for reading only. */
export const Person = Requester.extend({ name: z.string().optional() });
export type Person = z.infer<typeof Person>;

export const Move = z.union([z.literal('open'), TRANSITION_NAMES]);
export type Move = z.infer<typeof Move>;

/** Whose signature counts under which event. Whoever holds another role's key can't make it. */
export const MAY_SIGN: Readonly<Record<Move, readonly SignerName[]>> = {
  open: ['diagnoser'],
  approve: ['bot'],
  deny: ['bot'],
  expire: ['bot', 'remediator'],
  claim: ['remediator'],
  'go-stale': ['remediator'],
  fail: ['remediator'],
  lapse: ['remediator'],
  apply: ['remediator'],
  verify: ['remediator'],
  'give-up-verifying': ['remediator'],
  // The remediator ends what is time-bound, the operator everything (`gke-auth revoke --all`).
  revoke: ['bot', 'operator', 'remediator'],
  'claim-revocation': ['remediator'],
  'finish-revocation': ['remediator'],
  'fail-revocation': ['remediator'],
};

/** What is signed of an event. `prev` binds it to the one before, `approval` and `index` to its place. */
export const EventContent = z.strictObject({
  approval: z.string(),
  /** 1, 2, 3 … */
  index: z.number().int().positive(),
  /** Hash of the line before; 64 zeros in the first. */
  prev: z.string(),
  /** By Redis's clock, in ms since 1970. */
  at: z.number().int(),
  move: Move,
  /** Absent where gke-auth itself did it. */
  by: Person.optional(),
  reason: z.string().optional(),
  /** What else is on record: policy before and after with their etags, evidence, verification. */
  detail: z.record(z.string(), z.unknown()).optional(),
  /** Of the first event: what it is all about. */
  plan: Plan.optional(),
  /** Of a vote: how many the configuration of the bot asked for. */
  quorum: z.number().int().positive().optional(),
});
export type EventContent = z.infer<typeof EventContent>;

/** Something that happened to an approval; the list of them is its history. */
export interface ApprovalEvent {
  readonly at: number;
  readonly move: Move;
  /** The state after it, derived from all events up to it. */
  readonly state: State;
  readonly by?: Person;
  readonly reason?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Of the signed line. */
  readonly hash: string;
}

/** Where a card is shown, so that it can be edited in place. */
export const CardRef = z.object({ channel: z.string(), ts: z.string() });
export type CardRef = z.infer<typeof CardRef>;
export type CardPlace = 'thread' | 'approvalsChannel';

/** What Redis held when the approval was read, so that the next event follows exactly that. */
export interface Chain {
  /** Lines in Redis. More than there are events: somebody without a key wrote the rest, and it counts for nothing. */
  readonly lines: number;
  /** Of the last line, valid or not. */
  readonly tail: string;
}

export interface Approval {
  readonly id: string;
  /** Derived from the verified events, as everything below. */
  readonly state: State;
  /** The plan that the first event carries, and its hash. */
  readonly signed: { readonly plan: Plan; readonly hash: string };
  /** Oldest first; never empty. */
  readonly events: readonly ApprovalEvent[];
  /** Grows with every claim; only the worker that has the newest may write. */
  readonly fence: number;
  /** When a time-bound grant ends (ms since 1970); fixed by the first claim, so on record before the grant is made. */
  readonly endsAt?: number;
  /** Set where verification was given up: applied, still failing. */
  readonly stillFailing: boolean;
  readonly cards: Readonly<Partial<Record<CardPlace, CardRef>>>;
  readonly chain: Chain;
  /** What somebody without a key wrote into the record. It has no effect. */
  readonly tampering?: string;
}

/** The yeses, oldest first. */
export function votes({ events }: Pick<Approval, 'events'>): ApprovalEvent[] {
  return events.filter(event => event.move === 'approve');
}

/** The event that led to the present state. */
export function lastEvent({ events }: Pick<Approval, 'events'>): ApprovalEvent | undefined {
  return events.at(-1);
}

export type DecidingEvent = ApprovalEvent & { move: 'approve' | 'deny' | 'revoke' };

/** Who approved, denied or revoked last; `by` is absent where gke-auth itself revoked. */
export function decider({ events }: Pick<Approval, 'events'>): DecidingEvent | undefined {
  return events.findLast((event): event is DecidingEvent => ['approve', 'deny', 'revoke'].includes(event.move));
}
