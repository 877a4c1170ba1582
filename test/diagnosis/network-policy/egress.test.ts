/** What Kubernetes' own policies let through, case by case (https://kubernetes.io/docs/concepts/services-networking/network-policies/). */
import { describe, expect, test } from 'vitest';
import { metadataServers, type Networking } from '../../../src/diagnosis/network-policy/destinations.ts';
import { decideEgress, evaluateEgress } from '../../../src/diagnosis/network-policy/egress.ts';
import type {
  AdminPolicy,
  Destination,
  EgressPolicy,
  SelectedPolicies,
} from '../../../src/diagnosis/network-policy/model.ts';
import { isolatesNamespace } from '../../../src/diagnosis/network-policy/network-policies.ts';
import type { Match } from '../../../src/diagnosis/network-policy/selectors.ts';
import { NetworkPolicy } from '../../../src/kubernetes/objects.ts';

const source = { namespace: 'shop', labels: { app: 'checkout' } };
const old: Networking = { version: '1.20.15-gke.2500', dataplaneV2: false, dns: {} };
const calico: Networking = { version: '1.21.0-gke.1000', dataplaneV2: false, dns: {} };
const v2: Networking = { version: '1.33.5-gke.1201000', dataplaneV2: true, dns: {} };
const metadataServer = (cluster: Networking): Destination => {
  const [server] = metadataServers(cluster, cluster.dataplaneV2 ? 'dataplane-v2' : 'gke-calico');
  if (!server) throw new Error('a cluster has a metadata server');
  return server;
};

const policy = (spec: object, name = 'egress', namespace = 'shop') =>
  NetworkPolicy.parse({
    metadata: { name, namespace },
    spec: { podSelector: {}, policyTypes: ['Egress'], ...spec },
  });
const to = (cidr: string, port?: number, more: object = {}) =>
  policy({
    egress: [{ to: [{ ipBlock: { cidr } }], ...(port ? { ports: [{ protocol: 'TCP', port, ...more }] } : {}) }],
  });

test.each([
  ['no policy', [], calico, 'open'],
  ['a policy for other Pods', [policy({ podSelector: { matchLabels: { app: 'cart' } } })], calico, 'open'],
  ['a policy of another namespace', [policy({}, 'egress', 'bank')], calico, 'open'],
  ['ingress only', [policy({ policyTypes: ['Ingress'] })], calico, 'open'],
  ['ingress only, with egress rules', [policy({ policyTypes: ['Ingress'], egress: [{}] })], calico, 'open'],
  ['default deny', [policy({})], calico, 'denied'],
  ['an empty list of rules', [policy({ egress: [] })], calico, 'denied'],
  ['an empty rule', [policy({ egress: [{}] })], calico, 'allowed'],
  [
    'types left out, with egress rules',
    [policy({ policyTypes: undefined, egress: [{ ports: [{ port: 53 }] }] })],
    calico,
    'denied',
  ],
  ['types left out, without egress rules', [policy({ policyTypes: undefined })], calico, 'open'],
  ['a port and no `to`', [policy({ egress: [{ ports: [{ port: 988 }] }] })], calico, 'allowed'],
  ['another port and no `to`', [policy({ egress: [{ ports: [{ port: 443 }] }] })], calico, 'denied'],
  ['the port by UDP', [policy({ egress: [{ ports: [{ protocol: 'UDP', port: 988 }] }] })], calico, 'denied'],
  ['a protocol and no port', [policy({ egress: [{ ports: [{ protocol: 'TCP' }] }] })], calico, 'allowed'],
  ['a range that ends before it', [to('0.0.0.0/0', 80, { endPort: 987 })], calico, 'denied'],
  ['a range that ends with it', [to('0.0.0.0/0', 80, { endPort: 988 })], calico, 'allowed'],
  ['a range that begins with it', [to('0.0.0.0/0', 988, { endPort: 1000 })], calico, 'allowed'],
  ['a range that begins after it', [to('0.0.0.0/0', 989, { endPort: 1000 })], calico, 'denied'],
  ['its address, all ports', [to('169.254.169.252/32')], calico, 'allowed'],
  ['its new address on old GKE', [to('169.254.169.252/32', 988)], old, 'denied'],
  ['loopback on old GKE', [to('127.0.0.1/32', 988)], old, 'allowed'],
  ['the address of Dataplane V2 without it', [to('169.254.169.254/32', 80)], calico, 'denied'],
  ['the address of Dataplane V2', [to('169.254.169.254/32', 80)], v2, 'allowed'],
  ['the address of Calico on Dataplane V2', [to('169.254.169.252/32', 988)], v2, 'denied'],
  [
    'everything but link-local',
    [policy({ egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }] }] })],
    calico,
    'denied',
  ],
  [
    'everything but a neighbour',
    [policy({ egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }] })],
    calico,
    'allowed',
  ],
  ['all Pods of all namespaces', [policy({ egress: [{ to: [{ namespaceSelector: {} }] }] })], calico, 'denied'],
  ['all Pods of the namespace', [policy({ egress: [{ to: [{ podSelector: {} }] }] })], calico, 'denied'],
  ['a peer that says nothing', [policy({ egress: [{ to: [{}] }] })], calico, 'denied'],
  ['deny, and another that allows', [policy({}, 'deny'), to('169.254.169.252/32', 988)], calico, 'allowed'],
  ['a named port', [policy({ egress: [{ ports: [{ port: 'metadata' }] }] })], calico, 'denied'],
] as const)('%s', (_, policies, cluster, state) => {
  expect(evaluateEgress(policies, source, metadataServer(cluster)).state).toBe(state);
});

