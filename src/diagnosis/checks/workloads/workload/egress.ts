/** What network policies let a workload's Pods reach. Several checks ask: a blocked destination explains what lies behind it. */

import type { Fact, Unknown } from '../../../facts/fact.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import type { WorkloadNetwork } from '../../../facts/workload/network.ts';
import type { Workload } from '../../../facts/workload/workload.ts';
import { selectAdminPolicies } from '../../../network-policy/admin.ts';
import { selectCiliumPolicies } from '../../../network-policy/cilium.ts';
import {
  type DnsFacts,
  dnsServers,
  type Enforcer,
  metadataServers,
  type Networking,
} from '../../../network-policy/destinations.ts';
import { decideEgress } from '../../../network-policy/egress.ts';
import type { Destination, Egress, SelectedPolicies, Source } from '../../../network-policy/model.ts';
import { isolatesNamespace, selectNetworkPolicies } from '../../../network-policy/network-policies.ts';
import { selectUnevaluatedPolicies } from '../../../network-policy/other-kinds.ts';
import type { Labels } from '../../../network-policy/selectors.ts';
import { askingPods } from './subject.ts';

/** Pods with the same labels, which is all that a policy sees of them. */
export interface Group {
  readonly labels: Labels;
  readonly pods: readonly string[];
  /** Of all that the Pods have to reach for a token, the worst answer. */
  readonly metadata: Egress;
  /** Of the DNS servers that may be the one in use, the best answer. */
  readonly dns: Egress;
}

export interface JudgedEgress {
  readonly kind: 'judged';
  readonly groups: readonly Group[];
  readonly enforcer: Enforcer;
  readonly destinations: readonly Destination[];
  readonly networking: Networking;
  readonly dnsFacts: DnsFacts;
  /** Whether a policy isolates all Pods of the namespace. */
  readonly isolatesNamespace: boolean;
  /** Why policies of other kinds could not be read. */
  readonly otherUnread?: Unknown;
}

export type WorkloadEgress =
  | { readonly kind: 'not-enforced' }
  /** All its Pods are on the host network, which policies don't touch. */
  | { readonly kind: 'host-network' }
  | { readonly kind: 'unreadable'; readonly fact: Unknown }
  /** There are policies, and no Pod whose labels they could select. */
  | { readonly kind: 'no-pods' }
  | JudgedEgress;

export function egressOf(cluster: Cluster, workload: Workload, network: Fact<WorkloadNetwork>): WorkloadEgress {
  if (!network.known) return { kind: 'unreadable', fact: network };
  const { enforcer, policies } = network.value;
  if (enforcer.known && enforcer.value === undefined) return { kind: 'not-enforced' };
  if (!policies) throw new Error('policies are read if somebody may enforce them');
  if (!policies.known) return { kind: 'unreadable', fact: policies };
  if (!workload.pods.known) return { kind: 'unreadable', fact: workload.pods };
  const senders = sendersOf(workload);
  if (senders === 'host-network') return { kind: 'host-network' };
  if (senders.length === 0 && hasPolicies(network.value)) return { kind: 'no-pods' };
  const judged = judge(cluster, workload, network.value, senders, (enforcer.known && enforcer.value) || 'gke-calico');
  if (enforcer.known) return judged;
  // Policies that select none of the Pods limit nothing, whoever enforces them.
  const isOpen = judged.groups.every(({ metadata, dns }) => metadata.state === 'open' && dns.state === 'open');
  return isOpen ? { kind: 'not-enforced' } : { kind: 'unreadable', fact: enforcer };
}

function hasPolicies({ policies, otherPolicies }: WorkloadNetwork): boolean {
  const others = otherPolicies ? [...otherPolicies.cilium, ...otherPolicies.admin, ...otherPolicies.baseline] : [];
  return others.length > 0 || (policies?.known === true && policies.value.length > 0);
}

