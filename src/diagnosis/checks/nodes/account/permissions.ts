/** What nodes need to write logs and metrics, and how IAM is asked for it (docs/domain/nodes.md#which-nodes-need-what). */
import type { Cluster } from '../../../facts/google/cluster.ts';
import { minorVersion, nodeServiceAgent } from '../../../facts/google/node-accounts.ts';
import type { Question } from '../../../iam/model.ts';

export const NODE_ROLE = 'roles/container.defaultNodeServiceAccount';

/** Each of them is needed to write something. */
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

export function isWrittenByAgent(version: string): boolean {
  return (minorVersion(version) ?? 0) >= AGENT_SINCE_MINOR;
}

/** Does a node's account hold a permission on the clusters' project? */
export function nodeQuestion(project: string, email: string, permission: string): Question {
  return { principal: { member: `serviceAccount:${email}` }, permission, resource: `projects/${project}` };
}

/** Does GKE's node agent hold it there? Whichever role gives it: several do. */
export function agentQuestion(project: string, number: string, permission: string): Question {
  return { principal: { member: nodeServiceAgent(number) }, permission, resource: `projects/${project}` };
}

/** The permissions that a cluster's nodes need: one that doesn't log, or doesn't measure, needs none for it. */
export function neededPermissions({ loggingService, monitoringService }: Cluster): readonly string[] {
  return NODE_PERMISSIONS.filter(permission => isOn(permission, loggingService, monitoringService));
}

/** Those that help a cluster's nodes, and that they do without. */
export function usefulPermissions({ loggingService, monitoringService }: Cluster): readonly string[] {
  return USEFUL_PERMISSIONS.filter(permission => isOn(permission, loggingService, monitoringService));
}

function isOn(permission: string, loggingService: string, monitoringService: string): boolean {
  if (permission.startsWith('logging.')) return loggingService !== 'none';
  if (permission.startsWith('monitoring.')) return monitoringService !== 'none';
  return true;
}
