/**
 * The one way to Google's APIs: the client libraries' requests (`libraries.ts`) and ours go through it, so endpoint overrides,
 * the count of requests, deadlines, retries and errors are the same for all of them.
 */
import type { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson } from '../http/answer-text.ts';
import { type Answer, BrokenConnectionError, send } from '../http/http.ts';
import type { Endpoints } from './endpoints.ts';
import { errorFromAnswer, GoogleApiError } from './errors.ts';

/** Supplies the Authorization header; a google-auth-library client, or a token file. */
export interface Identity {
  getRequestHeaders(url?: string | URL): Promise<Headers>;
}

export interface TransportOptions {
  readonly endpoints: Endpoints;
  readonly identity: Identity;
  /** Deadline of one attempt, in ms. */
  readonly attemptMs?: number;
  /** Deadline of a call with all its attempts, in ms. */
  readonly totalMs?: number;
  /** Attempts for what passes by itself: 429, 5xx, broken connections. */
  readonly attempts?: number;
  /** Proxies: HTTPS_PROXY, NO_PROXY. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Makes the connections, instead of the shared ones. */
  readonly agent?: Agent;
}

export interface GoogleCall {
  /** As Google names it: `https://SERVICE.googleapis.com/…`. */
  readonly url: string;
  /** `GET` by default. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, already text. */
  readonly body?: string;
  /** False for what may not happen twice. Default: true. */
  readonly repeatable?: boolean;
}

/** Statuses that pass by themselves (DOMAIN, D). 403 never does. */
const TRANSIENT = new Set([429, 500, 502, 503, 504]);
/** No server answers at this address: a second try may meet one that was just restarting; more only keep people waiting. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
const FIRST_DELAY_MS = 200;
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Google packs what it sends only for who says gzip in the user agent, too. */
const HEADERS = { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': 'gke-auth (gzip)' };

export class Transport {
  readonly #options: Required<Pick<TransportOptions, 'attemptMs' | 'totalMs' | 'attempts'>> & TransportOptions;
  readonly #calls = new Map<string, number>();

  constructor(options: TransportOptions) {
    this.#options = { attemptMs: 10_000, totalMs: 30_000, attempts: 4, ...options };
  }

  /** Somebody stopped the whole work: that is no fact about Google. @throws the signal's reason */
  throwIfAborted(): void {
    this.#options.signal?.throwIfAborted();
  }

  /** Requests sent so far by service, retries included. */
  get calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls);
  }

  /** The answer, a JSON object; who uses it says which. @throws {GoogleApiError} whatever goes wrong. */
  async request<T>(call: GoogleCall): Promise<T> {
    const { service, answer } = await this.#repeated(call);
    return decode<T>(service, answer);
  }

  /** The same as text. @throws {GoogleApiError} whatever goes wrong. */
  async requestText(call: GoogleCall): Promise<string> {
    const { service, answer } = await this.#repeated(call);
    decode(service, answer);
    return answer.body;
  }

  async getRequestHeaders(url?: string | URL): Promise<Headers> {
    return this.#options.identity.getRequestHeaders(url);
  }

  async #repeated(call: GoogleCall): Promise<{ service: string; answer: Answer }> {
    const { service, url } = this.#options.endpoints.resolve(call.url);
    const attempts = (call.repeatable ?? true) ? this.#options.attempts : 1;
    const deadline = Date.now() + this.#options.totalMs;
    for (let attempt = 1; ; attempt++) {
      try {
        const attemptMs = Math.min(this.#options.attemptMs, deadline - Date.now());
        return { service, answer: await this.#attempt(service, url, call, Math.max(1, attemptMs)) };
      } catch (error) {
        this.throwIfAborted();
        const failure = GoogleApiError.from(error);
        const wait = Math.max(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), failure.retryAfterMs ?? 0);
        const isTransient = failure.kind === 'unreachable' || TRANSIENT.has(failure.status ?? 0);
        const limit = NOBODY_THERE.has(failure.code ?? '') ? Math.min(2, attempts) : attempts;
        if (!isTransient || attempt >= limit || Date.now() + wait >= deadline) throw failure;
        await sleep(wait, undefined, { signal: this.#options.signal });
      }
    }
  }

  async #attempt(service: string, url: URL, call: GoogleCall, attemptMs: number): Promise<Answer> {
    const { method = 'GET', body } = call;
    const authorization = await this.#authorization(service, url);
    const headers = { ...HEADERS, ...call.headers, ...authorization };
    const { env, signal, agent } = this.#options;
    this.#calls.set(service, (this.#calls.get(service) ?? 0) + 1);
    const limits = { attemptMs, maxBytes: MAX_BODY_BYTES };
    const answer = await send({ url, method, headers, body, ...limits, env, signal, agent }).catch(error => {
      throw connectionError(service, error);
    });
    if (answer.status < 200 || answer.status > 299) throw errorFromAnswer(service, answer);
    return answer;
  }

  async #authorization(service: string, url: URL): Promise<Record<string, string>> {
    try {
      return Object.fromEntries(await this.#options.identity.getRequestHeaders(url));
    } catch (cause) {
      if (cause instanceof GoogleApiError) throw cause;
      throw new GoogleApiError(cause instanceof Error ? cause.message : String(cause), {
        kind: 'credentials',
        service,
        cause,
      });
    }
  }
}

/** A successful answer has to be a JSON object; HTML from a proxy with status 200 is no answer. */
function decode<T>(service: string, { body, status }: Answer): T {
  const json = parseJson(body);
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    const what = body.trim() === '' ? 'the answer was empty' : 'the answer was not JSON';
    throw new GoogleApiError(what, { kind: 'malformed', service, status });
  }
  return json as T;
}

function connectionError(service: string, error: unknown): unknown {
  if (!(error instanceof BrokenConnectionError)) return error;
  const { cause, timedOut } = error;
  if (timedOut) return new GoogleApiError('no answer within the deadline', { kind: 'timeout', service, cause });
  const { code, message } = rootOf(cause);
  return new GoogleApiError(message || code || 'the connection broke', { kind: 'unreachable', service, code, cause });
}

/** Where a name has several addresses, each that failed has its own error: the first says it. */
function rootOf(cause: unknown): { code?: string; message: string } {
  const root = cause instanceof AggregateError ? cause.errors[0] : cause;
  const message = root instanceof Error ? root.message : String(root);
  return root instanceof Error && 'code' in root && typeof root.code === 'string'
    ? { code: root.code, message }
    : { message };
}
