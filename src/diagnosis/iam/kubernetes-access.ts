/**
 * A request to a cluster's API server, as RBAC and as IAM are asked about it (docs/domain/kubernetes-access.md#rbac-and-iam): GKE tries RBAC first, then
 * IAM by permission names of its own.
 */
import type { DiagnoseRequest } from '../../contracts/jobs.ts';
import { findResource, isInView, type KubernetesResource } from './kubernetes-resources.ts';
import { memberOf } from './principal.ts';

/** Who calls, under the names that RBAC and IAM have for them. */
export interface Caller {
  /** The user name that the API server sees; absent for a group. */
  readonly user?: string;
  readonly groups: readonly string[];
  /** The IAM member; absent where IAM has no say (a Kubernetes service account) or does not know the name. */
  readonly member?: string;
  readonly kind: 'user' | 'group' | 'service-account' | 'kubernetes-service-account' | 'numeric';
  /** The subject of a binding to them. */
  readonly subject:
    | { readonly kind: 'User' | 'Group'; readonly name: string }
    | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string };
}

export interface AccessRequest {
  readonly caller: Caller;
  readonly verb: string;
  readonly resource: KubernetesResource;
  readonly subresource?: string;
  /** Absent: cluster scope, or all namespaces. */
  readonly namespace?: string;
  /** The IAM permissions that would allow it, all of them. */
  readonly permissions: readonly string[];
}

type Asked = Pick<DiagnoseRequest, 'principal' | 'verb' | 'resource' | 'namespace' | 'symptom'>;

/**
 * Identities of Kubernetes itself: anybody (`system:anonymous`, `system:unauthenticated`), every Google account
 * (`system:authenticated`), cluster administrators (`system:masters`), components. Nothing is ever bound to them
 * (docs/domain/kubernetes-access.md#what-may-be-bound).
 */
const SYSTEM = /^(?:user:|group:)?system:(?!serviceaccount:)/;

/** Whether a text names an identity of Kubernetes itself, which is nobody's own. */
export function isSystemIdentity(text: string): boolean {
  return SYSTEM.test(text);
}

/** Verbs that give away more than the rule says: whoever has them can take any other right. */
const ESCALATING = ['impersonate', 'bind', 'escalate'];

/** Whether a verb lets its holder act with rights that are not their own. */
export function isEscalating(verb: string): boolean {
  return ESCALATING.includes(verb);
}

/** Whoever `--for` or an error text names; names are case-sensitive in RBAC, so nothing is folded. */
export function callerOf(text: string): Caller | undefined {
  if (isSystemIdentity(text)) return undefined;
  const own = text.match(/^system:serviceaccount:([^:]+):([^:]+)$/);
  const [, namespace, name] = own ?? [];
  if (namespace !== undefined && name !== undefined) {
    return {
      user: text,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
      kind: 'kubernetes-service-account',
      subject: { kind: 'ServiceAccount', name, namespace },
    };
  }
  // A VM without the userinfo-email scope is known to the API server by its account's unique id alone.
  if (/^\d{15,}$/.test(text)) return { user: text, groups: [], kind: 'numeric', subject: { kind: 'User', name: text } };
  const member = memberOf(text);
  if (member === undefined) return undefined;
  if (member.startsWith('group:')) {
    const group = member.slice('group:'.length);
    return { groups: [group], member, kind: 'group', subject: { kind: 'Group', name: group } };
  }
  if (/^(?:domain|principalSet|deleted):/.test(member)) return undefined;
  // The API server knows a workload of another cluster by its whole member name, everybody else by the bare one.
  const whole = /^principal:|\[/.test(member);
  const user = whole ? member : member.replace(/^\w+:/, '');
  const kind = member.startsWith('serviceAccount:') ? 'service-account' : 'user';
  return { user, groups: [], member, kind, subject: { kind: 'User', name: user } };
}

/** What was asked for, out of the options or the error text; undefined where caller, verb or resource is not known. */
export function accessRequest(asked: Asked): AccessRequest | undefined {
  const entities = asked.symptom?.problem === 'rbac-forbidden' ? asked.symptom.entities : {};
  const who = asked.principal ?? entities.principal;
  const verb = asked.verb ?? entities.verb;
  const text = asked.resource ?? entities.kubernetesResource;
  const caller = who === undefined ? undefined : callerOf(who);
  if (!caller || !verb || !text) return undefined;
  const [name = '', subresource] = text.split('/');
  const group = asked.resource === undefined ? entities.apiGroup : undefined;
  const resource = (verb === 'impersonate' ? impersonated(name) : undefined) ?? findResource(name, group);
  if (!resource) return undefined;
  const namespace = resource.namespaced ? (asked.namespace ?? entities.namespace) : undefined;
  const named = asked.resource === undefined ? entities.permission : undefined;
  return {
    caller,
    verb,
    resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
    permissions: named?.startsWith('container.') ? [named] : iamPermissions(verb, resource, subresource),
  };
}

/**
 * Users and groups exist only as what `impersonate` is asked about, in the core group
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation).
 */
function impersonated(name: string): KubernetesResource | undefined {
  if (name !== 'users' && name !== 'groups') return undefined;
  return { group: '', plural: name, iam: name, namespaced: false };
}

/** Verbs that IAM knows under another name. */
const VERBS: Readonly<Record<string, string>> = { patch: 'update', watch: 'list', deletecollection: 'delete' };

/** Subresources whose permission has a name of its own, whatever the verb. */
const ACTIONS: Readonly<Record<string, string>> = {
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
  'certificatesigningrequests/approval': 'approve',
};

/** `patch deployments` → `container.deployments.update`, `get pods/log` → `container.pods.getLogs`. */
export function iamPermissions(verb: string, resource: KubernetesResource, subresource?: string): string[] {
  if (verb === '*') {
    return ['get', 'list', 'create', 'update', 'delete'].flatMap(one => iamPermissions(one, resource, subresource));
  }
  if (verb === 'impersonate') return ['container.clusters.impersonate'];
  const named = VERBS[verb] ?? verb;
  const action = ACTIONS[`${resource.plural}/${subresource}`] ?? `${named}${capitalized(subresource ?? '')}`;
  return [`container.${resource.iam}.${resource.iam === 'thirdPartyObjects' ? named : action}`];
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `roles`, `pods/log`: the resource as RBAC rules name it. */
export function rbacResource({ resource, subresource }: AccessRequest): string {
  return subresource ? `${resource.plural}/${subresource}` : resource.plural;
}

/** Whether the ClusterRole `view` allows it. */
export function isCoveredByView(request: AccessRequest): boolean {
  return isInView(request.verb, request.resource.group, rbacResource(request));
}
