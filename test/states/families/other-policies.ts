/** Network policies that are not Kubernetes' own: Cilium's, Calico's, GKE's by name, and those of administrators. */
import { daemonSet } from '../../../sandbox/google/build/objects.ts';
import type { KubernetesObject } from '../../../sandbox/google/kubernetes/server.ts';
import type { JsonObject } from '../../../sandbox/google/world.ts';
import type { Expected, State } from '../state.ts';
import { calico, dataplaneV2, egress, healthy, manifest, workload } from '../worlds.ts';

const CILIUM = 'https://docs.cilium.io/en/stable/security/policy/language/';
const CILIUM_DENY = 'https://docs.cilium.io/en/stable/security/policy/deny/';
const CILIUM_DEFAULT = 'https://docs.cilium.io/en/stable/security/policy/intro/';
const GKE_CLUSTERWIDE = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/configure-cilium-network-policy';
const ADMIN = 'https://network-policy-api.sigs.k8s.io/reference/spec/';
const FQDN = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies';

const check = 'wi-netpol-egress';
const row = (
  state: Omit<State, 'world' | 'arguments' | 'expect'> & {
    fields?: JsonObject;
    objects: KubernetesObject[];
    expect: Omit<Expected, 'check'>;
  },
): State => {
  const { fields = dataplaneV2, objects, expect, ...rest } = state;
  return {
    ...rest,
    world: () => healthy({ fields, objects }),
    arguments: workload(check),
    expect: [{ check, ...expect }],
  };
};

const mine = { endpointSelector: { matchLabels: { app: 'checkout' } } };
const cilium = (name: string, spec: object): KubernetesObject =>
  manifest('cilium.io/v2', 'CiliumNetworkPolicy', name, { namespace: 'shop', spec });
const clusterwide = (name: string, spec: object): KubernetesObject =>
  manifest('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', name, { spec });
const ports = (port: string, ...protocols: string[]) => [{ ports: protocols.map(protocol => ({ port, protocol })) }];
const dnsAnywhere = { toEntities: ['all'], toPorts: ports('53', 'UDP', 'TCP') };
const metadata = { toCIDR: ['169.254.169.254/32'], toPorts: ports('80', 'TCP') };
const database = { toCIDR: ['10.1.2.3/32'], toPorts: ports('5432', 'TCP') };
const ownCilium = daemonSet({
  namespace: 'kube-system',
  name: 'cilium',
  image: 'quay.io/cilium/cilium:v1.18.2',
  labels: { 'k8s-app': 'cilium' },
});

