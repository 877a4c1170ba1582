/** How a cluster's API server is reached from here (docs/domain/kubernetes-access.md#which-endpoint-gke-auth-uses). Pure. */
import type { Text } from '../contracts/text.ts';

/** The fields of a cluster that decide it. */
export interface Endpoints {
  readonly project: string;
  readonly location: string;
  readonly name: string;
  readonly endpoint?: string;
  readonly caCertificate?: string;
  readonly dnsEndpoint?: { readonly host: string; readonly external: boolean };
  readonly ipEndpoints: { readonly enabled: boolean; readonly public: boolean };
  readonly fleetMembership?: string;
}

export type EndpointRoute =
  /** Public CAs; takes `container.clusters.connect`. */
  | { readonly kind: 'dns'; readonly url: string }
  /** The cluster's own CA. */
  | { readonly kind: 'ip'; readonly url: string; readonly ca: string }
  /** `projects/P/locations/L/memberships/M`. */
  | { readonly kind: 'gateway'; readonly membership: string }
  | { readonly kind: 'none'; readonly reason: Text; readonly command: string };

export function routeTo(cluster: Endpoints): EndpointRoute {
  const { dnsEndpoint, endpoint, caCertificate, ipEndpoints, fleetMembership } = cluster;
  if (dnsEndpoint?.external) return { kind: 'dns', url: `https://${dnsEndpoint.host}` };
  if (ipEndpoints.enabled && ipEndpoints.public && endpoint && caCertificate) {
    return { kind: 'ip', url: `https://${endpoint}`, ca: Buffer.from(caCertificate, 'base64').toString('utf8') };
  }
  // GKE names a membership as a full resource name: //gkehub.googleapis.com/projects/P/locations/L/memberships/M.
  const membership = fleetMembership?.match(/projects\/[^/]+\/locations\/[^/]+\/memberships\/[^/]+$/)?.[0];
  if (membership) return { kind: 'gateway', membership };
  return { kind: 'none', reason: PRIVATE, command: openDnsEndpoint(cluster) };
}

/** The DNS endpoint is checked by IAM instead of by network, so it works from wherever gke-auth runs. */
export function openDnsEndpoint({ project, location, name }: Pick<Endpoints, 'project' | 'location' | 'name'>): string {
  return `gcloud container clusters update ${name} --location=${location} --project=${project} --enable-dns-access`;
}

const PRIVATE: Text = {
  en: 'The API server has only a private endpoint, which can’t be reached from here: there is no public IP endpoint, no DNS endpoint open to outside traffic, and no fleet membership for the Connect gateway.',
  ja: 'API サーバーにはプライベート エンドポイントしかなく、ここからはアクセスできません。公開 IP エンドポイント、外部トラフィックを許可した DNS エンドポイント、Connect ゲートウェイ用のフリート メンバーシップのいずれもありません。',
};
