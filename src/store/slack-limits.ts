/**
 * Slack's rate limits, kept by all processes together, so that a 429 is the exception. A call that may not be made yet gets a
 * reserved moment; nobody sleeps until then (docs/slack.md#rate-limits).
 */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { scripts } from './scripts.ts';

interface Budget {
  readonly name: string;
  /** ms that one call takes of the budget, and how many may come at once. */
  readonly intervalMs: number;
  readonly burst: number;
}

export type CallKind = 'post' | 'update' | 'file';

/** What a call takes of; the first is the one that a 429 is about. */
const BUDGETS: Readonly<Record<CallKind, (channel: string) => readonly [Budget, ...Budget[]]>> = {
  // chat.postMessage: about 1 a second and channel, and a cap of some hundred a minute for the workspace.
  post: channel => [
    { name: `post:${channel}`, intervalMs: 1_050, burst: 3 },
    { name: 'post', intervalMs: 220, burst: 40 },
  ],
  // chat.update: 50 a minute for the whole workspace.
  update: () => [{ name: 'update', intervalMs: 1_250, burst: 6 }],
  // files.*: 100 a minute.
  file: () => [{ name: 'files', intervalMs: 1_500, burst: 4 }],
};

/** What progress leaves of the updates for messages that matter. */
const KEPT_FOR_OTHERS = 3;
const FOREVER_MS = 1e12;
const RESERVED_KEPT_S = 3600;

const reservedKey = (channel: string) => `{gke-auth}:slack:reserved:${channel}`;
const Ms = z.number();

/** The limits as one delivery of one channel meets them: who has to wait for one kind of call is told so once. */
export class ChannelLimits {
  readonly #redis: Redis;
  readonly #channel: string;
  /** Moments (ms since 1970) that were reserved, by kind of call. */
  readonly #reserved: Map<string, number>;

  private constructor(redis: Redis, channel: string, reserved: Map<string, number>) {
    this.#redis = redis;
    this.#channel = channel;
    this.#reserved = reserved;
  }

  static async of(redis: Redis, channel: string): Promise<ChannelLimits> {
    const reserved = Object.entries(await redis.hgetall(reservedKey(channel)));
    return new ChannelLimits(redis, channel, new Map(reserved.map(([kind, at]) => [kind, Number(at)])));
  }

  /** Takes one call out of the budget. @returns ms until it may be made; 0: right now. */
  async take(kind: CallKind): Promise<number> {
    const reserved = this.#reserved.get(kind);
    if (reserved !== undefined) {
      const wait = reserved - Date.now();
      if (wait > 0) return wait;
      this.#reserved.delete(kind);
      await this.#redis.hdel(reservedKey(this.#channel), kind);
      return 0;
    }
    const waits = await Promise.all(BUDGETS[kind](this.#channel).map(budget => this.#reserve(budget, FOREVER_MS, 0)));
    const wait = Math.max(...waits);
    if (wait > 0) await this.#wait(kind, wait);
    return wait;
  }

  /** True where an update may be made right now with some left over for others; then it is counted. */
  async takeSpare(): Promise<boolean> {
    const [budget] = BUDGETS.update(this.#channel);
    return (await this.#reserve({ ...budget, burst: budget.burst - KEPT_FOR_OTHERS }, 0, 0)) === 0;
  }

  /** Slack answered 429: nobody makes such a call before that. */
  async refused(kind: CallKind, retryAfterMs: number): Promise<void> {
    const [budget] = BUDGETS[kind](this.#channel);
    await this.#reserve(budget, 0, Math.max(1, retryAfterMs));
    await this.#wait(kind, retryAfterMs);
  }

  async #wait(kind: CallKind, ms: number): Promise<void> {
    const at = Date.now() + ms;
    this.#reserved.set(kind, at);
    const key = reservedKey(this.#channel);
    await this.#redis.multi().hset(key, kind, at).expire(key, RESERVED_KEPT_S).exec();
  }

  async #reserve({ name, intervalMs, burst }: Budget, longestMs: number, penaltyMs: number): Promise<number> {
    const args = [intervalMs, burst, longestMs, penaltyMs];
    return Ms.parse(await scripts.reserve.run(this.#redis, [`{gke-auth}:slack:${name}`], args));
  }
}
