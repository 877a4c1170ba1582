/** What decides whether a workload's Pods reach the metadata server and DNS: network policies, and the DNS Pods. */
import type { NetworkPolicy, Pod } from '../../../kubernetes/objects.ts';
import type { Fact } from '../fact.ts';
import type { Cluster } from '../google/cluster.ts';
import type { CustomPolicy, KubernetesReads } from '../kubernetes/api-server.ts';

export interface WorkloadNetwork {
  /** Absent where the cluster enforces none. */
  readonly policies?: Fact<readonly NetworkPolicy[]>;
  readonly custom?: Fact<readonly CustomPolicy[]>;
  /** Labels of kube-system, where a policy selects namespaces by them. */
  readonly systemLabels: Readonly<Record<string, string>>;
  readonly kubeDns: Fact<readonly Pod[]>;
}

/** Whether Kubernetes network policies have an effect. */
export function enforcesPolicies({ autopilot, dataplaneV2, networkPolicyEnabled }: Cluster): boolean {
  return autopilot || dataplaneV2 || networkPolicyEnabled;
}

export async function readWorkloadNetwork(
  reads: KubernetesReads,
  cluster: Cluster,
  namespace: string,
): Promise<WorkloadNetwork> {
  const enforced = enforcesPolicies(cluster);
  const [kubeDns, policies, custom] = await Promise.all([
    reads.pods({ namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' }),
    enforced ? reads.networkPolicies(namespace) : undefined,
    enforced ? reads.customPolicies(namespace) : undefined,
  ]);
  const byLabels = policies?.known && policies.value.some(selectsNamespacesByLabels);
  const namespaces = byLabels ? await reads.namespaces() : undefined;
  const system = namespaces?.known
    ? namespaces.value.find(({ metadata }) => metadata.name === 'kube-system')
    : undefined;
  return {
    kubeDns,
    systemLabels: system?.metadata.labels ?? {},
    ...(policies ? { policies } : {}),
    ...(custom ? { custom } : {}),
  };
}

/** Every namespace has the label with its own name; any other has to be read. */
function selectsNamespacesByLabels({ spec }: NetworkPolicy): boolean {
  const selectors = (spec.egress ?? []).flatMap(({ to }) => to.flatMap(peer => peer.namespaceSelector ?? []));
  return selectors.some(({ matchLabels, matchExpressions }) =>
    [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)].some(
      key => key !== 'kubernetes.io/metadata.name',
    ),
  );
}
