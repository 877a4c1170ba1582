/**
 * Calls of Google's APIs through Google's client libraries: deadlines, retries, the count of requests, the form of answers and
 * the form of errors are the same for all of them.
 */
import type { z } from 'zod';
import { retry } from '../http/retry.ts';
import { classify, GoogleApiError, malformedError, timeoutError } from './errors.ts';
import type { Identity } from './identity.ts';
import { fromLibrary } from './library-errors.ts';

export interface CallsOptions {
  readonly identity: Identity;
  /** Deadline of one attempt, in ms. */
  readonly attemptMs?: number;
  /** Deadline of a call with all its attempts, in ms. */
  readonly totalMs?: number;
  /** Attempts of a call for what passes by itself: 429, 5xx, broken connections. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

/** What googleapis' methods take as options of one request. */
export interface RequestOptions {
  /** Aborted when the attempt's deadline is over, or the whole work is stopped. */
  readonly signal: AbortSignal;
}

export interface Call<T> {
  /** `container`, `iam` …: the API that is called. */
  readonly service: string;
  /** The form that the answer must have. */
  readonly answer: z.ZodType<T>;
  /** Sends one request. @returns the answer as the library gives it */
  readonly send: (options: RequestOptions) => Promise<unknown>;
  /** False for what must not happen twice, and for what is not worth a second attempt. Default: true. */
  readonly repeatable?: boolean;
}

export class Calls {
  readonly #options: Required<Pick<CallsOptions, 'attemptMs' | 'totalMs' | 'attempts'>> & CallsOptions;
  readonly #requests = new Map<string, number>();

  constructor(options: CallsOptions) {
    const { attemptMs = 10_000, totalMs = 30_000, attempts = 4 } = options;
    this.#options = { ...options, attemptMs, totalMs, attempts };
  }

  /** Requests sent so far by service, retries included. */
  get requests(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#requests);
  }

  /** @throws {GoogleApiError} whatever goes wrong with the call; the signal's reason where it is aborted. */
  async call<T>(call: Call<T>): Promise<T> {
    const { attempts, totalMs, signal } = this.#options;
    const deadline = Date.now() + totalMs;
    const limits = { attempts: (call.repeatable ?? true) ? attempts : 1, totalMs, signal };
    return retry(() => this.#attempt(call, deadline), classify, limits);
  }

  async #attempt<T>({ service, answer, send }: Call<T>, deadline: number): Promise<T> {
    const { attemptMs } = this.#options;
    const ms = Math.max(1, Math.min(attemptMs, deadline - Date.now()));
    const data = await this.#within(ms, service, async options => {
      await this.#authenticate(service);
      this.#requests.set(service, (this.#requests.get(service) ?? 0) + 1);
      return send(options);
    });
    const parsed = answer.safeParse(data);
    if (parsed.success) return parsed.data;
    throw malformedError(service, unexpected(data, parsed.error), parsed.error);
  }

  /**
   * One request, with the token that it needs, within its deadline. By a controller of its own: `AbortSignal.any` and `AbortSignal.timeout` cost more than the rest
   * of a call, and @google-cloud/container takes no signal.
   */
  async #within<T>(ms: number, service: string, send: Call<T>['send']): Promise<unknown> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    const attempt = new AbortController();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (reason: unknown) => {
      reject(reason);
      attempt.abort(reason);
    };
    const timer = setTimeout(() => abort(timeoutError(service, new Error(`no answer within ${ms} ms`))), ms);
    const stop = () => abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([send({ signal: attempt.signal }), aborted]);
    } catch (error) {
      signal?.throwIfAborted();
      throw fromLibrary(service, error) ?? error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** The libraries would do it too, but a token that can't be had is another failure than a call that is refused. */
  async #authenticate(service: string): Promise<void> {
    try {
      await this.#options.identity.auth.getRequestHeaders();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new GoogleApiError(message, { kind: 'credentials', service, cause });
    }
  }
}

/** What is wrong with an answer, with the place where it is: `clusters.0.nodePools`. */
function unexpected(data: unknown, { issues: [issue] }: z.ZodError): string {
  // What googleapis can't parse as JSON it gives as text.
  if (typeof data === 'string') return 'the answer was not JSON';
  const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  return `the answer had an unexpected form${place}`;
}
