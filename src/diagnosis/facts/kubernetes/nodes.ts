/** What nodes tell about the node pool they belong to. */
import type { Node } from '../../../kubernetes/objects.ts';

/** GKE labels every node with the name of its pool (https://cloud.google.com/kubernetes-engine/docs/how-to/node-pools). */
export const POOL_LABEL = 'cloud.google.com/gke-nodepool';

export function nodesOf(nodes: readonly Node[], pool: string): Node[] {
  return nodes.filter(({ metadata }) => metadata.labels[POOL_LABEL] === pool);
}

/** When the oldest of these nodes was created (RFC 3339); undefined if there is none, or one of them doesn't say it. */
export function oldestCreation(nodes: readonly Node[]): string | undefined {
  const times = nodes.map(({ metadata }) => metadata.creationTimestamp ?? '').sort();
  return times[0] || undefined;
}
