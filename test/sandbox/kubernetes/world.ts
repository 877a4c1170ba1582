import { request } from 'node:https';
import {
  type ApiServer,
  type ApiServerOptions,
  type KubernetesObject,
  startApiServer,
} from '../../../sandbox/google/kubernetes/server.ts';

/** Tokens and the accounts behind them; each account's IAM permissions, `*` for all. */
export const accounts: Record<string, { email: string; groups?: string[]; permissions: string[] }> = {
  owner: { email: 'owner@example.com', permissions: ['*'] },
  reader: { email: 'reader@example.com', permissions: ['container.pods.list', 'container.thirdPartyObjects.list'] },
  stranger: { email: 'stranger@example.com', permissions: [] },
  granter: {
    email: 'granter@example.com',
    permissions: ['container.roles.create', 'container.roleBindings.create', 'container.roles.update'],
  },
  binder: {
    email: 'binder@example.com',
    permissions: ['container.roleBindings.create', 'container.clusterRoles.bind'],
  },
};

export const manifest = (
  apiVersion: string,
  kind: string,
  metadata: KubernetesObject['metadata'],
  fields: Record<string, unknown> = {},
): KubernetesObject => ({ apiVersion, kind, metadata, ...fields });

export const pod = (name: string, namespace: string, fields: Record<string, unknown> = {}) =>
  manifest(
    'v1',
    'Pod',
    { name, namespace, labels: { app: name } },
    {
      spec: { containers: [{ name: 'main', image: 'registry.example/main' }] },
      status: { phase: 'Running' },
      ...fields,
    },
  );

export function startWorld(objects: KubernetesObject[], options: Partial<ApiServerOptions> = {}): Promise<ApiServer> {
  return startApiServer({
    cluster: 'projects/acme/locations/europe-west1/clusters/cluster-x',
    version: '1.33.4-gke.1350000',
    objects,
    authenticate: token => accounts[token],
    hasIamPermission: (email, permission) =>
      Object.values(accounts).some(
        account =>
          account.email === email && (account.permissions.includes('*') || account.permissions.includes(permission)),
      ),
    ...options,
  });
}

export interface Response {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  body: Record<string, unknown>;
}

export interface CallOptions {
  token?: string;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  ca?: string;
}

/** One HTTPS call that trusts the cluster's CA only. Rejects where the connection fails. */
export function call(server: ApiServer, path: string, options: CallOptions = {}): Promise<Response> {
  const { token, method = 'GET', body, headers = {}, ca = server.caCertificate } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}${path}`,
      {
        method,
        ca: Buffer.from(ca, 'base64').toString(),
        agent: false,
        signal: AbortSignal.timeout(5_000),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
