/**
 * What a cluster's API server tells, as facts: each read once in a session, each known or unknown with its reason.
 *
 *     const kubernetes = await context.need('kubernetes');       // Fact<KubernetesReads>: the way to the API server
 *     if (!kubernetes.known) return kubernetes;                  // private endpoint, cluster not readable …
 *     const pods = await kubernetes.value.pods({ namespace });   // Fact<Pod[]>
 *
 * A pure check can't await: a fact of `index.ts` reads what it needs here, and the check gets the result. Nothing is sent
 * before the first read; after a connection that could not be made every further read fails at once with the same reason.
 */

import type { Text } from '../../../contracts/text.ts';
import { KubernetesApiError } from '../../../kubernetes/errors.ts';
import type {
  ComputeClass,
  ConfigMap,
  CustomObject,
  DaemonSet,
  Deployment,
  Namespace,
  NetworkPolicy,
  Node,
  Pod,
  Review,
  Service,
  ServiceAccount,
  Version,
} from '../../../kubernetes/objects.ts';
import { createClient, type KubernetesClient, type PodQuery, type SubjectAccess } from '../../../kubernetes/reads.ts';
import { type EndpointRoute, routeTo } from '../../../kubernetes/way.ts';
import { type Fact, type Known, known, type Unknown, unknown } from '../fact.ts';
import type { Cluster } from '../google/cluster.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';
import { type CustomKind, type Discovery, readCustomObjects } from './custom-objects.ts';
import { hasEnded } from './pods.ts';
import { kubernetesUnknown, type Reached } from './unknown.ts';

/** Whether an API server answers, whatever it answers. */
export interface Health {
  /**
   * `answers`: also with 401 or 403. `refused`: nothing listens. `silent`: nothing came back in time. `failing`: what stands
   * before it answers for it (502, 503, 504). `unclear`: anything else, a wrong certificate among it.
   */
  readonly outcome: 'answers' | 'refused' | 'silent' | 'failing' | 'unclear';
  /** Its version, or why it did not tell. */
  readonly version: Fact<Version>;
}

export interface KubernetesReads {
  readonly way: Exclude<EndpointRoute['kind'], 'none'>;
  health(): Promise<Fact<Health>>;
  version(): Promise<Fact<Version>>;
  namespaces(): Promise<Fact<readonly Namespace[]>>;
  serviceAccount(namespace: string, name: string): Promise<Fact<ServiceAccount>>;
  /** Of the whole cluster. */
  countServiceAccounts(): Promise<Fact<number>>;
  /** Those that have not ended: others are no evidence of how things are now. */
  pods(query: PodQuery): Promise<Fact<readonly Pod[]>>;
  /** Those that have. */
  endedPods(query: PodQuery): Promise<Fact<readonly Pod[]>>;
  pod(namespace: string, name: string): Promise<Fact<Pod>>;
  deployment(namespace: string, name: string): Promise<Fact<Deployment>>;
  deployments(namespace: string): Promise<Fact<readonly Deployment[]>>;
  /** Of all namespaces. */
  daemonSets(): Promise<Fact<readonly DaemonSet[]>>;
  service(namespace: string, name: string): Promise<Fact<Service>>;
  networkPolicies(namespace: string): Promise<Fact<readonly NetworkPolicy[]>>;
  nodes(): Promise<Fact<readonly Node[]>>;
  node(name: string): Promise<Fact<Node>>;
  configMaps(namespace: string): Promise<Fact<readonly ConfigMap[]>>;
  configMap(namespace: string, name: string): Promise<Fact<ConfigMap>>;
  /** Of one namespace, or of the whole cluster; empty if no such kind is installed. */
  customObjects(kind: CustomKind, namespace?: string): Promise<Fact<readonly CustomObject[]>>;
  /** Empty where the cluster has no such kind. */
  computeClasses(): Promise<Fact<readonly ComputeClass[]>>;
  /** What RBAC says of somebody's request; of IAM it says nothing (docs/domain/callers.md#rbac-forbidden). */
  reviewAccess(access: SubjectAccess): Promise<Fact<Review['status']>>;
}

/** The way to a cluster's API server; unknown where there is none from here, with what would open one. */
export function readKubernetes(session: Session, cluster: Fact<Cluster>): Promise<Fact<KubernetesReads>> {
  if (!cluster.known) return Promise.resolve(cluster);
  const { value } = cluster;
  return session.once(`kubernetes ${value.resource}`, async () => {
    const way = routeTo(value);
    if (way.kind === 'none') return noWay(value, way);
    const client = await openClient(session, value, way);
    return client.known ? known(readsOf(session, value, way.kind, client.value), client.source) : client;
  });
}

function noWay({ resource }: Cluster, { reason, command }: Extract<EndpointRoute, { kind: 'none' }>): Unknown {
  return unknown({ code: 'unreachable', source: 'kubernetes', resource, reason, command });
}

const NOT_ASKED: Text = {
  en: 'No API server is asked in a scan.',
  ja: 'スキャンでは API サーバーに問い合わせません。',
};

async function openClient(
  session: Session,
  cluster: Cluster,
  way: Exclude<EndpointRoute, { kind: 'none' }>,
): Promise<Fact<KubernetesClient>> {
  const { kubernetes, self } = session;
  if (!kubernetes)
    return unknown({ code: 'not-asked', source: 'kubernetes', resource: cluster.resource, reason: NOT_ASKED });
  const call = {
    source: 'connectgateway memberships.generateCredentials',
    permission: 'gkehub.gateway.get',
    resource: way.kind === 'gateway' ? way.membership : cluster.resource,
    self,
  };
  return asFact(call, async () => {
    return createClient(await kubernetes.open(way));
  });
}

