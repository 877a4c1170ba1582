/**
 * Where the metadata server and DNS are, by cluster (GKE, "Troubleshoot GKE authentication issues", "Set up NodeLocal DNSCache",
 * "Use Cloud DNS for GKE"), and what the offered policy therefore names.
 */
import { describe, expect, test } from 'vitest';
import {
  type DnsFacts,
  dnsDescription,
  dnsPeers,
  dnsServers,
  type Enforcer,
  metadataServers,
  type Networking,
} from '../../../src/diagnosis/network-policy/destinations.ts';
import { evaluateEgress } from '../../../src/diagnosis/network-policy/egress.ts';
import { NetworkPolicy } from '../../../src/kubernetes/objects.ts';

const NEW = '1.33.5-gke.1201000';

test.each<[string, Enforcer, string[]]>([
  ['1.20.15-gke.2500', 'gke-calico', ['127.0.0.1:988']],
  ['1.21.0-gke.999', 'gke-calico', ['127.0.0.1:988']],
  ['1.21.0-gke.1000', 'gke-calico', ['169.254.169.252:988']],
  [NEW, 'gke-calico', ['169.254.169.252:988']],
  ['', 'gke-calico', ['169.254.169.252:988']],
  ['1.20.15-gke.2500', 'dataplane-v2', ['169.254.169.254:80']],
  [NEW, 'dataplane-v2', ['169.254.169.254:80']],
  [NEW, 'self-managed-cilium', ['169.254.169.254:80', '169.254.169.252:988']],
  [NEW, 'self-managed-calico', ['169.254.169.254:80', '169.254.169.252:988']],
])('GKE %s with %s: a token is asked of %j', (version, enforcer, servers) => {
  const networking = { version, dataplaneV2: enforcer === 'dataplane-v2', dns: {} };
  const found = metadataServers(networking, enforcer);
  expect(found.map(({ addresses, port }) => `${addresses}:${port}`)).toEqual(servers);
  expect(found.every(({ protocol }) => protocol === 'TCP')).toBe(true);
});

const facts: DnsFacts = {
  namespaceLabels: { labels: { 'kubernetes.io/metadata.name': 'kube-system' }, isComplete: false },
  podAddresses: ['10.4.1.17'],
  serviceAddress: '10.8.0.10',
};
const networking = (dataplaneV2: boolean, dns: Networking['dns'] = {}): Networking => ({
  version: NEW,
  dataplaneV2,
  dns,
});
const calico = networking(false);
const v2 = networking(true);
const calicoCached = networking(false, { nodeLocal: true });
const v2Cached = networking(true, { nodeLocal: true });
const cloudDns = networking(true, { provider: 'CLOUD_DNS' });
const cloudDnsCached = networking(false, { provider: 'CLOUD_DNS', nodeLocal: true });

const udp53 = [{ protocol: 'UDP', port: 53 }];
const policy = (...rules: object[]) =>
  NetworkPolicy.parse({
    metadata: { name: 'egress', namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: ['Egress'], egress: rules },
  });
const pods = (app: string) =>
  policy({
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': app } },
      },
    ],
    ports: udp53,
  });
const block = (cidr: string) => policy({ to: [{ ipBlock: { cidr } }], ports: udp53 });
const states = (cluster: Networking, one: NetworkPolicy, known: DnsFacts = facts) =>
  dnsServers(cluster, known).map(server => evaluateEgress([one], { namespace: 'shop', labels: {} }, server).state);

