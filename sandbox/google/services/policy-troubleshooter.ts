import { errorInfo, GoogleError, invalid } from '../errors.ts';
import { evaluateCondition } from '../iam/condition.ts';
import {
  hierarchyResource,
  holdsBasicRole,
  isDenied,
  projectResource,
  qualifiedPermission,
  type Resource,
  serviceAccountResource,
  visibleResource,
} from '../iam/evaluate.ts';
import { groupsOf, memberIdentifiers, memberOf, normalizeMember } from '../iam/members.ts';
import { showPolicy } from '../iam/policy.ts';
import { typeOf } from '../iam/resource-types.ts';
import { cloudResource } from '../iam/resources.ts';
import { customRole, grants, predefinedRole } from '../iam/roles.ts';
import type { Call, Route } from '../route.ts';
import {
  asObject,
  asString,
  type Binding,
  findServiceAccount,
  type JsonObject,
  type Policy,
  type World,
} from '../world.ts';

const service = 'policytroubleshooter.googleapis.com';

type State = 'GRANTED' | 'NOT_GRANTED' | 'UNKNOWN_CONDITIONAL' | 'UNKNOWN_INFO';
export type Question = { principal: string; permission: string; time: number; resource: Resource };

/**
 * The resource of a full resource name. Other resources in a project have the project's policies. Policies of Pub/Sub
 * resources are not evaluated (https://cloud.google.com/policy-intelligence/docs/troubleshoot-access).
 */
export function resourceOf(world: World, fullName: string): Resource | undefined {
  if (typeOf(fullName) && !fullName.startsWith('//pubsub.')) return cloudResource(world, fullName);
  const [, api = '', name = ''] = /^\/\/([^/]+)\/(.+)$/.exec(fullName) ?? [];
  if (api === 'cloudresourcemanager.googleapis.com') return hierarchyResource(world, name);
  const account = /^projects\/[^/]+\/serviceAccounts\/([^/]+)$/.exec(name)?.[1];
  if (api === 'iam.googleapis.com' && account) return serviceAccountResource(world, account);
  const project = /^projects\/([^/]+)/.exec(name)?.[1];
  return project === undefined
    ? undefined
    : projectResource(world, project, { service: api, type: `${api}/Resource`, name });
}

/** The v2 form of a permission as the v1 form: `storage.googleapis.com/objects.get` → `storage.objects.get`. */
function shortPermission(permission: string): string {
  const [, service = '', rest = ''] = /^([\w-]+)\.googleapis\.com\/(.+)$/.exec(permission) ?? [];
  if (!rest || rest.startsWith('workload')) return permission;
  return `${service.replace('cloudresourcemanager', 'resourcemanager')}.${rest}`;
}

/** The principal must be a Google Account or a service account. */
export function readQuestion(call: Call): Question {
  const tuple = asObject(call.body.accessTuple);
  const principal = asString(tuple.principal).replace(/^(user|serviceAccount):/, '');
  if (!/^[^@\s:/]+@[^@\s/]+$/.test(principal)) {
    throw invalid(
      `Invalid principal: ${asString(tuple.principal)}. Only Google Accounts and service accounts are supported.`,
    );
  }
  const permission = shortPermission(asString(tuple.permission));
  if (!/^[\w-]+(\.[\w-]+)+(\/[\w.-]+)?$/.test(permission)) throw invalid(`Invalid permission: ${permission}.`);
  const type = typeOf(asString(tuple.fullResourceName));
  if (type && !type.applies.some(beginning => permission.startsWith(beginning))) {
    throw invalid(`Invalid permission: ${permission} does not apply to resources of the type ${type.type}.`);
  }
  const resource = resourceOf(call.world, asString(tuple.fullResourceName));
  if (!resource) throw invalid(`Invalid resource name: ${asString(tuple.fullResourceName)}.`);
  const given = asString(asObject(asObject(tuple.conditionContext).request).receiveTime);
  return { principal, permission, resource, time: given ? Date.parse(given) : call.clock.now() };
}

/** Whether the caller may read the policy of a node. The answer does not use other policies. */
function readable(call: Call, fullName: string): boolean {
  const account = /\/serviceAccounts\/(.+)$/.exec(fullName)?.[1];
  if (account) return call.may('iam.serviceAccounts.getIamPolicy', serviceAccountResource(call.world, account));
  const type = typeOf(fullName);
  if (type) return call.may(`${type.noun}.getIamPolicy`, cloudResource(call.world, fullName));
  const name = fullName.replace('//cloudresourcemanager.googleapis.com/', '');
  return call.may(`resourcemanager.${name.split('/')[0]}.getIamPolicy`, hierarchyResource(call.world, name));
}