test('the policies that isolate are named, in order; the one that allows alone', () => {
  const denied = evaluateEgress([policy({}, 'b'), policy({}, 'a')], source, metadataServer(calico));
  expect(denied).toEqual({
    state: 'denied',
    by: 'isolation',
    policies: [
      { kind: 'NetworkPolicy', name: 'a' },
      { kind: 'NetworkPolicy', name: 'b' },
    ],
  });
  const allowed = evaluateEgress([policy({}, 'a'), policy({ egress: [{}] }, 'b')], source, metadataServer(calico));
  expect(allowed).toEqual({ state: 'allowed', policy: { kind: 'NetworkPolicy', name: 'b' } });
});

describe('Pods as destinations', () => {
  const dns = (more: Partial<NonNullable<Destination['pod']>> = {}, addresses = ['10.4.1.9']): Destination => ({
    protocol: 'UDP',
    port: 53,
    addresses,
    pod: {
      namespace: 'kube-system',
      namespaceLabels: { labels: { 'kubernetes.io/metadata.name': 'kube-system' }, isComplete: false },
      labels: { 'k8s-app': 'kube-dns' },
      ports: { dns: { protocol: 'UDP', port: 53 }, metrics: { protocol: 'TCP', port: 53 } },
      byAddress: true,
      ...more,
    },
  });
  const byLabel = (key: string, value: string) => ({ namespaceSelector: { matchLabels: { [key]: value } } });
  const rule = (...peers: object[]) => [policy({ egress: [{ to: peers }] })];

  test.each<[string, NetworkPolicy[], Destination, string]>([
    ['all Pods', rule({ namespaceSelector: {} }), dns(), 'allowed'],
    ['Pods of the policy’s own namespace', rule({ podSelector: {} }), dns(), 'denied'],
    ['its namespace by name', rule(byLabel('kubernetes.io/metadata.name', 'kube-system')), dns(), 'allowed'],
    ['another namespace by name', rule(byLabel('kubernetes.io/metadata.name', 'bank')), dns(), 'denied'],
    ['its namespace by a label that was not read', rule(byLabel('team', 'platform')), dns(), 'unknown'],
    [
      'its namespace by a label that it lacks',
      rule(byLabel('team', 'platform')),
      dns({ namespaceLabels: { labels: {}, isComplete: true } }),
      'denied',
    ],
    [
      'another namespace by name and by a label that was not read',
      rule({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'bank', team: 'x' } } }),
      dns(),
      'denied',
    ],
    [
      'other Pods of its namespace',
      rule({
        ...byLabel('kubernetes.io/metadata.name', 'kube-system'),
        podSelector: { matchLabels: { 'k8s-app': 'x' } },
      }),
      dns(),
      'denied',
    ],
    ['its address', rule({ ipBlock: { cidr: '10.4.0.0/14' } }), dns(), 'allowed'],
    [
      'one of its two addresses',
      rule({ ipBlock: { cidr: '10.4.1.9/32' } }),
      dns({}, ['10.4.1.9', '10.4.1.8']),
      'denied',
    ],
    ['its address, which is not known', rule({ ipBlock: { cidr: '10.4.0.0/14' } }), dns({}, []), 'unknown'],
    ['its address, on Dataplane V2', rule({ ipBlock: { cidr: '0.0.0.0/0' } }), dns({ byAddress: false }), 'denied'],
    ['its port by name', [policy({ egress: [{ ports: [{ protocol: 'UDP', port: 'dns' }] }] })], dns(), 'allowed'],
    [
      'the name of another protocol',
      [policy({ egress: [{ ports: [{ protocol: 'UDP', port: 'metrics' }] }] })],
      dns(),
      'denied',
    ],
    ['a name that it has not', [policy({ egress: [{ ports: [{ protocol: 'UDP', port: 'web' }] }] })], dns(), 'denied'],
  ])('%s', (_, policies, destination, state) => {
    expect(evaluateEgress(policies, source, destination).state).toBe(state);
  });
});