const ciliumStates: State[] = [
  row({
    id: 'cilium-default-deny',
    says: 'A CiliumNetworkPolicy selects the Pods and lets them reach a database: all other egress is denied.',
    source: CILIUM_DEFAULT,
    objects: [cilium('db-only', { ...mine, egress: [database] })],
    expect: { status: 'fail', says: [/db-only/] },
  }),
  row({
    id: 'cilium-allowed',
    says: 'A CiliumNetworkPolicy that opens the metadata server by its address, and DNS.',
    source: 'Smana/runlore#562',
    opposite: true,
    objects: [cilium('ways-out', { ...mine, egress: [metadata, dnsAnywhere] })],
    expect: { status: 'pass' },
  }),
  row({
    id: 'cilium-all-entities',
    says: 'A CiliumNetworkPolicy that lets the Pods reach everything.',
    source: CILIUM,
    opposite: true,
    objects: [cilium('everything', { ...mine, egress: [{ toEntities: ['all'] }] })],
    expect: { status: 'pass' },
  }),
  row({
    id: 'cilium-host-entity',
    says: 'Self-managed Cilium does not count GKE’s metadata address as the entity host: a rule by it matches nothing.',
    source: 'Smana/runlore#562',
    fields: {},
    objects: [
      ownCilium,
      cilium('metadata', { ...mine, egress: [{ toEntities: ['host'], toPorts: ports('80', 'TCP') }, dnsAnywhere] }),
    ],
    expect: { status: ['fail', 'unknown'], says: [/metadata/], never: [/neither|enforces? no/i] },
  }),
  row({
    id: 'cilium-except',
    says: 'Everything but the link-local addresses is open.',
    source: CILIUM,
    objects: [
      cilium('no-link-local', {
        ...mine,
        egress: [{ toCIDRSet: [{ cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] }] }, dnsAnywhere],
      }),
    ],
    expect: { status: 'fail', says: [/no-link-local/] },
  }),
  row({
    id: 'cilium-egress-deny',
    says: 'One policy opens everything, another denies the metadata server: a denial wins.',
    source: CILIUM_DENY,
    objects: [
      cilium('everything', { ...mine, egress: [{ toEntities: ['all'] }] }),
      cilium('no-metadata', { ...mine, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] }),
    ],
    expect: { status: 'fail', says: [/no-metadata/] },
  }),
  row({
    id: 'cilium-no-default-deny',
    says: 'enableDefaultDeny.egress is false: what the policy does not name stays open.',
    source: CILIUM_DEFAULT,
    opposite: true,
    objects: [cilium('watch-db', { ...mine, enableDefaultDeny: { egress: false }, egress: [database] })],
    expect: { status: 'pass' },
  }),
  row({
    id: 'cilium-by-name',
    says: 'A rule by DNS names: whether it opens the metadata server can’t be told from the policy.',
    source: CILIUM,
    objects: [
      cilium('by-name', { ...mine, egress: [{ toFQDNs: [{ matchName: 'metadata.google.internal' }] }, dnsAnywhere] }),
    ],
    expect: { status: ['unknown', 'fail'], says: [/by-name/] },
  }),
  row({
    id: 'cilium-other-pods',
    says: 'A CiliumNetworkPolicy that denies all egress of other Pods; labels may carry their source.',
    source: CILIUM,
    opposite: true,
    objects: [cilium('cart', { endpointSelector: { matchLabels: { 'k8s:app': 'cart' } }, egress: [database] })],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'cilium-ingress-only',
    says: 'A CiliumNetworkPolicy for ingress says nothing of egress.',
    source: CILIUM_DEFAULT,
    opposite: true,
    objects: [cilium('from-web', { ...mine, ingress: [{ fromEndpoints: [{ matchLabels: { app: 'web' } }] }] })],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'clusterwide-selects',
    says: 'A CiliumClusterwideNetworkPolicy selects the Pods and leaves the metadata server out.',
    source: GKE_CLUSTERWIDE,
    objects: [clusterwide('db-only', { ...mine, egress: [database] })],
    expect: { status: 'fail', says: [/db-only/] },
  }),
  row({
    id: 'clusterwide-of-another-namespace',
    says: 'A CiliumClusterwideNetworkPolicy that selects another namespace’s Pods.',
    source: GKE_CLUSTERWIDE,
    opposite: true,
    objects: [
      clusterwide('bank', {
        endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'bank' } },
        egress: [database],
      }),
    ],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'clusterwide-ingress-only',
    says: 'A CiliumClusterwideNetworkPolicy for the ingress of every Pod.',
    source: GKE_CLUSTERWIDE,
    opposite: true,
    objects: [clusterwide('from-cluster', { endpointSelector: {}, ingress: [{ fromEntities: ['cluster'] }] })],
    expect: { status: ['pass', 'not-applicable'] },
  }),
];

const inShop = { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };
const inBank = { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'bank' } } };
const toServer = (action: string): object => ({
  name: `metadata-${action}`,
  action,
  to: [{ networks: ['169.254.169.254/32'] }],
  ports: [{ portNumber: { protocol: 'TCP', port: 80 } }],
});
const toAnything = (action: string): object => ({ action, to: [{ networks: ['0.0.0.0/0'] }, { namespaces: {} }] });
const admin = (name: string, priority: number, subject: object, ...rules: object[]): KubernetesObject =>
  manifest('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', name, {
    spec: { priority, subject, egress: rules },
  });
const baseline = (...rules: object[]): KubernetesObject =>
  manifest('policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy', 'default', {
    spec: { subject: inShop, egress: rules },
  });

