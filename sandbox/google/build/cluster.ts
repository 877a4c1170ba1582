import type { KubernetesObject } from '../kubernetes/server.ts';
import {
  type ApiServerState,
  type Cluster,
  type ClusterResource,
  type JsonObject,
  mergePatch,
  type NodePool,
} from '../world.ts';
import { type SecurityOptions, securityFields } from './cluster-security.ts';
import { systemObjects } from './system.ts';

export const defaultVersion = '1.33.5-gke.1201000';
export const cloudPlatformScope = 'https://www.googleapis.com/auth/cloud-platform';

export type NodePoolOptions = {
  name: string;
  /** Email of the node account. Default: `default`, which is the Compute Engine default service account in the API. */
  serviceAccount?: string;
  version?: string;
  scopes?: string[];
  /** `GKE_METADATA` by default; `null` leaves the field out. */
  metadataMode?: 'GKE_METADATA' | 'GCE_METADATA' | 'MODE_UNSPECIFIED' | null;
  imageType?: string;
  nodes?: number;
  /** Image streaming. */
  imageStreaming?: boolean;
  /** Cloud KMS key of the boot disks: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. */
  bootDiskKey?: string;
  /** Any fields of the API's NodePool, merged over the defaults; null removes one. */
  fields?: JsonObject;
};

export type ClusterOptions = SecurityOptions & {
  name: string;
  /** A region or a zone; `asia-northeast1` by default. */
  location?: string;
  version?: string;
  nodePools?: NodePoolOptions[];
  /** Workload Identity is enabled by default. */
  workloadIdentity?: boolean;
  autopilot?: boolean;
  /** Account of new nodes of Autopilot or node auto-provisioning. Setting it enables auto-provisioning. */
  autoprovisioningAccount?: string;
  /** Any fields of the API's Cluster, merged over the defaults; null removes one. */
  fields?: JsonObject;
  /** Opens the DNS endpoint, whose callers need `container.clusters.connect`. */
  dnsEndpoint?: boolean;
  /** Manifests of the cluster, besides those of the system. */
  objects?: KubernetesObject[];
  /** Simulated failures of its API server. */
  apiServer?: ApiServerState;
  /** Runs no API server, for worlds in which only Google's APIs are called. */
  withoutApiServer?: boolean;
};

type Owner = { projectId: string; projectNumber: string };

/** A NodePool of the API, with the fields of a healthy one. */
export function nodePool(
  owner: Owner,
  cluster: string,
  location: string,
  options: NodePoolOptions,
  version: string,
): NodePool {
  const { metadataMode = 'GKE_METADATA' } = options;
  const zones = /-[a-z]$/.test(location) ? [location] : ['a', 'b', 'c'].map(zone => `${location}-${zone}`);
  const pool: NodePool = {
    name: options.name,
    config: {
      machineType: 'e2-standard-4',
      diskSizeGb: 100,
      oauthScopes: options.scopes ?? [cloudPlatformScope],
      metadata: { 'disable-legacy-endpoints': 'true' },
      imageType: options.imageType ?? 'COS_CONTAINERD',
      serviceAccount: options.serviceAccount ?? 'default',
      diskType: 'pd-balanced',
      ...(metadataMode !== null && { workloadMetadataConfig: { mode: metadataMode } }),
      shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
      ...(options.imageStreaming !== undefined && { gcfsConfig: { enabled: options.imageStreaming } }),
      ...(options.bootDiskKey && { bootDiskKmsKey: options.bootDiskKey }),
    },
    initialNodeCount: 1,
    autoscaling: {},
    management: { autoUpgrade: true, autoRepair: true },
    maxPodsConstraint: { maxPodsPerNode: '110' },
    podIpv4CidrSize: 24,
    locations: zones,
    networkConfig: { podRange: `gke-${cluster}-pods`, podIpv4CidrBlock: '10.4.0.0/14', enablePrivateNodes: true },
    selfLink: `https://container.googleapis.com/v1/projects/${owner.projectId}/locations/${location}/clusters/${cluster}/nodePools/${options.name}`,
    version: options.version ?? version,
    instanceGroupUrls: zones.map(
      zone =>
        `https://www.googleapis.com/compute/v1/projects/${owner.projectId}/zones/${zone}/instanceGroupManagers/gke-${cluster}-${options.name}-grp`,
    ),
    status: 'RUNNING',
    upgradeSettings: { maxSurge: 1, strategy: 'SURGE' },
    etag: '4ab6b5d2-3c7e-4f0a-9d5b-2f1c7d0e9a11',
  };
  return mergePatch(pool, options.fields ?? {});
}

