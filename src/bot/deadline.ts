/** Slack wants an answer within 3 s; nothing may keep it waiting. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Acknowledge at the latest after this (ms), whatever happens. */
export const ACK_MS = 2_500;

export const LATE: unique symbol = Symbol('late');

/** What the work gives, or LATE where it takes longer than `ms`. The work goes on. */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | typeof LATE> {
  const timer = new AbortController();
  try {
    return await Promise.race([work, sleep(ms, LATE, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

/** What the work gives, or `otherwise` where it fails or takes longer than `ms`. */
export async function orElse<Result, Other>(
  ms: number,
  work: Promise<Result>,
  otherwise: Other,
): Promise<Result | Other> {
  const result = await within(ms, work).catch(() => LATE);
  return result === LATE ? otherwise : (result as Result);
}
