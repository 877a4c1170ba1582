import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Identity } from './authentication.ts';
import { createAuthorizer } from './authorizer.ts';
import { createAuthority, issueServerCertificate } from './certificates.ts';
import { createCluster } from './cluster.ts';
import { createFaults, type FaultSpec, faultReply } from './faults.ts';
import { createHandler, type Reply } from './handler.ts';
import type { KubernetesObject } from './manifest.ts';

export type { FaultSpec } from './faults.ts';
export type { KubernetesObject } from './manifest.ts';

export interface ApiServerOptions {
  /** Full resource name: projects/P/locations/L/clusters/C. */
  cluster: string;
  /** The control plane's version, such as 1.33.4-gke.1350000. */
  version: string;
  /** What the cluster holds at the start, besides the system's own objects. */
  objects: KubernetesObject[];
  authenticate(token: string): Identity | undefined;
  hasIamPermission(email: string, permission: string): boolean;
  /** How long each answer is delayed, in ms. */
  latencyMs?(): number;
}

export interface RecordedCall {
  method: string;
  /** Path and query. */
  path: string;
  /** The authenticated user's name; '' where there was none. */
  user: string;
}

export interface ApiServer {
  readonly cluster: string;
  readonly port: number;
  readonly url: string;
  /** base64 of the CA's PEM, as `masterAuth.clusterCaCertificate` holds it; another one after `rotateCa`. */
  readonly caCertificate: string;
  objects(): KubernetesObject[];
  /** Down: connections are refused. Resolves once that is so, or once the same port answers again. */
  setDown(down: boolean): Promise<void>;
  /** Closed: connections open and then nothing happens, as from an address that no authorized network holds. */
  setAuthorizedNetworks(open: boolean): void;
  /** A new CA and a certificate of it; who trusts the old CA gets a TLS error from now on. */
  rotateCa(): void;
  fault(spec: FaultSpec): void;
  clearFaults(): void;
  calls(): RecordedCall[];
  resetCalls(): void;
  close(): Promise<void>;
}

/** Starts the API server of one cluster on a free loopback port, with a CA of its own. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const cluster = createCluster(options.objects);
  const authorizer = createAuthorizer({
    policy: cluster.policy,
    resourceType: cluster.type,
    hasIamPermission: options.hasIamPermission,
  });
  const handle = createHandler({ cluster, authorizer, version: options.version, authenticate: options.authenticate });
  const faults = createFaults();
  const sockets = new Set<Socket>();
  let calls: RecordedCall[] = [];
  let networksOpen = true;
  let authority = createAuthority();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const call: RecordedCall = { method: request.method ?? 'GET', path: request.url ?? '/', user: '' };
    calls.push(call);
    const delay = options.latencyMs?.() ?? 0;
    if (delay > 0) await wait(delay);
    const fault = faults.next(call.method, call.path);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') {
      response.destroy();
      return;
    }
    const reply = fault
      ? faultReply(fault)
      : handle({ ...call, headers: request.headers, body, record: user => (call.user = user) });
    send(reply, response);
  };

  const tls = createHttpsServer(credentials(), (request, response) => {
    answer(request, response).catch(error => response.destroy(error));
  });
  // A connection that ends inside the handshake is the client's business: it does not trust the CA, or gave up.
  tls.on('tlsClientError', () => undefined);
  const front = createTcpServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (networksOpen) tls.emit('connection', socket);
  });

  function credentials() {
    const { certificate, privateKey } = issueServerCertificate(authority);
    return { cert: certificate, key: privateKey };
  }
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      front.once('error', reject);
      front.listen(port, '127.0.0.1', () => {
        front.removeListener('error', reject);
        resolve();
      });
    });
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = () =>
    new Promise<void>(resolve => {
      if (front.listening) front.close(() => resolve());
      else resolve();
      dropConnections();
    });

  await listen(0);
  const { port } = front.address() as AddressInfo;

  return {
    cluster: options.cluster,
    port,
    url: `https://127.0.0.1:${port}`,
    get caCertificate() {
      return Buffer.from(authority.certificate).toString('base64');
    },
    objects: cluster.store.all,
    async setDown(down) {
      if (down) await stop();
      else if (!front.listening) await listen(port);
    },
    setAuthorizedNetworks(open) {
      networksOpen = open;
      dropConnections();
    },
    rotateCa() {
      authority = createAuthority();
      tls.setSecureContext(credentials());
      dropConnections();
    },
    fault: faults.add,
    clearFaults: faults.clear,
    calls: () => [...calls],
    resetCalls() {
      calls = [];
    },
    close: stop,
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function send(reply: Reply, response: ServerResponse): void {
  response.writeHead(reply.code, {
    'content-type': reply.contentType ?? 'application/json',
    'cache-control': 'no-cache, private',
    ...(reply.warning === undefined ? {} : { warning: `299 - ${JSON.stringify(reply.warning)}` }),
  });
  if (reply.stream !== undefined) reply.stream(response);
  else response.end(typeof reply.body === 'string' ? reply.body : `${JSON.stringify(reply.body)}\n`);
}
