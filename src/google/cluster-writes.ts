/**
 * What we write to clusters: updates, which are long-running operations, and the objects of their API servers. Part of
 * `writes.ts`, which says the rules.
 */
import { z } from 'zod';
import { KubernetesConnector } from '../kubernetes/connect.ts';
import { routeTo } from '../kubernetes/way.ts';
import { createKubernetesWrites, type KubernetesWrites } from '../kubernetes/writes.ts';
import { GoogleApiError } from './errors.ts';
import type { Transport } from './transport.ts';

/** container v1 Operation. `name` is its id within the location. */
export const ClusterOperation = z.object({
  name: z.string(),
  operationType: z.string().default(''),
  status: z.string().default(''),
  targetLink: z.string().default(''),
  startTime: z.string().optional(),
  endTime: z.string().optional(),
  detail: z.string().optional(),
  statusMessage: z.string().optional(),
  error: z.object({ code: z.number().optional(), message: z.string().optional() }).optional(),
  progress: z
    .object({
      metrics: z.array(z.object({ name: z.string().optional(), intValue: z.coerce.number().optional() })).optional(),
    })
    .optional(),
});
export type ClusterOperation = z.infer<typeof ClusterOperation>;

const Operations = z.object({ operations: z.array(ClusterOperation).default([]) });

/** container v1 Cluster, with what a remedy looks at. */
const WritableCluster = z.object({
  name: z.string(),
  location: z.string(),
  status: z.string().default(''),
  currentMasterVersion: z.string().default(''),
  endpoint: z.string().optional(),
  workloadIdentityConfig: z.object({ workloadPool: z.string().optional() }).optional(),
  nodePools: z
    .array(
      z.object({
        name: z.string(),
        version: z.string().default(''),
        status: z.string().default(''),
        config: z.object({ workloadMetadataConfig: z.object({ mode: z.string().optional() }).optional() }).optional(),
      }),
    )
    .default([]),
  masterAuth: z.object({ clusterCaCertificate: z.string().optional() }).optional(),
  controlPlaneEndpointsConfig: z
    .object({
      dnsEndpointConfig: z
        .object({ endpoint: z.string().optional(), allowExternalTraffic: z.boolean().optional() })
        .optional(),
      ipEndpointsConfig: z
        .object({ enabled: z.boolean().optional(), enablePublicEndpoint: z.boolean().optional() })
        .optional(),
    })
    .optional(),
  privateClusterConfig: z.object({ enablePrivateEndpoint: z.boolean().optional() }).optional(),
  fleet: z.object({ membership: z.string().optional() }).optional(),
});
export type WritableCluster = z.infer<typeof WritableCluster>;

/** Every function throws `GoogleApiError`. Clusters and node pools are given by their full resource names. */
export function createClusterWrites(transport: Transport) {
  const url = (name: string) => `https://container.googleapis.com/v1/${name}`;
  const connector = new KubernetesConnector({ transport });

  async function get<T>(form: z.ZodType<T>, name: string): Promise<T> {
    return parse(form, await transport.request({ url: url(name) }));
  }

  async function put(name: string, body: object): Promise<ClusterOperation> {
    const headers = { 'content-type': 'application/json' };
    const call = { url: url(name), method: 'PUT', headers, body: JSON.stringify(body), repeatable: false };
    return parse(ClusterOperation, await transport.request(call));
  }

  const getCluster = (name: string) => get(WritableCluster, name);

  return {
    getCluster,

    /** `update`: a ClusterUpdate, `{ desiredNodePoolId, desiredNodeVersion }` and the like. */
    updateCluster: (name: string, update: object) => put(name, { update }),

    /** `body`: an UpdateNodePoolRequest without its name, `{ workloadMetadataConfig: { mode } }` and the like. */
    updateNodePool: (name: string, body: object) => put(name, body),

    /** `parent`: `projects/P/locations/L`. */
    listOperations: async (parent: string) => (await get(Operations, `${parent}/operations`)).operations,

    /** `name`: `projects/P/locations/L/operations/ID`. */
    getOperation: (name: string) => get(ClusterOperation, name),

    /** Opens a cluster's API server. @throws {GoogleApiError} where there is no way to it from here. */
    async kubernetes(name: string): Promise<KubernetesWrites> {
      const way = routeTo(endpointsOf(name, await getCluster(name)));
      if (way.kind === 'none') {
        throw new GoogleApiError(`${way.reason.en} ${way.command}`, { kind: 'unreachable', service: 'kubernetes' });
      }
      return createKubernetesWrites(await connector.open(way));
    },
  };
}

function parse<T>(form: z.ZodType<T>, data: unknown): T {
  const parsed = form.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new GoogleApiError('the answer had an unexpected form', {
    kind: 'malformed',
    service: 'container',
    cause: parsed.error,
  });
}

function endpointsOf(resource: string, cluster: WritableCluster) {
  const {
    name,
    location,
    endpoint,
    masterAuth,
    controlPlaneEndpointsConfig: endpoints,
    privateClusterConfig,
    fleet,
  } = cluster;
  const dns = endpoints?.dnsEndpointConfig;
  const ip = endpoints?.ipEndpointsConfig;
  return {
    project: resource.split('/')[1] ?? '',
    name,
    location,
    endpoint,
    caCertificate: masterAuth?.clusterCaCertificate,
    dnsEndpoint: dns?.endpoint ? { host: dns.endpoint, external: dns.allowExternalTraffic ?? false } : undefined,
    ipEndpoints: {
      enabled: ip?.enabled ?? true,
      public: ip?.enablePublicEndpoint ?? !(privateClusterConfig?.enablePrivateEndpoint ?? false),
    },
    fleetMembership: fleet?.membership,
  };
}
