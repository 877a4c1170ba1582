/**
 * HTTP for all calls to Slack: Web API, Socket Mode, response URLs, uploads. Uses the shared connection pool and honours
 * HTTPS_PROXY and NO_PROXY.
 */
import type { Dispatcher } from 'undici';
import { dispatcherFor } from '../http/dispatcher.ts';
import { type FetchInit, fetchOver } from '../http/fetch.ts';

/** Upper limit in ms; callers have shorter deadlines. */
const TIMEOUT_MS = 30_000;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Follows no redirects. @throws {BrokenConnectionError} where there is no whole answer; the signal's reason where it is aborted. */
export function slackFetch(url: string | URL, init: FetchInit = {}): Promise<Response> {
  return fetchOver(new URL(url), init, { env: process.env, attemptMs: TIMEOUT_MS, maxBytes: MAX_BODY_BYTES });
}

/** For Socket Mode, whose WebSocket is undici's own. */
export function slackDispatcher(): Dispatcher {
  return dispatcherFor({ env: process.env });
}
