/** The workload shop/checkout for tables over checks: what is not said is healthy. */
import { type Fact, known as knownFact } from '../../../../src/diagnosis/facts/fact.ts';
import type { WorkloadNetwork } from '../../../../src/diagnosis/facts/workload/network.ts';
import type { OtherPolicies } from '../../../../src/diagnosis/facts/workload/other-policies.ts';
import type { Workload } from '../../../../src/diagnosis/facts/workload/workload.ts';
import { NetworkPolicy, Node, Pod } from '../../../../src/kubernetes/objects.ts';
import { CLUSTER, unknown } from '../facts.ts';

export const known = <T>(value: T) => knownFact(value, 'a source');

export const REQUESTED = { workload: { namespace: 'shop', kind: 'serviceaccount', name: 'checkout' } } as const;

export const SUBJECT = `${CLUSTER}/k8s/namespaces/shop/serviceaccounts/checkout`;

/** A Pod of shop/checkout on pool a. */
export function pod(name: string, more: { spec?: object; metadata?: object; status?: object } = {}): Pod {
  return Pod.parse({
    metadata: { name, namespace: 'shop', labels: { app: 'checkout' }, ...more.metadata },
    spec: { serviceAccountName: 'checkout', nodeName: 'node-a', containers: [{ name: 'app' }], ...more.spec },
    ...(more.status ? { status: more.status } : {}),
  });
}

export const NODE_A = Node.parse({ metadata: { name: 'node-a', labels: { 'cloud.google.com/gke-nodepool': 'a' } } });

export function workloadOf(pods: readonly Pod[], more: Partial<Workload> = {}): Fact<Workload> {
  return known({
    namespace: 'shop',
    serviceAccount: 'checkout',
    resource: SUBJECT,
    account: unknown('denied'),
    pods: known(pods),
    endedPods: [],
    nodes: known([NODE_A]),
    deployments: known([]),
    ...more,
  });
}

export const workload = (...pods: Pod[]): Fact<Workload> => workloadOf(pods);

const NO_OTHERS: OtherPolicies = { cilium: [], admin: [], baseline: [], unevaluated: [] };

/** A cluster on which GKE enforces policies, and that has none. */
export function network(
  more: Partial<Omit<WorkloadNetwork, 'otherPolicies'>> & { readonly otherPolicies?: Partial<OtherPolicies> } = {},
): Fact<WorkloadNetwork> {
  const { otherPolicies, ...rest } = more;
  const named = (name: string) => ({ labels: { 'kubernetes.io/metadata.name': name }, isComplete: false });
  return known({
    enforcer: known('dataplane-v2'),
    policies: known([]),
    namespaceLabels: { own: named('shop'), system: named('kube-system') },
    kubeDns: known([]),
    ...rest,
    otherPolicies: { ...NO_OTHERS, ...otherPolicies },
  });
}

/** A policy of the namespace shop for all its Pods, for egress. */
export function networkPolicy(name: string, spec: object = {}): NetworkPolicy {
  return NetworkPolicy.parse({
    metadata: { name, namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: ['Egress'], ...spec },
  });
}
