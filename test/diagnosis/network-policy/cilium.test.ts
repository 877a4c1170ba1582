/** Cilium's policies, case by case (https://docs.cilium.io/en/stable/security/policy/language/ and its neighbours). */
import { describe, expect, test } from 'vitest';
import { type CiliumPolicy, CiliumSpecs, selectCiliumPolicies } from '../../../src/diagnosis/network-policy/cilium.ts';
import { decideEgress } from '../../../src/diagnosis/network-policy/egress.ts';
import type { Destination, Source } from '../../../src/diagnosis/network-policy/model.ts';
import { selectNetworkPolicies } from '../../../src/diagnosis/network-policy/network-policies.ts';
import { NetworkPolicy } from '../../../src/kubernetes/objects.ts';

const shop = { labels: { 'kubernetes.io/metadata.name': 'shop', team: 'sales' }, isComplete: true };
const source: Source = {
  namespace: 'shop',
  labels: { app: 'checkout' },
  namespaceLabels: shop,
  serviceAccount: 'checkout',
};
const metadata: Destination = { protocol: 'TCP', port: 80, addresses: ['169.254.169.254'] };
const kubeDns: Destination = {
  protocol: 'UDP',
  port: 53,
  addresses: ['10.4.1.9'],
  pod: {
    namespace: 'kube-system',
    namespaceLabels: { labels: { 'kubernetes.io/metadata.name': 'kube-system' }, isComplete: false },
    labels: { 'k8s-app': 'kube-dns' },
    ports: { dns: { protocol: 'UDP', port: 53 } },
    byAddress: false,
  },
};

const policy = (spec: object, more: Partial<CiliumPolicy> = {}): CiliumPolicy => ({
  kind: 'CiliumNetworkPolicy',
  name: 'p',
  namespace: 'shop',
  specs: CiliumSpecs.parse({ spec: { endpointSelector: {}, ...spec } }),
  ...more,
});
const clusterwide = (spec: object) => policy(spec, { kind: 'CiliumClusterwideNetworkPolicy', namespace: undefined });
const decide = (
  policies: readonly CiliumPolicy[],
  to: Destination = metadata,
  { from = source, isSelfManaged = false }: { from?: Source; isSelfManaged?: boolean } = {},
) => {
  const selected = selectCiliumPolicies(policies, from, isSelfManaged);
  return decideEgress({ admin: [], policies: selected, baseline: [] }, to).state;
};
const allowing = (...rules: object[]) => [policy({ egress: rules })];
const port = (number: string, protocol?: string, more: object = {}) => ({
  toPorts: [{ ports: [{ port: number, ...(protocol ? { protocol } : {}), ...more }] }],
});
const all = { toEntities: ['all'] };
const address = { toCIDR: ['169.254.169.254/32'] };

