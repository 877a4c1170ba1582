/** Objects of custom resources: network policies that are not Kubernetes' own, and Istio's configuration. */
import type { CustomObject } from '../../../kubernetes/objects.ts';
import type { KubernetesClient } from '../../../kubernetes/reads.ts';

export interface CustomKind {
  readonly kind: string;
  readonly group: string;
  /** Those that are understood, the one to be preferred first. */
  readonly versions: readonly string[];
  readonly plural: string;
  readonly namespaced: boolean;
}

/** What the API server serves; it needs no permission to ask (https://kubernetes.io/docs/reference/access-authn-authz/rbac/). */
export interface Discovery {
  groups(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Plural names of the resources in one version of a group. */
  resources(group: string, version: string): Promise<readonly string[]>;
}

/**
 * Nothing if the cluster has no such kind: who may not list a kind that is not installed needs no permission for it.
 * @param namespace absent: of all namespaces
 * @throws {KubernetesApiError}
 */
export async function readCustomObjects(
  client: KubernetesClient,
  discovery: Discovery,
  { group, versions, plural }: CustomKind,
  namespace: string | undefined,
): Promise<CustomObject[]> {
  const served = (await discovery.groups()).get(group) ?? [];
  const version = versions.find(one => served.includes(one));
  if (version === undefined || !(await discovery.resources(group, version)).includes(plural)) return [];
  return client.customObjects(group, version, plural, namespace);
}
