/**
 * The one way to a cluster's API server: deadlines, retries, the count of requests and errors are the same for all calls.
 *
 * It speaks HTTPS itself: @kubernetes/client-node takes 0.6 s of CPU and 85 MB to load, which every diagnosis would pay,
 * opens a connection for each call, has no deadline, and does not look whether an answer has the form it promises.
 */
import type { z } from 'zod';
import { parseJson } from '../http/answer-text.ts';
import type { ProxyEnvironment } from '../http/dispatcher.ts';
import { type Answer, BrokenConnectionError, send } from '../http/http.ts';
import type { Identity } from '../http/identity.ts';
import { retry } from '../http/retry.ts';
import { classify, connectionError, errorFromAnswer, KubernetesApiError } from './errors.ts';

/** Where an API server is, and whose certificates it has. */
export interface Server {
  /** `https://203.0.113.10`, with a path where a gateway has one. */
  readonly url: string;
  /** PEM of the cluster's CA; absent: the public ones. */
  readonly ca?: string;
}

export interface TransportOptions {
  readonly identity: Identity;
  /** Told of every request sent, retries included. */
  readonly onRequest?: () => void;
  /** Deadline for the connection to stand, in ms: shorter, because authorized networks swallow what they don't let in. */
  readonly connectMs?: number;
  /** Deadline of one attempt, in ms. */
  readonly attemptMs?: number;
  /** Attempts of a read, for what passes by itself: 429, 5xx, broken connections. */
  readonly attempts?: number;
  /** Proxies: HTTPS_PROXY, NO_PROXY. */
  readonly env?: ProxyEnvironment;
  readonly signal?: AbortSignal;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the server's URL: `/api/v1/namespaces`. Names in it are encoded by whoever builds it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Of the body; a PATCH is a merge patch (RFC 7386) unless told otherwise. */
  readonly contentType?: string;
  /** False for what may not happen twice. Default: true for GET. */
  readonly repeatable?: boolean;
}

const TOTAL_MS = 30_000;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export class KubernetesTransport {
  readonly #server: Server;
  readonly #options: Required<Pick<TransportOptions, 'connectMs' | 'attemptMs' | 'attempts'>> & TransportOptions;
  #broken: KubernetesApiError | undefined;

  constructor(server: Server, options: TransportOptions) {
    this.#server = server;
    const { connectMs = 3_000, attemptMs = 10_000, attempts = 3 } = options;
    this.#options = { ...options, connectMs, attemptMs, attempts };
  }

  /** @throws {KubernetesApiError} whatever goes wrong; at once where an earlier call could not make a connection. */
  async request<T>(answer: z.ZodType<T>, call: Call): Promise<T> {
    const { attempts, signal } = this.#options;
    const limits = { attempts: (call.repeatable ?? call.method === 'GET') ? attempts : 1, totalMs: TOTAL_MS, signal };
    try {
      return await retry(async () => read(answer, await this.#attempt(call)), classify, limits);
    } catch (error) {
      if (error instanceof KubernetesApiError && !error.connected) this.#broken = error;
      throw error;
    }
  }

  async #attempt(call: Call): Promise<Answer> {
    if (this.#broken) throw this.#broken;
    const authorization = await this.#authorization();
    this.#options.onRequest?.();
    const answer = await this.#send(call, authorization);
    if (answer.status < 200 || answer.status > 299) throw errorFromAnswer(answer);
    return answer;
  }

  async #authorization(): Promise<string> {
    try {
      return (await this.#options.identity.getRequestHeaders(this.#server.url)).get('authorization') ?? '';
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new KubernetesApiError(message, { kind: 'credentials', cause });
    }
  }

  async #send(call: Call, authorization: string): Promise<Answer> {
    const { connectMs, attemptMs, env, signal } = this.#options;
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    return await send({
      url: urlOf(this.#server.url, call),
      method: call.method,
      headers: {
        authorization,
        accept: 'application/json',
        'user-agent': 'gke-auth',
        ...(body === undefined ? {} : { 'content-type': contentType(call) }),
      },
      body,
      ca: this.#server.ca,
      attemptMs,
      connectMs,
      maxBytes: MAX_BODY_BYTES,
      env,
      signal,
    }).catch(error => {
      throw error instanceof BrokenConnectionError ? connectionError(error) : error;
    });
  }
}

function contentType({ method, contentType }: Call): string {
  return contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
}

function urlOf(server: string, { path, query = {} }: Call): URL {
  const url = new URL(server.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

/** An answer has to have the form that its resource has. */
function read<T>(form: z.ZodType<T>, { status, body }: Answer): T {
  const parsed = form.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const what = body.trim() === '' ? 'the answer was empty' : 'the answer had an unexpected form';
  throw new KubernetesApiError(what, { kind: 'malformed', status, cause: parsed.error });
}
