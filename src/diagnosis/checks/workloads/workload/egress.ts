/** What network policies let a workload's Pods reach; asked by several checks, because a closed door explains what is behind it. */

import type { Fact, Unknown } from '../../../facts/fact.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import type { CustomPolicy } from '../../../facts/kubernetes/api-server.ts';
import type { WorkloadNetwork } from '../../../facts/workload/network.ts';
import type { Workload } from '../../../facts/workload/workload.ts';
import { dnsServers, metadataServer } from '../../../network-policy/destinations.ts';
import { type Destination, type Egress, evaluateEgress, isolates } from '../../../network-policy/egress.ts';

type Labels = Readonly<Record<string, string>>;

/** Pods alike in their labels, which is all that a policy sees of them. */
export interface Group {
  readonly labels: Labels;
  readonly pods: readonly string[];
  readonly metadata: Egress;
  /** Of the DNS servers that could be the one in use, the best answer. */
  readonly dns: Egress;
}

export type WorkloadEgress =
  | { readonly kind: 'not-enforced' }
  /** All its Pods are on the host network, which policies don't touch. */
  | { readonly kind: 'host-network' }
  | { readonly kind: 'unreadable'; readonly fact: Unknown }
  /** Policies are there, and nothing to match them with. */
  | { readonly kind: 'no-pods' }
  | { readonly kind: 'custom'; readonly custom: readonly CustomPolicy[] }
  | {
      readonly kind: 'judged';
      readonly groups: readonly Group[];
      readonly destination: Destination;
      /** Why other kinds of policies could not be looked for. */
      readonly customUnread?: Unknown;
    };

export function egressOf(cluster: Cluster, workload: Workload, network: Fact<WorkloadNetwork>): WorkloadEgress {
  if (!network.known) return { kind: 'unreadable', fact: network };
  const { policies, custom, kubeDns, systemLabels } = network.value;
  if (!policies) return { kind: 'not-enforced' };
  if (!policies.known) return { kind: 'unreadable', fact: policies };
  if (!workload.pods.known) return { kind: 'unreadable', fact: workload.pods };
  if (custom?.known && custom.value.length > 0) return { kind: 'custom', custom: custom.value };
  const senders = sendersOf(workload);
  if (senders === 'host-network') return { kind: 'host-network' };
  const { namespace } = workload;
  if (senders.size === 0 && policies.value.length > 0) return { kind: 'no-pods' };
  const destination = metadataServer(cluster);
  const addresses = kubeDns.known ? kubeDns.value.flatMap(({ status }) => status.podIP ?? []) : [];
  const servers = dnsServers(cluster, { namespaceLabels: systemLabels, addresses });
  const groups = [...senders.values()].map(({ labels, pods }): Group => {
    const source = { namespace, labels };
    const mine = policies.value.filter(policy => isolates(policy, source));
    return {
      labels,
      pods,
      metadata: evaluateEgress(mine, source, destination),
      dns: best(servers.map(server => evaluateEgress(mine, source, server))),
    };
  });
  return { kind: 'judged', groups, destination, ...(custom && !custom.known ? { customUnread: custom } : {}) };
}

/** Pods by their lasting labels; those of the Pod template, where no Pod runs. */
function sendersOf({ pods, deployments }: Workload): Map<string, { labels: Labels; pods: string[] }> | 'host-network' {
  const running = pods.known ? pods.value : [];
  const own = running.filter(({ spec }) => !spec.hostNetwork);
  if (own.length === 0 && running.length > 0) return 'host-network';
  const templates = deployments.known ? deployments.value : [];
  const sources =
    own.length > 0
      ? own.map(({ metadata }) => ({ labels: metadata.labels, name: metadata.name }))
      : templates.map(({ metadata, spec }) => ({ labels: spec.template.metadata.labels, name: metadata.name }));
  const groups = new Map<string, { labels: Labels; pods: string[] }>();
  for (const { labels, name } of sources) {
    const lasting = lastingLabels(labels);
    const key = JSON.stringify(Object.entries(lasting).sort());
    const group = groups.get(key) ?? { labels: lasting, pods: [] };
    group.pods.push(name);
    groups.set(key, group);
  }
  return groups;
}

/** Labels that Kubernetes' controllers put on each Pod or revision anew; nobody writes a policy by them. */
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

/** Whether a policy certainly keeps the workload from DNS, or from the metadata server. */
export function isClosed(egress: WorkloadEgress, door: 'metadata' | 'dns'): boolean {
  return egress.kind === 'judged' && egress.groups.some(group => group[door].state === 'denied');
}
