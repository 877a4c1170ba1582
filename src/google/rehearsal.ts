/**
 * What Node and Google's libraries load and compile for a first request and its answer, 60 ms altogether, is there before the clock
 * of a diagnosis starts: one call of each kind, answered by a connection that goes nowhere.
 */
import { agentToNowhere, connectToNobody } from '../http/nowhere.ts';
import { Endpoints } from './endpoints.ts';
import type { Libraries, ONCE } from './libraries.ts';
import { Transport } from './transport.ts';

const NODES = {
  advancedMachineFeatures: {},
  gcfsConfig: {},
  gvnic: {},
  kubeletConfig: {},
  loggingConfig: { variantConfig: {} },
  metadata: { a: 'b' },
  reservationAffinity: {},
  shieldedInstanceConfig: {},
  windowsNodeConfig: {},
  workloadMetadataConfig: {},
};
/** A cluster with the messages in it that clusters usually have, and an operation. */
const SAMPLE = {
  nodePools: [
    {
      config: NODES,
      autoscaling: {},
      management: { upgradeOptions: {} },
      maxPodsConstraint: { maxPodsPerNode: '110' },
      networkConfig: { networkPerformanceConfig: {}, podCidrOverprovisionConfig: {} },
      queuedProvisioning: {},
      upgradeSettings: { blueGreenSettings: {} },
      conditions: [{}],
    },
  ],
  nodeConfig: NODES,
  nodePoolDefaults: { nodeConfigDefaults: { loggingConfig: { variantConfig: {} } } },
  nodePoolAutoConfig: { nodeKubeletConfig: {} },
  addonsConfig: {
    configConnectorConfig: {},
    dnsCacheConfig: {},
    gcePersistentDiskCsiDriverConfig: {},
    gcpFilestoreCsiDriverConfig: {},
    gcsFuseCsiDriverConfig: {},
    gkeBackupAgentConfig: {},
    horizontalPodAutoscaling: {},
    httpLoadBalancing: {},
    kubernetesDashboard: {},
    networkPolicyConfig: {},
    rayOperatorConfig: {},
    statefulHaConfig: {},
  },
  authenticatorGroupsConfig: {},
  autopilot: {},
  autoscaling: { autoprovisioningNodePoolDefaults: {}, resourceLimits: [{}] },
  binaryAuthorization: {},
  controlPlaneEndpointsConfig: { dnsEndpointConfig: {}, ipEndpointsConfig: { authorizedNetworksConfig: {} } },
  costManagementConfig: {},
  databaseEncryption: {},
  defaultMaxPodsConstraint: { maxPodsPerNode: '110' },
  enterpriseConfig: {},
  fleet: {},
  identityServiceConfig: {},
  ipAllocationPolicy: { defaultPodIpv4RangeUtilization: 0.1, podCidrOverprovisionConfig: {} },
  legacyAbac: {},
  loggingConfig: { componentConfig: {} },
  maintenancePolicy: { window: {} },
  masterAuth: { clientCertificateConfig: {} },
  masterAuthorizedNetworksConfig: { cidrBlocks: [{}] },
  meshCertificates: {},
  monitoringConfig: { advancedDatapathObservabilityConfig: {}, componentConfig: {}, managedPrometheusConfig: {} },
  networkConfig: { defaultSnatStatus: {}, dnsConfig: {}, gatewayApiConfig: {}, serviceExternalIpsConfig: {} },
  networkPolicy: {},
  notificationConfig: { pubsub: {} },
  privateClusterConfig: { masterGlobalAccessConfig: {} },
  rbacBindingConfig: {},
  releaseChannel: {},
  resourceLabels: { a: 'b' },
  secretManagerConfig: {},
  securityPostureConfig: {},
  shieldedNodes: {},
  userManagedKeysConfig: {},
  verticalPodAutoscaling: {},
  workloadIdentityConfig: {},
  conditions: [{}],
  operations: [{ progress: {} }],
};
const SERVICES = [
  'container',
  'cloudresourcemanager',
  'iam',
  'serviceusage',
  'policytroubleshooter',
  'recommender',
  'orgpolicy',
];

/** The transport of the rehearsal. */
export function rehearsal(): Transport {
  const env = SERVICES.map(name => [
    `CLOUDSDK_API_ENDPOINT_OVERRIDES_${name.toUpperCase()}`,
    'http://nowhere.invalid/',
  ]);
  const identity = { getRequestHeaders: async () => new Headers({ authorization: 'Bearer none' }) };
  return new Transport({
    endpoints: new Endpoints(Object.fromEntries(env)),
    identity,
    agent: agentToNowhere('http:', SAMPLE),
  });
}

/** The calls that nearly every diagnosis makes. To be called through the transport of the rehearsal. */
export async function rehearse(clients: Libraries, once: typeof ONCE): Promise<void> {
  const { container, crm1, crm3, iam1, serviceusage, policytroubleshooter, recommender, orgpolicy } = clients;
  // Whatever comes of it: what was rehearsed badly is only slower the first time.
  await Promise.allSettled([
    connectToNobody(),
    container.getCluster({ name: 'projects/p/locations/l/clusters/c' }, once),
    container.listOperations({ parent: 'projects/p/locations/l' }, once),
    crm1.projects.getAncestry({ projectId: 'p', requestBody: {} }),
    crm3.projects.get({ name: 'projects/p' }),
    crm3.projects.getIamPolicy({ resource: 'projects/p', requestBody: {} }),
    crm3.folders.getIamPolicy({ resource: 'folders/1', requestBody: {} }),
    iam1.roles.get({ name: 'roles/r' }),
    iam1.projects.serviceAccounts.getIamPolicy({ resource: 'projects/p/serviceAccounts/e' }),
    iam1.projects.serviceAccounts.get({ name: 'projects/p/serviceAccounts/e' }),
    serviceusage.services.batchGet({ parent: 'projects/p', names: ['projects/p/services/s'] }),
    policytroubleshooter.iam.troubleshoot({ requestBody: {} }),
    recommender.projects.locations.recommenders.recommendations.list({
      parent: 'projects/p/locations/l/recommenders/r',
    }),
    orgpolicy.projects.policies.getEffectivePolicy({ name: 'projects/p/policies/c' }),
  ]);
}
