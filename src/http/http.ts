/**
 * One HTTP exchange, with Google's APIs, clusters' API servers or Slack. undici's `dispatch` costs a third of the CPU that
 * `fetch` does, and a diagnosis sends about forty requests.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { dispatcherFor, type ProxyEnvironment } from './dispatcher.ts';

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** PEM of the CA that the server's certificate must be of; absent: the public ones. */
  readonly ca?: string;
  /** Deadline of the whole exchange, in ms. */
  readonly attemptMs: number;
  /** Deadline for the connection with its TLS handshake, in ms; absent: `attemptMs`. */
  readonly connectMs?: number;
  /** Largest body that is accepted, in bytes, unpacked. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /** Proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY. */
  readonly env?: ProxyEnvironment;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** There was no answer, or not all of it; the cause is Node's or undici's own error. */
export class BrokenConnectionError extends Error {
  readonly timedOut: boolean;
  /** Whether there was a connection, with its TLS handshake done. */
  readonly connected: boolean;
  constructor(cause: unknown, { timedOut, connected }: { timedOut: boolean; connected: boolean }) {
    super('the connection broke', { cause });
    this.name = 'BrokenConnectionError';
    this.timedOut = timedOut;
    this.connected = connected;
  }

  /** Where a name has several addresses, each that failed has an error of its own: the first one tells. */
  get root(): { readonly code?: string; readonly message: string } {
    const root = this.cause instanceof AggregateError ? this.cause.errors[0] : this.cause;
    const message = root instanceof Error ? root.message : String(root);
    return root instanceof Error && 'code' in root && typeof root.code === 'string'
      ? { code: root.code, message }
      : { message };
  }
}

/** @throws {BrokenConnectionError} where there is no whole answer; the signal's reason where that ended the exchange. */
export async function send(exchange: Exchange): Promise<Answer> {
  const { status, headers, bytes } = await exchanged(exchange);
  if (headers['content-encoding'] !== 'gzip') return { status, headers, body: bytes.toString('utf8') };
  try {
    const body = await promisify(gunzip)(bytes, { maxOutputLength: exchange.maxBytes });
    return { status, headers, body: body.toString('utf8') };
  } catch (cause) {
    throw new BrokenConnectionError(cause, { timedOut: false, connected: true });
  }
}

interface RawAnswer extends Omit<Answer, 'body'> {
  readonly bytes: Buffer;
}

function exchanged(exchange: Exchange): Promise<RawAnswer> {
  const { url, method, headers, body, attemptMs, maxBytes, signal } = exchange;
  signal?.throwIfAborted();
  const connectMs = Math.min(exchange.connectMs ?? attemptMs, attemptMs);
  return new Promise<RawAnswer>((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let settled = false;
    let status = 0;
    let answered: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    let size = 0;

    const settle = () => {
      settled = true;
      clearTimeout(connecting);
      clearTimeout(attempt);
      signal?.removeEventListener('abort', stop);
    };
    const fail = (cause: Error, timedOut = false) => {
      if (settled) return;
      settle();
      reject(signal?.aborted ? signal.reason : new BrokenConnectionError(cause, { timedOut, connected: !!controller }));
      controller?.abort(cause);
    };
    const late = (ms: number) => fail(new Error(`no answer within ${ms} ms`), true);
    const stop = () => fail(new Error('stopped'));
    const attempt = setTimeout(late, attemptMs, attemptMs);
    const connecting = setTimeout(late, connectMs, connectMs);
    signal?.addEventListener('abort', stop, { once: true });

    dispatcherFor(exchange).dispatch(
      { origin: url.origin, path: url.pathname + url.search, method, headers: { ...headers }, body },
      {
        // The request goes out: there is a connection.
        onRequestStart(started) {
          clearTimeout(connecting);
          controller = started;
          if (settled) started.abort(new Error('stopped'));
        },
        onResponseStart(_, statusCode, received) {
          status = statusCode;
          answered = received;
        },
        onResponseData(_, chunk) {
          chunks.push(chunk);
          size += chunk.length;
          if (size > maxBytes) fail(new Error(`the answer has more than ${maxBytes} bytes`));
        },
        onResponseEnd() {
          if (settled) return;
          settle();
          resolve({ status, headers: answered, bytes: Buffer.concat(chunks) });
        },
        onResponseError: (_, error) => fail(error),
      },
    );
  });
}
