/** Cilium's own policies: of a namespace, where the team runs Cilium itself, and clusterwide, as GKE offers them. */
import { daemonSet } from '../../../../sandbox/google/build/objects.ts';
import type { KubernetesObject } from '../../../../sandbox/google/kubernetes/server.ts';
import type { JsonObject } from '../../../../sandbox/google/world.ts';
import type { Expected, State } from '../../state.ts';
import { manifest } from '../../worlds.ts';
import { rowsOf } from './row.ts';

const CILIUM = 'https://docs.cilium.io/en/stable/security/policy/language/';
const CILIUM_DENY = 'https://docs.cilium.io/en/stable/security/policy/deny/';
const CILIUM_DEFAULT = 'https://docs.cilium.io/en/stable/security/policy/intro/';
const GKE_CLUSTERWIDE = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/configure-cilium-network-policy';

const clusterwideV2: JsonObject = {
  networkConfig: { datapathProvider: 'ADVANCED_DATAPATH', enableCiliumClusterwideNetworkPolicy: true },
};
const row = rowsOf(clusterwideV2);

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

/** The same where the team runs its own Cilium, and GKE's API says that nobody enforces policies. */
const ownRow = (
  state: Omit<State, 'world' | 'arguments' | 'expect'> & {
    policies: KubernetesObject[];
    expect: Omit<Expected, 'check'>;
  },
): State => {
  const { policies, expect, ...rest } = state;
  const never = [...(expect.never ?? []), /neither|enforces? no/i];
  return row({ ...rest, fields: {}, objects: [ownCilium, ...policies], expect: { ...expect, never } });
};

/** Whatever can't be decided is not blamed on a policy that does not hold for the Pods. */
const notBlamed = (policy: RegExp): Omit<Expected, 'check'> => ({
  status: ['pass', 'warn', 'unknown', 'not-applicable'],
  never: [policy],
});

/** GKE offers the clusterwide kind only: the other one is met where the team runs its own Cilium. */
const ownCiliumStates: State[] = [
  ownRow({
    id: 'cilium-default-deny',
    says: 'A CiliumNetworkPolicy selects the Pods and lets them reach a database: all other egress is denied.',
    source: CILIUM_DEFAULT,
    policies: [cilium('db-only', { ...mine, egress: [database] })],
    expect: { status: ['fail', 'unknown'], says: [/db-only/] },
  }),
  ownRow({
    id: 'cilium-allowed',
    says: 'A CiliumNetworkPolicy that opens the metadata server by its address, and DNS.',
    source: 'Smana/runlore#562',
    opposite: true,
    policies: [cilium('ways-out', { ...mine, egress: [metadata, dnsAnywhere] })],
    expect: { status: ['warn', 'unknown'] },
  }),
  ownRow({
    id: 'cilium-host-entity',
    says: 'Cilium does not count GKE’s metadata address as the entity host: a rule by it matches nothing.',
    source: 'Smana/runlore#562',
    policies: [
      cilium('metadata', { ...mine, egress: [{ toEntities: ['host'], toPorts: ports('80', 'TCP') }, dnsAnywhere] }),
    ],
    expect: { status: ['fail', 'unknown'], says: [/metadata/] },
  }),
  ownRow({
    id: 'cilium-egress-deny',
    says: 'One policy opens everything, another denies the metadata server: a denial wins.',
    source: CILIUM_DENY,
    policies: [
      cilium('everything', { ...mine, egress: [{ toEntities: ['all'] }] }),
      cilium('no-metadata', { ...mine, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] }),
    ],
    expect: { status: ['fail', 'unknown'], says: [/no-metadata/] },
  }),
  ownRow({
    id: 'cilium-by-name',
    says: 'A rule by DNS names: whether it opens the metadata server can’t be told from the policy.',
    source: CILIUM,
    policies: [
      cilium('by-name', { ...mine, egress: [{ toFQDNs: [{ matchName: 'metadata.google.internal' }] }, dnsAnywhere] }),
    ],
    expect: { status: ['unknown', 'fail'], says: [/by-name/] },
  }),
  ownRow({
    id: 'cilium-other-pods',
    says: 'A CiliumNetworkPolicy that denies all egress of other Pods; labels may carry their source.',
    source: CILIUM,
    opposite: true,
    policies: [cilium('cart-only', { endpointSelector: { matchLabels: { 'k8s:app': 'cart' } }, egress: [database] })],
    expect: notBlamed(/cart-only/),
  }),
  ownRow({
    id: 'cilium-of-another-namespace',
    says: 'A CiliumNetworkPolicy of another namespace.',
    source: CILIUM,
    opposite: true,
    policies: [
      manifest('cilium.io/v2', 'CiliumNetworkPolicy', 'bank-only', {
        namespace: 'bank',
        spec: { endpointSelector: {}, egress: [database] },
      }),
    ],
    expect: notBlamed(/bank-only/),
  }),
  ownRow({
    id: 'cilium-ingress-only',
    says: 'A CiliumNetworkPolicy for ingress says nothing of egress.',
    source: CILIUM_DEFAULT,
    opposite: true,
    policies: [cilium('from-web', { ...mine, ingress: [{ fromEndpoints: [{ matchLabels: { app: 'web' } }] }] })],
    expect: notBlamed(/from-web/),
  }),
];

