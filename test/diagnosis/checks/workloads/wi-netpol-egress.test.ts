/** wi-netpol-egress (docs/domain/network-policies.md#wi-netpol-egress): from what policies allow to a verdict and a policy to add. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { FindingDraft } from '../../../../src/diagnosis/checks/check.ts';
import { wiNetpolEgress } from '../../../../src/diagnosis/checks/workloads/wi-netpol-egress.ts';
import type { Cluster } from '../../../../src/diagnosis/facts/google/cluster.ts';
import { AdminSpec } from '../../../../src/diagnosis/network-policy/admin.ts';
import { CiliumSpecs } from '../../../../src/diagnosis/network-policy/cilium.ts';
import type { Enforcer } from '../../../../src/diagnosis/network-policy/destinations.ts';
import { Deployment, type NetworkPolicy, type Pod } from '../../../../src/kubernetes/objects.ts';
import { CLUSTER, cluster, findingOf, unknown } from '../facts.ts';
import { known, network, networkPolicy, pod, REQUESTED, SUBJECT, workload, workloadOf } from './workload.ts';

const deny = networkPolicy('deny');
const dnsRule = { ports: [{ protocol: 'UDP', port: 53 }] };
const v2Rule = { to: [{ ipBlock: { cidr: '169.254.169.254/32' } }], ports: [{ port: 80 }] };
const redirectedRule = { to: [{ ipBlock: { cidr: '169.254.169.252/32' } }], ports: [{ port: 988 }] };
const byName = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };
const toKubeDns = { to: [{ namespaceSelector: byName, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }] };

interface Asked {
  readonly policies?: readonly NetworkPolicy[];
  readonly more?: Parameters<typeof network>[0];
  readonly cluster?: Partial<Cluster>;
  readonly workload?: ReturnType<typeof workload>;
}

const ask = ({ policies = [], more = {}, cluster: fields, workload: asked = workload(pod('app-1')) }: Asked) =>
  findingOf(
    wiNetpolEgress,
    {
      cluster: cluster({ dataplaneV2: true, ...fields }),
      workload: asked,
      workloadNetwork: network({ policies: known(policies), ...more }),
    },
    { request: REQUESTED },
  );
const Offered = z.object({ objects: z.array(z.object({ spec: z.looseObject({ podSelector: z.unknown() }) })) });
/** The specs of the policies that a finding offers. */
const offered = ({ remedies = [] }: FindingDraft) =>
  remedies.flatMap(({ params }) => Offered.parse(params).objects.map(({ spec }) => spec));
const cilium = (name: string, spec: object) => ({
  kind: 'CiliumNetworkPolicy',
  name,
  namespace: 'shop',
  specs: CiliumSpecs.parse({ spec: { endpointSelector: {}, ...spec } }),
});
const admin = (name: string, action: string, more: object = {}) => ({
  kind: 'AdminNetworkPolicy',
  name,
  spec: AdminSpec.parse({
    priority: 1,
    subject: { namespaces: {} },
    egress: [{ action, to: [{ networks: ['0.0.0.0/0'] }, { namespaces: {} }] }],
    ...more,
  }),
});

