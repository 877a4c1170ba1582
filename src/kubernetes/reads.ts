/** What we read of a cluster's API server, one function per call. Every function throws `KubernetesApiError`. */
import type { z } from 'zod';
import { KubernetesApiError } from './errors.ts';
import {
  ApiGroups,
  ApiResources,
  ComputeClass,
  ConfigMap,
  CustomObject,
  DaemonSet,
  Deployment,
  Named,
  Namespace,
  NetworkPolicy,
  Node,
  type Page,
  Pod,
  page,
  Review,
  Service,
  ServiceAccount,
  Version,
} from './objects.ts';
import type { KubernetesTransport } from './transport.ts';

const PAGE = '500';
/** Made once: the first use of a form compiles it. */
const PAGES = {
  named: page(Named),
  namespaces: page(Namespace),
  pods: page(Pod),
  deployments: page(Deployment),
  daemonSets: page(DaemonSet),
  customObjects: page(CustomObject),
  networkPolicies: page(NetworkPolicy),
  nodes: page(Node),
  configMaps: page(ConfigMap),
  computeClasses: page(ComputeClass),
};
/** Against an endless chain of continue tokens. */
const MAX_PAGES = 1_000;

export interface PodQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  /** `k8s-app=kube-dns`. */
  readonly labelSelector?: string;
  /** `spec.serviceAccountName=checkout`. */
  readonly fieldSelector?: string;
}

/** Who wants to do what, as a SubjectAccessReview asks it. */
export interface SubjectAccess {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly verb: string;
  /** `''` for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent or `''`: cluster scope, or all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
}

/** A path below the API server, every part of it encoded. */
export function path(...parts: readonly string[]): string {
  return parts.map(part => `/${encodeURIComponent(part)}`).join('');
}

export type KubernetesClient = ReturnType<typeof createClient>;

export function createClient(transport: KubernetesTransport) {
  const get = <T>(form: z.ZodType<T>, at: string): Promise<T> => transport.request(form, { method: 'GET', path: at });

  async function list<T>(
    form: z.ZodType<Page<T>>,
    at: string,
    query: Readonly<Record<string, string | undefined>> = {},
  ): Promise<T[]> {
    const all: T[] = [];
    let next: string | undefined;
    for (let count = 0; count < MAX_PAGES; count++) {
      const answer = await transport.request(form, {
        method: 'GET',
        path: at,
        query: { ...query, limit: PAGE, continue: next },
      });
      all.push(...answer.items);
      next = answer.metadata.continue;
      if (!next) return all;
    }
    throw new KubernetesApiError(`more than ${MAX_PAGES} pages`, { kind: 'malformed' });
  }

  const core = (namespace: string, ...rest: string[]) => path('api', 'v1', 'namespaces', namespace, ...rest);

  return {
    version: () => get(Version, '/version'),

    namespaces: () => list(PAGES.namespaces, '/api/v1/namespaces'),

    serviceAccount: (namespace: string, name: string) => get(ServiceAccount, core(namespace, 'serviceaccounts', name)),

    /** All service accounts of the cluster: the first page says how many more there are, else they are paged. */
    async countServiceAccounts(): Promise<number> {
      const at = '/api/v1/serviceaccounts';
      const first = await transport.request(PAGES.named, { method: 'GET', path: at, query: { limit: '1' } });
      const { remainingItemCount, continue: more } = first.metadata;
      if (!more) return first.items.length;
      if (remainingItemCount !== undefined) return first.items.length + remainingItemCount;
      return (await list(PAGES.named, at)).length;
    },

    pods: ({ namespace, labelSelector, fieldSelector }: PodQuery) =>
      list(PAGES.pods, namespace === undefined ? '/api/v1/pods' : core(namespace, 'pods'), {
        labelSelector,
        fieldSelector,
      }),

    pod: (namespace: string, name: string) => get(Pod, core(namespace, 'pods', name)),

    deployment: (namespace: string, name: string) =>
      get(Deployment, path('apis', 'apps', 'v1', 'namespaces', namespace, 'deployments', name)),

    deployments: (namespace: string) =>
      list(PAGES.deployments, path('apis', 'apps', 'v1', 'namespaces', namespace, 'deployments')),

    /** Of all namespaces. */
    daemonSets: () => list(PAGES.daemonSets, '/apis/apps/v1/daemonsets'),

    service: (namespace: string, name: string) => get(Service, core(namespace, 'services', name)),

    networkPolicies: (namespace: string) =>
      list(PAGES.networkPolicies, path('apis', 'networking.k8s.io', 'v1', 'namespaces', namespace, 'networkpolicies')),

    nodes: () => list(PAGES.nodes, '/api/v1/nodes'),

    node: (name: string) => get(Node, path('api', 'v1', 'nodes', name)),

    configMaps: (namespace: string) => list(PAGES.configMaps, core(namespace, 'configmaps')),

    configMap: (namespace: string, name: string) => get(ConfigMap, core(namespace, 'configmaps', name)),

    /** Versions by API group, the preferred one first: `apps/v1`, `cilium.io/v2` … */
    apiGroups: async () =>
      new Map(
        (await get(ApiGroups, '/apis')).groups.map(({ name, versions }) => [
          name,
          versions.map(({ groupVersion }) => groupVersion.split('/')[1] ?? ''),
        ]),
      ),

    /** What one version of a group serves; nothing where it is not there. */
    async resourcesOf(group: string, version: string): Promise<string[]> {
      try {
        return (await get(ApiResources, path('apis', group, version))).resources.map(({ name }) => name);
      } catch (error) {
        if (KubernetesApiError.from(error).status === 404) return [];
        throw error;
      }
    },

    /** Custom objects; `namespace` absent: of all namespaces, or cluster-wide ones. */
    customObjects: (group: string, version: string, plural: string, namespace?: string) =>
      list(PAGES.customObjects, path('apis', group, version, ...(namespace ? ['namespaces', namespace] : []), plural)),

    computeClasses: () => list(PAGES.computeClasses, '/apis/cloud.google.com/v1/computeclasses'),

    /** For anyone but ourselves GKE answers from RBAC alone, and without bindings to Google groups (docs/domain/kubernetes-access.md#rbac-and-iam). */
    async reviewAccess({ user, groups = [], ...attributes }: SubjectAccess) {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user, groups: ['system:authenticated', ...groups], resourceAttributes: attributes },
      };
      const at = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      return (await transport.request(Review, { method: 'POST', path: at, body, repeatable: true })).status;
    },
  };
}
