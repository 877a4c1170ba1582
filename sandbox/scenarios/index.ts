import agentGkeNodeAgent from './agent-gke-node-agent.ts';
import agentGkeServiceAgent from './agent-gke-service-agent.ts';
import agentGkeServiceAgentDeleted from './agent-gke-service-agent-deleted.ts';
import agentGkeServiceAgentSharedVpc from './agent-gke-service-agent-shared-vpc.ts';
import agentGoogleApisEditor from './agent-google-apis-editor.ts';
import apiEnabled from './api-enabled.ts';
import apiServerReachable, { apiServerReachableFromOffice } from './api-server-reachable.ts';
import callerClustersGet from './caller-clusters-get.ts';
import clusterAuth401 from './cluster-auth-401.ts';
import clusterElsewhere from './cluster-elsewhere.ts';
import computeClassAccount from './compute-class-account.ts';
import controlPlaneDown from './control-plane-down.ts';
import defaultScenario from './default.ts';
import defaultSaOrgpolicy from './default-sa-orgpolicy.ts';
import { fleets } from './fleet.ts';
import gcePermissionRetryBudget from './gce-permission-retry-budget.ts';
import nodeAccountHiddenGroup from './node-account-hidden-group.ts';
import nodeAccountVariants from './node-account-variants.ts';
import nodeOauthScopes from './node-oauth-scopes.ts';
import nodeSaDeleted from './node-sa-deleted.ts';
import nodeSaDenied from './node-sa-denied.ts';
import nodeSaDisabled from './node-sa-disabled.ts';
import nodeSaRecommender from './node-sa-recommender.ts';
import nodepoolRequiresRecreation from './nodepool-requires-recreation.ts';
import privateEndpoint from './private-endpoint.ts';
import rbacForbidden from './rbac-forbidden.ts';
import resourcePermission from './resource-permission.ts';
import resourcePermissionOnBucket from './resource-permission-on-bucket.ts';
import type { Scenario } from './scenario.ts';
import wiDeploypatchFailed from './wi-deploypatch-failed.ts';
import wiGsaBinding from './wi-gsa-binding.ts';
import wiIamcredentialsApi from './wi-iamcredentials-api.ts';
import wiIstioExclusion from './wi-istio-exclusion.ts';
import wiKsaAnnotation from './wi-ksa-annotation.ts';
import wiMetadataDns from './wi-metadata-dns.ts';
import wiMetadataServerOom from './wi-metadata-server-oom.ts';
import wiMetadataStartup from './wi-metadata-startup.ts';
import wiNetpolEgress from './wi-netpol-egress.ts';
import wiNodepoolMetadataMode from './wi-nodepool-metadata-mode.ts';
import wiWorkloadPool from './wi-workload-pool.ts';
import workloadDirect from './workload-direct.ts';
import workloadThreeLinks from './workload-three-links.ts';

/** All scenarios. The first one is the default. */
export const scenarios: Scenario[] = [
  defaultScenario,
  agentGkeNodeAgent,
  agentGkeServiceAgent,
  agentGkeServiceAgentDeleted,
  agentGkeServiceAgentSharedVpc,
  agentGoogleApisEditor,
  apiEnabled,
  apiServerReachable,
  apiServerReachableFromOffice,
  callerClustersGet,
  clusterElsewhere,
  clusterAuth401,
  computeClassAccount,
  controlPlaneDown,
  defaultSaOrgpolicy,
  gcePermissionRetryBudget,
  nodeAccountHiddenGroup,
  nodeAccountVariants,
  nodeOauthScopes,
  nodeSaDeleted,
  nodeSaDenied,
  nodeSaDisabled,
  nodeSaRecommender,
  nodepoolRequiresRecreation,
  privateEndpoint,
  rbacForbidden,
  resourcePermission,
  resourcePermissionOnBucket,
  wiDeploypatchFailed,
  wiIamcredentialsApi,
  wiWorkloadPool,
  wiGsaBinding,
  wiIstioExclusion,
  wiKsaAnnotation,
  wiMetadataDns,
  wiMetadataServerOom,
  wiMetadataStartup,
  wiNetpolEgress,
  wiNodepoolMetadataMode,
  workloadDirect,
  workloadThreeLinks,
  ...fleets,
];

/** The scenario with this name, or undefined. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find(scenario => scenario.name === name);
}
