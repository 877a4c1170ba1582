/** The registry: every check, in the order in which reports list them. A test holds it equal to this folder. */
import { agentGkeNodeAgent } from './agents/agent-gke-node-agent.ts';
import { agentGkeServiceAgent } from './agents/agent-gke-service-agent.ts';
import { agentGoogleApisEditor } from './agents/agent-google-apis-editor.ts';
import { apiServerReachable } from './callers/api-server-reachable.ts';
import { callerClustersGet } from './callers/caller-clusters-get.ts';
import { clusterAuth401 } from './callers/cluster-auth-401.ts';
import { clusterNotFound } from './callers/cluster-not-found.ts';
import { kubeconfigAuthPlugin } from './callers/kubeconfig-auth-plugin.ts';
import { rbacForbidden } from './callers/rbac-forbidden.ts';
import type { Check } from './check.ts';
import { nodeOauthScopes } from './nodes/node-oauth-scopes.ts';
import { nodeSaPermissions } from './nodes/node-sa-permissions.ts';
import { nodeSaRecommender } from './nodes/node-sa-recommender.ts';
import { nodeSaState } from './nodes/node-sa-state.ts';
import { nodepoolRequiresRecreation } from './nodes/nodepool-requires-recreation.ts';
import { apiEnabled } from './projects/api-enabled.ts';
import { defaultSaOrgpolicy } from './projects/default-sa-orgpolicy.ts';
import { gcePermissionRetryBudget } from './projects/gce-permission-retry-budget.ts';
import { resourcePermission } from './workloads/resource-permission.ts';
import { wiControlPlaneUnavailable } from './workloads/wi-control-plane-unavailable.ts';
import { wiDeploypatchFailed } from './workloads/wi-deploypatch-failed.ts';
import { wiGsaBinding } from './workloads/wi-gsa-binding.ts';
import { wiIamcredentialsApi } from './workloads/wi-iamcredentials-api.ts';
import { wiIstioExclusion } from './workloads/wi-istio-exclusion.ts';
import { wiKsaAnnotation } from './workloads/wi-ksa-annotation.ts';
import { wiMetadataDns } from './workloads/wi-metadata-dns.ts';
import { wiMetadataServerOom } from './workloads/wi-metadata-server-oom.ts';
import { wiMetadataStartup } from './workloads/wi-metadata-startup.ts';
import { wiNetpolEgress } from './workloads/wi-netpol-egress.ts';
import { wiNodepoolMetadataMode } from './workloads/wi-nodepool-metadata-mode.ts';
import { wiWorkloadPool } from './workloads/wi-workload-pool.ts';

export const CHECKS: readonly Check[] = [
  clusterNotFound,
  clusterAuth401,
  kubeconfigAuthPlugin,
  apiServerReachable,
  callerClustersGet,
  rbacForbidden,
  resourcePermission,
  apiEnabled,
  agentGkeServiceAgent,
  agentGkeNodeAgent,
  agentGoogleApisEditor,
  nodeSaPermissions,
  nodeOauthScopes,
  nodeSaState,
  nodeSaRecommender,
  defaultSaOrgpolicy,
  gcePermissionRetryBudget,
  nodepoolRequiresRecreation,
  wiIamcredentialsApi,
  wiWorkloadPool,
  wiNodepoolMetadataMode,
  wiKsaAnnotation,
  wiGsaBinding,
  wiNetpolEgress,
  wiMetadataDns,
  wiMetadataStartup,
  wiIstioExclusion,
  wiMetadataServerOom,
  wiControlPlaneUnavailable,
  wiDeploypatchFailed,
];
