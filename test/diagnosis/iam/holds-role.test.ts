import { expect, test } from 'vitest';
import { type Fact, known } from '../../../src/diagnosis/facts/fact.ts';
import { evaluateRole } from '../../../src/diagnosis/iam/holds-role.ts';
import type { Binding, Knowledge, Role } from '../../../src/diagnosis/iam/model.ts';
import { NOW, unread } from './worlds.ts';

const AGENT = 'serviceAccount:service-111@container-engine-robot.iam.gserviceaccount.com';
const ROLE = 'roles/container.serviceAgent';
const CUSTOM = 'projects/prod-1/roles/agent';

function ask(bindings: readonly Binding[], roles: Readonly<Record<string, readonly string[] | 'unread'>>) {
  const read = Object.entries(roles).map(([name, permissions]): [string, Fact<Role>] => [
    name,
    permissions === 'unread' ? unread() : known({ name, permissions: new Set(permissions), disabled: false }, 'test'),
  ]);
  const knowledge: Knowledge = {
    levels: [{ resource: 'projects/prod-1', policy: known({ bindings }, 'test'), deny: known([], 'test') }],
    complete: known(true, 'test'),
    roles: new Map(read),
    now: NOW,
  };
  return evaluateRole({ principal: { member: AGENT }, role: ROLE, resource: 'projects/prod-1' }, knowledge);
}

const bind = (role: string, member = AGENT, expression?: string): Binding => ({
  role,
  members: [member],
  ...(expression && { condition: { expression } }),
});
const content = { [ROLE]: ['a', 'b'] };

test.each<[name: string, bindings: Binding[], roles: Parameters<typeof ask>[1], expected: object]>([
  ['by its name', [bind(ROLE)], content, { state: 'granted', proof: { role: ROLE } }],
  ['by its name, its content unread', [bind(ROLE)], { [ROLE]: 'unread' }, { state: 'granted', proof: { role: ROLE } }],
  [
    'by a superset',
    [bind(CUSTOM)],
    { ...content, [CUSTOM]: ['a', 'b', 'c'] },
    { state: 'granted', proof: { role: CUSTOM } },
  ],
  [
    'by two roles together',
    [bind('roles/a'), bind('roles/b')],
    { ...content, 'roles/a': ['a'], 'roles/b': ['b'] },
    { state: 'granted' },
  ],
  [
    'not by a part',
    [bind(CUSTOM)],
    { ...content, [CUSTOM]: ['a'] },
    { state: 'missing', because: { kind: 'no-binding' } },
  ],
  ['not at all', [], content, { state: 'missing' }],
  ['its content unread, and not by its name', [], { [ROLE]: 'unread' }, { state: 'missing' }],
  ['under a condition', [bind(ROLE, AGENT, 'resource.matchTag("a", "b")')], content, { state: 'conditional' }],
  [
    'no more',
    [bind(ROLE, AGENT, 'request.time < timestamp("2026-01-01T00:00:00Z")')],
    content,
    { state: 'missing', because: { kind: 'expired' } },
  ],
  [
    'bound to a deleted account',
    [bind(ROLE, `deleted:${AGENT}?uid=1`)],
    content,
    { because: { kind: 'deleted-member' } },
  ],
  ['perhaps through a group', [bind(ROLE, 'group:agents@example.com')], content, { state: 'unknown' }],
  [
    'perhaps through a group that holds a superset',
    [bind(CUSTOM, 'group:agents@example.com')],
    { ...content, [CUSTOM]: ['a', 'b', 'c'] },
    { state: 'unknown', doubts: [{ kind: 'group', role: CUSTOM }] },
  ],
  [
    'perhaps by a role that is unread',
    [bind(CUSTOM)],
    { ...content, [CUSTOM]: 'unread' },
    { state: 'unknown', doubts: [{ kind: 'role', role: CUSTOM }] },
  ],
  [
    'a superset under a condition',
    [bind(CUSTOM, AGENT, 'resource.matchTag("a", "b")')],
    { ...content, [CUSTOM]: ['a', 'b'] },
    { state: 'conditional' },
  ],
  [
    'a part, and the rest perhaps through a group',
    [bind('roles/a'), bind('roles/b', 'group:agents@example.com')],
    { ...content, 'roles/a': ['a'], 'roles/b': ['b'] },
    { state: 'unknown', doubts: [{ kind: 'group', role: 'roles/b' }] },
  ],
  [
    'a part, and the rest under a condition',
    [bind('roles/a'), bind('roles/b', AGENT, 'resource.matchTag("a", "b")')],
    { ...content, 'roles/a': ['a'], 'roles/b': ['b'] },
    { state: 'conditional', proof: { role: 'roles/b' } },
  ],
  [
    'a part under a condition, and the rest perhaps through a group',
    [bind('roles/a', AGENT, 'resource.matchTag("a", "b")'), bind('roles/b', 'group:agents@example.com')],
    { ...content, 'roles/a': ['a'], 'roles/b': ['b'] },
    { state: 'unknown', doubts: [{ kind: 'group', role: 'roles/b' }] },
  ],
  [
    'a part, and the rest not at all',
    [bind('roles/a')],
    { ...content, 'roles/a': ['a'], 'roles/b': ['b'] },
    { state: 'missing', because: { kind: 'no-binding' } },
  ],
])('a role held: %s', (_, bindings, roles, expected) => {
  expect(ask(bindings, roles)).toMatchObject(expected);
});
