import { z } from 'zod';
import {
  type Approval,
  after,
  type CardPlace,
  type CardRef,
  type EventContent,
  type Person,
  type TransitionName,
  votes,
} from '../approvals/approval.ts';
import {
  ApprovalTamperedError,
  FIRST_PREV,
  hasVoted,
  lineTail,
  nextApproval,
  readApproval,
  type StoredApproval,
} from '../approvals/record.ts';
import type { Plan } from '../contracts/plan.ts';
import { type Signing, sealed } from '../signing/signing.ts';
import { appendEvent, type MoveRequest, mustBeInTime } from './append-event.ts';
import { keys } from './keys.ts';
import { isForSame, openApproval } from './open-approval.ts';
import { scripts } from './scripts.ts';
import type { StoreOptions } from './store-options.ts';
import { TamperingReports } from './tampering-reports.ts';

/** How often an event is tried again after somebody else's was faster. */
const ATTEMPTS = 50;

/** Who does it, why, and what else goes on record. Absent `by`: gke-auth itself. */
export interface Deed {
  readonly by?: Person;
  readonly reason?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const Hash = z.record(z.string(), z.string());
const Stored = z.tuple([z.array(z.string()), Hash]);
/** What a move did. Only `moved`, `counted` (a yes, but the quorum is not there) and `expired` changed anything. */
export interface TransitionResult {
  readonly code: 'moved' | 'counted' | 'expired' | 'missing' | 'refused' | 'early' | 'held' | 'fenced' | 'voted';
  /** The fence after a claim; the votes so far where `counted` or `voted`; the end of another's lease (ms) where `held`. */
  readonly count: number;
  /** As it is afterwards. */
  readonly approval: Approval;
}

/** Moves that a worker makes with the fence it got from its claim. */
export type FencedTransition = 'go-stale' | 'fail' | 'lapse' | 'apply' | 'finish-revocation' | 'fail-revocation';
export class ApprovalStore {
  readonly #options: StoreOptions;
  readonly #tampering: TamperingReports;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#tampering = new TamperingReports(options);
  }

