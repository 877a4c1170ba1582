import { iamPermission } from './iam.ts';
import { type Attributes, allowedByRbac, type PolicyStore, type User } from './rbac.ts';
import type { ResourceType } from './resources.ts';
import { forbidden, StatusError } from './status.ts';

/** The user of a request. `account` is the Google account for IAM checks; an impersonated user has none. */
export interface Caller extends User {
  account?: string;
}

export interface Decision {
  allowed: boolean;
  reason: string;
}

/** Checks RBAC first, then IAM, as GKE does. */
export interface Authorizer {
  rbac(user: User, asked: Attributes): Decision;
  decide(caller: Caller, asked: Attributes): Decision;
}

export interface AuthorizerOptions {
  policy: PolicyStore;
  resourceType(group: string, resource: string): ResourceType | undefined;
  hasIamPermission(email: string, permission: string): boolean;
}

export function createAuthorizer({ policy, resourceType, hasIamPermission }: AuthorizerOptions): Authorizer {
  const rbac = (user: User, asked: Attributes): Decision => {
    const reason = allowedByRbac(policy, user, asked);
    return reason === undefined ? { allowed: false, reason: '' } : { allowed: true, reason };
  };
  const decide = (caller: Caller, asked: Attributes): Decision => {
    const byRbac = rbac(caller, asked);
    if (byRbac.allowed || caller.account === undefined || asked.path !== undefined) return byRbac;
    const permission = iamPermission(asked, resourceType(asked.group, asked.resource));
    return hasIamPermission(caller.account, permission)
      ? { allowed: true, reason: 'access granted by IAM permissions.' }
      : { allowed: false, reason: `requires one of ["${permission}"] permission(s).` };
  };
  return { rbac, decide };
}

export function allows(authorizer: Authorizer, caller: Caller, asked: Attributes): boolean {
  return authorizer.decide(caller, asked).allowed;
}

/** The 403 of a denied call, with the API server's message. */
export function denial(user: User, asked: Attributes, reason: string): StatusError {
  const because = reason === '' ? '' : `: ${reason}`;
  if (asked.path !== undefined) {
    const why = `User ${JSON.stringify(user.name)} cannot ${asked.verb} path ${JSON.stringify(asked.path)}${because}`;
    return new StatusError(403, 'Forbidden', `forbidden: ${why}`);
  }
  const resource = asked.subresource === '' ? asked.resource : `${asked.resource}/${asked.subresource}`;
  const scope = asked.namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(asked.namespace)}`;
  return forbidden(
    { group: asked.group, resource: asked.resource, name: asked.name },
    `User ${JSON.stringify(user.name)} cannot ${asked.verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(asked.group)} ${scope}${because}`,
  );
}
