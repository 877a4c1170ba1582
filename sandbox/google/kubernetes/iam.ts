import type { Attributes } from './rbac.ts';
import type { ResourceType } from './resources.ts';

/** Verbs that IAM knows under another name (GKE: patch is an update, watching is listing). */
const verbNames: Record<string, string> = { patch: 'update', watch: 'list', deletecollection: 'delete' };

/** Subresources whose permission has a name of its own, whatever the verb. */
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

/** Custom resources that GKE's IAM names; all others are third-party objects. */
const namedCustomKinds = new Set(['BackendConfig', 'FrontendConfig', 'ManagedCertificate', 'UpdateInfo']);

/**
 * The IAM permission that GKE asks for once RBAC has not allowed a call (GKE docs, "IAM permissions for Kubernetes
 * resources"). `type` is undefined where the server does not serve the resource.
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