  /**
   * Opens an approval. A second call for the same request (report, check, subject, remedy) gives the one that is there,
   * whatever became of it. `retryOf` is the id of the settled one that somebody wants to try again.
   * @throws {ApprovalTamperedError} where the one that is there was tampered with.
   */
  async open(plan: Plan, { retryOf }: { retryOf?: string } = {}): Promise<Approval> {
    const { code, found } = await openApproval(this.#options, plan, await this.#now(), retryOf);
    const approval = await this.get(found);
    if (!approval) throw new Error(`Approval ${found} was removed while it was opened`);
    // Who can write to Redis can point a request at another approval.
    if (code === 'exists' && !isForSame(approval, plan))
      throw new ApprovalTamperedError(found, 'what it was opened for');
    await this.record(approval).catch(error => this.#options.onBehind?.(error));
    return approval;
  }

  /** @throws {ApprovalTamperedError} where Redis holds something else than was signed. */
  async get(id: string): Promise<Approval | undefined> {
    const { redis, signing } = this.#options;
    const replies = await redis.multi().lrange(keys.events(id), 0, -1).hgetall(keys.cards(id)).exec();
    const [lines, cards] = Stored.parse(replies?.map(([error, reply]) => error ?? reply));
    if (lines.length === 0) return undefined;
    return this.#read(id, { lines, cards }, signing);
  }

  #read(id: string, stored: StoredApproval, signing: Signing): Approval {
    try {
      const approval = readApproval(id, stored, signing);
      if (approval.tampering !== undefined) this.#tampering.report(id, approval.tampering);
      return approval;
    } catch (error) {
      if (error instanceof ApprovalTamperedError) this.#tampering.report(id, error.message);
      throw error;
    }
  }

  /** One person's yes; the last one that the quorum needs approves it. Too late expires it. */
  approve(approval: Approval, voter: Person, quorum: number): Promise<TransitionResult> {
    return this.#move(approval, 'approve', { by: voter }, { quorum, work: this.#options.leaseMs });
  }

  deny(approval: Approval, deed: Deed): Promise<TransitionResult> {
    return this.#move(approval, 'deny', deed, { ended: true });
  }

  /** Expires it, if its time is over by Redis's clock. */
  expire(approval: Approval): Promise<TransitionResult> {
    return this.#move(approval, 'expire', {}, { ended: true });
  }

  /**
   * A worker takes an approved one to apply it, or one whose worker went silent. `moved` carries the fence that it must
   * show from then on. More than one `claim` among the events means that something may have been written already.
   */
  claim(approval: Approval, deed: Deed = {}): Promise<TransitionResult> {
    const { leaseMs } = this.#options;
    return this.#move(approval, 'claim', deed, { lease: leaseMs, work: leaseMs });
  }

  claimRevocation(approval: Approval, deed: Deed = {}): Promise<TransitionResult> {
    const { leaseMs } = this.#options;
    return this.#move(approval, 'claim-revocation', deed, { lease: leaseMs, work: leaseMs });
  }

  /**
   * Keeps the hold on a claimed approval for another lease. False: it is another's now, stop writing. Before a write: read
   * what is there with its etag, renew, then write with that etag and a deadline shorter than the lease. In this order a
   * worker that was silent for too long can't undo what another has done since.
   * @param claimed the approval as its claim gave it.
   */
  renew(claimed: Approval): Promise<boolean> {
    return this.#renew(claimed, this.#options.leaseMs);
  }

  /** Lets go, so that the next attempt need not wait for the lease to run out. */
  release(claimed: Approval): Promise<boolean> {
    return this.#renew(claimed, 0);
  }

  /** What came of a claim. `fenced`: another worker has it by now, and this result counts for nothing. */
  settle(approval: Approval, move: FencedTransition, fence: number, deed: Deed = {}): Promise<TransitionResult> {
    const work = this.#verification(approval, move);
    return this.#move(approval, move, deed, { fence, work, ended: work === undefined });
  }

  /** ms after which a lost verification is noticed; undefined where none is to come. */
  #verification({ stillFailing }: Approval, move: FencedTransition): number | undefined {
    const { leaseMs, verifyMs } = this.#options;
    if (move === 'apply') return (verifyMs.at(-1) ?? 0) + leaseMs;
    return move === 'fail-revocation' && !stillFailing ? leaseMs : undefined;
  }

  verified(approval: Approval, deed: Deed = {}): Promise<TransitionResult> {
    return this.#move(approval, 'verify', deed, { ended: true });
  }

  giveUpVerifying(approval: Approval, deed: Deed = {}): Promise<TransitionResult> {
    return this.#move(approval, 'give-up-verifying', deed, { ended: true });
  }

  revoke(approval: Approval, deed: Deed): Promise<TransitionResult> {
    return this.#move(approval, 'revoke', deed, { work: this.#options.leaseMs });
  }

  async saveCard(id: string, place: CardPlace, ref: CardRef): Promise<void> {
    await this.#options.redis.hset(keys.cards(id), place, JSON.stringify(ref));
  }

  /** The cards show the approval as it was after its newest event, or are about to. False: it has moved on since. */
  async cardShown({ id, chain }: Approval): Promise<boolean> {
    return this.#caughtUp(id, chain.lines, keys.index.staleCards);
  }

  /** Writes into the audit log what it lacks of this approval's history. */
  async record(approval: Approval): Promise<void> {
    const { id, signed, events, chain } = approval;
    const records = events.map((event, i) => ({
      key: `${id}#${i + 1}`,
      event: {
        action: `approval.${event.move}`,
        at: new Date(event.at).toISOString(),
        who: event.by,
        approval: id,
        planHash: signed.hash,
        index: i + 1,
        eventHash: event.hash,
        reason: event.reason,
        detail: event.detail,
      },
    }));
    await this.#options.audit.append(records);
    await this.#caughtUp(id, chain.lines, keys.index.unrecorded);
  }

