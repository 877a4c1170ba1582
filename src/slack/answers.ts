/** What Slack's errors mean for the caller: refused, limited, or nobody knows whether it happened. */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { retry } from '../http/retry.ts';
import type { Classified } from '../http/transient.ts';

/** Slack can't be reached, or answers with errors, and no retry helped. */
export class SlackUnavailableError extends Error {
  readonly code = 'slack-unavailable';
  constructor(method: string, cause: unknown) {
    super(`Slack did not take ${method}`, { cause });
    this.name = 'SlackUnavailableError';
  }
}

/** Slack refused for good. `reason` is Slack's own error, for example `is_archived`. */
export class SlackRefusedError extends Error {
  readonly code = 'slack-refused';
  readonly reason: string;
  constructor(method: string, reason: string, cause?: unknown) {
    super(`Slack refused ${method}: ${reason}`, { cause });
    this.name = 'SlackRefusedError';
    this.reason = reason;
  }
}

export type Failure =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** The call may have been carried out all the same. */
  | { readonly kind: 'ambiguous' };

/** Passing errors that Slack gives as a refusal; its documentation says to try again. */
const PASSING = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** @throws what is no answer of Slack's: a bug. */
export function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'limited', retryAfterMs: error.retryAfter * 1000 };
  if (error instanceof WebAPIPlatformError) {
    const reason = error.data.error;
    if (reason === 'ratelimited' || reason === 'rate_limited') return { kind: 'limited', retryAfterMs: 5_000 };
    return PASSING.has(reason) ? { kind: 'ambiguous' } : { kind: 'refused', reason };
  }
  if (error instanceof WebAPIHTTPError) {
    if (error.statusCode === 429) return { kind: 'limited', retryAfterMs: 5_000 };
    return error.statusCode >= 500 ? { kind: 'ambiguous' } : { kind: 'refused', reason: `http_${error.statusCode}` };
  }
  if (error instanceof WebAPIRequestError) return { kind: 'ambiguous' };
  throw error;
}

/** The bot can't post there: it isn't a member, or doesn't see the channel. */
export const UNREACHABLE: ReadonlySet<string> = new Set([
  'not_in_channel',
  'channel_not_found',
  'not_in_conversation',
  'restricted_action',
]);

/** The message, or the thread it stood in, is gone or closed. */
export const GONE: ReadonlySet<string> = new Set([
  'message_not_found',
  'thread_not_found',
  'cant_update_message',
  'edit_window_closed',
  'cannot_reply_to_message',
  'channel_not_found',
  'is_archived',
  'not_in_channel',
]);

/** Blocks that this Slack doesn't take; the text alone says the same. */
export const BAD_BLOCKS: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
]);

/** For `retry`. @throws what is no answer of Slack's: a bug. */
export function classify(error: unknown): Classified {
  const failure = failureOf(error);
  return {
    isTransient: failure.kind !== 'refused',
    ...(failure.kind === 'limited' ? { retryAfterMs: failure.retryAfterMs } : {}),
  };
}

/** With all its attempts. Where Slack asks for a longer pause, the caller decides what becomes of the job. */
const LONGEST_MS = 60_000;

/** For a call that can be made again without harm. @throws what the last attempt threw */
export function repeatedCall<Result>(call: () => Promise<Result>): Promise<Result> {
  const limits = { attempts: 4, firstDelayMs: 300, totalMs: LONGEST_MS };
  return retry(call, classify, limits);
}

/** The error of a failed call that was made for the caller: passing or final. */
export function callError(method: string, error: unknown): SlackRefusedError | SlackUnavailableError {
  const failure = failureOf(error);
  return failure.kind === 'refused'
    ? new SlackRefusedError(method, failure.reason, error)
    : new SlackUnavailableError(method, error);
}
