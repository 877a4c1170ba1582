/** Slack's rate limits, kept by all processes together (docs/slack.md#rate-limits), so that a 429 is the exception. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Script } from './redis.ts';

export interface Budget {
  readonly name: string;
  /** ms that one call takes of the budget, and how many may come at once. */
  readonly intervalMs: number;
  readonly burst: number;
}

/** chat.postMessage: about 1 a second and channel, and a cap of some hundred a minute for the workspace. */
export const postBudgets = (channel: string): Budget[] => [
  { name: `post:${channel}`, intervalMs: 1_050, burst: 3 },
  { name: 'post', intervalMs: 220, burst: 40 },
];
/** chat.update: 50 a minute for the whole workspace. */
export const UPDATE_BUDGET: Budget = { name: 'update', intervalMs: 1_250, burst: 6 };
/** files.*: 100 a minute. */
export const FILE_BUDGET: Budget = { name: 'files', intervalMs: 1_500, burst: 4 };

const reserve = new Script(new URL('./lua/reserve.lua', import.meta.url));

/** Slack wants us to wait for longer than a worker should hold a job: put the job back for this long. */
export class RateLimitedError extends Error {
  readonly code = 'slack-rate-limited';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`Slack's rate limit: try again in ${Math.ceil(retryAfterMs / 1000)} s`);
    this.name = 'RateLimitedError';
    this.retryAfterMs = retryAfterMs;
  }
}

/** ms. */
const Wait = z.number();

export class Limits {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Waits until the call may be made. @throws {RateLimitedError} where that is longer than `longestMs`. */
  async take(budgets: readonly Budget[], longestMs: number): Promise<void> {
    for (const budget of budgets) {
      const wait = await this.#reserve(budget, longestMs, 0);
      if (wait > longestMs) throw new RateLimitedError(wait);
      if (wait > 0) await sleep(wait);
    }
  }

  /** True where a call may be made right now; then it is counted. */
  async takeNow(budget: Budget): Promise<boolean> {
    return (await this.#reserve(budget, 0, 0)) === 0;
  }

  /** Slack refused: nobody calls before that. */
  async refused(budgets: readonly Budget[], retryAfterMs: number): Promise<void> {
    await Promise.all(budgets.slice(0, 1).map(budget => this.#reserve(budget, 0, Math.max(1, retryAfterMs))));
  }

  async #reserve({ name, intervalMs, burst }: Budget, longestMs: number, penaltyMs: number): Promise<number> {
    const reply = await reserve.run(
      this.#redis,
      [`{gke-auth}:slack:${name}`],
      [intervalMs, burst, longestMs, penaltyMs],
    );
    return Wait.parse(reply);
  }
}
