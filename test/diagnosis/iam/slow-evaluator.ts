/**
 * The slow, obvious way to evaluate IAM: whatever can't be seen (a membership, a role, a policy, a condition) is true or
 * false; go through all the ways it could be. In each way everything is seen, so list the levels at which the principal
 * is granted the permission, and strike all out where a deny rule applies. What holds in every way is granted, in none
 * is missing. What holds once all conditions turn out well, and nothing else does, is conditional. The rest is unknown.
 */
import type { Binding, DenyRule, Knowledge } from '../../../src/diagnosis/iam/model.ts';
import { ACCOUNT, CONDITIONS, DENY_MEMBERS, DENY_PERMISSIONS, MEMBERS, ROLES, WHO, type Who } from './worlds.ts';

export type Verdict = 'granted' | 'conditional' | 'missing' | 'unknown';

/** Answers one open matter. `bad` is the answer that grants less. */
type Settle = (matter: string, kind: 'condition' | 'other', bad: boolean) => boolean;

/** Undefined where the ways are too many to go through. */
export function evaluateSlowly(world: Knowledge, who: Who, permission: string, most = 12): Verdict | undefined {
  const matters = new Set<string>();
  levelsOf(world, who, permission, matter => {
    matters.add(matter);
    return true;
  });
  const names = [...matters];
  if (names.length > most) return undefined;
  const held = Array.from(
    { length: 2 ** names.length },
    (_, way) => levelsOf(world, who, permission, matter => ((way >> names.indexOf(matter)) & 1) === 1).length > 0,
  );
  if (held.every(Boolean)) return 'granted';
  if (!held.some(Boolean)) return 'missing';
  const wellMet = levelsOf(world, who, permission, (_, kind, bad) => (kind === 'condition' ? !bad : bad));
  return wellMet.length > 0 ? 'conditional' : 'unknown';
}

function levelsOf(world: Knowledge, who: Who, permission: string, settle: Settle): string[] {
  const granted: string[] = [];
  if (!world.complete.known && settle('ancestors', 'other', false)) granted.push('above');
  for (const { resource, policy } of world.levels) {
    if (!policy.known) {
      if (settle(`policy ${resource}`, 'other', false)) granted.push(resource);
      continue;
    }
    policy.value.bindings.forEach((binding, index) => {
      if (grants(binding, who, permission, resource, `${resource} ${index}`, settle)) granted.push(resource);
    });
  }
  const struck = world.levels.map(({ resource, deny }) => {
    const rules = deny?.known ? deny.value.flatMap(policy => policy.rules) : [];
    return rules
      .map((rule, index) => denies(rule, who, permission, `deny ${resource} ${index}`, settle))
      .includes(true);
  });
  return struck.includes(true) ? [] : granted;
}

function grants(
  binding: Binding,
  who: Who,
  permission: string,
  resource: string,
  key: string,
  settle: Settle,
): boolean {
  const carried = ROLES[binding.role];
  const carries = carried === 'unread' ? settle(`${key} role`, 'other', false) : carried?.includes(permission);
  if (!carries) return false;
  const place = resource === ACCOUNT ? 'outside' : 'inside';
  const signs = binding.members.map(member => MEMBERS[member]?.[place][WHO.indexOf(who)]);
  if (!belongs(signs, `${key} members`, false, settle)) return false;
  return holds(binding.condition?.expression, `${key} condition`, false, settle);
}

function denies(rule: DenyRule, who: Who, permission: string, key: string, settle: Settle): boolean {
  const covers = (patterns: readonly string[]) => patterns.some(p => DENY_PERMISSIONS[p]?.includes(permission));
  if (!covers(rule.deniedPermissions) || covers(rule.exceptionPermissions)) return false;
  const signs = (members: readonly string[]) => members.map(member => DENY_MEMBERS[member]?.[WHO.indexOf(who)]);
  const excepted = belongs(signs(rule.exceptionPrincipals), `${key} excepted`, false, settle);
  const denied = belongs(signs(rule.deniedPrincipals), `${key} denied`, true, settle);
  // Only tags are unread; whatever else can't be evaluated is met, for IAM too.
  const { expression } = rule.condition ?? {};
  const open = expression !== undefined && CONDITIONS[expression] === undefined && !expression.includes('matchTag');
  const inForce = open || holds(expression, `${key} condition`, true, settle);
  return denied && !excepted && inForce;
}

function belongs(signs: readonly (string | undefined)[], matter: string, bad: boolean, settle: Settle): boolean {
  if (signs.includes('y')) return true;
  return signs.includes('m') && settle(matter, 'other', bad);
}

function holds(expression: string | undefined, matter: string, bad: boolean, settle: Settle): boolean {
  if (expression === undefined) return true;
  return CONDITIONS[expression] ?? settle(matter, 'condition', bad);
}