test.each<[string, Asked, string, RegExp]>([
  ['no policy', {}, 'pass', /everything is allowed/],
  [
    'a policy that allows both',
    { policies: [networkPolicy('p', { egress: [v2Rule, dnsRule] })] },
    'pass',
    /let the Pods reach/,
  ],
  [
    'a policy that allows nothing',
    { policies: [deny] },
    'fail',
    /NetworkPolicy deny limits .* no rule allows TCP 169\.254\.169\.254:80.*Nor is DNS/s,
  ],
  [
    'two that allow nothing',
    { policies: [deny, networkPolicy('deny-too')] },
    'fail',
    /NetworkPolicy deny, NetworkPolicy deny-too limit /,
  ],
  ['only DNS', { policies: [networkPolicy('p', { egress: [dnsRule] })] }, 'fail', /^(?!.*DNS)/s],
  [
    'only the metadata server',
    { policies: [networkPolicy('p', { egress: [v2Rule] })] },
    'warn',
    /no rule allows DNS, port 53 of kube-dns/,
  ],
  [
    'a Cilium policy',
    { more: { otherPolicies: { cilium: [cilium('c', { egress: [{}] })] } } },
    'fail',
    /CiliumNetworkPolicy c limits/,
  ],
  [
    'a Cilium policy that denies',
    { more: { otherPolicies: { cilium: [cilium('c', { egressDeny: [{ toEntities: ['all'] }] })] } } },
    'fail',
    /CiliumNetworkPolicy c denies TCP .*No other policy can allow/s,
  ],
  [
    'an administrator’s policy',
    { more: { otherPolicies: { admin: [admin('a', 'Deny')] } } },
    'fail',
    /AdminNetworkPolicy a denies/,
  ],
  [
    'one that allows, before a policy that denies',
    { policies: [deny], more: { otherPolicies: { admin: [admin('a', 'Allow')] } } },
    'pass',
    /./,
  ],
  [
    'the baseline',
    { more: { otherPolicies: { baseline: [{ ...admin('default', 'Deny'), kind: 'BaselineAdminNetworkPolicy' }] } } },
    'fail',
    /BaselineAdminNetworkPolicy default denies .*has to allow everything/s,
  ],
  [
    'a policy that can’t be evaluated',
    { more: { otherPolicies: { unevaluated: [{ kind: 'GlobalNetworkPolicy', name: 'g', isolates: false }] } } },
    'unknown',
    /GlobalNetworkPolicy g.*reach TCP 169/s,
  ],
  [
    'a policy that can’t be evaluated, beside one that denies',
    {
      policies: [deny],
      more: { otherPolicies: { unevaluated: [{ kind: 'GlobalNetworkPolicy', name: 'g', isolates: false }] } },
    },
    'unknown',
    /GlobalNetworkPolicy g/,
  ],
  [
    'a policy by names, beside one that allows both',
    {
      policies: [networkPolicy('p', { egress: [v2Rule, dnsRule] })],
      more: { otherPolicies: { unevaluated: [{ kind: 'FQDNNetworkPolicy', name: 'f', isolates: true }] } },
    },
    'pass',
    /./,
  ],
  [
    'DNS by addresses that are not known',
    {
      policies: [networkPolicy('p', { egress: [redirectedRule, { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] })],
      more: { enforcer: known<Enforcer>('gke-calico') },
      cluster: { dataplaneV2: false },
    },
    'unknown',
    /NetworkPolicy p .*reach DNS/s,
  ],
])('%s', (_, asked, status, detail) => {
  const finding = ask(asked);
  expect(finding.status).toBe(status);
  expect(finding.detail.en).toMatch(detail);
});

describe('policies of kinds that can’t be read', () => {
  const unread = unknown('denied', { source: 'kubernetes thirdPartyObjects.list', command: 'gcloud grant' });

  test.each<[string, readonly NetworkPolicy[], string]>([
    ['nothing is blocked as far as is known', [], 'unknown'],
    ['what is known blocks it', [deny], 'fail'],
  ])('%s', (_, policies, status) => {
    const finding = ask({ policies, more: { otherPolicies: { unread } } });
    expect(finding.status).toBe(status);
    if (status === 'unknown') expect(finding.detail.en).toContain('gcloud grant');
    else expect(finding.detail.en).toContain('kubernetes thirdPartyObjects.list');
  });
});

describe('who enforces policies', () => {
  const by = (enforcer: Enforcer | undefined, policies: readonly NetworkPolicy[]) =>
    ask({ policies, more: { enforcer: known(enforcer) }, cluster: { dataplaneV2: false } });
  const both = networkPolicy('p', { egress: [v2Rule, redirectedRule, dnsRule] });

  test.each<[string, Enforcer | undefined, readonly NetworkPolicy[], string]>([
    ['nobody', undefined, [deny], 'not-applicable'],
    ['GKE’s Calico', 'gke-calico', [deny], 'fail'],
    ['GKE’s Calico, allowed', 'gke-calico', [networkPolicy('p', { egress: [redirectedRule, dnsRule] })], 'pass'],
    ['a Cilium of the users', 'self-managed-cilium', [deny], 'fail'],
    ['a Cilium of the users, both addresses allowed', 'self-managed-cilium', [both], 'warn'],
    [
      'a Cilium of the users, one address allowed',
      'self-managed-cilium',
      [networkPolicy('p', { egress: [v2Rule, dnsRule] })],
      'unknown',
    ],
    ['a Cilium of the users, no policy', 'self-managed-cilium', [], 'warn'],
    [
      'a Calico of the users, the other address allowed',
      'self-managed-calico',
      [networkPolicy('p', { egress: [redirectedRule, dnsRule] })],
      'unknown',
    ],
  ])('%s', (_, enforcer, policies, status) => {
    const finding = by(enforcer, policies);
    expect(finding.status).toBe(status);
    if (status === 'warn' || status === 'unknown') {
      expect(finding.detail.en).toContain(enforcer === 'self-managed-cilium' ? 'Cilium' : 'Calico');
    }
  });

  test('the policy that is offered to a self-managed plugin opens both addresses', () => {
    const [spec] = offered(by('self-managed-cilium', [deny]));
    expect(JSON.stringify(spec)).toMatch(/169\.254\.169\.254\/32.*"port":80.*169\.254\.169\.252\/32.*"port":988/);
  });

  test.each<[string, readonly NetworkPolicy[], string]>([
    [
      'no policy limits the Pods',
      [networkPolicy('p', { podSelector: { matchLabels: { app: 'cart' } } })],
      'not-applicable',
    ],
    ['a policy limits the Pods', [deny], 'unknown'],
    ['a policy allows all', [networkPolicy('p', { egress: [{}] })], 'unknown'],
  ])('agents that can’t be listed: %s', (_, policies, status) => {
    const enforcer = unknown('denied', { command: 'gcloud grant' });
    const finding = ask({ policies, more: { enforcer }, cluster: { dataplaneV2: false } });
    expect(finding.status).toBe(status);
    if (status === 'unknown') expect(finding.detail.en).toContain('gcloud grant');
  });

  test('Autopilot has Dataplane V2 and NodeLocal DNSCache, whatever else it says', () => {
    const policies = [networkPolicy('p', { egress: [v2Rule, toKubeDns] })];
    const finding = ask({ policies, cluster: { autopilot: true, dataplaneV2: false } });
    expect(finding.status).toBe('warn');
    expect(finding.detail.en).toContain('node-local-dns');
  });
});

test('NodeLocal DNSCache on Calico: the Service’s address is what counts, and is offered', () => {
  const selected = ask({
    policies: [networkPolicy('p', { egress: [redirectedRule, toKubeDns] })],
    more: { enforcer: known<Enforcer>('gke-calico'), dnsService: known('10.8.0.10') },
    cluster: { dataplaneV2: false, dns: { nodeLocal: true } },
  });
  expect(selected.status).toBe('warn');
  expect(selected.detail.en).toContain('10.8.0.10');
  expect(JSON.stringify(offered(selected))).toContain('10.8.0.10/32');
});

describe('the policy that is offered', () => {
  test('selects by labels that last, and by no other', () => {
    const labels = {
      app: 'checkout',
      'pod-template-hash': '7c9d8b6f5d',
      'controller-revision-hash': 'x',
      'pod-template-generation': '1',
      'job-name': 'x',
      'controller-uid': 'x',
      'statefulset.kubernetes.io/pod-name': 'x-0',
      'apps.kubernetes.io/pod-index': '0',
      'batch.kubernetes.io/job-name': 'x',
    };
    const finding = ask({ policies: [deny], workload: workload(pod('app-1', { metadata: { labels } })) });
    expect(offered(finding).map(({ podSelector }) => podSelector)).toEqual([{ matchLabels: { app: 'checkout' } }]);
  });

  test('one for Pods that differ only in what does not last, one more for others', () => {
    const labelled = (name: string, labels: object) => pod(name, { metadata: { labels } });
    const pods = [
      labelled('a-1', { app: 'a', 'pod-template-hash': '1' }),
      labelled('a-2', { 'pod-template-hash': '2', app: 'a' }),
      labelled('b-1', { app: 'b' }),
    ];
    const finding = ask({ policies: [deny], workload: workloadOf(pods) });
    expect(offered(finding)).toHaveLength(2);
    expect(finding.remedies).toMatchObject([
      { params: { undo: expect.arrayContaining(['checkout-metadata-server', 'checkout-metadata-server-2']) } },
    ]);
  });

  test.each<[string, NetworkPolicy, unknown[]]>([
    ['all Pods are isolated already', deny, [{}]],
    [
      'only these Pods are isolated: selecting all would isolate others',
      networkPolicy('p', { podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } }),
      [],
    ],
  ])('Pods without labels, and %s', (_, policy, selectors) => {
    const finding = ask({ policies: [policy], workload: workload(pod('app-1', { metadata: { labels: {} } })) });
    expect(finding.status).toBe('fail');
    expect(offered(finding).map(({ podSelector }) => podSelector)).toEqual(selectors);
    if (selectors.length === 0) expect(finding.detail.en).toContain('add the rule to the policy');
  });

  test('opens only what is lacking', () => {
    const ports = (asked: Asked) =>
      [...JSON.stringify(offered(ask(asked))).matchAll(/"port":(\d+)/g)].map(([, one]) => one);
    expect(ports({ policies: [deny] })).toEqual(['80', '53', '53']);
    expect(ports({ policies: [networkPolicy('p', { egress: [dnsRule] })] })).toEqual(['80']);
    expect(ports({ policies: [networkPolicy('p', { egress: [v2Rule] })] })).toEqual(['53', '53']);
  });

  test.each<[string, Asked]>([
    ['a rule denies it', { more: { otherPolicies: { admin: [admin('a', 'Deny')] } } }],
    ['the baseline denies it', { more: { otherPolicies: { baseline: [admin('b', 'Deny')] } } }],
    ['it is not certain', { more: { otherPolicies: { unevaluated: [{ kind: 'K', name: 'k', isolates: false }] } } }],
    ['nothing is blocked', {}],
  ])('none if %s', (_, asked) => {
    expect(ask(asked).remedies ?? []).toEqual([]);
  });
});

