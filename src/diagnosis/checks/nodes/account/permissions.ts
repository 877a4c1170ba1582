/** What nodes need to write logs and metrics, and how IAM is asked for it (docs/domain/nodes.md#which-nodes-need-what). */
import type { Cluster } from '../../../facts/google/cluster.ts';
import { minorVersion, nodeServiceAgent } from '../../../facts/google/node-accounts.ts';
import type { Question, RoleQuestion } from '../../../iam/model.ts';

export const NODE_ROLE = 'roles/container.defaultNodeServiceAccount';
export const AGENT_ROLE = 'roles/container.defaultNodeServiceAgent';

/** Without these nodes can't write logs and metrics. */
export const NODE_PERMISSIONS = [
  'logging.logEntries.create',
  'monitoring.timeSeries.create',
  'monitoring.metricDescriptors.create',
  'autoscaling.sites.writeMetrics',
] as const;

/** The role has these too; nothing breaks without them. */
export const USEFUL_PERMISSIONS = ['monitoring.metricDescriptors.list', 'monitoring.timeSeries.list'] as const;

/** From this minor version on GKE's node agent writes system logs and metrics itself (docs/domain/nodes.md#which-nodes-need-what). */
const AGENT_SINCE_MINOR = 34;

/** Does a node's account hold a permission on the clusters' project? */
export function nodeQuestion(project: string, email: string, permission: string): Question {
  return { principal: { member: `serviceAccount:${email}` }, permission, resource: `projects/${project}` };
}

/** Does GKE's node agent hold its role there? */
export function agentQuestion(cluster: Cluster, number: string): RoleQuestion {
  return { principal: { member: nodeServiceAgent(number) }, role: AGENT_ROLE, resource: `projects/${cluster.project}` };
}

export function isWrittenByAgent(version: string): boolean {
  return (minorVersion(version) ?? 0) >= AGENT_SINCE_MINOR;
}
