/**
 * Whether a deny policy takes a permission away.
 *
 * Sources: Google Cloud, IAM, "Deny policies" (evaluated before allow policies; inherited; exceptions; permission
 * groups `SERVICE/RESOURCE.*`, `SERVICE/*.VERB`, `SERVICE/*.*`), "Permissions supported in deny policies" (v2 names);
 * google/iam/v2/deny.proto. A rule denies where the permission, the principal and the condition all say so, and no
 * exception does. Where one of them can't be seen, the rule may deny: kind `members`, or `condition` where that depends on
 * tags, which are not read. Any other condition that can't be evaluated counts as met, as it does for IAM: a deny condition
 * fails closed, the opposite of one in an allow policy.
 */
import { decide, usesTags } from './conditions.ts';
import { type Identity, inHierarchy, type Membership, membership } from './members.ts';
import type { DenyPolicy, DenyRule, Knowledge, Level } from './model.ts';

export type Denial =
  | { readonly kind: 'denied'; readonly policy: string; readonly level: string }
  | { readonly kind: 'members' | 'condition'; readonly policy: string; readonly level: string };

/** Services whose v2 name is not the first word of their v1 permissions. */
const SERVICES: Readonly<Record<string, string>> = { resourcemanager: 'cloudresourcemanager' };

/** `resourcemanager.projects.setIamPolicy` → `cloudresourcemanager.googleapis.com/projects.setIamPolicy`. */
export function denyName(permission: string): string {
  const dot = permission.indexOf('.');
  const service = permission.slice(0, dot);
  return `${SERVICES[service] ?? service}.googleapis.com/${permission.slice(dot + 1)}`;
}

/** All denials, certain or possible, of the policies that could be read. */
export function denials(identity: Identity, permission: string, knowledge: Knowledge): Denial[] {
  const name = denyName(permission);
  return knowledge.levels.flatMap(level =>
    policiesOf(level).flatMap(policy =>
      policy.rules
        .map(rule => strength(rule, identity, name, level.resource, knowledge))
        .filter(kind => kind !== undefined)
        .map(kind => ({ kind, policy: policy.name, level: level.resource })),
    ),
  );
}

/** True where a level that can have deny policies was not read, or ancestors could not be listed. */
export function denyUnread(knowledge: Knowledge): boolean {
  return !knowledge.complete.known || knowledge.levels.some(level => inHierarchy(level.resource) && !level.deny?.known);
}

function policiesOf(level: Level): readonly DenyPolicy[] {
  return level.deny?.known ? level.deny.value : [];
}

function strength(
  rule: DenyRule,
  identity: Identity,
  permission: string,
  resource: string,
  knowledge: Knowledge,
): Denial['kind'] | undefined {
  const covers = (patterns: readonly string[]) => patterns.some(pattern => covered(pattern, permission));
  if (!covers(rule.deniedPermissions) || covers(rule.exceptionPermissions)) return undefined;
  const denied = strongest(identity, rule.deniedPrincipals, resource);
  const excepted = strongest(identity, rule.exceptionPrincipals, resource);
  if (denied === 'no' || excepted === 'yes') return undefined;
  const { holds } = decide(rule.condition, knowledge.now, knowledge.attributes);
  if (holds === false) return undefined;
  if (holds === undefined && rule.condition && usesTags(rule.condition)) return 'condition';
  return denied === 'maybe' || excepted === 'maybe' ? 'members' : 'denied';
}

function covered(pattern: string, permission: string): boolean {
  const wanted = parts(permission);
  const { service, resource, verb } = parts(pattern);
  if (service !== wanted.service) return false;
  return (resource === '*' || resource === wanted.resource) && (verb === '*' || verb === wanted.verb);
}

function parts(name: string): { service: string; resource: string; verb: string } {
  const slash = name.indexOf('/');
  const dot = name.lastIndexOf('.');
  return { service: name.slice(0, slash), resource: name.slice(slash + 1, dot), verb: name.slice(dot + 1) };
}

function strongest(identity: Identity, members: readonly string[], resource: string): Membership {
  const found = members.map(member => membership(identity, member, resource));
  if (found.includes('yes')) return 'yes';
  return found.includes('maybe') ? 'maybe' : 'no';
}
