import type { Attributes } from './rbac.ts';
import type { ResourceType } from './resources.ts';

/** Verbs with another name in IAM: on GKE, patch counts as update and watch as list. */
const verbNames: Record<string, string> = { patch: 'update', watch: 'list', deletecollection: 'delete' };

/** Subresources with one permission of their own for all verbs. */
const actions: Record<string, string> = {
  'pods/log': 'getLogs',
  'pods/exec': 'exec',
  'pods/attach': 'attach',
  'pods/portforward': 'portForward',
  'pods/eviction': 'evict',
  'pods/proxy': 'proxy',
  'services/proxy': 'proxy',
  'nodes/proxy': 'proxy',
  'serviceaccounts/token': 'createToken',
  'namespaces/finalize': 'finalize',
};

/** Custom resources with IAM permissions of their own. All others use those of third-party objects. */
const namedCustomKinds = new Set(['BackendConfig', 'FrontendConfig', 'ManagedCertificate', 'UpdateInfo']);

/**
 * The IAM permission that GKE checks where RBAC has not allowed a call
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/iam). `type` is undefined for a resource that the server does
 * not serve.
 */
export function iamPermission(asked: Attributes, type: ResourceType | undefined): string {
  if (asked.verb === 'impersonate') return 'container.clusters.impersonate';
  const verb = verbNames[asked.verb] ?? asked.verb;
  const action = actions[`${asked.resource}/${asked.subresource}`] ?? `${verb}${capitalized(asked.subresource)}`;
  if (type === undefined || (type.custom && !namedCustomKinds.has(type.kind))) {
    return `container.thirdPartyObjects.${verb}`;
  }
  return `container.${resourceName(type)}.${action}`;
}

/** `NetworkPolicy` and `networkpolicies` make `networkPolicies`. */
function resourceName({ kind, plural }: ResourceType): string {
  const lower = kind.toLowerCase();
  let shared = 0;
  while (shared < lower.length && lower[shared] === plural[shared]) shared += 1;
  const name = kind.slice(0, shared) + plural.slice(shared);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
