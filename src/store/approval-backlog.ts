/** What waits: for a decision, for its time, for a worker, for the audit log, for its card. Read from the indexes. */
import type { Redis } from 'ioredis';
import type { Approval } from '../approvals/approval.ts';
import { ApprovalTamperedError } from '../approvals/record.ts';
import type { Target } from '../contracts/report.ts';
import type { ApprovalStore } from './approvals.ts';
import { keys } from './keys.ts';

const PAGE = 100;

export class Backlog {
  readonly #redis: Redis;
  readonly #store: ApprovalStore;
  readonly #onAltered: (error: ApprovalTamperedError) => void;

  /** @param onAltered told of each record that was tampered with; the others go on without it. */
  constructor(redis: Redis, store: ApprovalStore, onAltered: (error: ApprovalTamperedError) => void = () => {}) {
    this.#redis = redis;
    this.#store = store;
    this.#onAltered = onAltered;
  }

  /** All that still can be decided, the one that expires first coming first. Who may decide which is `policy.ts`. */
  async pending(): Promise<Approval[]> {
    const open = await this.#read(keys.index.expiry, '+inf');
    return open.filter(({ state }) => state === 'pending');
  }

  /** Expires what is due by Redis's clock, and gives those that this call expired. */
  async expireDue(): Promise<Approval[]> {
    const expired: Approval[] = [];
    for (const approval of await this.#due(keys.index.expiry)) {
      const { code, approval: now } = await this.#store.expire(approval);
      if (code === 'moved') expired.push(now);
    }
    return expired;
  }

  /** Pending approvals that soon expire and of which nobody was reminded. Call `reminded` once the reminder is posted. */
  async remindersDue(): Promise<Approval[]> {
    const due = await this.#due(keys.index.reminders);
    return due.filter(({ state }) => state === 'pending');
  }

  async reminded(id: string): Promise<void> {
    await this.#redis.zrem(keys.index.reminders, id);
  }

  /** What a worker should have done by now: it was never queued, or its worker went silent. */
  stranded(): Promise<Approval[]> {
    return this.#due(keys.index.work);
  }

  /** Looks at it again only after this time. */
  async postpone(id: string, ms: number): Promise<void> {
    await this.#redis.zadd(keys.index.work, 'XX', (await this.#now()) + ms, id);
  }

  /** Granted for a time that is over. */
  async grantsEnded(): Promise<Approval[]> {
    const due = await this.#due(keys.index.ends);
    return due.filter(({ state }) => state === 'applied' || state === 'verified');
  }

  /** Cards that have shown an older state for longer than this. Call `store.cardShown` once they are edited. */
  staleCards(olderThanMs: number): Promise<Approval[]> {
    return this.#due(keys.index.staleCards, olderThanMs);
  }

  /** Writes into the audit log what a crash kept out of it. */
  async recordMissing(): Promise<void> {
    for (const approval of await this.#due(keys.index.unrecorded)) await this.#store.record(approval);
  }

  /** Newest first: those of a cluster's name (in any project that `matches`), or of all clusters. */
  async history(
    { cluster, matches = () => true }: { cluster?: string; matches?: (target: Target) => boolean },
    limit: number,
  ): Promise<Approval[]> {
    const index = keys.history(cluster);
    const found: Approval[] = [];
    for (let start = 0; found.length < limit; start += PAGE) {
      const ids = await this.#redis.zrevrange(index, start, start + PAGE - 1);
      if (ids.length === 0) break;
      const page = await this.#readIds(ids, index);
      found.push(...page.filter(({ signed }) => matches(signed.plan.target)));
    }
    return found.slice(0, limit);
  }

  async #due(index: string, olderThanMs = 0): Promise<Approval[]> {
    return this.#read(index, (await this.#now()) - olderThanMs);
  }

  async #read(index: string, until: number | '+inf'): Promise<Approval[]> {
    const ids = await this.#redis.zrangebyscore(index, '-inf', until);
    return this.#readIds(ids, index);
  }

  async #readIds(ids: readonly string[], index: string): Promise<Approval[]> {
    const approvals = await Promise.all(ids.map(id => this.#readOne(id, index)));
    return approvals.filter(approval => approval !== undefined);
  }

  async #readOne(id: string, index: string): Promise<Approval | undefined> {
    try {
      const approval = await this.#store.get(id);
      // Kept long enough and gone: the indexes forget it too.
      if (!approval) await this.#redis.zrem(index, id);
      return approval;
    } catch (error) {
      if (!(error instanceof ApprovalTamperedError)) throw error;
      this.#onAltered(error);
      return undefined;
    }
  }

  async #now(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }
}
