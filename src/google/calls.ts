/**
 * Calls of Google's APIs through Google's client libraries: deadlines, retries, the count of requests, the form of answers and
 * the form of errors are the same for all of them.
 */
import type { z } from 'zod';
import { retry } from '../http/retry.ts';
import { classify, GoogleApiError, malformedError } from './errors.ts';
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

/** What the libraries' methods take as options of one request. Neither library repeats requests by itself. */
export interface RequestOptions {
  /** Deadline in ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
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
    const { attemptMs, signal } = this.#options;
    signal?.throwIfAborted();
    await this.#authenticate(service);
    this.#requests.set(service, (this.#requests.get(service) ?? 0) + 1);
    const timeout = Math.max(1, Math.min(attemptMs, deadline - Date.now()));
    const data = await abortable(send({ timeout, signal }), signal).catch(error => {
      throw fromLibrary(service, error) ?? error;
    });
    const parsed = answer.safeParse(data);
    if (parsed.success) return parsed.data;
    throw malformedError(service, unexpected(data, parsed.error), parsed.error);
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

/** @google-cloud/container takes no signal. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What is wrong with an answer, with the place where it is: `clusters.0.nodePools`. */
function unexpected(data: unknown, { issues: [issue] }: z.ZodError): string {
  // googleapis gives a body that is no JSON as text.
  if (data === '' || data === undefined) return 'the answer was empty';
  if (typeof data === 'string') return 'the answer was not JSON';
  const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  return `the answer had an unexpected form${place}`;
}
