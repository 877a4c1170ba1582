import { expect, test } from 'vitest';
import { unknown as unknownFact } from '../../../src/diagnosis/facts/fact.ts';
import { describeAnswer, linesOf, policySource } from '../../../src/diagnosis/iam/describe.ts';
import type { Answer, Doubt, MissingReason, Proof } from '../../../src/diagnosis/iam/model.ts';

const fact = unknownFact({
  code: 'denied',
  source: 'cloudresourcemanager folders.getIamPolicy',
  reason: {
    en: 'resourcemanager.folders.getIamPolicy is missing.',
    ja: 'resourcemanager.folders.getIamPolicy がありません。',
  },
});
const member = 'serviceAccount:x@p.iam.gserviceaccount.com';
const proof: Proof = { level: 'projects/prod-1', role: 'roles/editor', member };
const until = new Date('2027-01-01T00:00:00Z');
const condition = { title: 'office hours', expression: 'request.time.getHours("Asia/Tokyo") < 18' };
const missing = (because: MissingReason): Answer => ({ state: 'missing', because });
const unknown = (...doubts: Doubt[]): Answer => ({ state: 'unknown', doubts });

const ANSWERS: readonly [name: string, answer: Answer][] = [
  ['granted', { state: 'granted', proof }],
  ['granted, deny policies unread', { state: 'granted', proof, denyUnread: true }],
  ['granted, boundaries unread', { state: 'granted', proof, boundariesUnread: true }],
  ['granted, both unread', { state: 'granted', proof, denyUnread: true, boundariesUnread: true }],
  ['granted for a while', { state: 'granted', proof: { ...proof, condition, until } }],
  [
    'granted under a condition that holds',
    { state: 'granted', proof: { ...proof, condition: { expression: 'true' } } },
  ],
  [
    'granted on an account',
    { state: 'granted', proof: { ...proof, level: 'projects/p/serviceAccounts/gsa@p.iam.gserviceaccount.com' } },
  ],
  ['granted, says Policy Troubleshooter', { state: 'granted', proof: { ...proof, role: '' } }],
  ['conditional', { state: 'conditional', proof: { ...proof, condition } }],
  [
    'conditional, naming the cluster',
    { state: 'conditional', proof: { ...proof, condition: { expression: 'resource.name == "c"' } }, namesTarget: true },
  ],
  ['conditional by a deny policy', { state: 'conditional', proof, deny: 'guard' }],
  ['conditional, says Policy Troubleshooter', { state: 'conditional', proof: { ...proof, role: '' } }],
  ['no binding', missing({ kind: 'no-binding' })],
  ['denied', missing({ kind: 'denied', policy: 'guard', level: 'organizations/77' })],
  ['expired', missing({ kind: 'expired', proof: { ...proof, condition, until } })],
  ['not yet', missing({ kind: 'condition', proof: { ...proof, condition, from: until } })],
  ['another resource', missing({ kind: 'condition', proof: { ...proof, condition } })],
  ['deleted member', missing({ kind: 'deleted-member', member: `deleted:${member}?uid=1`, role: 'roles/editor' })],
  ['disabled', missing({ kind: 'principal-disabled' })],
  ['deleted', missing({ kind: 'principal-deleted' })],
  ['outside a boundary', missing({ kind: 'boundary', policies: ['organizations/77/…/home'] })],
  ['outside a boundary that can’t be read', missing({ kind: 'boundary', policies: [] })],
  ['missing, says Policy Troubleshooter', missing({ kind: 'troubleshooter' })],
  ['policy unread', unknown({ kind: 'policy', level: 'folders/7', fact })],
  ['role unread', unknown({ kind: 'role', level: 'projects/prod-1', role: 'roles/internal', fact })],
  ['role not asked for', unknown({ kind: 'role', level: 'projects/prod-1', role: 'roles/internal' })],
  ['ancestors unread', unknown({ kind: 'ancestors', fact })],
  [
    'a group',
    unknown({ kind: 'group', level: 'organizations/77', role: 'roles/editor', member: 'group:x@example.com' }),
  ],
  [
    'a domain',
    unknown({ kind: 'group', level: 'organizations/77', role: 'roles/editor', member: 'domain:example.com' }),
  ],
  ['a set', unknown({ kind: 'group', level: 'organizations/77', role: 'roles/editor', member: 'principalSet://x/y' })],
  ['a deny rule for a group', unknown({ kind: 'deny', level: 'organizations/77', policy: 'guard' })],
  ['Policy Troubleshooter without an answer', unknown({ kind: 'troubleshooter', fact })],
];

test.each(ANSWERS)('%s', (_, answer) => {
  const texts = describeAnswer(answer);
  expect(texts.map(text => text.en).join('\n')).toMatchSnapshot('en');
  expect(texts.map(text => text.ja).join('\n')).toMatchSnapshot('ja');
  for (const text of texts) expect(text.ja).toMatch(/。$/);
});

test.each<[string, Partial<Extract<Answer, { state: 'granted' }>>, string[], RegExp | undefined]>([
  ['all read', {}, ['cloudresourcemanager projects.getIamPolicy'], undefined],
  ['deny policies unread', { denyUnread: true }, ['iam denypolicies.list'], /^Deny policies were not read/],
  [
    'boundaries unread',
    { boundariesUnread: true },
    ['policytroubleshooter'],
    /^Principal access boundary policies were/,
  ],
  [
    'both unread',
    { denyUnread: true, boundariesUnread: true },
    ['iam'],
    /^Deny policies and principal access boundary/,
  ],
])('what is granted says what was not read: %s', (_, open, sources, says) => {
  const lines = linesOf({ state: 'granted', proof, ...open }, 'projects/prod-1');
  expect(lines).toHaveLength(says ? 2 : 1);
  expect(lines.at(-1)?.source).toContain(sources[0]);
  if (says) expect(lines.at(-1)?.says.en).toMatch(says);
});

test('a doubt about something unread carries what was unread, and no other line does', () => {
  const unread = (answer: Answer) => linesOf(answer, 'projects/p').flatMap(line => line.unread ?? []);
  for (const [name, answer] of ANSWERS) {
    const expected = answer.state === 'unknown' && answer.doubts.some(doubt => 'fact' in doubt && doubt.fact);
    expect(unread(answer), name).toEqual(expected ? [fact] : []);
  }
});

test.each([
  ['projects/p', 'cloudresourcemanager projects.getIamPolicy'],
  ['folders/7', 'cloudresourcemanager folders.getIamPolicy'],
  ['organizations/77', 'cloudresourcemanager organizations.getIamPolicy'],
  ['projects/p/serviceAccounts/e', 'iam serviceAccounts.getIamPolicy'],
])('the policy of %s comes from %s', (resource, source) => {
  expect(policySource(resource)).toBe(source);
});
