/** Policies of administrators, case by case (https://network-policy-api.sigs.k8s.io/reference/spec/). */
import { describe, expect, test } from 'vitest';
import {
  type AdministratorsPolicy,
  AdminSpec,
  selectAdminPolicies,
} from '../../../src/diagnosis/network-policy/admin.ts';
import type { Destination, Source } from '../../../src/diagnosis/network-policy/model.ts';
import { selectUnevaluatedPolicies } from '../../../src/diagnosis/network-policy/other-kinds.ts';
import { LabelSelector } from '../../../src/kubernetes/objects.ts';

const byName = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const source: Source = {
  namespace: 'shop',
  labels: { app: 'checkout' },
  namespaceLabels: { labels: { 'kubernetes.io/metadata.name': 'shop', team: 'sales' }, isComplete: true },
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
    byAddress: true,
  },
};

const policy = (spec: object, name = 'p'): AdministratorsPolicy => ({
  kind: 'AdminNetworkPolicy',
  name,
  spec: AdminSpec.parse({ priority: 10, subject: { namespaces: {} }, egress: [], ...spec }),
});
const deny = (more: object = {}) => ({ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }], ...more });
/** What the first policy says. */
const decide = (spec: object, to: Destination = metadata, from: Source = source) =>
  selectAdminPolicies([policy(spec)], from)[0]?.decides(to);

describe('whether a policy is about the Pod', () => {
  const pods = (namespaceSelector: object, podSelector: object) => ({ pods: { namespaceSelector, podSelector } });

  test.each<[string, object, string | undefined]>([
    ['all namespaces', { namespaces: {} }, 'Deny'],
    ['its namespace by name', { namespaces: byName('shop') }, 'Deny'],
    ['another namespace by name', { namespaces: byName('bank') }, undefined],
    ['its namespace by a label', { namespaces: { matchLabels: { team: 'sales' } } }, 'Deny'],
    ['another label', { namespaces: { matchLabels: { team: 'ops' } } }, undefined],
    ['its Pods', pods({}, { matchLabels: { app: 'checkout' } }), 'Deny'],
    ['other Pods', pods({}, { matchLabels: { app: 'cart' } }), undefined],
    ['Pods like it of another namespace', pods(byName('bank'), { matchLabels: { app: 'checkout' } }), undefined],
    ['nothing', {}, undefined],
  ])('%s', (_, subject, action) => {
    expect(decide({ subject, egress: [deny()] })).toBe(action);
  });

  test('by labels of the namespace that were not read', () => {
    const from: Source = { namespace: 'shop', labels: {}, namespaceLabels: { labels: {}, isComplete: false } };
    const byTeam = { subject: { namespaces: { matchLabels: { team: 'sales' } } }, egress: [deny()] };
    expect(decide(byTeam, metadata, from)).toBe('maybe');
    expect(decide(byTeam, metadata, { namespace: 'shop', labels: {} })).toBe('maybe');
  });
});

