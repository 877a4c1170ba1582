import type { IncomingHttpHeaders } from 'node:http';
import { type Authorizer, type Caller, denial } from './authorizer.ts';
import type { Attributes, User } from './rbac.ts';

/** The owner of a bearer token. `email` is the user name; a token without the email scope has the unique id instead. */
export interface Identity {
  email: string;
  uniqueId?: string;
  groups?: string[];
}

/** The caller of a request without a known token. */
export const anonymous: Caller = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The caller that the Authorization header identifies; undefined for a missing header or an unknown token. */
export function authenticateRequest(
  headers: IncomingHttpHeaders,
  authenticate: (token: string) => Identity | undefined,
): Caller | undefined {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const identity = token === undefined ? undefined : authenticate(token);
  if (identity === undefined) return undefined;
  const groups = [...(identity.groups ?? []), 'system:authenticated'];
  return { name: identity.email, uid: identity.uniqueId, groups, account: identity.email };
}

/**
 * The caller that the Impersonate-* headers name (`kubectl --as`). IAM does not apply to an impersonated user.
 * Throws a 403 where the real caller may not impersonate.
 */
export function impersonate(caller: Caller, headers: IncomingHttpHeaders, authorizer: Authorizer): Caller {
  const name = headerOf(headers, 'impersonate-user')[0];
  if (name === undefined) return caller;
  const groups = headerOf(headers, 'impersonate-group');
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const targets: Attributes[] = [
    account ? target('serviceaccounts', account[2] ?? '', account[1] ?? '') : target('users', name),
    ...groups.map(group => target('groups', group)),
  ];
  for (const asked of targets) {
    const { allowed, reason } = authorizer.decide(caller, asked);
    if (!allowed) throw denial(caller, asked, reason);
  }
  const implied = account
    ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`, 'system:authenticated']
    : ['system:authenticated'];
  const user: User = { name, groups: [...new Set([...groups, ...implied])] };
  return user;
}

function target(resource: string, name: string, namespace = ''): Attributes {
  return { verb: 'impersonate', group: '', version: 'v1', resource, subresource: '', namespace, name };
}

function headerOf(headers: IncomingHttpHeaders, name: string): string[] {
  const value = headers[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : value.split(', ');
}