function judge(
  cluster: Cluster,
  workload: Workload,
  network: WorkloadNetwork,
  senders: readonly Senders[],
  enforcer: Enforcer,
): JudgedEgress {
  const { policies, kubeDns, dnsService, namespaceLabels, otherPolicies } = network;
  const networking: Networking =
    enforcer === 'dataplane-v2' && cluster.autopilot
      ? { version: cluster.version, dataplaneV2: true, dns: { ...cluster.dns, nodeLocal: true } }
      : cluster;
  const dnsFacts: DnsFacts = {
    namespaceLabels: namespaceLabels.system,
    podAddresses: kubeDns.known ? kubeDns.value.flatMap(({ status }) => status.podIP ?? []) : [],
    ...(dnsService?.known ? { serviceAddress: dnsService.value } : {}),
  };
  const destinations = metadataServers(networking, enforcer);
  const servers = dnsServers(networking, dnsFacts);
  const groups = senders.map(({ labels, pods }): Group => {
    const source = { ...sourceOf(workload, network), labels };
    const selected = selectedPolicies(network, source, enforcer);
    return {
      labels,
      pods,
      metadata: worst(destinations.map(one => decideEgress(selected, one))),
      dns: best(servers.map(one => decideEgress(selected, one))),
    };
  });
  return {
    kind: 'judged',
    groups,
    enforcer,
    destinations,
    networking,
    dnsFacts,
    isolatesNamespace: policies?.known === true && isolatesNamespace(policies.value, workload.namespace),
    ...(otherPolicies?.unread ? { otherUnread: otherPolicies.unread } : {}),
  };
}

function sourceOf(
  { namespace, serviceAccount }: Workload,
  { namespaceLabels }: WorkloadNetwork,
): Omit<Source, 'labels'> {
  return { namespace, serviceAccount, namespaceLabels: namespaceLabels.own };
}

function selectedPolicies(
  { policies, otherPolicies }: WorkloadNetwork,
  source: Source,
  enforcer: Enforcer,
): SelectedPolicies {
  const own = policies?.known ? selectNetworkPolicies(policies.value, source) : [];
  if (!otherPolicies) return { admin: [], policies: own, baseline: [] };
  const { cilium, admin, baseline, unevaluated } = otherPolicies;
  return {
    admin: selectAdminPolicies(admin, source),
    policies: [
      ...own,
      ...selectCiliumPolicies(cilium, source, enforcer === 'self-managed-cilium'),
      ...selectUnevaluatedPolicies(unevaluated, source),
    ],
    baseline: selectAdminPolicies(baseline, source),
  };
}

interface Senders {
  readonly labels: Labels;
  readonly pods: string[];
}

/** Pods by the labels that last; those of the Pod templates if no Pod runs. */
function sendersOf(workload: Workload): readonly Senders[] | 'host-network' {
  const { deployments } = workload;
  const running = askingPods(workload);
  const onPodNetwork = running.filter(({ spec }) => !spec.hostNetwork);
  if (onPodNetwork.length === 0 && running.length > 0) return 'host-network';
  const templates = deployments.known ? deployments.value : [];
  const sources =
    onPodNetwork.length > 0
      ? onPodNetwork.map(({ metadata }) => ({ labels: metadata.labels, name: metadata.name }))
      : templates.map(({ metadata, spec }) => ({ labels: spec.template.metadata.labels, name: metadata.name }));
  const groups = new Map<string, Senders>();
  for (const { labels, name } of sources) {
    const lasting = lastingLabels(labels);
    const key = JSON.stringify(Object.entries(lasting).sort());
    const group = groups.get(key) ?? { labels: lasting, pods: [] };
    group.pods.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Labels that Kubernetes' controllers give each Pod or revision anew; nobody writes a policy by them. */
const PASSING =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|job-name|controller-uid|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/.+)$/;

function lastingLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !PASSING.test(key)));
}

const RANK = { open: 0, allowed: 1, unknown: 2, denied: 3 } as const;

function best(answers: readonly Egress[]): Egress {
  const [first] = [...answers].sort((a, b) => RANK[a.state] - RANK[b.state]);
  if (!first) throw new Error('a cluster has a DNS server');
  return first;
}

/** Of several that are all needed. If only some are denied, which of them is evaluated is not known. */
function worst(answers: readonly Egress[]): Egress {
  const sorted = [...answers].sort((a, b) => RANK[b.state] - RANK[a.state]);
  const [first] = sorted;
  if (!first) throw new Error('a cluster has a metadata server');
  if (first.state !== 'denied' || answers.every(({ state }) => state === 'denied')) return first;
  return { state: 'unknown', policies: first.policies };
}

/** Whether a policy certainly blocks the workload from DNS, or from the metadata server. */
export function isBlocked(egress: WorkloadEgress, destination: 'metadata' | 'dns'): boolean {
  return egress.kind === 'judged' && egress.groups.some(group => group[destination].state === 'denied');
}