function readsOf(
  session: Session,
  cluster: Cluster,
  way: KubernetesReads['way'],
  client: KubernetesClient,
): KubernetesReads {
  /** `resource`: as IAM writes it, `serviceAccounts`; it makes the permission and the source. */
  const fact = <T>(resource: string, verb: string, key: readonly string[], read: () => Promise<T>): Promise<Fact<T>> =>
    session.once(`kubernetes ${cluster.resource} ${resource} ${verb} ${key.join('/')}`, async () => {
      const call = { source: `kubernetes ${resource}.${verb}`, permission: `container.${resource}.${verb}` };
      try {
        return known(await read(), call.source);
      } catch (error) {
        return kubernetesUnknown(call, { cluster, way, self: session.self }, KubernetesApiError.from(error));
      }
    });
  const health = () =>
    session.once(`kubernetes ${cluster.resource} health`, () =>
      readHealth(client, { cluster, way, self: session.self }),
    );

  const selectedPods = (query: PodQuery, isMeant: (pod: Pod) => boolean, which: string) =>
    session.once(`kubernetes ${cluster.resource} ${which} pods ${JSON.stringify(query)}`, async () => {
      const all = await fact('pods', 'list', [JSON.stringify(query)], () => client.pods(query));
      return all.known ? known(all.value.filter(isMeant), all.source) : all;
    });
  const discovery: Discovery = {
    groups: () => session.once(`kubernetes ${cluster.resource} groups`, client.apiGroups),
    resources: (group, version) =>
      session.once(`kubernetes ${cluster.resource} resources ${group}/${version}`, () =>
        client.resourcesOf(group, version),
      ),
  };

  return {
    way,
    health,
    version: async () => (await health()).value.version,
    namespaces: () => fact('namespaces', 'list', [], client.namespaces),
    serviceAccount: (namespace, name) =>
      fact('serviceAccounts', 'get', [namespace, name], () => client.serviceAccount(namespace, name)),
    countServiceAccounts: () => fact('serviceAccounts', 'list', [], client.countServiceAccounts),
    pods: query => selectedPods(query, pod => !hasEnded(pod), 'running'),
    endedPods: query => selectedPods(query, hasEnded, 'ended'),
    pod: (namespace, name) => fact('pods', 'get', [namespace, name], () => client.pod(namespace, name)),
    deployment: (namespace, name) =>
      fact('deployments', 'get', [namespace, name], () => client.deployment(namespace, name)),
    deployments: namespace => fact('deployments', 'list', [namespace], () => client.deployments(namespace)),
    daemonSets: () => fact('daemonSets', 'list', [], client.daemonSets),
    service: (namespace, name) => fact('services', 'get', [namespace, name], () => client.service(namespace, name)),
    networkPolicies: namespace => fact('networkPolicies', 'list', [namespace], () => client.networkPolicies(namespace)),
    nodes: () => fact('nodes', 'list', [], client.nodes),
    node: name => fact('nodes', 'get', [name], () => client.node(name)),
    configMaps: namespace => fact('configMaps', 'list', [namespace], () => client.configMaps(namespace)),
    configMap: (namespace, name) =>
      fact('configMaps', 'get', [namespace, name], () => client.configMap(namespace, name)),
    customObjects: (kind, namespace) =>
      fact('thirdPartyObjects', 'list', [kind.group, kind.plural, namespace ?? ''], () =>
        readCustomObjects(client, discovery, kind, namespace),
      ),
    computeClasses: () => fact('thirdPartyObjects', 'list', ['computeclasses'], () => readComputeClasses(client)),
    reviewAccess: access =>
      fact('subjectAccessReviews', 'create', [JSON.stringify(access)], () => client.reviewAccess(access)),
  };
}

const VERSION = 'kubernetes version.get';

async function readHealth(client: KubernetesClient, reached: Reached): Promise<Known<Health>> {
  try {
    return known({ outcome: 'answers', version: known(await client.version(), VERSION) }, VERSION);
  } catch (error) {
    const failure = KubernetesApiError.from(error);
    return known(
      { outcome: outcomeOf(failure), version: await kubernetesUnknown({ source: VERSION }, reached, failure) },
      VERSION,
    );
  }
}

function outcomeOf({ kind, status, connected }: KubernetesApiError): Health['outcome'] {
  if (kind === 'refused') return 'refused';
  if (kind === 'timeout') return connected ? 'unclear' : 'silent';
  if (status === 401 || status === 403) return 'answers';
  return status === 502 || status === 503 || status === 504 ? 'failing' : 'unclear';
}

/** Discovery needs no permission, a list does: where there is no such kind, nobody has to ask for one. */
async function readComputeClasses(client: KubernetesClient): Promise<ComputeClass[]> {
  try {
    return await client.computeClasses();
  } catch (error) {
    const { status } = KubernetesApiError.from(error);
    if (status === 404) return [];
    if (status !== 403) throw error;
    const served = await client.resourcesOf('cloud.google.com', 'v1').catch(() => ['computeclasses']);
    if (served.includes('computeclasses')) throw error;
    return [];
  }
}
