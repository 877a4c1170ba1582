/** What names and labels in manifests say of a workload: pure, because checks look at them too. */
import type { Node, Pod } from '../../../kubernetes/objects.ts';

/** By it a Kubernetes service account names the IAM service account that its Pods act as. */
export const ANNOTATION = 'iam.gke.io/gcp-service-account';

const POOL_LABEL = 'cloud.google.com/gke-nodepool';

/** The node pool that a Pod runs on; undefined where it is on no node yet, or the node is not known. */
export function poolNameOf(pod: Pod, nodes: readonly Node[]): string | undefined {
  const node = nodes.find(({ metadata }) => metadata.name === pod.spec.nodeName);
  return node?.metadata.labels[POOL_LABEL];
}

/** Istio's proxy, as a container of its own or as a native sidecar. */
export const SIDECAR = 'istio-proxy';

export function hasSidecar({ spec }: Pod): boolean {
  return [...spec.containers, ...spec.initContainers].some(({ name }) => name === SIDECAR);
}
