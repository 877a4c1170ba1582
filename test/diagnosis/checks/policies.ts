/** IAM as a table says it, decided by the real engine: for checks whose point is who holds what. */

import { predefinedRole } from '../../../sandbox/google/iam/roles.ts';
import type { Access } from '../../../src/diagnosis/facts/access.ts';
import { type Fact, known } from '../../../src/diagnosis/facts/fact.ts';
import { evaluate } from '../../../src/diagnosis/iam/engine.ts';
import { evaluateRole } from '../../../src/diagnosis/iam/holds-role.ts';
import {
  type Binding,
  isRoleQuestion,
  type Knowledge,
  type Policy,
  type Principal,
  type Role,
} from '../../../src/diagnosis/iam/model.ts';
import { unknown } from './facts.ts';

export const NOW = new Date('2026-11-01T00:00:00Z');

/** A role as Google defines it. */
export function realRole(name: string): Fact<Role> {
  const role = predefinedRole(name);
  if (!role) return unknown('absent', { source: `iam roles.get ${name}` });
  return known({ name, permissions: new Set(role.permissions), disabled: false }, `iam roles.get ${name}`);
}

export interface Said {
  /** Bindings by resource; a resource that is not named has none. `unreadable` for a policy that may not be read. */
  readonly policies?: Readonly<Record<string, readonly Binding[] | 'unreadable'>>;
  /** Custom roles, and others than the real ones. */
  readonly roles?: Readonly<Record<string, readonly string[] | 'unreadable'>>;
  /** States of accounts by member. */
  readonly states?: Readonly<Record<string, Principal['state']>>;
  /** Ancestors that could not be listed. */
  readonly ancestorsUnknown?: boolean;
}

/** Access to these policies: a resource inherits its project's, which has no ancestors. */
export function policies({ policies: said = {}, roles = {}, states = {}, ancestorsUnknown = false }: Said): Access {
  const policyOf = (resource: string): Fact<Policy> => {
    const bindings = said[resource] ?? [];
    if (bindings === 'unreadable') {
      return unknown('denied', {
        resource,
        permission: 'resourcemanager.projects.getIamPolicy',
        command: 'gcloud grant',
      });
    }
    return known({ bindings }, 'cloudresourcemanager projects.getIamPolicy');
  };
  const roleOf = (name: string): Fact<Role> => {
    const contents = roles[name];
    if (contents === 'unreadable') return unknown('denied', { resource: name });
    if (contents) return known({ name, permissions: new Set(contents), disabled: false }, `iam roles.get ${name}`);
    return realRole(name);
  };
  const knowledgeOf = (resource: string): Knowledge => {
    const policy = policyOf(resource);
    const named = policy.known ? policy.value.bindings.map(({ role }) => role) : [];
    const asked = [
      'roles/container.serviceAgent',
      'roles/container.defaultNodeServiceAgent',
      'roles/container.nodeServiceAgent',
      'roles/container.defaultNodeServiceAccount',
      'roles/editor',
    ];
    const project = resource.split('/').slice(0, 2).join('/');
    const above = project === resource ? [] : [{ resource: project, policy: policyOf(project) }];
    const inherited = above.flatMap(level => (level.policy.known ? level.policy.value.bindings : []));
    named.push(...inherited.map(({ role }) => role));
    return {
      levels: [{ resource, policy }, ...above].map(level => ({ ...level, deny: known([], 'iam denypolicies.list') })),
      complete: ancestorsUnknown
        ? unknown('denied', { resource })
        : known(true, 'cloudresourcemanager projects.getAncestry'),
      roles: new Map([...named, ...asked].map(name => [name, roleOf(name)])),
      now: NOW,
    };
  };
  return {
    answer(question) {
      const { member } = question.principal;
      const principal = { ...question.principal, ...(states[member] ? { state: states[member] } : {}) };
      const knowledge = knowledgeOf(question.resource);
      return isRoleQuestion(question)
        ? evaluateRole({ ...question, principal }, knowledge)
        : evaluate({ ...question, principal }, knowledge);
    },
    policy: policyOf,
    role: roleOf,
  };
}