describe('whether a rule is about the destination', () => {
  test.each<[string, object, string | undefined]>([
    ['its address', { to: [{ networks: ['169.254.169.254/32'] }] }, 'Deny'],
    ['another address', { to: [{ networks: ['10.0.0.0/8'] }] }, undefined],
    ['one of two networks', { to: [{ networks: ['10.0.0.0/8', '169.254.0.0/16'] }] }, 'Deny'],
    ['one of two peers', { to: [{ networks: ['10.0.0.0/8'] }, { networks: ['169.254.0.0/16'] }] }, 'Deny'],
    ['all Pods', { to: [{ namespaces: {} }] }, undefined],
    ['nodes', { to: [{ nodes: {} }] }, undefined],
    ['a name', { to: [{ domainNames: ['metadata.google.internal.'] }] }, 'maybe'],
    ['its port', { ports: [{ portNumber: { protocol: 'TCP', port: 80 } }] }, 'Deny'],
    ['its port without a protocol', { ports: [{ portNumber: { port: 80 } }] }, 'Deny'],
    ['another port', { ports: [{ portNumber: { protocol: 'TCP', port: 443 } }] }, undefined],
    ['its port by another protocol', { ports: [{ portNumber: { protocol: 'UDP', port: 80 } }] }, undefined],
    ['a range with it', { ports: [{ portRange: { protocol: 'TCP', start: 80, end: 90 } }] }, 'Deny'],
    ['a range that ends with it', { ports: [{ portRange: { start: 1, end: 80 } }] }, 'Deny'],
    ['a range before it', { ports: [{ portRange: { protocol: 'TCP', start: 1, end: 79 } }] }, undefined],
    ['a range after it', { ports: [{ portRange: { protocol: 'TCP', start: 81, end: 90 } }] }, undefined],
    ['a range of another protocol', { ports: [{ portRange: { protocol: 'UDP', start: 1, end: 90 } }] }, undefined],
    ['a port by name', { ports: [{ namedPort: 'http' }] }, undefined],
    ['no port', { ports: [{}] }, undefined],
    ['one of two ports', { ports: [{ portNumber: { port: 1 } }, { portNumber: { port: 80 } }] }, 'Deny'],
    ['an empty list of ports', { ports: [] }, 'Deny'],
  ])('the metadata server: %s', (_, rule, action) => {
    expect(decide({ egress: [deny(rule)] })).toBe(action);
  });

  test.each<[string, object, string | undefined]>([
    ['all Pods', { to: [{ namespaces: {} }] }, 'Deny'],
    ['its namespace', { to: [{ namespaces: byName('kube-system') }] }, 'Deny'],
    ['another namespace', { to: [{ namespaces: byName('bank') }] }, undefined],
    ['a namespace by a label that was not read', { to: [{ namespaces: { matchLabels: { team: 'x' } } }] }, 'maybe'],
    ['its labels', { to: [{ pods: { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } } }] }, 'Deny'],
    ['other labels', { to: [{ pods: { podSelector: { matchLabels: { 'k8s-app': 'x' } } } }] }, undefined],
    ['its port by name', { to: [{ namespaces: {} }], ports: [{ namedPort: 'dns' }] }, 'Deny'],
    ['its address', { to: [{ networks: ['10.4.0.0/14'] }] }, 'Deny'],
    ['a name', { to: [{ domainNames: ['example.com.'] }] }, undefined],
  ])('kube-dns: %s', (_, rule, action) => {
    expect(decide({ egress: [deny(rule)] }, kubeDns)).toBe(action);
  });
});

test('the first rule that matches decides', () => {
  const other = { action: 'Deny', to: [{ networks: ['10.0.0.0/8'] }] };
  expect(decide({ egress: [other, deny({ action: 'Pass' }), deny()] })).toBe('Pass');
  expect(decide({ egress: [other] })).toBeUndefined();
  expect(decide({ egress: null })).toBeUndefined();
  const maybe = { action: 'Allow', to: [{ domainNames: ['x.'] }] };
  expect(decide({ egress: [maybe, deny()] })).toBe('maybe');
});

test('the lowest priority comes first', () => {
  const policies = [policy({ priority: 20 }, 'b'), policy({ priority: 10 }, 'a'), policy({ priority: 30 }, 'c')];
  expect(selectAdminPolicies(policies, source).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});

test.each<[string, object | undefined, boolean, string[]]>([
  ['without a selector that is known', undefined, false, ['no maybe maybe']],
  ['that selects the Pod and isolates it', { matchLabels: { app: 'checkout' } }, true, ['yes maybe no']],
  ['that selects other Pods', { matchLabels: { app: 'cart' } }, true, []],
])('a policy of another kind %s', (_, podSelector, isolates, expected) => {
  const selector = podSelector ? { podSelector: LabelSelector.parse(podSelector) } : {};
  const selected = selectUnevaluatedPolicies([{ kind: 'K', name: 'k', isolates, ...selector }], source);
  expect(selected.map(one => `${one.isolates ? 'yes' : 'no'} ${one.allows(metadata)} ${one.denies(metadata)}`)).toEqual(
    expected,
  );
});
