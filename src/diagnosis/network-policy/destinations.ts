/**
 * What a Pod has to reach for its token, and for names, by GKE version and dataplane (docs/domain/network-policies.md#wi-netpol-egress; the first seed's page
 * "Troubleshoot GKE authentication issues", step 6; GKE, "Set up NodeLocal DNSCache" and "Use Cloud DNS for GKE").
 */
import { isAtLeast } from '../facts/google/gke-version.ts';
import type { Destination, DestinationPod } from './egress.ts';

/** The fields of a cluster that decide it. */
export interface Networking {
  readonly version: string;
  readonly dataplaneV2: boolean;
  readonly dns: { readonly provider?: string; readonly nodeLocal?: boolean };
}

/** From here on the metadata server has an address of its own; before, it was the node's loopback. */
const OWN_ADDRESS_SINCE = '1.21.0-gke.1000';

export function metadataServer({ version, dataplaneV2 }: Networking): Destination {
  if (dataplaneV2) return address('169.254.169.254', 'TCP', 80);
  const own = isAtLeast(version, OWN_ADDRESS_SINCE) ?? true;
  return address(own ? '169.254.169.252' : '127.0.0.1', 'TCP', 988);
}

/** What is known of kube-system and its DNS Pods. */
export interface DnsPods {
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** Addresses of the kube-dns Pods; empty where they are not known. */
  readonly addresses: readonly string[];
}

/** The DNS servers that a Pod may be using; to reach one of them is enough. */
export function dnsServers({ dataplaneV2, dns }: Networking, pods: DnsPods): Destination[] {
  const pod = (app: string, addresses: readonly string[]): Destination => ({
    protocol: 'UDP',
    port: 53,
    addresses,
    pod: { ...dnsPod(app, pods), byAddress: !dataplaneV2 },
  });
  const local = dns.nodeLocal
    ? [address('169.254.20.10', 'UDP', 53), ...(dataplaneV2 ? [pod('node-local-dns', [])] : [])]
    : [];
  const usual = dns.provider === 'CLOUD_DNS' ? address('169.254.169.254', 'UDP', 53) : pod('kube-dns', pods.addresses);
  return [...local, usual];
}

function dnsPod(app: string, { namespaceLabels }: DnsPods): Omit<DestinationPod, 'byAddress'> {
  return {
    namespace: 'kube-system',
    // Kubernetes itself puts this label on every namespace.
    namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system', ...namespaceLabels },
    labels: { 'k8s-app': app },
    ports: { dns: { protocol: 'UDP', port: 53 }, 'dns-tcp': { protocol: 'TCP', port: 53 } },
  };
}

function address(ip: string, protocol: Destination['protocol'], port: number): Destination {
  return { protocol, port, addresses: [ip] };
}

/** Peers of a rule that allows DNS, whichever server is in use. */
export function dnsPeers({ dataplaneV2, dns }: Networking): object[] {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } };
  const pods = (app: string) => ({ namespaceSelector, podSelector: { matchLabels: { 'k8s-app': app } } });
  const block = (ip: string) => ({ ipBlock: { cidr: `${ip}/32` } });
  return [
    dns.provider === 'CLOUD_DNS' ? block('169.254.169.254') : pods('kube-dns'),
    ...(dns.nodeLocal ? [block('169.254.20.10'), ...(dataplaneV2 ? [pods('node-local-dns')] : [])] : []),
  ];
}
