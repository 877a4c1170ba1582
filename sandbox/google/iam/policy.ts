import { createHash } from 'node:crypto';
import { GoogleError, invalid } from '../errors.ts';
import {
  asObject,
  asString,
  asStrings,
  type Binding,
  type Condition,
  type Json,
  type JsonObject,
  newEtag,
  type Policy,
  type World,
} from '../world.ts';
import { conditionSyntaxError } from './condition.ts';
import { isGrantableOn } from './grantable.ts';
import { memberError, serviceAgent } from './members.ts';
import { effectiveRules } from './org-policy.ts';
import { customRole, predefinedRole } from './roles.ts';

const maxPrincipals = 1_500;
const maxGroups = 250;
/** Roles that can't have a condition (https://cloud.google.com/iam/docs/conditions-overview). */
const basicRoles = ['roles/owner', 'roles/editor', 'roles/viewer'];

/** The bytes of an etag in standard or URL-safe base64, with or without padding. */
function etagBytes(etag: string): string {
  return Buffer.from(etag, 'base64').toString('hex');
}

function conditionKey(condition: Condition | undefined): string {
  return condition ? JSON.stringify([condition.title, condition.description, condition.expression]) : '';
}

/** Bindings as the real service stores them: one for each role and condition, members sorted and without duplicates. */
function canonical(bindings: Binding[]): Binding[] {
  const merged = new Map<string, Binding>();
  for (const { role, members, condition } of bindings) {
    const key = `${role} ${conditionKey(condition)}`;
    const all = new Set([...(merged.get(key)?.members ?? []), ...members]);
    if (all.size > 0) merged.set(key, { role, members: [...all].sort(), ...(condition && { condition }) });
  }
  return [...merged.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, binding]) => binding);
}

/** The role name of a conditional binding in a policy of version 1, which leaves out the condition: no role has this name. */
function roleWithoutCondition(binding: Binding): string {
  const hash = createHash('sha256').update(conditionKey(binding.condition)).digest('hex').slice(0, 20);
  return `${binding.role}_withcond_${hash}`;
}

/**
 * A policy as getIamPolicy returns it. Conditions are included only where version 3 is requested
 * (https://cloud.google.com/iam/docs/policies#versions).
 * @throws GoogleError for a version that doesn't exist.
 */
export function showPolicy(policy: Policy, requestedVersion: Json): JsonObject {
  const version = Number(requestedVersion ?? 0);
  if (![0, 1, 3].includes(version))
    throw invalid(`Requested policy version ${String(requestedVersion)} is not supported.`);
  const conditional = policy.bindings.some(binding => binding.condition);
  const bindings = canonical(policy.bindings).map((binding): JsonObject => {
    if (!binding.condition) return { role: binding.role, members: binding.members };
    if (version < 3) return { role: roleWithoutCondition(binding), members: binding.members };
    return { role: binding.role, members: binding.members, condition: binding.condition };
  });
  const audited = policy.auditConfigs && { auditConfigs: policy.auditConfigs };
  if (bindings.length === 0) return { etag: policy.etag, ...audited };
  return { version: conditional && version === 3 ? 3 : 1, etag: policy.etag, bindings, ...audited };
}

function readCondition(value: Json): Condition | undefined {
  if (value === undefined || value === null) return undefined;
  const condition = asObject(value);
  const read: Condition = { expression: asString(condition.expression) };
  if (condition.title) read.title = asString(condition.title);
  if (condition.description) read.description = asString(condition.description);
  return read;
}

function checkRole(world: World, role: string, resource: string): void {
  const custom = customRole(world, role);
  const ownerMatches = !role.startsWith('projects/') || resource.startsWith(`${role.split('/').slice(0, 2).join('/')}`);
  const known = predefinedRole(role) ?? (custom && !custom.deleted && ownerMatches);
  const hierarchy = resource.split('/').length === 2;
  if (!known || (hierarchy && !isGrantableOn(role, resource))) {
    throw invalid(`Role ${role} is not supported for this resource.`);
  }
}

/** Convenience values stand for the holders of a basic role; only buckets and datasets take them. */
const convenienceValue = /^project(?:Owner|Editor|Viewer):/;

