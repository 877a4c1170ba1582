/** What decides whether a workload's Pods reach the metadata server and DNS: who enforces network policies, the policies, and DNS. */
import type { DaemonSet, Namespace, NetworkPolicy, Pod } from '../../../kubernetes/objects.ts';
import type { Enforcer } from '../../network-policy/destinations.ts';
import { type KnownLabels, keysOf } from '../../network-policy/selectors.ts';
import { type Fact, known } from '../fact.ts';
import type { Cluster } from '../google/cluster.ts';
import type { KubernetesReads } from '../kubernetes/api-server.ts';
import { looksAtNamespaces, type OtherPolicies, readOtherPolicies } from './other-policies.ts';

export interface WorkloadNetwork {
  /** Who enforces network policies; known and absent if nobody does. */
  readonly enforcer: Fact<Enforcer | undefined>;
  /** Absent if nobody enforces them. */
  readonly policies?: Fact<readonly NetworkPolicy[]>;
  readonly otherPolicies?: OtherPolicies;
  /** Labels of the workload's namespace and of kube-system. */
  readonly namespaceLabels: { readonly own: KnownLabels; readonly system: KnownLabels };
  readonly kubeDns: Fact<readonly Pod[]>;
  /** Address of the Service kube-dns; absent if it is not needed. */
  readonly dnsService?: Fact<string>;
}

type NetworkReads = Pick<
  KubernetesReads,
  'pods' | 'daemonSets' | 'service' | 'networkPolicies' | 'namespaces' | 'customObjects'
>;

export async function readWorkloadNetwork(
  reads: NetworkReads,
  cluster: Cluster,
  namespace: string,
): Promise<WorkloadNetwork> {
  const [kubeDns, enforcer, dnsService] = await Promise.all([
    reads.pods({ namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' }),
    readEnforcer(reads, cluster),
    readDnsService(reads, cluster),
  ]);
  const network = { kubeDns, enforcer, ...(dnsService ? { dnsService } : {}) };
  if (enforcer.known && enforcer.value === undefined) {
    return { ...network, namespaceLabels: { own: named(namespace), system: named('kube-system') } };
  }
  const [policies, otherPolicies] = await Promise.all([
    reads.networkPolicies(namespace),
    readOtherPolicies(reads, namespace),
  ]);
  const isSelectedByLabels = policies.known && policies.value.some(selectsNamespacesByLabels);
  const namespaces = isSelectedByLabels || looksAtNamespaces(otherPolicies) ? await reads.namespaces() : undefined;
  return {
    ...network,
    policies,
    otherPolicies,
    namespaceLabels: { own: labelsOf(namespace, namespaces), system: labelsOf('kube-system', namespaces) },
  };
}

/** By the cluster's own settings, or by the agent of a network plugin that somebody installed (docs/domain/network-policies.md#are-policies-enforced-at-all). */
async function readEnforcer(reads: NetworkReads, cluster: Cluster): Promise<Fact<Enforcer | undefined>> {
  const source = 'container clusters.get networkConfig';
  if (cluster.autopilot || cluster.dataplaneV2) return known<Enforcer>('dataplane-v2', source);
  if (cluster.networkPolicyEnabled) return known<Enforcer>('gke-calico', source);
  const daemonSets = await reads.daemonSets();
  return daemonSets.known ? known(selfManagedPlugin(daemonSets.value), daemonSets.source) : daemonSets;
}

const AGENTS: Readonly<Record<string, Enforcer>> = {
  cilium: 'self-managed-cilium',
  'calico-node': 'self-managed-calico',
};
/** Where GKE's own images come from. */
const GKE_IMAGE = /^gke\.gcr\.io\/|\/gke-release\//;

function selfManagedPlugin(daemonSets: readonly DaemonSet[]): Enforcer | undefined {
  const agent = daemonSets.find(
    ({ metadata, spec }) =>
      AGENTS[metadata.name] !== undefined &&
      spec.template.spec.containers.some(({ image = '' }) => !GKE_IMAGE.test(image)),
  );
  return agent && AGENTS[agent.metadata.name];
}

/** Only NodeLocal DNSCache without Dataplane V2 makes the address matter (docs/domain/network-policies.md#where-dns-is). */
async function readDnsService(reads: NetworkReads, cluster: Cluster): Promise<Fact<string> | undefined> {
  if (!cluster.dns.nodeLocal || cluster.dataplaneV2 || cluster.autopilot) return undefined;
  const service = await reads.service('kube-system', 'kube-dns');
  const address = service.known ? service.value.spec.clusterIP : undefined;
  if (address) return known(address, service.source);
  const tenth = cluster.servicesRange && addressIn(cluster.servicesRange, 10);
  if (tenth) return known(tenth, 'container clusters.get servicesIpv4Cidr');
  return service.known ? undefined : service;
}

/** GKE gives the Service kube-dns the tenth address of the range of Services. Undefined for what is no range of IPv4 addresses. */
function addressIn(range: string, nth: number): string | undefined {
  const parts = range
    .match(/^(\d+)\.(\d+)\.(\d+)\.(\d+)\/\d+$/)
    ?.slice(1)
    .map(Number);
  if (!parts) return undefined;
  const value = parts.reduce((sum, part) => sum * 256 + part, 0) + nth;
  return [24, 16, 8, 0].map(bits => Math.floor(value / 2 ** bits) % 256).join('.');
}

const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Kubernetes itself puts this label on every namespace. */
function named(namespace: string): KnownLabels {
  return { labels: { [NAME_LABEL]: namespace }, isComplete: false };
}

function labelsOf(name: string, namespaces: Fact<readonly Namespace[]> | undefined): KnownLabels {
  const namespace = namespaces?.known ? namespaces.value.find(({ metadata }) => metadata.name === name) : undefined;
  if (!namespace) return named(name);
  return { labels: { [NAME_LABEL]: name, ...namespace.metadata.labels }, isComplete: true };
}

/** Every namespace has the label with its own name; any other has to be read. */
function selectsNamespacesByLabels({ spec }: NetworkPolicy): boolean {
  const selectors = (spec.egress ?? []).flatMap(({ to }) => to.flatMap(peer => peer.namespaceSelector ?? []));
  return selectors.some(selector => keysOf(selector).some(key => key !== NAME_LABEL));
}
