/**
 * What a Pod has to reach for its token, and for names, by GKE version, dataplane and DNS provider
 * (docs/domain/network-policies.md#where-the-metadata-server-is, docs/domain/network-policies.md#where-dns-is).
 */
import { isAtLeast } from '../facts/google/gke-version.ts';
import type { Destination, DestinationPod } from './model.ts';
import type { KnownLabels } from './selectors.ts';

/** The fields of a cluster that decide it. */
export interface Networking {
  readonly version: string;
  readonly dataplaneV2: boolean;
  readonly dns: { readonly provider?: string; readonly nodeLocal?: boolean };
}

/** Who enforces network policies: GKE Dataplane V2, GKE's own Calico, or a network plugin that the cluster's users run. */
export type Enforcer = 'dataplane-v2' | 'gke-calico' | 'self-managed-cilium' | 'self-managed-calico';

export function isSelfManaged(enforcer: Enforcer): boolean {
  return enforcer.startsWith('self-managed-');
}

/** From here on the metadata server has an address of its own; before, it was the node's loopback. */
const OWN_ADDRESS_SINCE = '1.21.0-gke.1000';
/** Where Pods send their requests for a token. */
const REQUESTED = '169.254.169.254';
/** Where NodeLocal DNSCache listens on every node. */
const NODE_LOCAL_DNS = '169.254.20.10';

/**
 * What the policies have to allow, every one of them. Without Dataplane V2 GKE redirects requests for a token to another address
 * and port before it evaluates policies. Whether a self-managed plugin sees the address before or after that is not documented.
 */
export function metadataServers({ version }: Networking, enforcer: Enforcer): Destination[] {
  const requested = address(REQUESTED, 'TCP', 80);
  if (enforcer === 'dataplane-v2') return [requested];
  const hasOwnAddress = isAtLeast(version, OWN_ADDRESS_SINCE) ?? true;
  const redirected = address(hasOwnAddress ? '169.254.169.252' : '127.0.0.1', 'TCP', 988);
  return isSelfManaged(enforcer) ? [requested, redirected] : [redirected];
}

/** What is known of DNS in the cluster. */
export interface DnsFacts {
  readonly namespaceLabels: KnownLabels;
  /** Addresses of the kube-dns Pods; empty if they are not known. */
  readonly podAddresses: readonly string[];
  /** Address of the Service kube-dns; absent if it is not known. */
  readonly serviceAddress?: string;
}

/** The DNS servers that a Pod may be using; to reach one of them is enough. */
export function dnsServers(networking: Networking, facts: DnsFacts): Destination[] {
  const { dataplaneV2, dns } = networking;
  const pod = (app: string, addresses: readonly string[]): Destination => ({
    protocol: 'UDP',
    port: 53,
    addresses,
    pod: { ...dnsPod(app, facts), byAddress: !dataplaneV2 },
  });
  if (dns.nodeLocal && dataplaneV2) return [pod('node-local-dns', []), address(NODE_LOCAL_DNS, 'UDP', 53)];
  if (dns.nodeLocal) return [nodeLocalServer(networking, facts)];
  return [dns.provider === 'CLOUD_DNS' ? address(REQUESTED, 'UDP', 53) : pod('kube-dns', facts.podAddresses)];
}

/** Pods send to this address, and the cache on the node's own network answers there. */
function nodeLocalServer({ dns }: Networking, { serviceAddress }: DnsFacts): Destination {
  if (dns.provider === 'CLOUD_DNS') return address(NODE_LOCAL_DNS, 'UDP', 53);
  return { protocol: 'UDP', port: 53, addresses: serviceAddress === undefined ? [] : [serviceAddress] };
}

function dnsPod(app: string, { namespaceLabels }: DnsFacts): Omit<DestinationPod, 'byAddress'> {
  return {
    namespace: 'kube-system',
    namespaceLabels,
    labels: { 'k8s-app': app },
    ports: { dns: { protocol: 'UDP', port: 53 }, 'dns-tcp': { protocol: 'TCP', port: 53 } },
  };
}

function address(ip: string, protocol: Destination['protocol'], port: number): Destination {
  return { protocol, port, addresses: [ip] };
}

/** Peers of a rule that allows DNS, whichever of the servers is in use. */
export function dnsPeers({ dataplaneV2, dns }: Networking, { serviceAddress }: DnsFacts): object[] {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };
  const pods = (app: string) => ({ namespaceSelector, podSelector: { matchLabels: { 'k8s-app': app } } });
  const block = (ip: string) => ({ ipBlock: { cidr: `${ip}/32` } });
  return [
    dns.provider === 'CLOUD_DNS' ? block(REQUESTED) : pods('kube-dns'),
    ...(dns.nodeLocal ? [block(NODE_LOCAL_DNS), ...(dataplaneV2 ? [pods('node-local-dns')] : [])] : []),
    ...(dns.nodeLocal && !dataplaneV2 && serviceAddress !== undefined ? [block(serviceAddress)] : []),
  ];
}

/** In words, for findings: what the DNS rule has to name. */
export function dnsDescription({ dataplaneV2, dns }: Networking, { serviceAddress }: DnsFacts): string {
  if (dns.nodeLocal && dataplaneV2) return `NodeLocal DNSCache (k8s-app=node-local-dns, ${NODE_LOCAL_DNS})`;
  if (dns.nodeLocal && dns.provider === 'CLOUD_DNS') return `NodeLocal DNSCache (${NODE_LOCAL_DNS})`;
  if (dns.nodeLocal) return `NodeLocal DNSCache (Service kube-dns, ${serviceAddress ?? '?'})`;
  return dns.provider === 'CLOUD_DNS' ? `Cloud DNS (${REQUESTED})` : 'kube-dns (k8s-app=kube-dns)';
}
