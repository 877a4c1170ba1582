import { type KubernetesObject, listAt, textAt, textsAt } from './manifest.ts';

/** The user of a request, after authentication. */
export interface User {
  name: string;
  uid?: string;
  groups: string[];
}

/** The attributes of a request: a verb on a resource or on a path (authorization.k8s.io/v1, SubjectAccessReviewSpec). */
export interface Attributes {
  verb: string;
  path?: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
}

export interface PolicyRule {
  verbs: string[];
  apiGroups: string[];
  resources: string[];
  resourceNames: string[];
  nonResourceURLs: string[];
}

/** A rule that applies to a user, and the binding that grants it. */
export interface GrantedRule {
  rule: PolicyRule;
  source: string;
}

/** The RBAC objects of a cluster. Each read returns the current state. */
export interface PolicyStore {
  role(namespace: string, name: string): KubernetesObject | undefined;
  clusterRole(name: string): KubernetesObject | undefined;
  roleBindings(namespace: string): KubernetesObject[];
  clusterRoleBindings(): KubernetesObject[];
}

/** The rules of a Role or ClusterRole. */
export function rulesOf(role: KubernetesObject): PolicyRule[] {
  return listAt(role, 'rules').map(rule => ({
    verbs: textsAt(rule, 'verbs'),
    apiGroups: textsAt(rule, 'apiGroups'),
    resources: textsAt(rule, 'resources'),
    resourceNames: textsAt(rule, 'resourceNames'),
    nonResourceURLs: textsAt(rule, 'nonResourceURLs'),
  }));
}

/** The rules behind a roleRef, or undefined where the role does not exist. */
export function referencedRules(store: PolicyStore, roleRef: unknown, namespace: string): PolicyRule[] | undefined {
  const name = textAt(roleRef, 'name');
  const role = textAt(roleRef, 'kind') === 'Role' ? store.role(namespace, name) : store.clusterRole(name);
  return role && rulesOf(role);
}

/** Every rule that applies to `user` in `namespace` ('' = cluster scope: cluster role bindings only). */
export function rulesFor(store: PolicyStore, user: User, namespace: string): GrantedRule[] {
  const bindings = [...store.clusterRoleBindings(), ...(namespace === '' ? [] : store.roleBindings(namespace))];
  return bindings.flatMap(binding => {
    const scope = binding.metadata.namespace ?? '';
    const subject = listAt(binding, 'subjects').find(candidate => appliesTo(user, candidate, scope));
    if (subject === undefined) return [];
    const source = describeBinding(binding, subject);
    return (referencedRules(store, binding.roleRef, scope) ?? []).map(rule => ({ rule, source }));
  });
}

/** Why RBAC allows a request, with the text of the real authorizer; undefined where no rule allows it. */
export function allowedByRbac(store: PolicyStore, user: User, attributes: Attributes): string | undefined {
  const granted = rulesFor(store, user, attributes.namespace).find(({ rule }) => ruleAllows(rule, attributes));
  return granted && `RBAC: allowed by ${granted.source}`;
}

/** Whether one rule allows a request (Kubernetes, plugin/pkg/auth/authorizer/rbac). */
export function ruleAllows(rule: PolicyRule, asked: Attributes): boolean {
  if (!matches(rule.verbs, asked.verb)) return false;
  const { path } = asked;
  if (path !== undefined) {
    return rule.nonResourceURLs.some(
      url => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))),
    );
  }
  const combined = asked.subresource === '' ? asked.resource : `${asked.resource}/${asked.subresource}`;
  const anyParent = asked.subresource === '' ? [] : [`*/${asked.subresource}`];
  return (
    matches(rule.apiGroups, asked.group) &&
    [combined, ...anyParent].some(resource => matches(rule.resources, resource)) &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(asked.name))
  );
}

const matches = (allowed: string[], value: string) => allowed.includes('*') || allowed.includes(value);

function appliesTo(user: User, subject: unknown, bindingNamespace: string): boolean {
  const name = textAt(subject, 'name');
  switch (textAt(subject, 'kind')) {
    case 'User':
      return user.name === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const namespace = textAt(subject, 'namespace') || bindingNamespace;
      return namespace !== '' && user.name === `system:serviceaccount:${namespace}:${name}`;
    }
    default:
      return false;
  }
}

function describeBinding(binding: KubernetesObject, subject: unknown): string {
  const { name, namespace } = binding.metadata;
  const role = `${textAt(binding, 'roleRef', 'kind')} "${textAt(binding, 'roleRef', 'name')}"`;
  const kind = textAt(subject, 'kind');
  const subjectName = textAt(subject, 'name');
  const to = kind === 'ServiceAccount' ? `${subjectName}/${textAt(subject, 'namespace') || namespace}` : subjectName;
  return `${binding.kind} "${namespace ? `${name}/${namespace}` : name}" of ${role} to ${kind} "${to}"`;
}
