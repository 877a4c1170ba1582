/** Clusters and their node pools (container clusters.get, clusters.list). */
import type { ContainerCluster } from '../../../google/answers.ts';
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

export interface NodePool {
  /** Full resource name. */
  readonly resource: string;
  readonly name: string;
  readonly version: string;
  readonly status: string;
  readonly conditions: readonly ClusterCondition[];
  /** Absent where GKE reports none; `default` and absent both mean the Compute Engine default account. */
  readonly serviceAccount?: string;
  readonly oauthScopes: readonly string[];
  readonly imageType: string;
  /** `GKE_METADATA`, `GCE_METADATA`, or absent; a value of the future, and none (concealment), read `MODE_UNSPECIFIED`. */
  readonly metadataMode?: string;
}

export interface ClusterCondition {
  /** `NODE_SERVICE_ACCOUNT_MISSING_PERMISSIONS`, `GKE_SERVICE_ACCOUNT_DELETED` … */
  readonly code: string;
  readonly message: string;
}

export interface IpEndpoints {
  readonly enabled: boolean;
  readonly public: boolean;
  /** Whether only authorized networks may connect. */
  readonly authorizedNetworks: boolean;
  /** Their blocks, without those that GKE adds by itself. */
  readonly networks?: readonly string[];
  /** All public addresses of Google Cloud may connect too. */
  readonly googleNetworks?: boolean;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
  /** The private endpoint can be used from other regions of the network. */
  readonly globalAccess?: boolean;
}

export interface Cluster {
  /** Full resource name: `projects/P/locations/L/clusters/C`. */
  readonly resource: string;
  readonly project: string;
  readonly location: string;
  readonly name: string;
  readonly status: string;
  readonly conditions: readonly ClusterCondition[];
  readonly version: string;
  readonly autopilot: boolean;
  readonly workloadPool?: string;
  readonly nodePools: readonly NodePool[];
  /** Auto-provisioning (or Autopilot): the account new pools get. Absent where it is off. */
  readonly autoprovisioning?: { readonly serviceAccount?: string };
  readonly loggingService: string;
  readonly monitoringService: string;
  readonly networkPolicyEnabled: boolean;
  readonly dataplaneV2: boolean;
  /** `projects/HOST/global/networks/N` where GKE reports it. */
  readonly network?: string;
  readonly dns: { readonly provider?: string; readonly nodeLocal: boolean };
  /** Addresses of Services, as a block. */
  readonly servicesRange?: string;
  readonly endpoint?: string;
  readonly caCertificate?: string;
  readonly dnsEndpoint?: {
    readonly host: string;
    /** Open to clients outside Google's own services. */
    readonly external: boolean;
    /** Takes tokens of the cluster's own service accounts. */
    readonly kubernetesTokens: boolean;
  };
  readonly ipEndpoints: IpEndpoints;
  readonly fleetMembership?: string;
  readonly groupsForRbac: boolean;
  readonly maintenance?: string;
}

export interface ClusterList {
  readonly clusters: readonly Cluster[];
  /** Zones that did not answer: clusters there are missing from the list. */
  readonly missingZones: readonly string[];
}

export function readCluster(session: Session, resource: string): Promise<Fact<Cluster>> {
  return session.once(`cluster ${resource}`, () =>
    asFact(
      { source: 'container clusters.get', permission: 'container.clusters.get', resource, self: session.self },
      async () => toCluster(projectOf(resource), await session.google.getCluster(resource)),
    ),
  );
}

