import { type Authorizer, allows, type Caller } from './authorizer.ts';
import { at, type KubernetesObject, textAt } from './manifest.ts';
import { type PolicyRule, type PolicyStore, referencedRules, rulesFor, rulesOf } from './rbac.ts';
import type { ResourceType } from './resources.ts';
import { forbidden, notFound, type Subject } from './status.ts';

/**
 * Rejects a Role or a binding that grants more than the caller holds by RBAC, unless they may `escalate` or `bind` the
 * role (https://kubernetes.io/docs/reference/access-authn-authz/rbac/, privilege escalation prevention). IAM permissions
 * do not count as held; only container.roles.bind, container.clusterRoles.bind and the same with `escalate` do.
 * Throws a 403 with the API server's text, or a 404 where the referenced role does not exist.
 */
export function confirmNoEscalation(
  store: PolicyStore,
  authorizer: Authorizer,
  caller: Caller,
  type: ResourceType,
  object: KubernetesObject,
): void {
  const grant = grantOf(store, type, object);
  if (grant === undefined || caller.groups.includes('system:masters')) return;
  const namespace = object.metadata.namespace ?? '';
  const asked = { group: type.group, version: type.version, subresource: '', namespace };
  if (allows(authorizer, caller, { ...asked, verb: grant.verb, resource: grant.resource, name: grant.name })) return;
  if (grant.rules === undefined) {
    throw notFound({ group: type.group, resource: grant.resource, name: grant.name });
  }
  const held = rulesFor(store, caller, namespace).map(({ rule }) => rule);
  const missing = breakDown(grant.rules).filter(rule => !held.some(owned => covers(owned, rule)));
  if (missing.length === 0) return;
  const subject: Subject = { group: type.group, resource: type.plural, name: object.metadata.name };
  const groups = caller.groups.map(group => JSON.stringify(group)).join(' ');
  throw forbidden(
    subject,
    `user ${JSON.stringify(caller.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${describe(missing)}`,
  );
}

interface Grant {
  verb: 'bind' | 'escalate';
  resource: string;
  name: string;
  rules: PolicyRule[] | undefined;
}

function grantOf(store: PolicyStore, type: ResourceType, object: KubernetesObject): Grant | undefined {
  if (type.group !== 'rbac.authorization.k8s.io') return undefined;
  if (type.kind === 'Role' || type.kind === 'ClusterRole') {
    return { verb: 'escalate', resource: type.plural, name: object.metadata.name, rules: rulesOf(object) };
  }
  const roleRef = at(object, 'roleRef');
  const resource = textAt(roleRef, 'kind') === 'Role' ? 'roles' : 'clusterroles';
  const rules = referencedRules(store, roleRef, object.metadata.namespace ?? '');
  return { verb: 'bind', resource, name: textAt(roleRef, 'name'), rules };
}

/** Splits rules into single grants: one verb, one group, one resource, one name. */
function breakDown(rules: PolicyRule[]): PolicyRule[] {
  return rules.flatMap(rule =>
    rule.verbs.flatMap(verb => {
      const paths = rule.nonResourceURLs.map(url => single({ verbs: [verb], nonResourceURLs: [url] }));
      const names = rule.resourceNames.length > 0 ? rule.resourceNames.map(name => [name]) : [[]];
      const resources = rule.apiGroups.flatMap(group =>
        rule.resources.flatMap(resource =>
          names.map(resourceNames =>
            single({ verbs: [verb], apiGroups: [group], resources: [resource], resourceNames }),
          ),
        ),
      );
      return [...resources, ...paths];
    }),
  );
}

function single(parts: Partial<PolicyRule>): PolicyRule {
  return { verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [], ...parts };
}

/** Whether a rule covers a single grant. Only a wildcard covers a wildcard. */
function covers(owned: PolicyRule, asked: PolicyRule): boolean {
  const holds = (held: string[], wanted: string[]) => held.includes('*') || wanted.every(value => held.includes(value));
  if (!holds(owned.verbs, asked.verbs)) return false;
  const [path] = asked.nonResourceURLs;
  if (path !== undefined) {
    return owned.nonResourceURLs.some(
      url => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))),
    );
  }
  const [resource = ''] = asked.resources;
  const subresource = resource.includes('/') ? `*/${resource.split('/')[1]}` : resource;
  return (
    holds(owned.apiGroups, asked.apiGroups) &&
    (holds(owned.resources, [resource]) || owned.resources.includes(subresource)) &&
    (owned.resourceNames.length === 0 ||
      (asked.resourceNames.length > 0 && asked.resourceNames.every(name => owned.resourceNames.includes(name))))
  );
}

/** The missing grants as the API server prints them: one sorted line for each resource, with its verbs. */
function describe(missing: PolicyRule[]): string {
  const compact = new Map<string, PolicyRule>();
  for (const rule of missing) {
    const simple = rule.resourceNames.length === 0 && rule.nonResourceURLs.length === 0;
    const key = simple ? JSON.stringify([rule.apiGroups, rule.resources]) : JSON.stringify(rule);
    const known = compact.get(key);
    compact.set(key, known ? { ...known, verbs: [...known.verbs, ...rule.verbs] } : rule);
  }
  const fields: [string, keyof PolicyRule][] = [
    ['APIGroups', 'apiGroups'],
    ['Resources', 'resources'],
    ['NonResourceURLs', 'nonResourceURLs'],
    ['ResourceNames', 'resourceNames'],
    ['Verbs', 'verbs'],
  ];
  const lines = [...compact.values()].map(rule => {
    const parts = fields
      .filter(([, field]) => rule[field].length > 0)
      .map(([label, field]) => `${label}:[${rule[field].map(value => JSON.stringify(value)).join(' ')}]`);
    return `{${parts.join(', ')}}`;
  });
  return [...new Set(lines)].sort().join('\n');
}
