/** The registry: every check, in the order in which reports list them. A test holds it equal to this folder. */
import { agentGkeNodeAgent } from './agent-gke-node-agent.ts';
import { agentGkeServiceAgent } from './agent-gke-service-agent.ts';
import { agentGoogleApisEditor } from './agent-google-apis-editor.ts';
import { apiEnabled } from './api-enabled.ts';
import { callerClustersGet } from './caller-clusters-get.ts';
import type { Check } from './check.ts';
import { clusterAuth401 } from './cluster-auth-401.ts';
import { clusterNotFound } from './cluster-not-found.ts';
import { defaultSaOrgpolicy } from './default-sa-orgpolicy.ts';
import { gcePermissionRetryBudget } from './gce-permission-retry-budget.ts';
import { kubeconfigAuthPlugin } from './kubeconfig-auth-plugin.ts';
import { nodeOauthScopes } from './node-oauth-scopes.ts';
import { nodeSaPermissions } from './node-sa-permissions.ts';
import { nodeSaRecommender } from './node-sa-recommender.ts';
import { nodeSaState } from './node-sa-state.ts';
import { nodepoolRequiresRecreation } from './nodepool-requires-recreation.ts';
import { rbacForbidden } from './rbac-forbidden.ts';
import { wiControlPlaneUnavailable } from './wi-control-plane-unavailable.ts';
import { wiDeploypatchFailed } from './wi-deploypatch-failed.ts';
import { wiGsaBinding } from './wi-gsa-binding.ts';
import { wiIamcredentialsApi } from './wi-iamcredentials-api.ts';
import { wiIstioExclusion } from './wi-istio-exclusion.ts';
import { wiKsaAnnotation } from './wi-ksa-annotation.ts';
import { wiMetadataDns } from './wi-metadata-dns.ts';
import { wiMetadataServerOom } from './wi-metadata-server-oom.ts';
import { wiMetadataStartup } from './wi-metadata-startup.ts';
import { wiNetpolEgress } from './wi-netpol-egress.ts';
import { wiNodepoolMetadataMode } from './wi-nodepool-metadata-mode.ts';
import { wiWorkloadPool } from './wi-workload-pool.ts';

export const CHECKS: readonly Check[] = [
  clusterNotFound,
  clusterAuth401,
  kubeconfigAuthPlugin,
  callerClustersGet,
  rbacForbidden,
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
