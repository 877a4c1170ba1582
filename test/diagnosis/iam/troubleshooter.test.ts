/** What Policy Troubleshooter adds: it decides what is unknown to us, and tells of principal access boundaries. */
import { describe, expect, test } from 'vitest';
import { type Fact, known } from '../../../src/diagnosis/facts/fact.ts';
import { evaluate } from '../../../src/diagnosis/iam/engine.ts';
import {
  type Binding,
  type Knowledge,
  type Question,
  questionKey,
  type Troubleshot,
} from '../../../src/diagnosis/iam/model.ts';
import { NOW, PRINCIPALS, unread } from './worlds.ts';

const PERMISSION = 'logging.logEntries.create';
const ROLE = 'roles/logging.logWriter';
const question: Question = { principal: PRINCIPALS.node, permission: PERMISSION, resource: 'projects/prod-1' };

function knowledge(bindings: readonly Binding[]): Knowledge {
  return {
    levels: [{ resource: 'projects/prod-1', policy: known({ bindings }, 'test'), deny: known([], 'test') }],
    complete: known(true, 'test'),
    roles: new Map([[ROLE, known({ name: ROLE, permissions: new Set([PERMISSION]), disabled: false }, 'test')]]),
    now: NOW,
  };
}

const viaGroup = knowledge([{ role: ROLE, members: ['group:nodes@example.com'] }]);
const said = (access: Troubleshot['access'], more: Partial<Troubleshot> = {}) =>
  known<Troubleshot>({ access, boundary: 'allowed', blockedBy: [], ...more }, 'test');

describe('Policy Troubleshooter decides what is unknown', () => {
  const told = (answer: Fact<Troubleshot>, world = viaGroup) =>
    evaluate(question, { ...world, troubleshooter: new Map([[questionKey(question), answer]]) });
  const proof = { level: 'projects/prod-1', role: '', member: PRINCIPALS.node.member };

  test('granted, conditional, missing', () => {
    expect(told(said('granted'))).toEqual({ state: 'granted', proof });
    expect(told(said('conditional'))).toEqual({ state: 'conditional', proof });
    expect(told(said('missing'))).toEqual({ state: 'missing', because: { kind: 'troubleshooter' } });
  });

  test('where it does not know, the doubts stay', () => {
    const doubts = [{ kind: 'group', level: 'projects/prod-1', role: ROLE, member: 'group:nodes@example.com' }];
    expect(told(said('unknown'))).toEqual({ state: 'unknown', doubts });
    // That it was asked in vain is a doubt too: whoever lets it answer gets the answer.
    const inVain = { kind: 'troubleshooter', fact: unread() };
    expect(told(unread())).toEqual({ state: 'unknown', doubts: [...doubts, inVain] });
  });

  test('what was read wins over it', () => {
    const world = knowledge([{ role: ROLE, members: [PRINCIPALS.node.member] }]);
    expect(told(said('missing'), world)).toMatchObject({ state: 'granted', proof: { role: ROLE } });
  });

  test('it says nothing of an account that is disabled', () => {
    const principal = { ...PRINCIPALS.node, state: 'disabled' as const };
    const troubleshooter = new Map([[questionKey(question), said('granted')]]);
    expect(evaluate({ ...question, principal }, { ...viaGroup, troubleshooter })).toEqual({
      state: 'missing',
      because: { kind: 'principal-disabled' },
    });
  });
});

// https://cloud.google.com/iam/docs/principal-access-boundary-policies
describe('principal access boundaries', () => {
  const member = PRINCIPALS.node.member;
  const bound = knowledge([{ role: ROLE, members: [member] }]);
  const conditional = knowledge([{ role: ROLE, members: [member], condition: { expression: 'x.y' } }]);
  const POLICY = 'organizations/77/locations/global/principalAccessBoundaryPolicies/home';
  const blocked = { boundary: 'blocked', blockedBy: [POLICY] } as const;
  const MISSING = { state: 'missing', because: { kind: 'boundary', policies: [POLICY] } };
  const told = (world: Knowledge, answer?: Fact<Troubleshot>) =>
    evaluate(question, {
      ...world,
      ...(answer ? { troubleshooter: new Map([[questionKey(question), answer]]) } : {}),
    });

  test.each<[string, Knowledge, Fact<Troubleshot> | undefined, object]>([
    ['eligible', bound, said('granted'), { state: 'granted' }],
    ['eligible, by an answer about another permission', bound, said('unknown'), { state: 'granted' }],
    ['not eligible', bound, said('missing', blocked), MISSING],
    ['not eligible, by an answer that leaves the access open', bound, said('unknown', blocked), MISSING],
    ['not eligible, granted under a condition', conditional, said('unknown', blocked), MISSING],
    ['not eligible, granted by a group at most', viaGroup, said('unknown', blocked), MISSING],
    ['not eligible, granted by a group as Troubleshooter knows', viaGroup, said('missing', blocked), MISSING],
    [
      'not eligible, and nothing granted: no grant is what is missing first',
      knowledge([]),
      said('missing', blocked),
      {
        state: 'missing',
        because: { kind: 'no-binding' },
      },
    ],
  ])('%s', (_, world, answer, expected) => {
    const found = told(world, answer);
    expect(found).toMatchObject(expected);
    expect(found).not.toHaveProperty('boundariesUnread');
  });

  test.each<[string, Fact<Troubleshot> | undefined]>([
    ['nobody was asked', undefined],
    ['Troubleshooter did not answer', unread()],
    ['Troubleshooter could not read them', said('granted', { boundary: 'unread' })],
  ])('%s: what is granted stays so, and that they were not read is said', (_, answer) => {
    expect(told(bound, answer)).toMatchObject({ state: 'granted', boundariesUnread: true });
    expect(told(conditional, answer)).not.toHaveProperty('boundariesUnread');
  });

  test.each([
    ['serviceAccount:service-1@container-engine-robot.iam.gserviceaccount.com', false],
    ['serviceAccount:service-1@gcp-sa-gkenode.iam.gserviceaccount.com', false],
    ['serviceAccount:1@cloudservices.gserviceaccount.com', false],
    ['serviceAccount:1-compute@developer.gserviceaccount.com', true],
    ['serviceAccount:service-1@prod-1.iam.gserviceaccount.com', true],
    ['serviceAccount:prod-1.svc.id.goog[web/app]', true],
    ['user:alice@example.com', true],
  ])('%s can be bound to one: %s', (who, can) => {
    const world = knowledge([{ role: ROLE, members: [who] }]);
    const answer = evaluate({ ...question, principal: { member: who } }, world);
    expect(answer.state === 'granted' && answer.boundariesUnread === true).toBe(can);
  });
});