  /** Tries until the event is appended, or can't be made any more. */
  async #move(first: Approval, move: TransitionName, deed: Deed, request: MoveRequest): Promise<TransitionResult> {
    let approval = first;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const result = await this.#attempt(approval, move, deed, request);
      if (result !== 'moved on') return result;
      const now = await this.get(first.id);
      if (!now) return { code: 'missing', count: 0, approval };
      approval = now;
    }
    throw new Error(`Too many decide about approval ${first.id} at once`);
  }

  async #attempt(
    approval: Approval,
    move: TransitionName,
    deed: Deed,
    request: MoveRequest,
  ): Promise<TransitionResult | 'moved on'> {
    const { signing } = this.#options;
    const { id, fence } = approval;
    const answer = async (code: TransitionResult['code'], count = fence): Promise<TransitionResult | 'moved on'> => {
      // An old copy is no reason to refuse.
      return (await this.#isCurrent(approval)) ? { code, count, approval } : 'moved on';
    };
    const state = after(approval.state, move);
    if (state === undefined) return answer('refused');
    if (request.fence !== undefined && request.fence !== fence) return answer('fenced');
    if (deed.by && request.quorum !== undefined && hasVoted(approval, deed.by)) {
      return answer('voted', votes(approval).length);
    }
    const content = this.#content(approval, move, deed, request, await this.#now());
    const line = sealed(signing, 'event', content);
    const next = nextApproval(id, approval, line, signing);
    if (typeof next === 'string') {
      if (move === 'expire') return answer('early', Date.parse(approval.signed.plan.expiresAt));
      if (mustBeInTime(approval, move) && content.at >= Date.parse(approval.signed.plan.expiresAt))
        return this.#expired(approval);
      return answer('refused');
    }
    const [code, ms] = await appendEvent(this.#options.redis, { before: approval, next, line, move, ...request });
    if (code === 'moved on') return 'moved on';
    if (code === 'held') return { code, count: ms, approval };
    if (code === 'early') return { code, count: Date.parse(approval.signed.plan.expiresAt), approval };
    if (code === 'late') return this.#expired(approval);
    const moved = { ...next, chain: { lines: next.events.length, tail: lineTail(line) } };
    await this.record(moved).catch(error => this.#options.onBehind?.(error));
    const counted = move === 'approve' && next.state === 'pending';
    return { code: counted ? 'counted' : 'moved', count: counted ? votes(next).length : next.fence, approval: moved };
  }

  /** Too late: it expires. */
  async #expired(approval: Approval): Promise<TransitionResult | 'moved on'> {
    const { code, count, approval: now } = await this.#move(approval, 'expire', {}, { ended: true });
    return code === 'moved' ? { code: 'expired', count, approval: now } : 'moved on';
  }

  #content(
    { id, events }: Approval,
    move: TransitionName,
    { by, reason, detail }: Deed,
    { quorum }: MoveRequest,
    at: number,
  ): EventContent {
    const { redact } = this.#options;
    const last = events.at(-1);
    return {
      approval: id,
      index: events.length + 1,
      prev: last?.hash ?? FIRST_PREV,
      at: Math.max(at, last?.at ?? 0),
      move,
      ...(by && { by }),
      ...(reason !== undefined && { reason: redact(reason) }),
      ...(detail && { detail: redact(detail) }),
      ...(quorum !== undefined && { quorum }),
    };
  }

  async #isCurrent({ id, chain }: Approval): Promise<boolean> {
    const { redis } = this.#options;
    const replies = await redis.multi().llen(keys.events(id)).lindex(keys.events(id), -1).exec();
    const [lines, last] = replies?.map(([, reply]) => reply) ?? [];
    return lines === chain.lines && typeof last === 'string' && lineTail(last) === chain.tail;
  }

  async #caughtUp(id: string, lines: number, index: string): Promise<boolean> {
    const reply = await scripts.caughtUp.run(this.#options.redis, [keys.events(id), index], [id, lines]);
    return reply === 1;
  }

  async #renew({ id, chain }: Approval, ms: number): Promise<boolean> {
    const { redis } = this.#options;
    const renewed = [keys.events(id), keys.lease(id), keys.index.work];
    return (await scripts.renew.run(redis, renewed, [id, chain.lines, ms])) === 1;
  }

  async #now(): Promise<number> {
    const [seconds, micros] = await this.#options.redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }
}
