/** Classifies Slack's errors: refused, rate limited, or ambiguous (the call may have been carried out). */
import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { retry } from '../http/retry.ts';
import type { Classified } from '../http/transient.ts';

/** Slack can't be reached, or answers with errors, and no retry helped. */
export class SlackUnavailableError extends Error {
  readonly code = 'slack-unavailable';
  constructor(method: string, cause: unknown) {
    super(`Slack is unavailable (${method})`, { cause });
    this.name = 'SlackUnavailableError';
  }
}

/** Slack refused the call; retrying doesn't help. `reason` is Slack's error code, for example `is_archived`. */
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

/** Error codes that Slack documents as worth a retry. */
const TRANSIENT = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

/** @throws every error that doesn't come from a Slack call: it is a bug of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'limited', retryAfterMs: error.retryAfter * 1000 };
  if (error instanceof WebAPIPlatformError) {
    const reason = error.data.error;
    if (reason === 'ratelimited' || reason === 'rate_limited') return { kind: 'limited', retryAfterMs: 5_000 };
    return TRANSIENT.has(reason) ? { kind: 'ambiguous' } : { kind: 'refused', reason };
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

/** The message or its thread was deleted or can't be changed. */
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

/** Slack rejected the blocks. The message's text alone carries the same verdict. */
export const BAD_BLOCKS: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
]);

/** For `retry`. @throws as `failureOf` */
export function classify(error: unknown): Classified {
  const failure = failureOf(error);
  return {
    isTransient: failure.kind !== 'refused',
    ...(failure.kind === 'limited' ? { retryAfterMs: failure.retryAfterMs } : {}),
  };
}

/** ms for all attempts together. Where Slack asks for a longer pause, the caller decides about the job. */
const TOTAL_MS = 60_000;

/** Retries an idempotent call. @throws the error of the last attempt */
export function repeatedCall<Result>(call: () => Promise<Result>): Promise<Result> {
  const limits = { attempts: 4, firstDelayMs: 300, totalMs: TOTAL_MS };
  return retry(call, classify, limits);
}

/** Turns the error of a call into one of our two: refused or unavailable. */
export function callError(method: string, error: unknown): SlackRefusedError | SlackUnavailableError {
  const failure = failureOf(error);
  return failure.kind === 'refused'
    ? new SlackRefusedError(method, failure.reason, error)
    : new SlackUnavailableError(method, error);
}
