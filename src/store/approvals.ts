/**
 * Approvals in Redis. Every change is one atomic script (`lua/move.lua`); what a script changes also puts the approval on
 * the indexes of what must follow (audit entry, card, work), so that a crash at any point leaves nothing forgotten.
 */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  type Approval,
  type CardPlace,
  type CardRef,
  type Person,
  TRANSITIONS,
  type TransitionName,
} from '../approvals/approval.ts';
import type { AuditLog } from '../approvals/audit.ts';
import { readApproval, requestDigest, type StoredApproval } from '../approvals/record.ts';
import { signVote } from '../approvals/vote.ts';
import type { SignedPlan } from '../contracts/plan.ts';
import { keys } from './keys.ts';
import { scripts } from './scripts.ts';

const HOUR_MS = 3_600_000;
/** A settled approval can be looked up, and a grant revoked, for this long (after its end, where it is time-bound). */
export const KEEP_ENDED_MS = 90 * 24 * HOUR_MS;
const REMIND_BEFORE_MS = HOUR_MS;

export interface StoreOptions {
  readonly redis: Redis;
  /** `GKE_AUTH_PLAN_KEY`. */
  readonly planKey: string;
  readonly audit: AuditLog;
  /** Takes secrets out of reasons and details before they are stored. */
  readonly redact: <Value>(value: Value) => Value;
  /** ms that a worker holds what it claimed. */
  readonly leaseMs: number;
  /** ms after applying at which it is verified; the last is when verification should be over. */
  readonly verifyMs: readonly number[];
  /** Told where something that was decided could not be read again or recorded yet; the sweeper catches up. */
  readonly onBehind?: (error: unknown) => void;
}

/** Who does it, why, and what else goes on record. Absent `by`: gke-auth itself. */
export interface Deed {
  readonly by?: Person;
  readonly reason?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const CODES = [
  'moved',
  'counted',
  'expired',
  'missing',
  'altered',
  'refused',
  'early',
  'held',
  'fenced',
  'voted',
] as const;
const Hash = z.record(z.string(), z.string());
const Stored = z.tuple([Hash, z.array(z.string()), Hash]);
const Opened = z.tuple([z.string(), z.string()]);
/** A hash as a script gives it: names and values in turn. */
const FlatHash = z
  .array(z.string())
  .transform(flat => Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : []))));
const Reply = z.tuple([z.enum(CODES), z.string(), z.number(), FlatHash, z.array(z.string()), FlatHash]);

/** What a move did. Only `moved`, `counted` (a yes, but the quorum is not there) and `expired` changed anything. */
export interface TransitionResult {
  readonly code: (typeof CODES)[number];
  /** The fence after a claim; the votes so far where `counted` or `voted`; the end of another's lease (ms) where `held`. */
  readonly count: number;
  /** As it is afterwards; where the record was tampered with, as it was before. */
  readonly approval: Approval;
}

/** Moves that a worker makes with the fence it got from its claim. */
export type FencedTransition = 'go-stale' | 'fail' | 'lapse' | 'apply' | 'finish-revocation' | 'fail-revocation';
interface MoveRequest {
  readonly time?: 'before' | 'after';
  readonly quorum?: number;
  readonly voter?: readonly string[];
  readonly lease?: number;
  readonly fence?: number;
  readonly work?: number;
  readonly ends?: number;
  readonly keep?: number;
  readonly failing?: 1;
  readonly signature?: string;
}

