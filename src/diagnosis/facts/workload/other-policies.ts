/** Network policies that are not Kubernetes' own, as far as they may be about a namespace (docs/domain/network-policies.md#policies-of-other-kinds). */
import { z } from 'zod';
import { type CustomObject, LabelSelector } from '../../../kubernetes/objects.ts';
import { type AdministratorsPolicy, AdminSpec } from '../../network-policy/admin.ts';
import { type CiliumPolicy, CiliumSpecs } from '../../network-policy/cilium.ts';
import type { UnevaluatedPolicy } from '../../network-policy/other-kinds.ts';
import type { Unknown } from '../fact.ts';
import type { KubernetesReads } from '../kubernetes/api-server.ts';
import type { CustomKind } from '../kubernetes/custom-objects.ts';

export interface OtherPolicies {
  readonly cilium: readonly CiliumPolicy[];
  readonly admin: readonly AdministratorsPolicy[];
  readonly baseline: readonly AdministratorsPolicy[];
  readonly unevaluated: readonly UnevaluatedPolicy[];
  /** Why some kinds could not be read. */
  readonly unread?: Unknown;
}

const policyKind = (
  kind: string,
  group: string,
  versions: readonly string[],
  plural: string,
  namespaced: boolean,
): CustomKind => ({ kind, group, versions, plural, namespaced });

const CILIUM = [
  policyKind('CiliumNetworkPolicy', 'cilium.io', ['v2'], 'ciliumnetworkpolicies', true),
  policyKind('CiliumClusterwideNetworkPolicy', 'cilium.io', ['v2'], 'ciliumclusterwidenetworkpolicies', false),
];
const ADMINISTRATION = 'policy.networking.k8s.io';
const ADMIN = policyKind('AdminNetworkPolicy', ADMINISTRATION, ['v1alpha1'], 'adminnetworkpolicies', false);
const BASELINE = policyKind(
  'BaselineAdminNetworkPolicy',
  ADMINISTRATION,
  ['v1alpha1'],
  'baselineadminnetworkpolicies',
  false,
);
/** The form that follows the two kinds above; nothing documents that GKE enforces it. */
const CLUSTER = policyKind('ClusterNetworkPolicy', ADMINISTRATION, ['v1alpha2'], 'clusternetworkpolicies', false);
const FQDN = policyKind('FQDNNetworkPolicy', 'networking.gke.io', ['v1alpha1'], 'fqdnnetworkpolicies', true);
const CALICO = [
  policyKind('Calico NetworkPolicy', 'crd.projectcalico.org', ['v1'], 'networkpolicies', true),
  policyKind('Calico GlobalNetworkPolicy', 'crd.projectcalico.org', ['v1'], 'globalnetworkpolicies', false),
];
const KINDS = [...CILIUM, ADMIN, BASELINE, CLUSTER, FQDN, ...CALICO];

export async function readOtherPolicies(
  reads: Pick<KubernetesReads, 'customObjects'>,
  namespace: string,
): Promise<OtherPolicies> {
  const found = await Promise.all(
    KINDS.map(async kind => ({
      kind,
      objects: await reads.customObjects(kind, kind.namespaced ? namespace : undefined),
    })),
  );
  const policies = found.flatMap(({ kind, objects }) =>
    objects.known ? objects.value.map(object => toPolicy(kind, object)) : [],
  );
  const unread = found.map(({ objects }) => objects).find(objects => !objects.known);
  return {
    cilium: policies.flatMap(({ cilium }) => cilium ?? []),
    admin: policies.flatMap(({ admin }) => admin ?? []),
    baseline: policies.flatMap(({ baseline }) => baseline ?? []),
    unevaluated: policies.flatMap(({ unevaluated }) => unevaluated ?? []),
    ...(unread && !unread.known ? { unread } : {}),
  };
}

interface Sorted {
  readonly cilium?: CiliumPolicy;
  readonly admin?: AdministratorsPolicy;
  readonly baseline?: AdministratorsPolicy;
  readonly unevaluated?: UnevaluatedPolicy;
}

const FqdnSpec = z.looseObject({ spec: z.looseObject({ podSelector: LabelSelector }) });

/** What does not have the form that is known of its kind is not evaluated. */
function toPolicy(customKind: CustomKind, object: CustomObject): Sorted {
  const { kind } = customKind;
  const { name, namespace } = object.metadata;
  const unevaluated: Sorted = { unevaluated: { kind, name, isolates: false } };
  if (CILIUM.includes(customKind)) {
    const specs = CiliumSpecs.safeParse(object);
    const place = customKind.namespaced && namespace !== undefined ? { namespace } : {};
    return specs.success ? { cilium: { kind, name, ...place, specs: specs.data } } : unevaluated;
  }
  if (customKind === ADMIN || customKind === BASELINE) {
    const spec = AdminSpec.safeParse(object.spec);
    if (!spec.success) return unevaluated;
    return { [customKind === ADMIN ? 'admin' : 'baseline']: { kind, name, spec: spec.data } };
  }
  if (customKind === FQDN) {
    // It adds to NetworkPolicies, and isolates the Pods that it selects as they do
    // (https://cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies).
    const parsed = FqdnSpec.safeParse(object);
    return parsed.success
      ? { unevaluated: { kind, name, isolates: true, podSelector: parsed.data.spec.podSelector } }
      : unevaluated;
  }
  return unevaluated;
}

/** Whether what is evaluated looks at labels of namespaces other than their names, which have to be read. */
export function looksAtNamespaces({ cilium, admin, baseline }: OtherPolicies): boolean {
  return admin.length > 0 || baseline.length > 0 || JSON.stringify(cilium).includes('io.cilium.k8s.namespace.labels.');
}