const clusterwideStates: State[] = [
  row({
    id: 'clusterwide-selects',
    says: 'A CiliumClusterwideNetworkPolicy selects the Pods and leaves the metadata server out.',
    source: GKE_CLUSTERWIDE,
    objects: [clusterwide('db-only', { ...mine, egress: [database] })],
    expect: { status: 'fail', says: [/db-only/] },
  }),
  row({
    id: 'clusterwide-allowed',
    says: 'A CiliumClusterwideNetworkPolicy that opens the metadata server by its address, and DNS.',
    source: GKE_CLUSTERWIDE,
    opposite: true,
    objects: [clusterwide('ways-out', { ...mine, egress: [metadata, dnsAnywhere] })],
    expect: { status: 'pass' },
  }),
  row({
    id: 'clusterwide-all-entities',
    says: 'A CiliumClusterwideNetworkPolicy that lets the Pods reach everything.',
    source: CILIUM,
    opposite: true,
    objects: [clusterwide('everything', { ...mine, egress: [{ toEntities: ['all'] }] })],
    expect: { status: 'pass' },
  }),
  row({
    id: 'clusterwide-except',
    says: 'Everything but the link-local addresses is open.',
    source: CILIUM,
    objects: [
      clusterwide('no-link-local', {
        ...mine,
        egress: [{ toCIDRSet: [{ cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] }] }, dnsAnywhere],
      }),
    ],
    expect: { status: 'fail', says: [/no-link-local/] },
  }),
  row({
    id: 'clusterwide-egress-deny',
    says: 'One policy opens everything, another denies the metadata server: a denial wins.',
    source: CILIUM_DENY,
    objects: [
      clusterwide('everything', { ...mine, egress: [{ toEntities: ['all'] }] }),
      clusterwide('no-metadata', { ...mine, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] }),
    ],
    expect: { status: 'fail', says: [/no-metadata/] },
  }),
  row({
    id: 'clusterwide-no-default-deny',
    says: 'enableDefaultDeny.egress is false: what the policy does not name stays open.',
    source: CILIUM_DEFAULT,
    opposite: true,
    objects: [clusterwide('watch-db', { ...mine, enableDefaultDeny: { egress: false }, egress: [database] })],
    expect: { status: 'pass' },
  }),
  row({
    id: 'clusterwide-other-pods',
    says: 'A CiliumClusterwideNetworkPolicy that selects other Pods; labels may carry their source.',
    source: GKE_CLUSTERWIDE,
    opposite: true,
    objects: [clusterwide('cart', { endpointSelector: { matchLabels: { 'k8s:app': 'cart' } }, egress: [database] })],
    expect: { status: ['pass', 'not-applicable'] },
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
    id: 'clusterwide-of-own-namespace',
    says: 'A CiliumClusterwideNetworkPolicy that selects the namespace’s Pods and leaves the metadata server out.',
    source: GKE_CLUSTERWIDE,
    objects: [
      clusterwide('shop-db', {
        endpointSelector: { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'shop' } },
        egress: [database],
      }),
    ],
    expect: { status: 'fail', says: [/shop-db/] },
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

export const ciliumPolicies: readonly State[] = [...ownCiliumStates, ...clusterwideStates];
