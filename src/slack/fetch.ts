/**
 * HTTP for everything that goes to Slack: the Web API, Socket Mode, response and upload URLs. Over the connections that all our
 * clients share, and the proxies that this process is told of.
 */
import type { Dispatcher } from 'undici';
import { dispatcherFor } from '../http/dispatcher.ts';
import { type FetchInit, fetchOver } from '../http/fetch.ts';

/** Whoever calls has a shorter deadline of its own. */
const LONGEST_MS = 30_000;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Follows no redirects. @throws {BrokenConnectionError} where there is no whole answer; the signal's reason where it is aborted. */
export function slackFetch(url: string | URL, init: FetchInit = {}): Promise<Response> {
  return fetchOver(new URL(url), init, { env: process.env, attemptMs: LONGEST_MS, maxBytes: MAX_BODY_BYTES });
}

/** For Socket Mode, whose WebSocket is undici's own. */
export function slackDispatcher(): Dispatcher {
  return dispatcherFor({ env: process.env });
}
