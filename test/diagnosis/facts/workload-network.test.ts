/** Who enforces network policies, which of them are read, and where DNS is, from what an API server answers. */
import { describe, expect, test } from 'vitest';
import { type Fact, known } from '../../../src/diagnosis/facts/fact.ts';
import type { Cluster } from '../../../src/diagnosis/facts/google/cluster.ts';
import type { KubernetesReads } from '../../../src/diagnosis/facts/kubernetes/api-server.ts';
import { readWorkloadNetwork } from '../../../src/diagnosis/facts/workload/network.ts';
import { CustomObject, DaemonSet, Namespace, NetworkPolicy, Service } from '../../../src/kubernetes/objects.ts';
import { cluster, unknown } from '../checks/facts.ts';

interface Served {
  readonly daemonSets?: Fact<readonly DaemonSet[]>;
  readonly service?: Fact<Service>;
  readonly policies?: readonly NetworkPolicy[];
  readonly namespaces?: Fact<readonly Namespace[]>;
  /** By kind; those that are not named are not installed. */
  readonly custom?: Readonly<Record<string, Fact<readonly CustomObject[]>>>;
}

/** An API server that answers this, and notes what it is asked. */
function serving({ daemonSets, service, policies = [], namespaces, custom = {} }: Served) {
  const asked: string[] = [];
  const say = <T>(name: string, fact: Fact<T>): Promise<Fact<T>> => {
    asked.push(name);
    return Promise.resolve(fact);
  };
  const source = 'kubernetes';
  const reads: Pick<
    KubernetesReads,
    'pods' | 'daemonSets' | 'service' | 'networkPolicies' | 'namespaces' | 'customObjects'
  > = {
    pods: () => say('pods', known([], source)),
    daemonSets: () => say('daemonSets', daemonSets ?? known([], source)),
    service: () => say('service', service ?? unknown('absent')),
    networkPolicies: () => say('networkPolicies', known(policies, source)),
    namespaces: () => say('namespaces', namespaces ?? unknown('denied')),
    customObjects: ({ kind }, namespace) => say(`${kind} ${namespace ?? '*'}`, custom[kind] ?? known([], source)),
  };
  return { asked, reads };
}

const read = async (served: Served, fields: Partial<Cluster> = {}) => {
  const { reads, asked } = serving(served);
  const fact = cluster(fields);
  if (!fact.known) throw new Error('a cluster is known');
  return { network: await readWorkloadNetwork(reads, fact.value, 'shop'), asked };
};
const agent = (name: string, image: string, namespace = 'kube-system') =>
  DaemonSet.parse({
    metadata: { name, namespace },
    spec: { template: { spec: { containers: [{ name: 'agent', image }] } } },
  });
const agents = (...list: DaemonSet[]) => ({ daemonSets: known(list, 'kubernetes daemonSets.list') });
const v2 = { dataplaneV2: true };

describe('who enforces network policies', () => {
  test.each<[string, Partial<Cluster>, Served, string | undefined]>([
    ['Dataplane V2', v2, {}, 'dataplane-v2'],
    ['Autopilot', { autopilot: true }, {}, 'dataplane-v2'],
    ['GKE’s Calico', { networkPolicyEnabled: true }, {}, 'gke-calico'],
    ['nobody', {}, {}, undefined],
    ['Cilium of the users', {}, agents(agent('cilium', 'quay.io/cilium/cilium:v1.18.2')), 'self-managed-cilium'],
    ['Calico of the users', {}, agents(agent('calico-node', 'docker.io/calico/node:v3')), 'self-managed-calico'],
    [
      'Calico by its operator',
      {},
      agents(agent('calico-node', 'quay.io/calico/node:v3', 'calico-system')),
      'self-managed-calico',
    ],
    ['an agent of GKE’s own', {}, agents(agent('calico-node', 'gke.gcr.io/calico/node:v3')), undefined],
    [
      'an agent of GKE’s own, from a regional registry',
      {},
      agents(agent('calico-node', 'us-central1-artifactregistry.gcr.io/gke-release/calico/node:v3')),
      undefined,
    ],
    ['another agent', {}, agents(agent('node-exporter', 'quay.io/prometheus/node-exporter')), undefined],
    ['an agent that is called alike', {}, agents(agent('cilium-envoy', 'quay.io/cilium/cilium-envoy')), undefined],
    [
      'one among others',
      {},
      agents(agent('node-exporter', 'x'), agent('cilium', 'quay.io/cilium/cilium')),
      'self-managed-cilium',
    ],
  ])('%s', async (_, fields, served, enforcer) => {
    const { network } = await read(served, fields);
    expect(network.enforcer).toMatchObject({ known: true, value: enforcer });
  });

  test('policies are read if somebody enforces them or may do so', async () => {
    expect((await read({})).network.policies).toBeUndefined();
    const denied = await read({ daemonSets: unknown('denied') });
    expect(denied.network.enforcer).toMatchObject({ known: false, code: 'denied' });
    expect(denied.network.policies).toMatchObject({ known: true });
    expect((await read(agents(agent('cilium', 'x')))).network.policies).toMatchObject({ known: true });
  });

  test('agents are listed only if the cluster’s own settings don’t say it', async () => {
    expect((await read({}, v2)).asked).not.toContain('daemonSets');
    expect((await read({}, { networkPolicyEnabled: true })).asked).not.toContain('daemonSets');
  });
});

