/** Calls that may be made again are, while the failure is one that passes by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Classified } from './transient.ts';

export interface RetryOptions {
  /** With the first one. */
  readonly attempts: number;
  /** Deadline of the call with all its attempts, in ms: no attempt begins after it. */
  readonly totalMs?: number;
  /** Before the second attempt, in ms; twice as long before each further one, give or take a half. */
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  readonly signal?: AbortSignal;
  /** Called before each delay. */
  readonly onRetry?: (error: unknown, delayMs: number) => void;
}

/**
 * Waits between attempts with exponential backoff and jitter, never less than the server asked for.
 * @param classify throws on what is a bug rather than a failed call
 * @throws what the last attempt threw; the signal's reason where it is aborted
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  classify: (error: unknown) => Classified,
  options: RetryOptions,
): Promise<T> {
  const { attempts, totalMs = Number.POSITIVE_INFINITY, firstDelayMs = 200, signal, onRetry } = options;
  const { maxDelayMs = Number.POSITIVE_INFINITY } = options;
  const deadline = Date.now() + totalMs;
  for (let made = 1; ; made++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      const { isTransient, retryAfterMs = 0, attempts: limit = attempts } = classify(error);
      const backoffMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (made - 1) * (0.5 + Math.random()));
      const delayMs = Math.max(backoffMs, retryAfterMs);
      if (!isTransient || made >= Math.min(limit, attempts) || Date.now() + delayMs >= deadline) throw error;
      onRetry?.(error, delayMs);
      await sleep(delayMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
