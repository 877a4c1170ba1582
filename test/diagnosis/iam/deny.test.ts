import { describe, expect, test } from 'vitest';
import { known } from '../../../src/diagnosis/facts/fact.ts';
import { denyName } from '../../../src/diagnosis/iam/deny.ts';
import { evaluate } from '../../../src/diagnosis/iam/engine.ts';
import {
  type Binding,
  type DenyRule,
  type Knowledge,
  type Level,
  questionKey,
  type Troubleshot,
} from '../../../src/diagnosis/iam/model.ts';
import { NOW, PRINCIPALS, unread } from './worlds.ts';

const PERMISSION = 'resourcemanager.projects.setIamPolicy';
const DENY_NAME = 'cloudresourcemanager.googleapis.com/projects.setIamPolicy';
const ROLE = 'roles/resourcemanager.projectIamAdmin';
const DENY_POLICY = 'policies/cloudresourcemanager.googleapis.com%2Forganizations%2F77/denypolicies/guard';

const GRANT: Binding = { role: ROLE, members: ['user:alice@example.com'] };

function rule(changes: Partial<DenyRule> = {}): DenyRule {
  return {
    deniedPrincipals: ['principalSet://goog/public:all'],
    exceptionPrincipals: [],
    deniedPermissions: [DENY_NAME],
    exceptionPermissions: [],
    ...changes,
  };
}

function knowledge(deny: Level['deny'], bindings: readonly Binding[] = [GRANT]): Knowledge {
  return {
    levels: [
      { resource: 'projects/prod-1', policy: known({ bindings }, 'test'), deny: known([], 'test') },
      { resource: 'organizations/77', policy: known({ bindings: [] }, 'test'), deny },
    ],
    complete: known(true, 'test'),
    roles: new Map([[ROLE, known({ name: ROLE, permissions: new Set([PERMISSION]), disabled: false }, 'test')]]),
    now: NOW,
  };
}

const QUESTION = { principal: PRINCIPALS.alice, permission: PERMISSION, resource: 'projects/prod-1' };

function ask(world: Knowledge, access: Troubleshot['access'] = 'unknown') {
  const said = known({ access, boundary: 'allowed', blockedBy: [] } as const, 'test');
  return evaluate(QUESTION, { ...world, troubleshooter: new Map([[questionKey(QUESTION), said]]) });
}

const ruled = (changes?: Partial<DenyRule>, bindings?: readonly Binding[]) =>
  ask(knowledge(known([{ name: DENY_POLICY, rules: [rule(changes)] }], 'test'), bindings));

const GRANTED = { state: 'granted', proof: { level: 'projects/prod-1', role: ROLE, member: 'user:alice@example.com' } };
const TAKEN = { state: 'missing', because: { kind: 'denied', policy: DENY_POLICY, level: 'organizations/77' } };

