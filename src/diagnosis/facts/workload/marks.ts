/** What names and labels in manifests say of a workload: pure, because checks look at them too. */
import type { Container, Node, Pod } from '../../../kubernetes/objects.ts';

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

/** The sidecar that Cloud Storage FUSE adds. */
const FUSE_SIDECAR = 'gke-gcsfuse-sidecar';

/** The application's own containers, without those that GKE or a mesh adds. */
export function applicationContainers({ spec }: Pod): Container[] {
  return spec.containers.filter(({ name }) => name !== SIDECAR && name !== FUSE_SIDECAR);
}

export const CREDENTIALS_FILE = 'GOOGLE_APPLICATION_CREDENTIALS';

/**
 * Whether client libraries in a container read a key or a credential configuration instead of asking the metadata server
 * (https://cloud.google.com/docs/authentication/application-default-credentials). An empty value is taken as not set.
 */
export function hasCredentialsFile({ env }: Container): boolean {
  return env.some(
    ({ name, value = '', valueFrom }) => name === CREDENTIALS_FILE && (value !== '' || valueFrom !== undefined),
  );
}

/** Whether some container of a Pod gets its credentials from the metadata server. */
export function asksMetadataServer(pod: Pod): boolean {
  return !applicationContainers(pod).every(hasCredentialsFile);
}