/** A Cluster of the API, with the fields of a healthy one. */
function clusterResource(owner: Owner, options: ClusterOptions): ClusterResource {
  const { name, location = 'asia-northeast1', version = defaultVersion, autopilot = false } = options;
  const pools = options.nodePools ?? [{ name: 'default-pool' }];
  const account = options.autoprovisioningAccount;
  const zones = /-[a-z]$/.test(location) ? [location] : ['a', 'b', 'c'].map(zone => `${location}-${zone}`);
  const resource: ClusterResource = {
    name,
    nodeConfig: {},
    masterAuth: { clusterCaCertificate: '' },
    loggingService: 'logging.googleapis.com/kubernetes',
    monitoringService: 'monitoring.googleapis.com/kubernetes',
    network: 'default',
    clusterIpv4Cidr: '10.4.0.0/14',
    addonsConfig: { networkPolicyConfig: { disabled: true }, dnsCacheConfig: { enabled: false } },
    subnetwork: 'default',
    nodePools: pools.map(pool => nodePool(owner, name, location, pool, version)),
    locations: zones,
    labelFingerprint: 'a9dc16a7',
    legacyAbac: {},
    ipAllocationPolicy: {
      useIpAliases: true,
      clusterIpv4CidrBlock: '10.4.0.0/14',
      servicesIpv4CidrBlock: '10.8.0.0/20',
      stackType: 'IPV4',
    },
    masterAuthorizedNetworksConfig: {},
    maintenancePolicy: { resourceVersion: 'e3b0c442' },
    autoscaling: {
      ...((autopilot || account) && {
        enableNodeAutoprovisioning: true,
        autoprovisioningNodePoolDefaults: {
          oauthScopes: [cloudPlatformScope],
          serviceAccount: account ?? 'default',
          management: { autoUpgrade: true, autoRepair: true },
          imageType: 'COS_CONTAINERD',
        },
      }),
      autoscalingProfile: autopilot ? 'OPTIMIZE_UTILIZATION' : 'BALANCED',
    },
    networkConfig: {
      network: `projects/${owner.projectId}/global/networks/default`,
      subnetwork: `projects/${owner.projectId}/regions/${location.replace(/-[a-z]$/, '')}/subnetworks/default`,
      datapathProvider: autopilot ? 'ADVANCED_DATAPATH' : 'LEGACY_DATAPATH',
      ...(autopilot && {
        dnsConfig: { clusterDns: 'CLOUD_DNS', clusterDnsScope: 'CLUSTER_SCOPE', clusterDnsDomain: 'cluster.local' },
      }),
    },
    defaultMaxPodsConstraint: { maxPodsPerNode: '110' },
    authenticatorGroupsConfig: {},
    privateClusterConfig: { privateEndpoint: '10.0.0.2', publicEndpoint: '' },
    databaseEncryption: { state: 'DECRYPTED', currentState: 'CURRENT_STATE_DECRYPTED' },
    shieldedNodes: { enabled: true },
    releaseChannel: { channel: 'REGULAR' },
    ...(options.workloadIdentity !== false && {
      workloadIdentityConfig: { workloadPool: `${owner.projectId}.svc.id.goog` },
    }),
    notificationConfig: { pubsub: {} },
    selfLink: `https://container.googleapis.com/v1/projects/${owner.projectId}/locations/${location}/clusters/${name}`,
    zone: location,
    endpoint: '203.0.113.10',
    initialClusterVersion: version,
    currentMasterVersion: version,
    currentNodeVersion: pools[0]?.version ?? version,
    createTime: '2025-04-01T09:00:00+00:00',
    status: 'RUNNING',
    servicesIpv4Cidr: '10.8.0.0/20',
    currentNodeCount: pools.reduce((sum, pool) => sum + (pool.nodes ?? 1) * zones.length, 0),
    location,
    autopilot: autopilot ? { enabled: true } : {},
    id: `5f1c${name.length.toString(16).padStart(4, '0')}9d5b4f0a9d5b2f1c7d0e9a115f1c`,
    loggingConfig: { componentConfig: { enableComponents: ['SYSTEM_COMPONENTS', 'WORKLOADS'] } },
    monitoringConfig: { componentConfig: { enableComponents: ['SYSTEM_COMPONENTS'] } },
    controlPlaneEndpointsConfig: {
      dnsEndpointConfig: {
        endpoint: `gke-${owner.projectNumber}-${name}.${location}.gke.goog`,
        allowExternalTraffic: options.dnsEndpoint === true,
      },
      ipEndpointsConfig: {
        enabled: true,
        enablePublicEndpoint: true,
        globalAccess: false,
        privateEndpoint: '10.0.0.2',
        publicEndpoint: '203.0.113.10',
        authorizedNetworksConfig: {},
      },
    },
    etag: '7b0e2a91-55d0-4c39-8a61-0c1b7f0e6d42',
  };
  return mergePatch(mergePatch(resource, securityFields(options)), options.fields ?? {});
}

/** A cluster: the resource of the API and, except with `withoutApiServer`, the objects of its API server. */
export function buildCluster(owner: Owner, options: ClusterOptions): Cluster {
  const resource = clusterResource(owner, options);
  if (options.withoutApiServer) return { resource };
  return {
    resource,
    objects: [...systemObjects(resource), ...(options.objects ?? [])],
    ...(options.apiServer && { apiServer: options.apiServer }),
  };
}