export function listClusters(session: Session, project: string): Promise<Fact<ClusterList>> {
  return session.once(`clusters ${project}`, () =>
    asFact(
      {
        source: 'container clusters.list',
        permission: 'container.clusters.list',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () => {
        const { clusters, missingZones } = await listRaw(session, project);
        return {
          clusters: (clusters ?? []).map(raw => toCluster(project, raw)),
          missingZones: [...(missingZones ?? [])],
        };
      },
    ),
  );
}

/** Where a project has clusters; none where they can't be listed. Known a little earlier than the clusters themselves. */
export async function listLocations(session: Session, project: string): Promise<readonly string[]> {
  try {
    const { clusters } = await listRaw(session, project);
    return [...new Set((clusters ?? []).map(locationOf))];
  } catch {
    return [];
  }
}

function listRaw(session: Session, project: string) {
  return session.once(`list of clusters ${project}`, () =>
    session.google.listClusters(`projects/${project}/locations/-`, LISTED),
  );
}

function locationOf({ location, zone }: ContainerCluster): string {
  return location ?? zone ?? '';
}

function projectOf(resource: string): string {
  return resource.split('/')[1] ?? '';
}

/** What `toCluster` looks at, for a partial response. */
const LISTED = `clusters(${[
  'name,location,zone,status,conditions,currentMasterVersion,endpoint,loggingService,monitoringService,autopilot,fleet',
  'workloadIdentityConfig,networkPolicy,masterAuth/clusterCaCertificate,masterAuthorizedNetworksConfig',
  'privateClusterConfig,controlPlaneEndpointsConfig,authenticatorGroupsConfig',
  'autoscaling(enableNodeAutoprovisioning,autoprovisioningNodePoolDefaults/serviceAccount)',
  'networkConfig(datapathProvider,network,dnsConfig),addonsConfig/dnsCacheConfig,maintenancePolicy/window',
  'servicesIpv4Cidr,ipAllocationPolicy/servicesIpv4CidrBlock',
  'nodePools(name,version,status,conditions,config(serviceAccount,oauthScopes,imageType,workloadMetadataConfig))',
].join()}),missingZones`;

/** `project`: by whatever name it was asked for. */
export function toCluster(project: string, raw: ContainerCluster): Cluster {
  const location = locationOf(raw);
  const name = raw.name ?? '';
  const resource = `projects/${project}/locations/${location}/clusters/${name}`;
  const autopilot = raw.autopilot?.enabled ?? false;
  const provisioning = autopilot || (raw.autoscaling?.enableNodeAutoprovisioning ?? false);
  const endpoints = raw.controlPlaneEndpointsConfig;
  const dns = endpoints?.dnsEndpointConfig;
  return {
    resource,
    project,
    location,
    name,
    status: String(raw.status ?? 'STATUS_UNSPECIFIED'),
    conditions: conditionsOf(raw.conditions),
    version: raw.currentMasterVersion ?? '',
    autopilot,
    workloadPool: raw.workloadIdentityConfig?.workloadPool || undefined,
    nodePools: (raw.nodePools ?? []).map(pool => ({
      resource: `${resource}/nodePools/${pool.name ?? ''}`,
      name: pool.name ?? '',
      version: pool.version ?? '',
      status: String(pool.status ?? 'STATUS_UNSPECIFIED'),
      conditions: conditionsOf(pool.conditions),
      serviceAccount: pool.config?.serviceAccount || undefined,
      oauthScopes: pool.config?.oauthScopes ?? [],
      imageType: pool.config?.imageType ?? '',
      metadataMode: pool.config?.workloadMetadataConfig
        ? String(pool.config.workloadMetadataConfig.mode ?? 'MODE_UNSPECIFIED')
        : undefined,
    })),
    autoprovisioning: provisioning
      ? { serviceAccount: raw.autoscaling?.autoprovisioningNodePoolDefaults?.serviceAccount || undefined }
      : undefined,
    loggingService: raw.loggingService ?? '',
    monitoringService: raw.monitoringService ?? '',
    networkPolicyEnabled: raw.networkPolicy?.enabled ?? false,
    dataplaneV2: raw.networkConfig?.datapathProvider === 'ADVANCED_DATAPATH',
    network: raw.networkConfig?.network || undefined,
    dns: {
      provider: raw.networkConfig?.dnsConfig?.clusterDns ? String(raw.networkConfig.dnsConfig.clusterDns) : undefined,
      nodeLocal: raw.addonsConfig?.dnsCacheConfig?.enabled ?? false,
    },
    servicesRange: raw.servicesIpv4Cidr || raw.ipAllocationPolicy?.servicesIpv4CidrBlock || undefined,
    endpoint: raw.endpoint || undefined,
    caCertificate: raw.masterAuth?.clusterCaCertificate || undefined,
    dnsEndpoint: dns?.endpoint
      ? {
          host: dns.endpoint,
          external: dns.allowExternalTraffic ?? false,
          kubernetesTokens: dns.enableK8sTokensViaDns ?? false,
        }
      : undefined,
    ipEndpoints: ipEndpointsOf(raw),
    fleetMembership: raw.fleet?.membership || undefined,
    groupsForRbac: raw.authenticatorGroupsConfig?.enabled ?? false,
    maintenance: raw.maintenancePolicy?.window ? JSON.stringify(raw.maintenancePolicy.window) : undefined,
  };
}

/** By the newer fields, and where GKE leaves those out by the older ones. */
function ipEndpointsOf({
  endpoint,
  controlPlaneEndpointsConfig,
  masterAuthorizedNetworksConfig,
  privateClusterConfig,
}: ContainerCluster): IpEndpoints {
  const newer = controlPlaneEndpointsConfig?.ipEndpointsConfig;
  const authorized = newer?.authorizedNetworksConfig;
  const blocks = authorized?.cidrBlocks ?? masterAuthorizedNetworksConfig?.cidrBlocks ?? [];
  const isPublic = newer?.enablePublicEndpoint ?? !(privateClusterConfig?.enablePrivateEndpoint ?? false);
  const privateAddress = newer?.privateEndpoint || privateClusterConfig?.privateEndpoint;
  const publicAddress =
    newer?.publicEndpoint || privateClusterConfig?.publicEndpoint || (endpoint !== privateAddress && endpoint) || '';
  return {
    enabled: newer?.enabled ?? true,
    public: isPublic,
    authorizedNetworks: authorized?.enabled ?? masterAuthorizedNetworksConfig?.enabled ?? false,
    networks: blocks.flatMap(({ cidrBlock }) => cidrBlock ?? []),
    googleNetworks:
      authorized?.gcpPublicCidrsAccessEnabled ?? masterAuthorizedNetworksConfig?.gcpPublicCidrsAccessEnabled ?? false,
    globalAccess: newer?.globalAccess ?? privateClusterConfig?.masterGlobalAccessConfig?.enabled ?? false,
    ...(publicAddress ? { publicAddress } : {}),
    ...(privateAddress ? { privateAddress } : {}),
  };
}

function conditionsOf(raw: ContainerCluster['conditions']): ClusterCondition[] {
  return (raw ?? []).map(condition => ({ code: String(condition.code ?? ''), message: condition.message ?? '' }));
}