export class ApprovalStore {
  readonly #options: StoreOptions;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /**
   * Opens an approval. A second call for the same request (report, check, subject, remedy) gives the one that is there,
   * whatever became of it. `retryOf` is the id of the settled one that somebody wants to try again.
   * @throws {ApprovalTamperedError} where the one that is there was tampered with.
   */
  async open(signed: SignedPlan, { retryOf }: { retryOf?: string } = {}): Promise<Approval> {
    const { plan, hash } = signed;
    if (plan.remedy.risk === 'manual') throw new Error(`A manual remedy can't be approved: ${plan.remedy.kind}`);
    const expiresAt = Date.parse(plan.expiresAt);
    const remindAt = expiresAt - Math.min(REMIND_BEFORE_MS, (expiresAt - Date.parse(plan.createdAt)) / 4);
    const digest = requestDigest(plan, retryOf);
    const { remedy, check, subject, target, request } = plan;
    const detail = { remedy, check, subject, target, request, retryOf };
    const reply = await scripts.open.run(
      this.#options.redis,
      [
        keys.opened(digest),
        keys.approval(plan.id),
        keys.events(plan.id),
        keys.index.expiry,
        keys.index.reminders,
        keys.index.unrecorded,
        keys.index.staleCards,
        keys.history(),
        keys.history(plan.target.cluster),
      ],
      [
        plan.id,
        digest,
        JSON.stringify(signed),
        hash,
        expiresAt,
        Math.round(remindAt),
        this.#event('open', { by: plan.requester, detail }),
      ],
    );
    const [code, id] = Opened.parse(reply);
    if (code === 'taken') throw new Error(`There is another approval with the id ${id}`);
    const approval = await this.get(id);
    if (!approval) throw new Error(`Approval ${id} was removed while it was opened`);
    await this.record(approval).catch(error => this.#options.onBehind?.(error));
    return approval;
  }

  /** @throws {ApprovalTamperedError} where Redis holds something else than was signed. */
  async get(id: string): Promise<Approval | undefined> {
    const { redis, planKey } = this.#options;
    // One transaction: a move between two reads would look like tampering.
    const replies = await redis
      .multi()
      .hgetall(keys.approval(id))
      .lrange(keys.events(id), 0, -1)
      .hgetall(keys.cards(id))
      .exec();
    const [fields, events, cards] = Stored.parse(replies?.map(([error, reply]) => error ?? reply));
    return fields.state === undefined ? undefined : readApproval(id, { fields, events, cards }, planKey);
  }

  /** One person's yes; the last one that the quorum needs approves it. Too late expires it. */
  approve(approval: Approval, voter: Person, quorum: number): Promise<TransitionResult> {
    const identities = [voter.id, voter.user].map(id => `id ${id}`);
    if (voter.email) identities.push(`email ${voter.email.toLowerCase()}`);
    const signature = signVote(approval.signed.hash, voter, this.#options.planKey);
    const request = { time: 'before', quorum, voter: identities, work: this.#options.leaseMs, signature } as const;
    return this.#move(approval, 'approve', { by: voter }, request);
  }

  deny(approval: Approval, deed: Deed): Promise<TransitionResult> {
    return this.#move(approval, 'deny', deed, { time: 'before', keep: KEEP_ENDED_MS });
  }

  /** Expires it, if its time is over by Redis's clock. */
  expire(approval: Approval): Promise<TransitionResult> {
    return this.#move(approval, 'expire', {}, { time: 'after', keep: KEEP_ENDED_MS });
  }

  /**
   * A worker takes an approved one to apply it, or one whose worker went silent. `moved` carries the fence that it must
   * show from then on. More than one `claim` among the events means that something may have been written already.
   */
  claim(approval: Approval, deed: Deed = {}): Promise<TransitionResult> {
    const { leaseMs } = this.#options;
    const ends = approval.signed.plan.grantMs;
    return this.#move(approval, 'claim', deed, { time: 'before', lease: leaseMs, work: leaseMs, ends });
  }

  claimRevocation(approval: Approval, deed: Deed = {}): Promise<TransitionResult> {
    const { leaseMs } = this.#options;
    return this.#move(approval, 'claim-revocation', deed, { lease: leaseMs, work: leaseMs });
  }

  /**
   * Keeps the hold on a claimed approval for another lease. False: it is another's now, stop writing. Before a write: read
   * what is there with its etag, renew, then write with that etag and a deadline shorter than the lease. In this order a
   * worker that was silent for too long can't undo what another has done since.
   */
  renew(id: string, fence: number): Promise<boolean> {
    return this.#renew(id, fence, this.#options.leaseMs);
  }

  /** Lets go, so that the next attempt need not wait for the lease to run out. */
  release(id: string, fence: number): Promise<boolean> {
    return this.#renew(id, fence, 0);
  }

  /** What came of a claim. `fenced`: another worker has it by now, and this result counts for nothing. */
  settle(approval: Approval, move: FencedTransition, fence: number, deed: Deed = {}): Promise<TransitionResult> {
    const work = this.#verification(approval, move);
    const keep = work === undefined ? KEEP_ENDED_MS : undefined;
    return this.#move(approval, move, deed, { fence, work, keep });
  }

  /** ms after which a lost verification is noticed; undefined where none is to come. */
  #verification({ stillFailing }: Approval, move: FencedTransition): number | undefined {
    const { leaseMs, verifyMs } = this.#options;
    if (move === 'apply') return (verifyMs.at(-1) ?? 0) + leaseMs;
    return move === 'fail-revocation' && !stillFailing ? leaseMs : undefined;
  }

  verified(approval: Approval, deed: Deed = {}): Promise<TransitionResult> {
    return this.#move(approval, 'verify', deed, { keep: KEEP_ENDED_MS });
  }

  giveUpVerifying(approval: Approval, deed: Deed = {}): Promise<TransitionResult> {
    return this.#move(approval, 'give-up-verifying', deed, { keep: KEEP_ENDED_MS, failing: 1 });
  }

  revoke(approval: Approval, deed: Deed): Promise<TransitionResult> {
    return this.#move(approval, 'revoke', deed, { work: this.#options.leaseMs });
  }

  async saveCard(id: string, place: CardPlace, ref: CardRef): Promise<void> {
    await this.#options.redis.hset(keys.cards(id), place, JSON.stringify(ref));
  }

  /** The cards show the approval as it was after `version` events, or are about to. False: it has moved on since. */
  async cardShown(id: string, version: number): Promise<boolean> {
    return this.#caughtUp(id, version, keys.index.staleCards);
  }

  /** Writes into the audit log what it lacks of this approval's history. */
  async record(approval: Approval): Promise<void> {
    const { id, signed, events } = approval;
    const records = events.map((event, i) => ({
      key: `${id}#${i + 1}`,
      event: {
        action: `approval.${event.move}`,
        at: new Date(event.at).toISOString(),
        who: event.by,
        approval: id,
        planHash: signed.hash,
        reason: event.reason,
        detail: event.detail,
      },
    }));
    await this.#options.audit.append(records);
    await this.#caughtUp(id, events.length, keys.index.unrecorded);
  }

  async #move(approval: Approval, move: TransitionName, deed: Deed, request: MoveRequest): Promise<TransitionResult> {
    const { id, signed } = approval;
    const { signature, ...rules } = request;
    const { from, to } = TRANSITIONS[move];
    const reply = await scripts.move.run(
      this.#options.redis,
      [
        keys.approval(id),
        keys.events(id),
        keys.voters(id),
        keys.cards(id),
        keys.index.expiry,
        keys.index.reminders,
        keys.index.work,
        keys.index.ends,
        keys.index.unrecorded,
        keys.index.staleCards,
      ],
      [
        JSON.stringify({ id, hash: signed.hash, from, to, keepExpired: KEEP_ENDED_MS, ...rules }),
        this.#event(move, deed, signature),
        this.#event('expire', {}),
      ],
    );
    const [code, , count, fields, events, cards] = Reply.parse(reply);
    return { code, count, approval: await this.#moved(approval, { fields, events, cards }) };
  }

  /** What was decided stays decided, also where it can't be recorded right now, or the record was tampered with. */
  async #moved(before: Approval, stored: StoredApproval): Promise<Approval> {
    if (stored.events.length === 0) return before;
    try {
      const approval = readApproval(before.id, stored, this.#options.planKey);
      await this.record(approval).catch(error => this.#options.onBehind?.(error));
      return approval;
    } catch (error) {
      this.#options.onBehind?.(error);
      return before;
    }
  }

  async #caughtUp(id: string, version: number, index: string): Promise<boolean> {
    const reply = await scripts.caughtUp.run(this.#options.redis, [keys.events(id), index], [id, version]);
    return reply === 1;
  }

  async #renew(id: string, fence: number, ms: number): Promise<boolean> {
    const reply = await scripts.renew.run(this.#options.redis, [keys.approval(id), keys.index.work], [id, fence, ms]);
    return reply === 1;
  }

  #event(move: TransitionName | 'open', { by, reason, detail }: Deed, signature?: string): string {
    const { redact } = this.#options;
    return JSON.stringify({ move, by, reason: redact(reason), detail: redact(detail), signature });
  }
}
