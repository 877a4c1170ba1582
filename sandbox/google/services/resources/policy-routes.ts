import { GoogleError, invalid } from '../../errors.ts';
import { isGrantableOn } from '../../iam/grantable.ts';
import { modifiedRoles, nextPolicy, readBindings, showPolicy } from '../../iam/policy.ts';
import { typeOf } from '../../iam/resource-types.ts';
import { cloudResource, findResource, type Held, policyOf } from '../../iam/resources.ts';
import { predefinedRole } from '../../iam/roles.ts';
import type { Call, Route } from '../../route.ts';
import { asObject, asStrings, type Json, type JsonObject } from '../../world.ts';

/** How a service names a kind of resource, and its errors about it. */
export type ResourceApi = {
  service: string;
  /** Full resource name, from the path of a call. */
  fullName(call: Call): string;
  /** The error for a caller without the permission. */
  denied(permission: string, fullName: string, call: Call): Error;
  /** The error where the resource doesn't exist and the caller has the permission. */
  missing(fullName: string): Error;
};

export type PolicyApi = ResourceApi & {
  /** Collection in Google's discovery document: `projects.topics`. */
  id: string;
  /** Path of the resource, and what separates the verb from it: `:getIamPolicy`, `/getIamPolicy`. */
  path: string;
  separator: ':' | '/';
  /** HTTP method of getIamPolicy. The requested version is in the body of a POST, in the query of a GET. */
  read: 'GET' | 'POST';
  /** `unsupported`: the service does not know IAM's `modifiedGrantsByRole`. */
  grantsByRole?: 'unsupported';
  /** Turns IAM's errors (a stale etag, an unknown role or member) into the service's own form. */
  translate?(error: GoogleError): Error;
};

/**
 * The resource of a call's path, where the caller holds the permission on it.
 * @throws the service's own errors: `denied` without the permission, `missing` where the resource doesn't exist
 */
export function resourceFor(
  call: Call,
  api: ResourceApi,
  permission: string,
  modified?: string[] | 'unsupported',
): Held {
  const fullName = api.fullName(call);
  if (!call.may(permission, cloudResource(call.world, fullName), modified))
    throw api.denied(permission, fullName, call);
  const held = findResource(call.world, fullName);
  if (!held) throw api.missing(fullName);
  return held;
}

/** The permission for a verb on a resource: `pubsub.topics.getIamPolicy`. */
export function permissionOn(fullName: string, verb: string): string {
  return `${typeOf(fullName)?.noun}.${verb}`;
}

/** The policy version that a read requests. */
function requestedVersion(call: Call, api: PolicyApi): Json {
  if (api.read === 'POST') return asObject(call.body.options).requestedPolicyVersion;
  return (
    call.query.get('options.requestedPolicyVersion') ?? call.query.get('optionsRequestedPolicyVersion') ?? undefined
  );
}

/** Refuses roles that are new in the policy and can't be granted on this type of resource. */
function refuseUngrantable(before: string[], after: string[], fullName: string): void {
  const wrong = after.find(role => !before.includes(role) && predefinedRole(role) && !isGrantableOn(role, fullName));
  if (wrong) throw invalid(`Role ${wrong} is not supported for this resource.`);
}

/** The resource's name as `nextPolicy` takes it: it begins with `projects/P`. */
function policyName({ name, project }: Held): string {
  return name.replace(/^\/\/[^/]+\/projects\/[^/]+/, `projects/${project.projectId}`);
}

/**
 * Replaces the policy of a resource by the one in a setIamPolicy request.
 * @throws GoogleError for a stale etag, and for roles, members and conditions that IAM refuses
 */
export function writePolicy(call: Call, held: Held, body: JsonObject): void {
  const before = policyOf(held) ?? { etag: 'ACAB', bindings: [] };
  const roles = (bindings: { role: string }[]): string[] => bindings.map(({ role }) => role);
  refuseUngrantable(roles(before.bindings), roles(readBindings(body)), held.name);
  held.entry.policy = nextPolicy(call.world, policyName(held), before, body);
}

/** Roles that a setIamPolicy request adds or removes, for conditions on `modifiedGrantsByRole`. */
export function modifiedBy(call: Call, fullName: string, body: JsonObject): string[] {
  const held = findResource(call.world, fullName);
  return modifiedRoles((held && policyOf(held)?.bindings) ?? [], readBindings(body));
}

/** Those of the permissions that the caller holds on a resource. */
export function heldPermissions(call: Call, fullName: string, wanted: string[]): string[] {
  const resource = cloudResource(call.world, fullName);
  return wanted.filter(permission => call.may(permission, resource));
}

function translated(api: PolicyApi, work: () => JsonObject): JsonObject {
  try {
    return work();
  } catch (error) {
    throw error instanceof GoogleError && api.translate ? api.translate(error) : error;
  }
}

/** getIamPolicy, setIamPolicy and testIamPermissions of one kind of resource. */
export function policyRoutes(api: PolicyApi): Route[] {
  const get = (call: Call): JsonObject => {
    const held = resourceFor(call, api, permissionOn(api.fullName(call), 'getIamPolicy'));
    return translated(api, () =>
      showPolicy(policyOf(held) ?? { etag: 'ACAB', bindings: [] }, requestedVersion(call, api)),
    );
  };
  const set = (call: Call): JsonObject => {
    const fullName = api.fullName(call);
    // Compute Engine also takes bindings and etag beside the policy, as it did at first.
    const body = call.body.policy ? call.body : { policy: { bindings: call.body.bindings, etag: call.body.etag } };
    const changed = api.grantsByRole ?? modifiedBy(call, fullName, body);
    const held = resourceFor(call, api, permissionOn(fullName, 'setIamPolicy'), changed);
    return translated(api, () => {
      writePolicy(call, held, body);
      return showPolicy(policyOf(held) ?? { etag: 'ACAB', bindings: [] }, 3);
    });
  };
  const test = (call: Call): JsonObject => {
    const permissions = heldPermissions(call, api.fullName(call), asStrings(call.body.permissions));
    return permissions.length > 0 ? { permissions } : {};
  };
  const route = (method: Route['method'], verb: string, handle: Route['handle']): Route => ({
    service: api.service,
    id: `${api.id}.${verb}`,
    method,
    path: `${api.path}${api.separator}${verb}`,
    handle,
  });
  return [
    route(api.read, 'getIamPolicy', get),
    route('POST', 'setIamPolicy', set),
    route('POST', 'testIamPermissions', test),
  ];
}