function roleState(call: Call, role: string, permission: string): string {
  if (!predefinedRole(role)) {
    const owner = role.split('/').slice(0, 2).join('/');
    if (!customRole(call.world, role) || !call.may('iam.roles.get', hierarchyResource(call.world, owner))) {
      return 'ROLE_PERMISSION_UNKNOWN_INFO';
    }
  }
  return grants(call.world, role, permission) ? 'ROLE_PERMISSION_INCLUDED' : 'ROLE_PERMISSION_NOT_INCLUDED';
}

function membershipState(world: World, member: string, principal: string): string {
  const normal = normalizeMember(member);
  const group = /^group:(.+)$/.exec(normal)?.[1];
  const groups = Object.entries(world.groups);
  if (group) {
    const known = groups.find(([email]) => email.toLowerCase() === group)?.[1];
    if (!known || known.hidden) return 'MEMBERSHIP_UNKNOWN_INFO';
    const inside = groupsOf(world, principal).some(email => email.toLowerCase() === group);
    return inside ? 'MEMBERSHIP_MATCHED' : 'MEMBERSHIP_NOT_MATCHED';
  }
  if (holdsBasicRole(world, member, memberIdentifiers(world, principal))) return 'MEMBERSHIP_MATCHED';
  if (/^principal(Set)?:/.test(normal)) return 'MEMBERSHIP_UNKNOWN_UNSUPPORTED';
  return memberIdentifiers(world, principal).has(normal) ? 'MEMBERSHIP_MATCHED' : 'MEMBERSHIP_NOT_MATCHED';
}

/** Matched if one member matches; unknown if one may match. */
function combined(states: string[]): string {
  const order = ['MEMBERSHIP_MATCHED', 'MEMBERSHIP_UNKNOWN_INFO', 'MEMBERSHIP_UNKNOWN_UNSUPPORTED'];
  return order.find(state => states.includes(state)) ?? 'MEMBERSHIP_NOT_MATCHED';
}

function bindingState(role: string, membership: string, condition: boolean | 'unknown'): State {
  if (role === 'ROLE_PERMISSION_NOT_INCLUDED' || membership === 'MEMBERSHIP_NOT_MATCHED' || condition === false) {
    return 'NOT_GRANTED';
  }
  if (role !== 'ROLE_PERMISSION_INCLUDED' || membership === 'MEMBERSHIP_UNKNOWN_INFO') return 'UNKNOWN_INFO';
  if (membership === 'MEMBERSHIP_UNKNOWN_UNSUPPORTED') return 'NOT_GRANTED';
  return condition === 'unknown' ? 'UNKNOWN_CONDITIONAL' : 'GRANTED';
}

function worst(states: State[]): State {
  const order: State[] = ['GRANTED', 'UNKNOWN_INFO', 'UNKNOWN_CONDITIONAL'];
  return order.find(state => states.includes(state)) ?? 'NOT_GRANTED';
}

const relevance = (state: State): string => `HEURISTIC_RELEVANCE_${state === 'NOT_GRANTED' ? 'NORMAL' : 'HIGH'}`;

function explainBinding(call: Call, binding: Binding, question: Question): { state: State; explanation: JsonObject } {
  const role = roleState(call, binding.role, question.permission);
  const members = binding.members.map((member): [string, string] => [
    member,
    membershipState(call.world, member, question.principal),
  ]);
  const membership = combined(members.map(([, state]) => state));
  const condition = binding.condition
    ? evaluateCondition(binding.condition.expression, { time: question.time, ...visibleResource(question.resource) })
    : true;
  const state = bindingState(role, membership, condition);
  const explanation: JsonObject = {
    allowAccessState: `ALLOW_ACCESS_STATE_${state}`,
    role: binding.role,
    rolePermission: role,
    rolePermissionRelevance: relevance(role === 'ROLE_PERMISSION_INCLUDED' ? 'GRANTED' : 'NOT_GRANTED'),
    combinedMembership: {
      membership,
      relevance: relevance(membership === 'MEMBERSHIP_MATCHED' ? 'GRANTED' : 'NOT_GRANTED'),
    },
    memberships: Object.fromEntries(
      members.map(([member, found]) => [member, { membership: found, relevance: relevance(state) }]),
    ),
    relevance: relevance(state),
    ...(binding.condition && {
      condition: binding.condition,
      conditionExplanation:
        condition === 'unknown' ? { errors: [{ code: 3, message: 'no such attribute' }] } : { value: condition },
    }),
  };
  return { state, explanation };
}

