/** What we write to clusters: updates, which are long-running operations. Part of `writes.ts`, which says the rules. */
import { z } from 'zod';
import { ContainerCluster } from './answers.ts';
import type { Calls } from './calls.ts';
import type { Clients } from './clients.ts';

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
  etag: z.string().optional(),
  controlPlaneEndpointsConfig: z
    .object({ dnsEndpointConfig: z.object({ allowExternalTraffic: z.boolean().optional() }).optional() })
    .optional(),
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
});
export type WritableCluster = z.infer<typeof WritableCluster>;

/** Every function throws `GoogleApiError`. Clusters and node pools are given by their full resource names. */
export function createClusterWrites(calls: Calls, { auth }: Clients) {
  const service = 'container';
  const url = (name: string) => `https://container.googleapis.com/v1/${name}`;

  const get = <T>(answer: z.ZodType<T>, name: string): Promise<T> =>
    calls.call({ service, answer, send: async options => (await auth.request({ url: url(name), ...options })).data });

  const put = (name: string, data: object): Promise<ClusterOperation> =>
    calls.call({
      service,
      answer: ClusterOperation,
      repeatable: false,
      send: async options => (await auth.request({ url: url(name), method: 'PUT', data, ...options })).data,
    });

  return {
    getCluster: (name: string) => get(WritableCluster, name),

    /** The same cluster with what leads to its API server. */
    getContainerCluster: (name: string) => get(ContainerCluster, name),

    /** `update`: a ClusterUpdate, `{ desiredNodePoolId, desiredNodeVersion }` and the like. */
    updateCluster: (name: string, update: object) => put(name, { update }),

    /** `body`: an UpdateNodePoolRequest without its name, `{ workloadMetadataConfig: { mode } }` and the like. */
    updateNodePool: (name: string, body: object) => put(name, body),

    /** `parent`: `projects/P/locations/L`. */
    listOperations: async (parent: string) => (await get(Operations, `${parent}/operations`)).operations,

    /** `name`: `projects/P/locations/L/operations/ID`. */
    getOperation: (name: string) => get(ClusterOperation, name),
  };
}
