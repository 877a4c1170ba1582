import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Identity } from './authentication.ts';
import { createAuthorizer } from './authorizer.ts';
import { type Authority, createAuthority } from './certificates.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { createFaults, type FaultSpec, faultReply } from './faults.ts';
import { createHandler, type Endpoint, type Reply } from './handler.ts';
import { startListener } from './listener.ts';
import type { KubernetesObject } from './manifest.ts';

export type { Identity } from './authentication.ts';
export { type Authority, createAuthority } from './certificates.ts';
export type { FaultSpec } from './faults.ts';
export type { KubernetesObject } from './manifest.ts';

export interface ApiServerOptions {
  /** Full resource name: projects/P/locations/L/clusters/C. */
  cluster: string;
  /** The control plane's version, such as 1.33.4-gke.1350000. */
  version: string;
  /** The objects at the start, besides those of the system. */
  objects: KubernetesObject[];
  authenticate(token: string): Identity | undefined;
  hasIamPermission(email: string, permission: string): boolean;
  /** The delay of each answer in ms. */
  latencyMs?(): number;
  /** Opens a DNS endpoint too. This authority, which stands for the public ones, signs its certificate. */
  dnsEndpointAuthority?: Authority;
}

export interface RecordedCall {
  method: string;
  /** Path and query. */
  path: string;
  /** The authenticated user's name; '' without one. */
  user: string;
}

export interface ApiServer {
  readonly cluster: string;
  readonly port: number;
  readonly url: string;
  /** URL of the DNS endpoint, where callers need container.clusters.connect; '' without `dnsEndpointAuthority`. */
  readonly dnsEndpointUrl: string;
  /** The CA's PEM in base64, as in `masterAuth.clusterCaCertificate`. `rotateCa` changes it. */
  readonly caCertificate: string;
  objects(): KubernetesObject[];
  /** Replaces the nodes of a node pool by new ones with the same names. */
  recreateNodes(nodePool: string, at: number): void;
  /** Refuses connections, or accepts them again on the same ports. Resolves once that is in effect. */
  setDown(down: boolean): Promise<void>;
  /** While closed, the IP endpoint accepts connections but never answers, as for an address outside the authorized networks. */
  setAuthorizedNetworks(open: boolean): void;
  /** Replaces the CA and the server's certificate. Clients that trust the old CA get a TLS error. */
  rotateCa(): Promise<void>;
  fault(spec: FaultSpec): void;
  clearFaults(): void;
  calls(): RecordedCall[];
  resetCalls(): void;
  close(): Promise<void>;
}

/** Starts the API server of one cluster on a free loopback port, with a CA of its own. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { hasIamPermission, authenticate, version, dnsEndpointAuthority } = options;
  const cluster = createCluster(options.cluster, options.objects);
  const authorizer = createAuthorizer({ policy: cluster.policy, resourceType: cluster.type, hasIamPermission });
  const handle = createHandler({ cluster, authorizer, version, authenticate, hasIamPermission });
  const faults = createFaults();
  let calls: RecordedCall[] = [];
  let authority = await createAuthority();

  const answerAt = (endpoint: Endpoint) => async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    const call: RecordedCall = { method: request.method ?? 'GET', path: request.url ?? '/', user: '' };
    calls.push(call);
    const record = (user: string) => {
      call.user = user;
    };
    const delay = options.latencyMs?.() ?? 0;
    if (delay > 0) await wait(delay);
    const fault = faults.take(call.method, call.path);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') {
      response.destroy();
      return;
    }
    const { method, path } = call;
    send(
      fault ? faultReply(fault) : handle({ method, path, headers: request.headers, body, endpoint, record }),
      response,
    );
  };

  const ip = await startListener(authority, answerAt('ip'));
  const dns = dnsEndpointAuthority && (await startListener(dnsEndpointAuthority, answerAt('dns')));
  const listeners = dns === undefined ? [ip] : [ip, dns];

  return {
    cluster: options.cluster,
    port: ip.port,
    url: `https://127.0.0.1:${ip.port}`,
    dnsEndpointUrl: dns === undefined ? '' : `https://127.0.0.1:${dns.port}`,
    get caCertificate() {
      return Buffer.from(authority.certificate).toString('base64');
    },
    objects: cluster.store.all,
    recreateNodes: (nodePool, at) => recreateNodes(cluster, nodePool, at),
    async setDown(down) {
      await Promise.all(listeners.map(listener => (down ? listener.stop() : listener.start())));
    },
    setAuthorizedNetworks: ip.setOpen,
    async rotateCa() {
      const next = await createAuthority();
      await ip.certify(next);
      authority = next;
    },
    fault: faults.add,
    clearFaults: faults.clear,
    calls: () => [...calls],
    resetCalls() {
      calls = [];
    },
    async close() {
      await Promise.all(listeners.map(listener => listener.stop()));
    },
  };
}

function recreateNodes({ store, type }: Cluster, nodePool: string, at: number): void {
  const nodes = type('', 'nodes');
  if (!nodes) return;
  for (const node of store.list(nodes)) {
    if (node.metadata.labels?.['cloud.google.com/gke-nodepool'] !== nodePool) continue;
    const creationTimestamp = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
    store.put(nodes, { ...node, metadata: { ...node.metadata, creationTimestamp } });
  }
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
