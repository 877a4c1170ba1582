/** The registry: every check, in the order in which reports list them. A test holds it equal to this folder. */
import { agentGkeServiceAgent } from './agent-gke-service-agent.ts';
import type { Check } from './check.ts';
import { clusterNotFound } from './cluster-not-found.ts';
import { nodeOauthScopes } from './node-oauth-scopes.ts';
import { nodeSaPermissions } from './node-sa-permissions.ts';
import { wiWorkloadPool } from './wi-workload-pool.ts';

export const CHECKS: readonly Check[] = [
  clusterNotFound,
  agentGkeServiceAgent,
  nodeSaPermissions,
  nodeOauthScopes,
  wiWorkloadPool,
];
