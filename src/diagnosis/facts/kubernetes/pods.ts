/** Which Pods say something about the present. */
import type { Pod } from '../../../kubernetes/objects.ts';

/**
 * Pods in these phases are left behind by a Job, an eviction or a node's shutdown; none of their containers will run again
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase).
 */
export function hasEnded({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}
