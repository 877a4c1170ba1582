/**
 * The connections of every client: Google, API servers, Slack's Web API, its upload and response URLs, Socket Mode. undici keeps
 * them open between requests and applies `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`
 * (https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent). Node.js adds the CAs of `NODE_EXTRA_CA_CERTS` by itself.
 */
import { createSecureContext } from 'node:tls';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

export interface DispatcherOptions {
  /** Where the proxies are named. */
  readonly env?: ProxyEnvironment;
  /** PEM of the only CA that servers' certificates may be of; absent: the public CAs. */
  readonly ca?: string;
  /** Deadline for a connection with its TLS handshake, in ms. */
  readonly connectMs?: number;
}

/** A connection without requests is closed after this time (ms), unless the server asked for less. */
const IDLE_MS = 15_000;
/** Connections to one server; further requests wait for one of them. */
const CONNECTIONS = 256;
const CONNECT_MS = 10_000;
/** Each cluster has a CA and so a dispatcher of its own; the one used longest ago is closed. */
const DISPATCHERS = 200;
const dispatchers = new Map<string, EnvHttpProxyAgent>();

/** The same dispatcher for the same options. */
export function dispatcherFor({ env = {}, ca, connectMs = CONNECT_MS }: DispatcherOptions): Dispatcher {
  const proxies = {
    httpProxy: env.http_proxy ?? env.HTTP_PROXY ?? '',
    httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? '',
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  };
  const key = JSON.stringify([proxies, ca, connectMs]);
  const dispatcher = dispatchers.get(key) ?? create(proxies, ca, connectMs);
  dispatchers.delete(key);
  dispatchers.set(key, dispatcher);
  const [oldest] = dispatchers;
  if (dispatchers.size > DISPATCHERS && oldest) {
    dispatchers.delete(oldest[0]);
    void oldest[1].close();
  }
  return dispatcher;
}

type Proxies = Pick<EnvHttpProxyAgent.Options, 'httpProxy' | 'httpsProxy' | 'noProxy'>;

function create(proxies: Proxies, ca: string | undefined, connectMs: number): EnvHttpProxyAgent {
  // The CA is parsed once for all connections.
  const trusted = ca === undefined ? {} : { secureContext: createSecureContext({ ca }) };
  return new EnvHttpProxyAgent({
    ...proxies,
    connections: CONNECTIONS,
    keepAliveTimeout: IDLE_MS,
    // Whoever sends a request has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: { ...trusted, timeout: connectMs },
    requestTls: { ...trusted, timeout: connectMs, allowH2: false },
    connectTimeout: connectMs,
  });
}