function checkMember(world: World, member: string, resource: string): void {
  if (convenienceValue.test(member)) {
    if (/^projects\/[^/]+\/(?:buckets|datasets)\//.test(resource)) return;
    throw invalid(`The member ${member} is of an unknown type. Please set a valid type prefix for the member.`);
  }
  const hierarchy = /^(projects\/[^/]+|folders\/[^/]+|organizations\/[^/]+)$/.test(resource);
  if (hierarchy && ['allUsers', 'allAuthenticatedUsers'].includes(member)) {
    throw invalid(
      `The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.`,
    );
  }
  const error = ['allUsers', 'allAuthenticatedUsers'].includes(member) ? undefined : memberError(world, member);
  if (error) throw invalid(error);
}

/** The Google Workspace customer that a member belongs to, for `iam.allowedPolicyMemberDomains`. */
function customerOf(world: World, member: string): string | undefined {
  const email = member.slice(member.indexOf(':') + 1);
  if (!/^(user|group|domain):/.test(member)) return undefined;
  const inside = email.endsWith('example.com');
  return inside ? Object.values(world.organizations)[0]?.directoryCustomerId : 'another customer';
}

function checkDomainRestriction(world: World, member: string, resource: string): void {
  const owner = /^(?:projects|folders|organizations)\/[^/]+/.exec(resource)?.[0] ?? '';
  const rules = effectiveRules(world, owner, 'iam.allowedPolicyMemberDomains')?.rules ?? [];
  const allowed = rules.flatMap(rule => rule.values?.allowedValues ?? []);
  const denied = rules.some(rule => rule.denyAll);
  if (!denied && allowed.length === 0) return;
  const customer = customerOf(world, member);
  if (customer === undefined && serviceAgent(member.slice('serviceAccount:'.length))) return;
  if (customer === undefined && !denied && member.startsWith('serviceAccount:')) return;
  if (customer !== undefined && allowed.includes(customer)) return;
  throw new GoogleError(
    'FAILED_PRECONDITION',
    'One or more users named in the policy do not belong to a permitted customer,  perhaps due to an organization policy.',
  );
}

function checkSize(bindings: Binding[]): void {
  const principals = bindings.reduce((sum, binding) => sum + binding.members.length, 0);
  if (principals > maxPrincipals) {
    throw invalid(
      `The number of members in the policy (${principals}) is larger than the maximum allowed size ${maxPrincipals}.`,
    );
  }
  const groups = new Set(bindings.flatMap(b => b.members).filter(member => member.startsWith('group:'))).size;
  if (groups > maxGroups) {
    throw invalid(
      `The number of groups in the policy (${groups}) is larger than the maximum allowed size ${maxGroups}.`,
    );
  }
}

/** The bindings of a setIamPolicy request. */
export function readBindings(body: JsonObject): Binding[] {
  const bindings = asObject(body.policy).bindings;
  return (Array.isArray(bindings) ? bindings : []).map(item => {
    const binding = asObject(item);
    const condition = readCondition(binding.condition);
    return { role: asString(binding.role), members: asStrings(binding.members), ...(condition && { condition }) };
  });
}

/** Roles whose members differ between two lists of bindings: the value of `modifiedGrantsByRole`. */
export function modifiedRoles(before: Binding[], after: Binding[]): string[] {
  const flat = (bindings: Binding[]): Map<string, string> =>
    new Map(canonical(bindings).map(b => [`${b.role} ${conditionKey(b.condition)}`, b.members.join(' ')]));
  const [old, now] = [flat(before), flat(after)];
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter(key => old.get(key) !== now.get(key));
  return [...new Set(changed.map(key => key.split(' ')[0] ?? ''))];
}

/** Audit configurations stay as they are unless the request's mask names them (`updateMask` of setIamPolicy). */
function nextAuditConfigs(before: Policy, body: JsonObject): JsonObject[] | undefined {
  if (!/\bauditConfigs\b|\baudit_configs\b/.test(asString(body.updateMask))) return before.auditConfigs;
  const { auditConfigs } = asObject(body.policy);
  return Array.isArray(auditConfigs) && auditConfigs.length > 0 ? auditConfigs.map(asObject) : undefined;
}

/**
 * The policy after a setIamPolicy request. `resource` is `projects/P`, `projects/P/serviceAccounts/E` or the like.
 * @throws GoogleError 409 for a stale etag, 400 for what IAM rejects.
 */
export function nextPolicy(world: World, resource: string, before: Policy, body: JsonObject): Policy {
  const request = asObject(body.policy);
  const bindings = readBindings(body);
  const version = Number(request.version ?? 0);
  if (![0, 1, 3].includes(version)) throw invalid(`Policy version ${version} is not supported.`);
  const etag = asString(request.etag);
  if (etag && etagBytes(etag) !== etagBytes(before.etag)) {
    throw new GoogleError(
      'ABORTED',
      'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. ' +
        `The request's ETag '${etag}' did not match the current policy's ETag '${before.etag}'.`,
    );
  }
  if (version < 3 && bindings.some(binding => binding.condition)) {
    throw invalid('Policy version must be set to 3 when the policy contains a conditional role binding.');
  }
  if (version < 3 && etag && before.bindings.some(binding => binding.condition)) {
    throw invalid('Policy version must be set to 3 when the existing policy contains a conditional role binding.');
  }
  const had = new Set(before.bindings.flatMap(binding => binding.members.map(member => `${binding.role} ${member}`)));
  for (const { role, members, condition } of bindings) {
    checkRole(world, role, resource);
    if (condition) {
      if (basicRoles.includes(role)) throw invalid(`Conditions can't be set on the basic role ${role}.`);
      const error = conditionSyntaxError(condition.expression);
      if (!condition.title) throw invalid('Condition title must not be empty.');
      if (error)
        throw invalid(`Condition expression compilation failed for expression '${condition.expression}': ${error}`);
    }
    for (const member of members.filter(member => !had.has(`${role} ${member}`))) {
      checkMember(world, member, resource);
      checkDomainRestriction(world, member, resource);
    }
  }
  checkSize(bindings);
  const auditConfigs = nextAuditConfigs(before, body);
  return { etag: newEtag(world), bindings: canonical(bindings), ...(auditConfigs && { auditConfigs }) };
}