describe('which Pods', () => {
  const hostNetwork = pod('host-1', { spec: { hostNetwork: true } });
  const credentials = { name: 'app', env: [{ name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/key.json' }] };
  const withFile = pod('file-1', { spec: { containers: [credentials] }, metadata: { labels: { app: 'file' } } });
  const deployment = Deployment.parse({
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: {
      selector: {},
      template: { metadata: { labels: { app: 'checkout' } }, spec: { containers: [{ name: 'app' }] } },
    },
  });
  const onlyFile = networkPolicy('p', { podSelector: { matchLabels: { app: 'file' } } });

  test.each<[string, readonly Pod[], readonly NetworkPolicy[], string]>([
    ['all on the host network', [hostNetwork], [deny], 'not-applicable'],
    ['one of two on the host network', [hostNetwork, pod('app-1')], [deny], 'fail'],
    ['none, and policies', [], [deny], 'not-applicable'],
    ['none, and no policy', [], [], 'pass'],
    ['all with a credentials file', [withFile], [deny], 'not-applicable'],
    ['the one that is blocked has a credentials file', [withFile, pod('app-1')], [onlyFile], 'pass'],
  ])('%s', (_, pods, policies, status) => {
    expect(ask({ policies, workload: workloadOf(pods) }).status).toBe(status);
  });

  test('none runs: those that a Deployment would make', () => {
    const finding = ask({ policies: [deny], workload: workloadOf([], { deployments: known([deployment]) }) });
    expect(finding.status).toBe('fail');
    expect(finding.detail.en).toContain('checkout');
  });
});

test('the subject is the policy, or the workload for kinds that a report has no name for', () => {
  expect(ask({ policies: [deny] }).subject).toBe(`${CLUSTER}/k8s/namespaces/shop/networkpolicies/deny`);
  expect(ask({ more: { otherPolicies: { cilium: [cilium('c', { egress: [{}] })] } } }).subject).toBe(SUBJECT);
  expect(ask({}).subject).toBe(SUBJECT);
});

test.each(['cluster', 'workload', 'pods', 'policies', 'network'])('%s that can’t be read: unknown', what => {
  const unread = unknown('denied', { command: 'gcloud grant' });
  const finding = findingOf(
    wiNetpolEgress,
    {
      cluster: what === 'cluster' ? unread : cluster({ dataplaneV2: true }),
      workload: what === 'workload' ? unread : workloadOf([pod('app-1')], what === 'pods' ? { pods: unread } : {}),
      workloadNetwork: what === 'network' ? unread : network(what === 'policies' ? { policies: unread } : {}),
    },
    { request: REQUESTED },
  );
  expect(finding).toMatchObject({ status: 'unknown', subject: SUBJECT });
  expect(finding.detail.en).toContain('gcloud grant');
});
