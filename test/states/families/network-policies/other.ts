/** Policies of administrators, of Calico's own kinds, and GKE's by DNS names. */
import type { KubernetesObject } from '../../../../sandbox/google/kubernetes/server.ts';
import type { State } from '../../state.ts';
import { calico, dataplaneV2, egress, manifest } from '../../worlds.ts';
import { rowsOf } from './row.ts';

const ADMIN = 'https://network-policy-api.sigs.k8s.io/reference/spec/';
const FQDN = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies';

const row = rowsOf(dataplaneV2);

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

export const otherPolicies: readonly State[] = [...adminStates, ...otherStates];