describe('the order in which policies decide', () => {
  const there: Destination = { protocol: 'TCP', port: 80, addresses: ['169.254.169.254'] };
  const one = (isolates: boolean, allows: Match, denies: Match = 'no', name = 'p'): EgressPolicy => ({
    kind: 'K',
    name,
    isolates,
    allows: () => allows,
    denies: () => denies,
  });
  const admin = (decision: ReturnType<AdminPolicy['decides']>): AdminPolicy => ({
    kind: 'A',
    name: 'a',
    decides: () => decision,
  });
  const decide = (selected: Partial<SelectedPolicies>) =>
    decideEgress({ admin: [], policies: [], baseline: [], ...selected }, there);

  test.each<[string, Partial<SelectedPolicies>, string, string?]>([
    ['nothing', {}, 'open'],
    ['one that isolates and allows', { policies: [one(true, 'yes')] }, 'allowed'],
    ['one that isolates', { policies: [one(true, 'no')] }, 'denied', 'isolation'],
    ['one that only allows isolates nothing', { policies: [one(false, 'yes')] }, 'open'],
    ['one that only allows, beside one that isolates', { policies: [one(false, 'yes'), one(true, 'no')] }, 'allowed'],
    ['a denial wins over what allows', { policies: [one(true, 'yes'), one(false, 'no', 'yes')] }, 'denied', 'rule'],
    [
      'a denial that may be meant, where it is allowed',
      { policies: [one(true, 'yes'), one(false, 'no', 'maybe')] },
      'unknown',
    ],
    ['a denial that may be meant, where nothing isolates', { policies: [one(false, 'no', 'maybe')] }, 'unknown'],
    [
      'a denial that may be meant, where it is denied anyway',
      { policies: [one(true, 'no', 'maybe')] },
      'denied',
      'isolation',
    ],
    ['one that may allow', { policies: [one(true, 'maybe')] }, 'unknown'],
    ['one that may allow beside one that does', { policies: [one(true, 'maybe'), one(true, 'yes')] }, 'allowed'],
    [
      'an administrator allows before all others',
      { admin: [admin('Allow')], policies: [one(true, 'no', 'yes')] },
      'allowed',
    ],
    [
      'an administrator denies before all others',
      { admin: [admin('Deny')], policies: [one(true, 'yes')] },
      'denied',
      'rule',
    ],
    ['an administrator may decide', { admin: [admin('maybe')], policies: [one(true, 'yes')] }, 'unknown'],
    ['an administrator passes on', { admin: [admin('Pass'), admin('Deny')], policies: [one(true, 'yes')] }, 'allowed'],
    ['an administrator says nothing of it', { admin: [admin(undefined), admin('Deny')] }, 'denied', 'rule'],
    ['the baseline comes last', { baseline: [admin('Deny')] }, 'denied', 'baseline'],
    [
      'the baseline is not asked where a policy isolates',
      { policies: [one(true, 'yes')], baseline: [admin('Deny')] },
      'allowed',
    ],
    [
      'the baseline is asked where none isolates',
      { policies: [one(false, 'yes')], baseline: [admin('Deny')] },
      'denied',
      'baseline',
    ],
    ['the baseline may decide', { baseline: [admin('maybe')] }, 'unknown'],
    ['the baseline allows', { baseline: [admin('Allow')] }, 'allowed'],
  ])('%s', (_, selected, state, by) => {
    const decision = decide(selected);
    expect(decision.state).toBe(state);
    expect(decision.state === 'denied' ? decision.by : undefined).toBe(by);
  });

  test('what is in doubt is named, and nothing else', () => {
    const policies = [one(true, 'no', 'no', 'x'), one(true, 'maybe', 'no', 'y')];
    expect(decide({ policies })).toEqual({ state: 'unknown', policies: [{ kind: 'K', name: 'y' }] });
  });
});

test.each([
  ['all Pods', policy({}), true],
  ['some Pods', policy({ podSelector: { matchLabels: { app: 'x' } } }), false],
  [
    'Pods without a label',
    policy({ podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } }),
    false,
  ],
  ['all Pods, for ingress', policy({ policyTypes: ['Ingress'] }), false],
  ['all Pods of another namespace', policy({}, 'x', 'bank'), false],
])('a policy that selects %s isolates the namespace: %#', (_, one, isolates) => {
  expect(isolatesNamespace([one], 'shop')).toBe(isolates);
});
