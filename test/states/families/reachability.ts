/** The way to the API server: endpoints, authorized networks, addresses of errors and of callers. */
import type { JsonObject } from '../../../sandbox/google/world.ts';
import type { Family, State } from '../state.ts';
import { asDiagnoser, CLUSTER, healthy } from '../worlds.ts';

const ISOLATION = 'https://docs.cloud.google.com/kubernetes-engine/docs/concepts/network-isolation';
const NETWORKS = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks';
const DNS = 'https://docs.cloud.google.com/kubernetes-engine/docs/concepts/network-isolation#dns-based_endpoint';

const check = 'api-server-reachable';
const openDns = { kind: 'enable-dns-endpoint', params: { cluster: 'cluster-x' } };
const name = 'gke-123456789012-cluster-x.asia-northeast1.gke.goog';

const ip = (fields: JsonObject): JsonObject => ({ controlPlaneEndpointsConfig: { ipEndpointsConfig: fields } });
const authorized = (blocks: string[], more: JsonObject = {}): JsonObject =>
  ip({
    authorizedNetworksConfig: { enabled: true, cidrBlocks: blocks.map(cidrBlock => ({ cidrBlock })), ...more },
  });
const from = (address: string): string[] => [...asDiagnoser, '--from', address, '--only', check];
const pasted = (host: string, what: string): Pick<State, 'arguments' | 'input'> => ({
  arguments: ['explain', '--format', 'json'],
  input: `Unable to connect to the server: dial tcp ${host}: ${what}\nThe cluster is ${CLUSTER}.\n`,
});

const states: State[] = [
  {
    id: 'from-outside-networks',
    says: 'Authorized networks are on, and none holds the address.',
    source: NETWORKS,
    world: () => healthy({ fields: authorized(['198.51.100.0/24']) }),
    arguments: from('203.0.113.77'),
    expect: [
      {
        check,
        status: 'fail',
        offers: [openDns, { text: /--master-authorized-networks=198\.51\.100\.0\/24,203\.0\.113\.77\/32/ }],
        refuses: [{ text: /0\.0\.0\.0\/0/ }],
      },
    ],
  },
  {
    id: 'from-inside-networks',
    says: 'An authorized network holds the address.',
    source: NETWORKS,
    opposite: true,
    world: () => healthy({ fields: authorized(['192.0.2.0/24', '198.51.100.0/24']) }),
    arguments: from('198.51.100.7'),
    expect: [{ check, status: 'pass', refuses: [openDns] }],
  },
  {
    id: 'from-without-networks',
    says: 'Authorized networks are off: every address may connect.',
    source: NETWORKS,
    opposite: true,
    world: () => healthy(),
    arguments: from('203.0.113.77'),
    expect: [{ check, status: 'pass', refuses: [openDns] }],
  },
  {
    id: 'from-google-networks',
    says: 'All public addresses of Google Cloud may connect, besides a network that does not hold the address.',
    source: NETWORKS,
    opposite: true,
    world: () => healthy({ fields: authorized(['198.51.100.0/24'], { gcpPublicCidrsAccessEnabled: true }) }),
    arguments: from('203.0.113.77'),
    expect: [{ check, status: 'unknown', refuses: [openDns] }],
  },
  {
    id: 'from-ipv6-in-ipv4-network',
    says: 'An IPv6 address is in no IPv4 network, 0.0.0.0/0 included.',
    source: NETWORKS,
    world: () => healthy({ fields: authorized(['0.0.0.0/0']) }),
    arguments: from('2001:db8::7'),
    expect: [{ check, status: 'fail' }],
  },
  {
    id: 'from-public-off',
    says: 'The public endpoint is off, and the DNS endpoint takes no external traffic.',
    source: ISOLATION,
    world: () => healthy({ fields: ip({ enablePublicEndpoint: false }) }),
    arguments: from('203.0.113.77'),
    expect: [{ check, status: 'fail', offers: [openDns] }],
  },
  {
    id: 'from-public-off-dns-on',
    says: 'The public endpoint is off, and the DNS endpoint takes external traffic.',
    source: DNS,
    opposite: true,
    world: () => healthy({ dnsEndpoint: true, fields: ip({ enablePublicEndpoint: false }) }),
    arguments: from('203.0.113.77'),
    expect: [{ check, status: 'pass', refuses: [openDns] }],
  },
  {
    id: 'from-private-address',
    says: 'The address is a private one: it reaches the private endpoint from its own network only.',
    source: ISOLATION,
    opposite: true,
    world: () => healthy({ fields: authorized(['198.51.100.0/24']) }),
    arguments: from('10.20.0.4'),
    expect: [{ check, status: 'warn', refuses: [openDns] }],
  },
  {
    id: 'text-old-address',
    says: 'The kubeconfig names an address that the cluster no longer has.',
    source: ISOLATION,
    world: () => healthy(),
    ...pasted('192.0.2.10:443', 'i/o timeout'),
    expect: [{ check, status: 'fail', offers: [{ text: /get-credentials cluster-x/ }], refuses: [openDns] }],
  },
  {
    id: 'text-public-address-networks-on',
    says: 'The public endpoint timed out; authorized networks are on, and the caller’s address is not known.',
    source: NETWORKS,
    opposite: true,
    world: () => healthy({ withoutApiServer: true, fields: authorized(['198.51.100.0/24']) }),
    ...pasted('203.0.113.10:443', 'i/o timeout'),
    expect: [{ check, status: 'unknown', says: [/--from IP/], refuses: [openDns] }],
  },
  {
    id: 'text-public-address-networks-off',
    says: 'The public endpoint timed out, and it admits everybody: the cause is on the caller’s side.',
    source: NETWORKS,
    opposite: true,
    world: () => healthy({ withoutApiServer: true }),
    ...pasted('203.0.113.10:443', 'i/o timeout'),
    expect: [{ check, status: 'pass', refuses: [openDns] }],
  },
  {
    id: 'text-private-address',
    says: 'The private endpoint timed out: it works only from its network.',
    source: ISOLATION,
    opposite: true,
    world: () => healthy(),
    ...pasted('10.0.0.2:443', 'i/o timeout'),
    expect: [{ check, status: 'warn', refuses: [openDns] }],
  },
  {
    id: 'text-dns-name-closed',
    says: 'The DNS endpoint takes no external traffic.',
    source: DNS,
    world: () => healthy(),
    arguments: ['explain', '--format', 'json'],
    input: `Unable to connect to the server: dial tcp: lookup ${name}: i/o timeout\nThe cluster is ${CLUSTER}.\n`,
    expect: [{ check, status: 'fail', offers: [openDns] }],
  },
];

export const reachability: Family = { name: 'reachability', states };