describe('whether a policy is about the Pod’s egress', () => {
  const denying = { egress: [{}] };
  const selector = (matchLabels: object, matchExpressions: object[] = []) => ({
    endpointSelector: { matchLabels, matchExpressions },
    ...denying,
  });

  test.each<[string, CiliumPolicy, string]>([
    ['all Pods', policy(denying), 'denied'],
    ['no egress section', policy({ ingress: [{}] }), 'open'],
    ['an empty egress section', policy({ egress: [] }), 'open'],
    ['only denials, about something else', policy({ egressDeny: [{ toCIDR: ['10.0.0.0/8'] }] }), 'denied'],
    ['default deny switched off', policy({ ...denying, enableDefaultDeny: { egress: false } }), 'open'],
    ['default deny switched off for ingress', policy({ ...denying, enableDefaultDeny: { ingress: false } }), 'denied'],
    ['default deny switched on', policy({ ...denying, enableDefaultDeny: { egress: true } }), 'denied'],
    ['another namespace', policy(denying, { namespace: 'bank' }), 'open'],
    ['the whole cluster', clusterwide(denying), 'denied'],
    ['its label', policy(selector({ app: 'checkout' })), 'denied'],
    ['its label with the source', policy(selector({ 'k8s:app': 'checkout' })), 'denied'],
    ['its label of any source', policy(selector({ 'any:app': 'checkout' })), 'denied'],
    ['another source', policy(selector({ 'reserved:host': '' })), 'open'],
    ['another label', policy(selector({ 'k8s:app': 'cart' })), 'open'],
    ['an expression', policy(selector({}, [{ key: 'k8s:app', operator: 'NotIn', values: ['cart'] }])), 'denied'],
    [
      'an expression that excludes it',
      policy(selector({}, [{ key: 'app', operator: 'NotIn', values: ['checkout'] }])),
      'open',
    ],
    ['its namespace', clusterwide(selector({ 'k8s:io.kubernetes.pod.namespace': 'shop' })), 'denied'],
    ['another’s namespace', clusterwide(selector({ 'io.kubernetes.pod.namespace': 'bank' })), 'open'],
    ['its namespace’s label', clusterwide(selector({ 'io.cilium.k8s.namespace.labels.team': 'sales' })), 'denied'],
    ['another label of its namespace', clusterwide(selector({ 'io.cilium.k8s.namespace.labels.team': 'ops' })), 'open'],
    ['its service account', policy(selector({ 'io.cilium.k8s.policy.serviceaccount': 'checkout' })), 'denied'],
    ['another service account', policy(selector({ 'io.cilium.k8s.policy.serviceaccount': 'cart' })), 'open'],
    ['its cluster of a mesh', policy(selector({ 'io.cilium.k8s.policy.cluster': 'eu' })), 'unknown'],
    [
      'its cluster of a mesh and another label',
      policy(selector({ 'io.cilium.k8s.policy.cluster': 'eu', app: 'cart' })),
      'open',
    ],
    ['nodes', policy({ endpointSelector: undefined, nodeSelector: {}, ...denying }), 'open'],
  ])('%s', (_, one, state) => {
    expect(decide([one])).toBe(state);
  });

  test('labels of the namespace that were not read', () => {
    const from = { ...source, namespaceLabels: { labels: {}, isComplete: false } };
    const byTeam = clusterwide(selector({ 'io.cilium.k8s.namespace.labels.team': 'sales' }));
    expect(decide([byTeam], metadata, { from })).toBe('unknown');
    const { namespaceLabels: _, ...unread } = source;
    expect(decide([byTeam], metadata, { from: unread })).toBe('unknown');
  });

  test('a policy that may select the Pod denies nothing for certain, and what allows beside it is no proof', () => {
    const maybe = policy(selector({ 'io.cilium.k8s.policy.cluster': 'eu' }));
    expect(decide([maybe, ...allowing(all)])).toBe('unknown');
    expect(decide([maybe, policy({ egress: [{}] })])).toBe('denied');
  });

  test('several specs in one policy', () => {
    const specs = CiliumSpecs.parse({
      specs: [{ endpointSelector: { matchLabels: { app: 'cart' } } }, { endpointSelector: {}, egress: [{}] }],
    });
    expect(decide([policy({}, { specs })])).toBe('denied');
    expect(decide([policy({}, { specs: CiliumSpecs.parse({}) })])).toBe('open');
  });
});