describe('the address of the Service kube-dns', () => {
  const cached = { networkPolicyEnabled: true, dns: { nodeLocal: true } };
  const service = (clusterIP?: string) =>
    known(Service.parse({ metadata: {}, spec: { clusterIP } }), 'kubernetes services.get');

  test.each<[string, Partial<Cluster>, Served, object | undefined]>([
    ['of the Service', cached, { service: service('10.9.0.99') }, { known: true, value: '10.9.0.99' }],
    [
      'the tenth of the range, if the Service can’t be read',
      { ...cached, servicesRange: '34.118.224.0/20' },
      { service: unknown('denied') },
      { known: true, value: '34.118.224.10' },
    ],
    [
      'the tenth of the range, over a byte’s end',
      { ...cached, servicesRange: '10.0.0.250/24' },
      {},
      { known: true, value: '10.0.1.4' },
    ],
    ['neither', cached, { service: unknown('denied') }, { known: false, code: 'denied' }],
    [
      'a range that is none',
      { ...cached, servicesRange: 'fd00::/108' },
      { service: unknown('denied') },
      { known: false },
    ],
    ['a Service without an address', cached, { service: service() }, undefined],
    [
      'not needed without NodeLocal DNSCache',
      { networkPolicyEnabled: true },
      { service: service('10.9.0.99') },
      undefined,
    ],
    ['not needed with Dataplane V2', { ...cached, ...v2 }, { service: service('10.9.0.99') }, undefined],
    ['not needed on Autopilot', { ...cached, autopilot: true }, { service: service('10.9.0.99') }, undefined],
  ])('%s', async (_, fields, served, expected) => {
    const { dnsService } = (await read(served, fields)).network;
    if (expected) expect(dnsService).toMatchObject(expected);
    else expect(dnsService).toBeUndefined();
  });
});

describe('labels of namespaces', () => {
  const policy = (namespaceSelector: object) =>
    NetworkPolicy.parse({
      metadata: { name: 'p', namespace: 'shop' },
      spec: { podSelector: {}, egress: [{ to: [{ namespaceSelector }] }] },
    });
  const namespaces = known(
    [
      Namespace.parse({ metadata: { name: 'shop', labels: { team: 'sales' } } }),
      Namespace.parse({ metadata: { name: 'kube-system', labels: { team: 'platform' } } }),
    ],
    'kubernetes namespaces.list',
  );

  test.each<[string, NetworkPolicy, boolean]>([
    ['by another label', policy({ matchLabels: { team: 'platform' } }), true],
    ['by another label’s expression', policy({ matchExpressions: [{ key: 'team', operator: 'Exists' }] }), true],
    ['by name', policy({ matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } }), false],
    ['all', policy({}), false],
  ])('a policy selects namespaces %s', async (_, one, isRead) => {
    const { network, asked } = await read({ policies: [one], namespaces }, v2);
    expect(asked.includes('namespaces')).toBe(isRead);
    const { own, system } = network.namespaceLabels;
    expect(own.labels['kubernetes.io/metadata.name']).toBe('shop');
    expect(own).toMatchObject(isRead ? { isComplete: true, labels: { team: 'sales' } } : { isComplete: false });
    expect(system).toMatchObject(isRead ? { labels: { team: 'platform' } } : { isComplete: false });
  });

  test('that can’t be read: only names are known', async () => {
    const { network } = await read({ policies: [policy({ matchLabels: { team: 'x' } })] }, v2);
    expect(network.namespaceLabels.own).toEqual({
      labels: { 'kubernetes.io/metadata.name': 'shop' },
      isComplete: false,
    });
  });
});