function explainPolicy(
  call: Call,
  held: { fullName: string; policy: Policy },
  question: Question,
): { state: State; bindings: JsonObject[]; policy?: JsonObject } {
  if (!readable(call, held.fullName)) return { state: 'UNKNOWN_INFO', bindings: [] };
  const bindings = held.policy.bindings.map(binding => explainBinding(call, binding, question));
  return {
    state: worst(bindings.map(({ state }) => state)),
    bindings: bindings.map(({ explanation }) => explanation),
    policy: showPolicy(held.policy, 3),
  };
}

function denyState(
  call: Call,
  { principal, permission, resource, time }: Question,
): 'DENIED' | 'NOT_DENIED' | 'UNKNOWN_INFO' {
  if (resource.denyPolicies.length === 0) return 'NOT_DENIED';
  const readableAll = resource.denyPolicies.every(({ fullName }) =>
    call.may(
      'iam.denypolicies.get',
      hierarchyResource(call.world, fullName.replace('//cloudresourcemanager.googleapis.com/', '')),
    ),
  );
  if (!readableAll) return 'UNKNOWN_INFO';
  return isDenied(resource, memberIdentifiers(call.world, principal), permission, { time, resource })
    ? 'DENIED'
    : 'NOT_DENIED';
}

function overall(allow: State, deny: string): string {
  if (deny === 'DENIED' || allow === 'NOT_GRANTED') return 'CANNOT_ACCESS';
  if (allow === 'UNKNOWN_CONDITIONAL') return 'UNKNOWN_CONDITIONAL';
  return allow === 'GRANTED' && deny === 'NOT_DENIED' ? 'CAN_ACCESS' : 'UNKNOWN_INFO';
}

/** What the allow and deny policies say, and what follows from them. */
export function explain(call: Call, question: Question): JsonObject {
  const policies = question.resource.policies.map(held => ({
    ...explainPolicy(call, held, question),
    fullName: held.fullName,
  }));
  const allow = worst(policies.map(({ state }) => state));
  const deny = denyState(call, question);
  return {
    overallAccessState: overall(allow, deny),
    allowPolicyExplanation: {
      allowAccessState: `ALLOW_ACCESS_STATE_${allow}`,
      explainedPolicies: policies.map(({ state, bindings, policy, fullName }) => ({
        allowAccessState: `ALLOW_ACCESS_STATE_${state}`,
        fullResourceName: fullName,
        ...(policy && { policy }),
        ...(bindings.length > 0 && { bindingExplanations: bindings }),
        relevance: relevance(state),
      })),
      relevance: relevance(allow),
    },
    denyPolicyExplanation: { denyAccessState: `DENY_ACCESS_STATE_${deny}`, permissionDeniable: true },
  };
}

/** The access tuple of the request with the permission's v2 name. */
export function askedTuple(call: Call, { permission }: Question): JsonObject {
  return { ...asObject(call.body.accessTuple), permissionFqdn: qualifiedPermission(permission) };
}

function troubleshootV3(call: Call): JsonObject {
  const question = readQuestion(call);
  return { ...explain(call, question), accessTuple: askedTuple(call, question) };
}

/** Version 1: allow policies only, and shorter names for the states. */
function troubleshootV1(call: Call): JsonObject {
  const question = readQuestion(call);
  const policies = question.resource.policies.map(held => ({
    ...explainPolicy(call, held, question),
    fullName: held.fullName,
  }));
  const named = (state: State): string => (state === 'UNKNOWN_INFO' ? 'UNKNOWN_INFO_DENIED' : state);
  return {
    access: named(worst(policies.map(({ state }) => state))),
    explainedPolicies: policies.map(({ state, policy, fullName }) => ({
      access: named(state),
      fullResourceName: fullName,
      ...(policy && { policy }),
    })),
  };
}

/** Rejects a principal that does not exist. */
function refuseUnknown(call: Call): void {
  const principal = asString(asObject(call.body.accessTuple).principal);
  const account = findServiceAccount(call.world, principal);
  const unknown = memberOf(principal).startsWith('serviceAccount:') && account?.account.deleteTime !== undefined;
  if (unknown) {
    throw new GoogleError('INVALID_ARGUMENT', `Principal ${principal} does not exist.`, [
      errorInfo('INVALID_PRINCIPAL', service),
    ]);
  }
}

/** A handler that first refuses a principal that doesn't exist. */
export function after(handle: (call: Call) => JsonObject): (call: Call) => JsonObject {
  return call => {
    refuseUnknown(call);
    return handle(call);
  };
}

export const policyTroubleshooterRoutes: Route[] = [
  {
    service,
    id: 'iam.troubleshoot',
    method: 'POST',
    path: '/v3|v3alpha/iam:troubleshoot',
    handle: after(troubleshootV3),
  },
  {
    service,
    id: 'iam.troubleshoot',
    method: 'POST',
    path: '/v1|v2alpha1/iam:troubleshoot',
    handle: after(troubleshootV1),
  },
];
