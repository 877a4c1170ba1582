/**
 * Answers of Google's APIs, with the fields that are looked at; all others are dropped. Type and schema share a name.
 *
 * Google leaves out what is empty, and @google-cloud/container writes null for it. Values of enums are plain texts, because
 * services add new ones at any time (https://google.aip.dev/126); the library reads those that it doesn't know as
 * `…_UNSPECIFIED`.
 */
import { z } from 'zod';

const text = z.string().nullish();
const flag = z.boolean().nullish();
const choice = z.union([z.string(), z.number()]).nullish();
const texts = z.array(z.string()).nullish();
const enabled = z.object({ enabled: flag }).nullish();

const ClusterCondition = z.object({ code: choice, message: text });
const conditions = z.array(ClusterCondition).nullish();

/** container v1 MasterAuthorizedNetworksConfig. */
const authorizedNetworks = z
  .object({
    enabled: flag,
    cidrBlocks: z.array(z.object({ cidrBlock: text })).nullish(),
    gcpPublicCidrsAccessEnabled: flag,
    privateEndpointEnforcementEnabled: flag,
  })
  .nullish();

/** container v1 Cluster. */
export const ContainerCluster = z.object({
  name: text,
  location: text,
  zone: text,
  status: choice,
  conditions,
  currentMasterVersion: text,
  endpoint: text,
  loggingService: text,
  monitoringService: text,
  autopilot: enabled,
  workloadIdentityConfig: z.object({ workloadPool: text }).nullish(),
  networkPolicy: enabled,
  masterAuth: z.object({ clusterCaCertificate: text }).nullish(),
  masterAuthorizedNetworksConfig: authorizedNetworks,
  privateClusterConfig: z
    .object({
      enablePrivateEndpoint: flag,
      publicEndpoint: text,
      privateEndpoint: text,
      masterGlobalAccessConfig: enabled,
    })
    .nullish(),
  controlPlaneEndpointsConfig: z
    .object({
      dnsEndpointConfig: z
        .object({ endpoint: text, allowExternalTraffic: flag, enableK8sTokensViaDns: flag })
        .nullish(),
      ipEndpointsConfig: z
        .object({
          enabled: flag,
          enablePublicEndpoint: flag,
          publicEndpoint: text,
          privateEndpoint: text,
          globalAccess: flag,
          authorizedNetworksConfig: authorizedNetworks,
        })
        .nullish(),
    })
    .nullish(),
  authenticatorGroupsConfig: enabled,
  autoscaling: z
    .object({
      enableNodeAutoprovisioning: flag,
      autoprovisioningNodePoolDefaults: z.object({ serviceAccount: text }).nullish(),
    })
    .nullish(),
  networkConfig: z
    .object({ datapathProvider: choice, network: text, dnsConfig: z.object({ clusterDns: choice }).nullish() })
    .nullish(),
  addonsConfig: z.object({ dnsCacheConfig: enabled }).nullish(),
  servicesIpv4Cidr: text,
  ipAllocationPolicy: z.object({ servicesIpv4CidrBlock: text }).nullish(),
  maintenancePolicy: z.object({ window: z.looseObject({}).nullish() }).nullish(),
  fleet: z.object({ membership: text }).nullish(),
  nodePools: z
    .array(
      z.object({
        name: text,
        version: text,
        status: choice,
        conditions,
        config: z
          .object({
            serviceAccount: text,
            oauthScopes: texts,
            imageType: text,
            workloadMetadataConfig: z.object({ mode: choice }).nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
});
export type ContainerCluster = z.infer<typeof ContainerCluster>;

/** container v1 ListClustersResponse. */
export const ContainerClusters = z.object({ clusters: z.array(ContainerCluster).nullish(), missingZones: texts });
export type ContainerClusters = z.infer<typeof ContainerClusters>;

/** container v1 Operation. `name` is its id within the location. */
export const ContainerOperation = z.object({
  name: text,
  operationType: choice,
  status: choice,
  statusMessage: text,
  targetLink: text,
  startTime: text,
  endTime: text,
  detail: text,
  error: z.object({ message: text }).nullish(),
});
export type ContainerOperation = z.infer<typeof ContainerOperation>;

/** container v1 ListOperationsResponse. */
export const ContainerOperations = z.object({ operations: z.array(ContainerOperation).nullish() });

/** cloudresourcemanager v3 Project: `name` is `projects/NUMBER`. */
export const Project = z.object({ name: text, projectId: text, state: text });
export type Project = z.infer<typeof Project>;

/** cloudresourcemanager v1 GetAncestryResponse. */
export const Ancestry = z.object({
  ancestor: z.array(z.object({ resourceId: z.object({ type: text, id: text }).nullish() })).nullish(),
});
export type Ancestor = NonNullable<z.infer<typeof Ancestry>['ancestor']>[number];

const Condition = z.object({ title: text, description: text, expression: text });

/** An allow policy (https://cloud.google.com/iam/docs/reference/rest/v1/Policy). */
export const Policy = z.object({
  version: z.number().nullish(),
  etag: text,
  bindings: z.array(z.object({ role: text, members: texts, condition: Condition.nullish() })).nullish(),
});
export type Policy = z.infer<typeof Policy>;

/** A deny policy (https://cloud.google.com/iam/docs/reference/rest/v2/policies). */
export const DenyPolicy = z.object({
  name: text,
  rules: z
    .array(
      z.object({
        denyRule: z
          .object({
            deniedPrincipals: texts,
            exceptionPrincipals: texts,
            deniedPermissions: texts,
            exceptionPermissions: texts,
            denialCondition: Condition.nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
});
export type DenyPolicy = z.infer<typeof DenyPolicy>;

export const DenyPolicies = z.object({ policies: z.array(DenyPolicy).nullish(), nextPageToken: text });

/** iam v1 ServiceAccount. */
export const ServiceAccount = z.object({ email: text, uniqueId: text, disabled: flag });
export type ServiceAccount = z.infer<typeof ServiceAccount>;

export const ServiceAccounts = z.object({ accounts: z.array(ServiceAccount).nullish(), nextPageToken: text });

/** iam v1 Role. */
export const Role = z.object({ includedPermissions: texts, deleted: flag, stage: text });
export type Role = z.infer<typeof Role>;

/** serviceusage v1 Service: `name` is `projects/NUMBER/services/NAME`. */
export const Service = z.object({ name: text, state: text });
export type Service = z.infer<typeof Service>;

export const Services = z.object({ services: z.array(Service).nullish() });

/** policytroubleshooter v3beta TroubleshootIamPolicyResponse; v3 has no `pabPolicyExplanation`. */
export const Troubleshooting = z.object({
  overallAccessState: text,
  allowPolicyExplanation: z.object({ allowAccessState: text }).nullish(),
  denyPolicyExplanation: z.object({ denyAccessState: text }).nullish(),
  pabPolicyExplanation: z
    .object({
      principalAccessBoundaryAccessState: text,
      explainedBindingsAndPolicies: z
        .array(
          z.object({
            bindingAndPolicyAccessState: text,
            explainedPolicy: z.object({ policy: z.object({ name: text }).nullish() }).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
export type Troubleshooting = z.infer<typeof Troubleshooting>;

/** recommender v1 Recommendation. */
export const Recommendation = z.object({ name: text, targetResources: texts });
export type Recommendation = z.infer<typeof Recommendation>;

export const Recommendations = z.object({ recommendations: z.array(Recommendation).nullish(), nextPageToken: text });

/** orgpolicy v2 Policy. */
export const OrgPolicy = z.object({
  spec: z.object({ rules: z.array(z.object({ enforce: flag, condition: Condition.nullish() })).nullish() }).nullish(),
});
export type OrgPolicyRule = NonNullable<NonNullable<z.infer<typeof OrgPolicy>['spec']>['rules']>[number];

/** cloudresourcemanager v1 OrgPolicy. */
export const OrgPolicyV1 = z.object({ booleanPolicy: z.object({ enforced: flag }).nullish() });

/** logging v2 LogEntry. */
export const LogEntry = z.object({
  timestamp: text,
  textPayload: text,
  jsonPayload: z.looseObject({}).nullish(),
  resource: z.object({ labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
export type LogEntry = z.infer<typeof LogEntry>;

export const LogEntries = z.object({ entries: z.array(LogEntry).nullish(), nextPageToken: z.string().nullish() });

/** connectgateway v1 GenerateCredentialsResponse: a kubeconfig in YAML, as base64. */
export const GatewayCredentials = z.object({ kubeconfig: z.string() });

export const Kubeconfig = z.object({
  clusters: z.tuple(
    [z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.string().optional() }) })],
    z.unknown(),
  ),
});
