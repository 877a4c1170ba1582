/**
 * The one way to Google's APIs: every client library is given this as its auth client, so endpoint overrides, the count of
 * requests, deadlines, retries and errors are the same for all of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthClient, type gaxios } from 'google-auth-library';
import { deadlineIn } from '../deadline.ts';
import type { Endpoints } from './endpoints.ts';
import { errorFromResponse, GoogleApiError, parseJson } from './errors.ts';

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
  /** Attempts for what passes by itself: 429, 5xx, broken connections. 1 for calls that must not be repeated. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

/** Statuses that pass by themselves (DOMAIN, D). 403 never does. */
const TRANSIENT = new Set([429, 500, 502, 503, 504]);
/** No server answers at this address: a second try may meet one that was just restarting; more only keep people waiting. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
const FIRST_DELAY_MS = 200;
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/**
 * The library's own way opens a connection for every request. Node's `fetch` keeps them, but knows no proxy: with one the
 * library's way stays.
 */
const PROXY = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];
const DIRECT: gaxios.GaxiosOptions = PROXY.some(name => process.env[name]) ? {} : { fetchImplementation: fetch };

export class Transport extends AuthClient {
  readonly #options: Required<Omit<TransportOptions, 'signal'>> & { signal: AbortSignal | undefined };
  readonly #calls = new Map<string, number>();
  #rehearsal: object | undefined;

  constructor(options: TransportOptions) {
    super({});
    this.#options = { attemptMs: 10_000, totalMs: 30_000, attempts: 4, signal: undefined, ...options };
  }

  /** Somebody stopped the whole work: that is no fact about Google. @throws the signal's reason */
  throwIfAborted(): void {
    this.#options.signal?.throwIfAborted();
  }

  /** Requests sent so far by service, retries included. */
  get calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls);
  }

  /** @throws {GoogleApiError} whatever goes wrong. */
  override async request<T>(options: gaxios.GaxiosOptions): Promise<gaxios.GaxiosResponse<T>> {
    if (this.#rehearsal) {
      const config = { ...options, headers: new Headers(), url: new URL('http://localhost') };
      return Object.assign(Response.json(this.#rehearsal), { config, data: this.#rehearsal as T });
    }
    const { service, url } = this.#options.endpoints.resolve(options.url ?? '');
    const attempts = options.retryConfig?.retry === 0 ? 1 : this.#options.attempts;
    const deadline = Date.now() + this.#options.totalMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt<T>(service, url, options, Math.min(this.#options.attemptMs, deadline - Date.now()));
      } catch (error) {
        this.throwIfAborted();
        const failure = GoogleApiError.from(error);
        const wait = Math.max(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), failure.retryAfterMs ?? 0);
        const mayPass = failure.kind === 'unreachable' || TRANSIENT.has(failure.status ?? 0);
        const limit = NOBODY_THERE.has(failure.code ?? '') ? Math.min(2, attempts) : attempts;
        if (!mayPass || attempt >= limit || Date.now() + wait >= deadline) throw failure;
        await sleep(wait, undefined, { signal: this.#options.signal });
      }
    }
  }

  /** Loads what the first request would load on its way (about 0.1 s), by a request that leaves no process. */
  async warmUp(): Promise<void> {
    await this.transporter.request({ url: 'data:application/json,{}', ...DIRECT });
  }

  /** What the work requests is answered by this, and nothing is sent: what it compiles on its way is there afterwards. */
  async rehearse(answer: object, work: () => Promise<unknown>): Promise<void> {
    this.#rehearsal = answer;
    await work().finally(() => {
      this.#rehearsal = undefined;
    });
  }

  async getRequestHeaders(url?: string | URL): Promise<Headers> {
    return this.#options.identity.getRequestHeaders(url);
  }

  async getAccessToken(): Promise<{ token?: string | null }> {
    const headers = await this.getRequestHeaders();
    return { token: headers.get('authorization')?.replace(/^Bearer /, '') };
  }

  async #attempt<T>(
    service: string,
    url: URL,
    options: gaxios.GaxiosOptions,
    timeoutMs: number,
  ): Promise<gaxios.GaxiosResponse<T>> {
    const timeout = deadlineIn(Math.max(1, timeoutMs));
    const signals = [timeout.signal, this.#options.signal, options.signal].filter(
      signal => signal instanceof AbortSignal,
    );
    const headers = new Headers(options.headers);
    await this.#authorize(service, url, headers);
    this.#calls.set(service, (this.#calls.get(service) ?? 0) + 1);
    let response: gaxios.GaxiosResponse<string>;
    try {
      response = await this.transporter.request<string>({
        ...options,
        url,
        headers,
        responseType: 'text',
        retry: false,
        maxRedirects: 0,
        maxContentLength: MAX_BODY_BYTES,
        ...DIRECT,
        validateStatus: () => true,
        signal: AbortSignal.any(signals),
      });
    } catch (cause) {
      throw connectionError(service, cause, timeout.signal.aborted);
    } finally {
      timeout.clear();
    }
    const body = typeof response.data === 'string' ? response.data : '';
    if (!response.ok) throw errorFromResponse(service, response.status, response.headers, body);
    return decode<T>(service, response, body);
  }

  async #authorize(service: string, url: URL, headers: Headers): Promise<void> {
    try {
      for (const [name, value] of await this.#options.identity.getRequestHeaders(url)) headers.set(name, value);
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
function decode<T>(service: string, response: gaxios.GaxiosResponse<string>, body: string): gaxios.GaxiosResponse<T> {
  const json = parseJson(body);
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw new GoogleApiError(body.trim() === '' ? 'the answer was empty' : 'the answer was not JSON', {
      kind: 'malformed',
      service,
      status: response.status,
    });
  }
  // The REST transport of @google-cloud/container reads the body itself; googleapis takes `data`.
  const fresh = new Response(body, { status: response.status, headers: response.headers });
  return Object.assign(fresh, { config: response.config, data: json as T });
}

function connectionError(service: string, cause: unknown, timedOut: boolean): GoogleApiError {
  if (timedOut) return new GoogleApiError('no answer within the deadline', { kind: 'timeout', service, cause });
  const { code, message } = rootOf(cause);
  return new GoogleApiError(message || code || 'the connection broke', { kind: 'unreachable', service, code, cause });
}

/** What the operating system said, below what the libraries made of it ("fetch failed"). */
function rootOf(cause: unknown): { code?: string; message: string } {
  let root = { message: String(cause) };
  for (let current = cause; current instanceof Error; current = current.cause) {
    root = current;
    if (current instanceof AggregateError && current.errors[0] instanceof Error) root = current.errors[0];
  }
  return { message: root.message, ...('code' in root && typeof root.code === 'string' ? { code: root.code } : {}) };
}