describe('whether a rule is about the metadata server', () => {
  test.each<[string, object, string]>([
    ['an empty rule', {}, 'denied'],
    ['everything', all, 'allowed'],
    ['its address', address, 'allowed'],
    ['its network', { toCIDR: ['169.254.0.0/16'] }, 'allowed'],
    ['another address', { toCIDR: ['10.0.0.0/8'] }, 'denied'],
    ['one of two blocks', { toCIDR: ['10.0.0.0/8', '169.254.0.0/16'] }, 'allowed'],
    ['everything but link-local', { toCIDRSet: [{ cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] }] }, 'denied'],
    ['everything but a neighbour', { toCIDRSet: [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] }] }, 'allowed'],
    ['a block without exceptions', { toCIDRSet: [{ cidr: '169.254.169.254/32' }] }, 'allowed'],
    ['a group of blocks', { toCIDRSet: [{ cidrGroupRef: 'google' }] }, 'unknown'],
    ['the world', { toEntities: ['world'] }, 'unknown'],
    ['the world by IPv4', { toEntities: ['world-ipv4'] }, 'unknown'],
    ['the host', { toEntities: ['host'] }, 'unknown'],
    ['the cluster', { toEntities: ['cluster'] }, 'unknown'],
    ['the API server', { toEntities: ['kube-apiserver'] }, 'denied'],
    ['everything in the namespace', { toEndpoints: [{}] }, 'denied'],
    ['a name', { toFQDNs: [{ matchName: 'metadata.google.internal' }] }, 'unknown'],
    ['a cloud’s group', { toGroups: [{}] }, 'unknown'],
    ['a Service', { toServices: [{ k8sService: { serviceName: 'x' } }] }, 'unknown'],
    ['nodes', { toNodes: [{}] }, 'denied'],
    ['a port alone', port('80', 'TCP'), 'allowed'],
    ['another port', { ...address, ...port('443', 'TCP') }, 'denied'],
    ['its port', { ...address, ...port('80', 'TCP') }, 'allowed'],
    ['its port by another protocol', { ...address, ...port('80', 'UDP') }, 'denied'],
    ['its port by any protocol', { ...address, ...port('80', 'ANY') }, 'allowed'],
    ['its port without a protocol', { ...address, ...port('80') }, 'allowed'],
    ['its port, protocol in small letters', { ...address, ...port('80', 'tcp') }, 'allowed'],
    ['every port', { ...address, ...port('0', 'TCP') }, 'allowed'],
    ['every port by another protocol', { ...address, ...port('0', 'UDP') }, 'denied'],
    ['a range with it', { ...address, ...port('1', 'TCP', { endPort: 80 }) }, 'allowed'],
    ['a range that ends before it', { ...address, ...port('1', 'TCP', { endPort: 79 }) }, 'denied'],
    ['a range that begins after it', { ...address, ...port('81', 'TCP', { endPort: 90 }) }, 'denied'],
    ['a port by name', { ...address, ...port('http', 'TCP') }, 'denied'],
    ['ports that are not listed', { ...address, toPorts: [{}] }, 'allowed'],
    ['an empty list of ports', { ...address, toPorts: [] }, 'allowed'],
    [
      'requests that are looked into',
      { ...address, toPorts: [{ ports: [{ port: '80' }], rules: { http: [{}] } }] },
      'unknown',
    ],
    [
      'names on its port',
      { ...address, toPorts: [{ ports: [{ port: '80' }], rules: { dns: [{ matchPattern: '*' }] } }] },
      'unknown',
    ],
    ['ICMP alone', { ...address, icmps: [{ fields: [{ type: 8 }] }] }, 'denied'],
    ['ICMP without a peer', { icmps: [{ fields: [{ type: 8 }] }] }, 'denied'],
    ['mutual authentication', { ...address, authentication: { mode: 'required' } }, 'unknown'],
  ])('%s', (_, rule, state) => {
    expect(decide(allowing(rule))).toBe(state);
  });

  test.each<[string, object, string]>([
    ['the host', { toEntities: ['host'] }, 'denied'],
    ['the cluster', { toEntities: ['cluster'] }, 'denied'],
    ['the world', { toEntities: ['world'] }, 'unknown'],
    ['its address', address, 'allowed'],
  ])('under a self-managed Cilium: %s', (_, rule, state) => {
    expect(decide(allowing(rule), metadata, { isSelfManaged: true })).toBe(state);
  });
});

