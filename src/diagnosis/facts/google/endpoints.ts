/** Which endpoints of a cluster clients can use (docs/domain/kubernetes-access.md#endpoints). */
import type { Cluster } from './cluster.ts';

type Endpoints = Pick<Cluster, 'ipEndpoints' | 'dnsEndpoint'>;

/** Clients can only come by the DNS endpoint: where the IP endpoints are off. */
export function isDnsOnly({ ipEndpoints, dnsEndpoint }: Endpoints): boolean {
  return !ipEndpoints.enabled && dnsEndpoint?.external === true;
}

/** No endpoint takes a client's request. */
export function isClosed({ ipEndpoints, dnsEndpoint }: Endpoints): boolean {
  return !ipEndpoints.enabled && dnsEndpoint?.external !== true;
}

/** A name that only DNS endpoints have. */
export function isDnsEndpoint(host: string): boolean {
  return host.endsWith('.gke.goog');
}

/**
 * The words of the command that writes a cluster's kubeconfig entry. gcloud writes the public address by itself; `--internal-ip`
 * fails where the IP endpoints are off (https://cloud.google.com/sdk/gcloud/reference/container/clusters/get-credentials).
 */
export function getCredentials(cluster: Endpoints & Pick<Cluster, 'name' | 'location' | 'project'>): string[] {
  const { name, location, project, ipEndpoints, dnsEndpoint } = cluster;
  const open = ipEndpoints.enabled && ipEndpoints.public;
  const byDns = dnsEndpoint !== undefined && (dnsEndpoint.external || !ipEndpoints.enabled);
  const way = open ? [] : byDns ? ['--dns-endpoint'] : ipEndpoints.enabled ? ['--internal-ip'] : [];
  const where = [`--location=${location}`, `--project=${project}`, ...way];
  return ['gcloud', 'container', 'clusters', 'get-credentials', name, ...where];
}