describe('a deny rule', () => {
  test.each<[name: string, changes: Partial<DenyRule>, expected: object]>([
    ['for everyone', {}, TAKEN],
    ['for her', { deniedPrincipals: ['principal://goog/subject/Alice@Example.com'] }, TAKEN],
    ['for another', { deniedPrincipals: ['principal://goog/subject/eve@example.com'] }, GRANTED],
    [
      'for a deleted account of her name',
      { deniedPrincipals: ['deleted:principal://goog/subject/alice@example.com?uid=1'] },
      GRANTED,
    ],
    ['with an exception for her', { exceptionPrincipals: ['principal://goog/subject/alice@example.com'] }, GRANTED],
    [
      'for a resource group of permissions',
      { deniedPermissions: ['cloudresourcemanager.googleapis.com/projects.*'] },
      TAKEN,
    ],
    ['for a verb of a service', { deniedPermissions: ['cloudresourcemanager.googleapis.com/*.setIamPolicy'] }, TAKEN],
    ['for a whole service', { deniedPermissions: ['cloudresourcemanager.googleapis.com/*.*'] }, TAKEN],
    ['for another service', { deniedPermissions: ['iam.googleapis.com/*.*'] }, GRANTED],
    ['with an exception for the permission', { exceptionPermissions: [DENY_NAME] }, GRANTED],
    ['whose condition holds', { condition: { expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' } }, TAKEN],
    [
      'whose condition ended',
      { condition: { expression: 'request.time < timestamp("2026-01-01T00:00:00Z")' } },
      GRANTED,
    ],
    // Tags are not read. IAM denies where a condition can't be evaluated at all.
    ...[
      'matchTag("77/env", "prod")',
      'matchTagId("tagKeys/1", "tagValues/2")',
      'hasTagKey("77/env")',
      'hasTagKeyId("1")',
    ].map((tag): [string, Partial<DenyRule>, object] => [
      `whose condition is about tags: ${tag}`,
      { condition: { expression: `!resource.${tag}` } },
      { ...GRANTED, state: 'conditional', deny: DENY_POLICY },
    ]),
    ...['resource.name == "projects/other"', '"corp" in request.auth.access_levels', 'no expression at all ((', ''].map(
      (expression): [string, Partial<DenyRule>, object] => [
        `whose condition can’t be evaluated: “${expression}”`,
        { condition: { expression } },
        TAKEN,
      ],
    ),
    [
      'whose condition can’t be evaluated, for a group',
      { condition: { expression: 'x' }, deniedPrincipals: ['principalSet://goog/group/staff@example.com'] },
      { state: 'unknown', doubts: [{ kind: 'deny', level: 'organizations/77', policy: DENY_POLICY }] },
    ],
    [
      'for a group',
      { deniedPrincipals: ['principalSet://goog/group/staff@example.com'] },
      { state: 'unknown', doubts: [{ kind: 'deny', level: 'organizations/77', policy: DENY_POLICY }] },
    ],
    [
      'for everyone but a group',
      { exceptionPrincipals: ['principalSet://goog/group/staff@example.com'] },
      { state: 'unknown', doubts: [{ kind: 'deny', level: 'organizations/77', policy: DENY_POLICY }] },
    ],
  ])('%s', (_, changes, expected) => {
    expect(ruled(changes)).toEqual(expected);
  });

  test.each([
    ['granted', GRANTED],
    ['missing', TAKEN],
    ['unknown', { ...GRANTED, state: 'conditional', deny: DENY_POLICY }],
  ] as const)('about tags: Policy Troubleshooter has read them, and says %s', (access, expected) => {
    const rules = [rule({ condition: { expression: 'resource.hasTagKey("77/env")' } })];
    expect(ask(knowledge(known([{ name: DENY_POLICY, rules }], 'test')), access)).toEqual(expected);
  });

  test('that only may apply does not turn missing into unknown', () => {
    const group = { deniedPrincipals: ['principalSet://goog/group/staff@example.com'] };
    expect(ruled(group, [])).toEqual({ state: 'missing', because: { kind: 'no-binding' } });
  });

  test('adds its doubt to those about the grant', () => {
    const group = { deniedPrincipals: ['principalSet://goog/group/staff@example.com'] };
    const viaGroup = { role: ROLE, members: ['group:admins@example.com'] };
    const answer = ruled(group, [viaGroup]);
    expect(answer.state === 'unknown' && answer.doubts.map(doubt => doubt.kind)).toEqual(['group', 'deny']);
  });
});

describe('deny policies that were not read leave granted standing and are mentioned', () => {
  test.each<[string, Level['deny']]>([
    ['denied', unread()],
    ['not asked', undefined],
  ])('%s', (_, deny) => {
    expect(ask(knowledge(deny))).toEqual({ ...GRANTED, denyUnread: true });
  });

  test('also where ancestors could not be listed', () => {
    const world = knowledge(known([], 'test'));
    expect(ask({ ...world, complete: unread() })).toEqual({ ...GRANTED, denyUnread: true });
  });

  test('a service account has none of its own', () => {
    const world = knowledge(known([], 'test'));
    const own: Level = { resource: 'projects/prod-1/serviceAccounts/e', policy: known({ bindings: [] }, 'test') };
    expect(ask({ ...world, levels: [own, ...world.levels] })).toEqual(GRANTED);
  });
});

test.each([
  [PERMISSION, DENY_NAME],
  ['logging.logEntries.create', 'logging.googleapis.com/logEntries.create'],
  ['iam.serviceAccounts.getAccessToken', 'iam.googleapis.com/serviceAccounts.getAccessToken'],
])('%s is %s in deny policies', (permission, name) => {
  expect(denyName(permission)).toBe(name);
});