describe('which rules let DNS through', () => {
  test.each<[string, Networking, NetworkPolicy, string[]]>([
    ['kube-dns by its labels', calico, pods('kube-dns'), ['allowed']],
    ['kube-dns by its labels, on Dataplane V2', v2, pods('kube-dns'), ['allowed']],
    ['kube-dns by its Pods’ addresses', calico, block('10.4.0.0/14'), ['allowed']],
    ['kube-dns by address, on Dataplane V2: never', v2, block('0.0.0.0/0'), ['denied']],
    ['Pods of the own namespace only', calico, policy({ to: [{ podSelector: {} }] }), ['denied']],
    ['the port by name', calico, policy({ ports: [{ protocol: 'UDP', port: 'dns' }] }), ['allowed']],
    ['TCP only', calico, policy({ ports: [{ port: 53 }] }), ['denied']],
    ['Cloud DNS by its address', cloudDns, block('169.254.169.254/32'), ['allowed']],
    ['Cloud DNS, kube-dns allowed', cloudDns, pods('kube-dns'), ['denied']],
    ['the cache, kube-dns allowed by labels', calicoCached, pods('kube-dns'), ['denied']],
    ['the cache, its own Pods allowed by labels', calicoCached, pods('node-local-dns'), ['denied']],
    ['the cache by the Service’s address', calicoCached, block('10.8.0.10/32'), ['allowed']],
    ['the cache by the range of Services', calicoCached, block('10.8.0.0/20'), ['allowed']],
    ['the cache by the address that Pods do not ask', calicoCached, block('169.254.20.10/32'), ['denied']],
    ['the cache before Cloud DNS', cloudDnsCached, block('169.254.20.10/32'), ['allowed']],
    ['the cache before Cloud DNS, by the Service’s address', cloudDnsCached, block('10.8.0.10/32'), ['denied']],
    ['the cache on Dataplane V2 by its labels', v2Cached, pods('node-local-dns'), ['allowed', 'denied']],
    ['the cache on Dataplane V2 by its address', v2Cached, block('169.254.20.10/32'), ['denied', 'allowed']],
    ['the cache on Dataplane V2, kube-dns allowed', v2Cached, pods('kube-dns'), ['denied', 'denied']],
  ])('%s', (_, cluster, one, expected) => {
    expect(states(cluster, one)).toEqual(expected);
  });

  test('what is not known leaves it open', () => {
    const { namespaceLabels } = facts;
    expect(states(calico, block('10.4.0.0/14'), { namespaceLabels, podAddresses: [] })).toEqual(['unknown']);
    expect(states(calicoCached, block('10.8.0.0/20'), { namespaceLabels, podAddresses: [] })).toEqual(['unknown']);
    expect(states(calicoCached, pods('kube-dns'), { namespaceLabels, podAddresses: [] })).toEqual(['denied']);
  });
});

describe('the offered rule', () => {
  const named = (cluster: Networking, known: DnsFacts = facts) =>
    dnsPeers(cluster, known).map(peer =>
      JSON.stringify(peer)
        .match(/k8s-app":"([^"]+)|cidr":"([^"]+)/)
        ?.slice(1)
        .join(''),
    );

  test.each<[string, Networking, string[]]>([
    ['kube-dns', calico, ['kube-dns']],
    ['kube-dns on Dataplane V2', v2, ['kube-dns']],
    ['Cloud DNS', cloudDns, ['169.254.169.254/32']],
    ['the cache', calicoCached, ['kube-dns', '169.254.20.10/32', '10.8.0.10/32']],
    ['the cache on Dataplane V2', v2Cached, ['kube-dns', '169.254.20.10/32', 'node-local-dns']],
    ['the cache before Cloud DNS', cloudDnsCached, ['169.254.169.254/32', '169.254.20.10/32', '10.8.0.10/32']],
  ])('%s', (_, cluster, expected) => {
    expect(named(cluster)).toEqual(expected);
  });

  test.each([calico, v2, cloudDns, calicoCached, v2Cached, cloudDnsCached])('opens DNS: %j', cluster => {
    expect(states(cluster, policy({ to: dnsPeers(cluster, facts), ports: udp53 }))).toContain('allowed');
  });

  test('without the Service’s address, which is not known', () => {
    const { serviceAddress: _, ...unknown } = facts;
    expect(named(calicoCached, unknown)).toEqual(['kube-dns', '169.254.20.10/32']);
  });
});

test.each<[Networking, RegExp]>([
  [calico, /k8s-app=kube-dns/],
  [cloudDns, /169\.254\.169\.254/],
  [calicoCached, /10\.8\.0\.10/],
  [v2Cached, /node-local-dns/],
  [cloudDnsCached, /169\.254\.20\.10/],
])('%j is said as %s', (cluster, said) => {
  expect(dnsDescription(cluster, facts)).toMatch(said);
});
