/**
 * One HTTP exchange, with Google's APIs, clusters' API servers or Slack. By Node's own client over connections that are kept: `fetch`
 * costs three times the CPU for each request, and a diagnosis sends about forty.
 */
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the CA that the server's certificate has to be of; absent: the public ones. */
  readonly ca?: string;
  /** Deadline of it all, in ms. */
  readonly attemptMs: number;
  /** Deadline for the connection to stand, in ms. */
  readonly connectMs?: number;
  /** Largest body that is taken, in bytes, unpacked. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /** Proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY (Node 22.21 and later). */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Makes the connection, instead of the shared ones. */
  readonly agent?: http.Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** There was no answer, or not all of it; the cause is Node's own error. */
export class BrokenConnectionError extends Error {
  readonly timedOut: boolean;
  /** Whether the connection stood, with its TLS handshake done. */
  readonly connected: boolean;
  constructor(cause: unknown, { timedOut, connected }: { timedOut: boolean; connected: boolean }) {
    super('the connection broke', { cause });
    this.name = 'BrokenConnectionError';
    this.timedOut = timedOut;
    this.connected = connected;
  }
}

const IDLE_MS = 15_000;
const AGENTS_KEPT = 200;
/** Sockets to one server: more requests than that wait for one another. */
const MAX_SOCKETS = 256;
/** Connections outlive a diagnosis: a TLS handshake costs more than what is asked. By server and CA, the last used last. */
const agents = new Map<string, http.Agent>();

function agentFor({ url, ca, env }: Exchange): http.Agent {
  const key = ca === undefined ? url.host : `${url.host} ${ca}`;
  const known = agents.get(key);
  const options = { keepAlive: true, timeout: IDLE_MS, maxSockets: MAX_SOCKETS, proxyEnv: env };
  const agent = known ?? (url.protocol === 'http:' ? new http.Agent(options) : secureAgent(options, ca));
  agents.delete(key);
  agents.set(key, agent);
  const [oldest] = agents.keys();
  if (agents.size > AGENTS_KEPT && oldest !== undefined) {
    agents.get(oldest)?.destroy();
    agents.delete(oldest);
  }
  return agent;
}

/** The CA is read once for all its connections. */
function secureAgent(options: https.AgentOptions, ca: string | undefined): https.Agent {
  return new https.Agent(ca === undefined ? options : { ...options, secureContext: createSecureContext({ ca }) });
}

/** @throws {BrokenConnectionError} where there is no whole answer; the signal's reason, where that ended it. */
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
  const { url, method, headers, body, attemptMs, connectMs, maxBytes, signal } = exchange;
  signal?.throwIfAborted();
  let connected = false;
  let timedOut = false;
  return new Promise<RawAnswer>((resolve, reject) => {
    const { request } = url.protocol === 'http:' ? http : https;
    const sent = request(url, {
      method,
      agent: exchange.agent ?? agentFor(exchange),
      headers: body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    });
    const late = () => {
      timedOut = true;
      sent.destroy(new Error(`no answer within ${attemptMs} ms`));
    };
    const timers = [setTimeout(late, attemptMs)];
    const stopped = () => sent.destroy(new Error('stopped'));
    signal?.addEventListener('abort', stopped, { once: true });
    const over = () => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', stopped);
    };
    const fail = (cause: unknown) => {
      over();
      reject(signal?.aborted ? signal.reason : new BrokenConnectionError(cause, { timedOut, connected }));
    };
    sent.on('error', fail);
    sent.on('socket', socket => {
      connected = sent.reusedSocket;
      if (connected) return;
      const connecting = connectMs === undefined ? undefined : setTimeout(late, connectMs);
      if (connecting) timers.push(connecting);
      socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', () => {
        connected = true;
        clearTimeout(connecting);
      });
    });
    sent.on('response', response => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > maxBytes) sent.destroy(new Error(`the answer has more than ${maxBytes} bytes`));
      });
      response.on('error', fail);
      response.on('end', () => {
        over();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) });
      });
    });
    sent.end(body);
  });
}