const adminStates: State[] = [
  row({
    id: 'admin-deny',
    says: 'An AdminNetworkPolicy denies the metadata server.',
    source: ADMIN,
    objects: [admin('no-metadata', 10, inShop, toServer('Deny'))],
    expect: { status: 'fail', says: [/no-metadata/] },
  }),
  row({
    id: 'admin-allow-before-network-policy',
    says: 'An AdminNetworkPolicy allows everything: the NetworkPolicy that denies it is not asked.',
    source: ADMIN,
    opposite: true,
    objects: [admin('open', 10, inShop, toAnything('Allow')), egress()],
    expect: { status: 'pass' },
  }),
  row({
    id: 'admin-pass-to-network-policy',
    says: 'An AdminNetworkPolicy passes on: the NetworkPolicy decides, and denies.',
    source: ADMIN,
    objects: [admin('ask-them', 10, inShop, toServer('Pass')), egress()],
    expect: { status: 'fail' },
  }),
  row({
    id: 'admin-lower-number-first',
    says: 'Of two AdminNetworkPolicies the one with the lower priority value decides: it allows.',
    source: ADMIN,
    opposite: true,
    objects: [admin('deny', 20, inShop, toServer('Deny')), admin('allow', 10, inShop, toServer('Allow'))],
    expect: { status: 'pass' },
  }),
  row({
    id: 'admin-of-another-namespace',
    says: 'An AdminNetworkPolicy denies the metadata server to another namespace.',
    source: ADMIN,
    opposite: true,
    objects: [admin('no-metadata', 10, inBank, toServer('Deny'))],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'baseline-deny',
    says: 'No NetworkPolicy selects the Pods, and the BaselineAdminNetworkPolicy denies the metadata server.',
    source: ADMIN,
    objects: [baseline(toServer('Deny'))],
    expect: { status: 'fail', says: [/Baseline/i] },
  }),
  row({
    id: 'baseline-after-network-policy',
    says: 'A NetworkPolicy allows everything: the BaselineAdminNetworkPolicy is not asked.',
    source: ADMIN,
    opposite: true,
    objects: [egress({}), baseline(toServer('Deny'))],
    expect: { status: 'pass' },
  }),
];

const calicoPolicy = (namespace: string, name: string, spec: object): KubernetesObject =>
  manifest('crd.projectcalico.org/v1', 'NetworkPolicy', name, { namespace, spec });
const named = (labels: { [key: string]: string }): KubernetesObject =>
  manifest('networking.gke.io/v1alpha1', 'FQDNNetworkPolicy', 'by-name', {
    namespace: 'shop',
    spec: {
      podSelector: { matchLabels: labels },
      egress: [{ matches: [{ name: 'api.example.com' }], ports: [{ protocol: 'TCP', port: 443 }] }],
    },
  });

const otherStates: State[] = [
  row({
    id: 'calico-global',
    says: 'A GlobalNetworkPolicy of Calico’s holds for every Pod: what it allows is not decided here.',
    source: 'https://docs.tigera.io/calico/latest/reference/resources/globalnetworkpolicy',
    fields: calico,
    objects: [
      manifest('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', 'default.deny-egress', {
        spec: { selector: 'all()', types: ['Egress'], egress: [{ action: 'Deny' }] },
      }),
    ],
    expect: { status: ['unknown', 'fail'], says: [/deny-egress/] },
  }),
  row({
    id: 'calico-ingress-deny',
    says: 'A policy of Calico’s that denies ingress: answers of the metadata server were seen to be lost by it.',
    source: 'projectcalico/calico#7458',
    fields: calico,
    objects: [
      calicoPolicy('shop', 'default.no-ingress', {
        types: ['Ingress', 'Egress'],
        ingress: [{ action: 'Deny' }],
        egress: [{ action: 'Allow' }],
      }),
    ],
    expect: { status: 'unknown', says: [/no-ingress/] },
  }),
  row({
    id: 'calico-of-another-namespace',
    says: 'A policy of Calico’s in another namespace.',
    source: 'https://docs.tigera.io/calico/latest/reference/resources/networkpolicy',
    opposite: true,
    fields: calico,
    objects: [calicoPolicy('bank', 'default.deny', { types: ['Egress'], egress: [{ action: 'Deny' }] })],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'fqdn-selects',
    says: 'An FQDNNetworkPolicy selects the Pods: all that it does not name is denied, and names can’t be told from addresses.',
    source: FQDN,
    objects: [named({ app: 'checkout' })],
    expect: { status: ['unknown', 'fail'], says: [/by-name/] },
  }),
  row({
    id: 'fqdn-of-other-pods',
    says: 'An FQDNNetworkPolicy that selects other Pods.',
    source: FQDN,
    opposite: true,
    objects: [named({ app: 'cart' })],
    expect: { status: ['pass', 'not-applicable'] },
  }),
];

export const otherPolicies: readonly State[] = [...ciliumStates, ...adminStates, ...otherStates];
