/** What the metadata server and DNS need of a policy, case by case (docs/domain/network-policies.md#wi-netpol-egress). */
import { expect, test } from 'vitest';
import { dnsServers, metadataServer, type Networking } from '../../../src/diagnosis/network-policy/destinations.ts';
import { evaluateEgress } from '../../../src/diagnosis/network-policy/egress.ts';
import { NetworkPolicy } from '../../../src/kubernetes/objects.ts';

const source = { namespace: 'shop', labels: { app: 'checkout' } };
const old: Networking = { version: '1.20.15-gke.2500', dataplaneV2: false, dns: {} };
const calico: Networking = { version: '1.21.0-gke.1000', dataplaneV2: false, dns: {} };
const v2: Networking = { version: '1.33.5-gke.1201000', dataplaneV2: true, dns: {} };

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
  ['1.20.15-gke.2500', false, '127.0.0.1', 988],
  ['1.21.0-gke.999', false, '127.0.0.1', 988],
  ['1.21.0-gke.1000', false, '169.254.169.252', 988],
  ['1.33.5-gke.1201000', false, '169.254.169.252', 988],
  ['1.20.15-gke.2500', true, '169.254.169.254', 80],
  ['1.33.5-gke.1201000', true, '169.254.169.254', 80],
  ['', false, '169.254.169.252', 988],
])('GKE %s, Dataplane V2 %s: the metadata server is %s:%d', (version, dataplaneV2, address, port) => {
  expect(metadataServer({ version, dataplaneV2, dns: {} })).toEqual({ protocol: 'TCP', port, addresses: [address] });
});

test.each([
  ['no policy', [], calico, 'open'],
  ['a policy for other Pods', [policy({ podSelector: { matchLabels: { app: 'cart' } } })], calico, 'open'],
  ['a policy of another namespace', [policy({}, 'egress', 'bank')], calico, 'open'],
  ['ingress only', [policy({ policyTypes: ['Ingress'] })], calico, 'open'],
  ['default deny', [policy({})], calico, 'denied'],
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
  ['a range that ends before it', [to('0.0.0.0/0', 80, { endPort: 987 })], calico, 'denied'],
  ['a range that holds it', [to('0.0.0.0/0', 80, { endPort: 988 })], calico, 'allowed'],
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
  ['deny, and another that allows', [policy({}, 'deny'), to('169.254.169.252/32', 988)], calico, 'allowed'],
  ['a named port', [policy({ egress: [{ ports: [{ port: 'metadata' }] }] })], calico, 'denied'],
] as const)('%s', (_, policies, cluster, state) => {
  expect(evaluateEgress(policies, source, metadataServer(cluster)).state).toBe(state);
});

const dns = (cluster: Networking, policies: readonly NetworkPolicy[], addresses: readonly string[] = ['10.4.1.17']) =>
  dnsServers(cluster, { namespaceLabels: {}, addresses }).map(server => evaluateEgress(policies, source, server).state);
const udp53 = [{ protocol: 'UDP', port: 53 }];
const toKubeDns = policy({
  egress: [
    {
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
          podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        },
      ],
      ports: udp53,
    },
  ],
});
const block = (cidr: string) => policy({ egress: [{ to: [{ ipBlock: { cidr } }], ports: udp53 }] });

test.each([
  ['kube-dns by its labels', calico, [toKubeDns], ['allowed']],
  ['kube-dns by its labels, on Dataplane V2', v2, [toKubeDns], ['allowed']],
  ['kube-dns by address', calico, [block('10.4.0.0/14')], ['allowed']],
  ['kube-dns by address, on Dataplane V2: never', v2, [block('0.0.0.0/0')], ['denied']],
  ['its Pods of the own namespace only', calico, [policy({ egress: [{ to: [{ podSelector: {} }] }] })], ['denied']],
  ['a named port', calico, [policy({ egress: [{ ports: [{ protocol: 'UDP', port: 'dns' }] }] })], ['allowed']],
  ['TCP only', calico, [policy({ egress: [{ ports: [{ port: 53 }] }] })], ['denied']],
  ['Cloud DNS', { ...v2, dns: { provider: 'CLOUD_DNS' } }, [block('169.254.169.254/32')], ['allowed']],
  ['Cloud DNS, kube-dns allowed', { ...v2, dns: { provider: 'CLOUD_DNS' } }, [toKubeDns], ['denied']],
  ['NodeLocal DNSCache', { ...calico, dns: { nodeLocal: true } }, [block('169.254.20.10/32')], ['allowed', 'denied']],
  [
    'NodeLocal DNSCache on Dataplane V2',
    { ...v2, dns: { nodeLocal: true } },
    [toKubeDns],
    ['denied', 'denied', 'allowed'],
  ],
] as const)('DNS: %s', (_, cluster, policies, states) => {
  expect(dns(cluster, policies)).toEqual(states);
});

test('where the addresses of kube-dns are not known, a block may hold them', () => {
  expect(dns(calico, [block('10.4.0.0/14')], [])).toEqual(['unknown']);
});