describe('whether a rule is about kube-dns', () => {
  const dns = { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' };
  const looked = (dnsRules: object[]) => ({
    toEndpoints: [{ matchLabels: dns }],
    toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: dnsRules } }],
  });

  test.each<[string, object, string]>([
    ['its labels', { toEndpoints: [{ matchLabels: dns }] }, 'allowed'],
    ['its labels without the namespace', { toEndpoints: [{ matchLabels: { 'k8s-app': 'kube-dns' } }] }, 'denied'],
    [
      'another namespace',
      { toEndpoints: [{ matchLabels: { ...dns, 'k8s:io.kubernetes.pod.namespace': 'bank' } }] },
      'denied',
    ],
    [
      'its namespace by a label of it that was not read',
      { toEndpoints: [{ matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'x' } }] },
      'unknown',
    ],
    [
      'its namespace’s name as a label',
      {
        toEndpoints: [{ matchLabels: { 'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'kube-system' } }],
      },
      'allowed',
    ],
    ['one of two selectors', { toEndpoints: [{ matchLabels: { app: 'x' } }, { matchLabels: dns }] }, 'allowed'],
    ['its address', { toCIDR: ['10.4.1.9/32'] }, 'denied'],
    ['its address in a set', { toCIDRSet: [{ cidr: '10.4.1.9/32' }] }, 'denied'],
    ['a group of blocks', { toCIDRSet: [{ cidrGroupRef: 'google' }] }, 'denied'],
    ['everything', all, 'allowed'],
    ['the cluster', { toEntities: ['cluster'] }, 'allowed'],
    ['the world', { toEntities: ['world'] }, 'denied'],
    ['a name', { toFQDNs: [{ matchName: 'example.com' }] }, 'denied'],
    ['its port by name', { toEndpoints: [{ matchLabels: dns }], ...port('dns', 'UDP') }, 'allowed'],
    ['look-ups of all names', looked([{ matchPattern: '*' }]), 'allowed'],
    ['look-ups of some names', looked([{ matchPattern: '*.example.com' }]), 'unknown'],
  ])('%s', (_, rule, state) => {
    expect(decide(allowing(rule), kubeDns)).toBe(state);
  });

  test('a policy of the whole cluster selects Pods of every namespace', () => {
    const rule = { egress: [{ toEndpoints: [{ matchLabels: { 'k8s-app': 'kube-dns' } }] }] };
    expect(decide([clusterwide(rule)], kubeDns)).toBe('allowed');
  });
});

describe('denials', () => {
  test.each<[string, object[], string]>([
    ['its address', [{ toCIDR: ['169.254.169.254/32'] }], 'denied'],
    ['another address', [{ toCIDR: ['10.0.0.0/8'] }], 'allowed'],
    ['its address on another port', [{ ...address, ...port('443', 'TCP') }], 'allowed'],
    ['the world', [{ toEntities: ['world'] }], 'unknown'],
    ['an empty rule', [{}], 'allowed'],
  ])('%s, where everything is allowed', (_, egressDeny, state) => {
    expect(decide([policy({ egressDeny }), ...allowing(all)])).toBe(state);
  });

  test('a denial of another namespace’s policy', () => {
    expect(decide([policy({ egressDeny: [all] }, { namespace: 'bank' }), ...allowing(all)])).toBe('allowed');
  });
});

test('they add up with Kubernetes’ own', () => {
  const own = selectNetworkPolicies(
    [
      NetworkPolicy.parse({
        metadata: { name: 'n', namespace: 'shop' },
        spec: { podSelector: {}, policyTypes: ['Egress'] },
      }),
    ],
    source,
  );
  const together = (policies: readonly CiliumPolicy[]) =>
    decideEgress(
      { admin: [], policies: [...own, ...selectCiliumPolicies(policies, source, false)], baseline: [] },
      metadata,
    );
  expect(together(allowing(address)).state).toBe('allowed');
  expect(together([policy({ egress: [address], enableDefaultDeny: { egress: false } })]).state).toBe('allowed');
  expect(together(allowing({ toCIDR: ['10.0.0.0/8'] }))).toEqual({
    state: 'denied',
    by: 'isolation',
    policies: [
      { kind: 'NetworkPolicy', name: 'n' },
      { kind: 'CiliumNetworkPolicy', name: 'p' },
    ],
  });
});
