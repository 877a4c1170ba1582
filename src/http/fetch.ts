/** `fetch` for the client libraries of Google and Slack, over the connections that all clients share. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ProxyEnvironment } from './dispatcher.ts';
import { type Answer, type Exchange, send } from './http.ts';

export interface FetchOptions extends Pick<Exchange, 'attemptMs' | 'maxBytes'> {
  readonly env: ProxyEnvironment;
}

/** What the libraries pass of `RequestInit`. */
export interface FetchInit {
  readonly method?: string;
  readonly headers?: Headers | Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null;
}

/** A response without a body (Fetch standard, "null body status"). */
const NO_BODY = new Set([204, 205, 304]);

/** @throws {BrokenConnectionError} where there is no whole answer; the signal's reason where it is aborted. */
export async function fetchOver(url: URL, init: FetchInit, options: FetchOptions): Promise<Response> {
  return toResponse(await answerTo(url, init, options));
}

/** As `fetchOver`, for whoever looks at the answer first. */
export function answerTo(url: URL, init: FetchInit, options: FetchOptions): Promise<Answer> {
  const { method = 'GET', headers = {}, body, signal } = init;
  return send({
    ...options,
    url,
    method,
    headers: headers instanceof Headers ? Object.fromEntries(headers) : headers,
    body: bodyOf(body),
    signal: signal ?? undefined,
  });
}

export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(NO_BODY.has(status) ? null : body, { status, headers: entriesOf(headers) });
}

function bodyOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array)
    return body ?? undefined;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('only texts and bytes are sent');
}

/** `content-encoding` and `content-length` are about the bytes that came; the body is unpacked. */
function entriesOf(headers: IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || name === 'content-encoding' || name === 'content-length') return [];
    return [[name, Array.isArray(value) ? value.join(', ') : value] satisfies [string, string]];
  });
}