describe('policies of other kinds', () => {
  const object = (name: string, spec: object, namespace?: string) =>
    CustomObject.parse({ metadata: { name, ...(namespace ? { namespace } : {}) }, spec });
  const custom = (kind: string, ...objects: CustomObject[]) => ({ custom: { [kind]: known(objects, 'kubernetes') } });
  const subject = { namespaces: {} };

  test.each<[string, Served, object]>([
    [
      'of Cilium, in a namespace',
      custom('CiliumNetworkPolicy', object('c', { endpointSelector: {} }, 'shop')),
      { cilium: [{ kind: 'CiliumNetworkPolicy', name: 'c', namespace: 'shop' }] },
    ],
    [
      'of Cilium, for the cluster',
      custom('CiliumClusterwideNetworkPolicy', object('c', { endpointSelector: {} })),
      { cilium: [{ kind: 'CiliumClusterwideNetworkPolicy', name: 'c' }] },
    ],
    [
      'of administrators',
      custom('AdminNetworkPolicy', object('a', { priority: 7, subject })),
      { admin: [{ kind: 'AdminNetworkPolicy', name: 'a', spec: { priority: 7 } }], baseline: [] },
    ],
    [
      'of administrators, the last',
      custom('BaselineAdminNetworkPolicy', object('default', { subject })),
      { baseline: [{ kind: 'BaselineAdminNetworkPolicy', name: 'default' }], admin: [] },
    ],
    [
      'by names',
      custom('FQDNNetworkPolicy', object('f', { podSelector: { matchLabels: { app: 'x' } } }, 'shop')),
      { unevaluated: [{ kind: 'FQDNNetworkPolicy', isolates: true, podSelector: { matchLabels: { app: 'x' } } }] },
    ],
    [
      'of Calico, in a namespace',
      custom('Calico NetworkPolicy', object('k', {}, 'shop')),
      { unevaluated: [{ kind: 'Calico NetworkPolicy', name: 'k', isolates: false }] },
    ],
    [
      'of Calico, for the cluster',
      custom('Calico GlobalNetworkPolicy', object('k', {})),
      { unevaluated: [{ kind: 'Calico GlobalNetworkPolicy', isolates: false }] },
    ],
    [
      'of a form that is not known',
      custom('CiliumNetworkPolicy', object('c', { egress: 'all' }, 'shop')),
      { cilium: [], unevaluated: [{ kind: 'CiliumNetworkPolicy', name: 'c', isolates: false }] },
    ],
    [
      'of administrators, of a form that is not known',
      custom('AdminNetworkPolicy', object('a', { subject, egress: [{ action: 'Log', to: [] }] })),
      { admin: [], unevaluated: [{ name: 'a' }] },
    ],
    [
      'by names, of a form that is not known',
      custom('FQDNNetworkPolicy', object('f', {}, 'shop')),
      { unevaluated: [{ kind: 'FQDNNetworkPolicy', isolates: false }] },
    ],
  ])('%s', async (_, served, expected) => {
    expect((await read(served, v2)).network.otherPolicies).toMatchObject(expected);
  });

  test('those of a namespace are read there, those of the cluster everywhere', async () => {
    const { asked } = await read({}, v2);
    expect(asked).toEqual(
      expect.arrayContaining([
        'CiliumNetworkPolicy shop',
        'CiliumClusterwideNetworkPolicy *',
        'AdminNetworkPolicy *',
        'FQDNNetworkPolicy shop',
        'Calico GlobalNetworkPolicy *',
      ]),
    );
  });

  test('what can’t be read is told, and what was read stays', async () => {
    const served = {
      custom: {
        FQDNNetworkPolicy: unknown('denied'),
        ...custom('CiliumNetworkPolicy', object('c', { endpointSelector: {} }, 'shop')).custom,
      },
    };
    const { otherPolicies } = (await read(served, v2)).network;
    expect(otherPolicies).toMatchObject({ unread: { known: false, code: 'denied' }, cilium: [{ name: 'c' }] });
    expect((await read({}, v2)).network.otherPolicies?.unread).toBeUndefined();
  });

  test.each<[string, Served, boolean]>([
    ['administrators’ policies', custom('AdminNetworkPolicy', object('a', { subject })), true],
    ['the baseline', custom('BaselineAdminNetworkPolicy', object('b', { subject })), true],
    [
      'Cilium’s policies by labels of namespaces',
      custom(
        'CiliumClusterwideNetworkPolicy',
        object('c', { endpointSelector: { matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.team': 'x' } } }),
      ),
      true,
    ],
    ['Cilium’s other policies', custom('CiliumNetworkPolicy', object('c', { endpointSelector: {} }, 'shop')), false],
  ])('%s: whether labels of namespaces are read', async (_, served, isRead) => {
    expect((await read(served, v2)).asked.includes('namespaces')).toBe(isRead);
  });
});
