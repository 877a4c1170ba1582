import { describe, expect, test } from 'vitest';
import { type Fact, known } from '../../../src/diagnosis/facts/fact.ts';
import { evaluate } from '../../../src/diagnosis/iam/engine.ts';
import { type Binding, type Knowledge, type Question, questionKey } from '../../../src/diagnosis/iam/model.ts';
import { relevantRoles } from '../../../src/diagnosis/iam/relevant-roles.ts';
import { NOW, PRINCIPALS, unread } from './worlds.ts';

const PERMISSION = 'logging.logEntries.create';
const ROLE = 'roles/logging.logWriter';
const question: Question = { principal: PRINCIPALS.node, permission: PERMISSION, resource: 'projects/prod-1' };

function knowledge(bindings: readonly Binding[], complete: Fact<true> = known(true, 'test')): Knowledge {
  return {
    levels: [{ resource: 'projects/prod-1', policy: known({ bindings }, 'test'), deny: known([], 'test') }],
    complete,
    roles: new Map([[ROLE, known({ name: ROLE, permissions: new Set([PERMISSION]), disabled: false }, 'test')]]),
    now: NOW,
  };
}

const viaGroup = knowledge([{ role: ROLE, members: ['group:nodes@example.com'] }]);

describe('which roles have to be read', () => {
  const bindings: Binding[] = [
    { role: 'roles/z', members: ['serviceAccount:Node@prod-1.iam.gserviceaccount.com', 'user:x@example.com'] },
    { role: 'roles/group', members: ['group:g@example.com'] },
    { role: 'roles/deleted', members: ['deleted:serviceAccount:node@prod-1.iam.gserviceaccount.com?uid=1'] },
    {
      role: 'roles/z',
      members: ['serviceAccount:node@prod-1.iam.gserviceaccount.com'],
      condition: { expression: 'x' },
    },
    { role: 'roles/domain', members: ['domain:example.com'] },
    { role: 'roles/other', members: ['serviceAccount:other@prod-1.iam.gserviceaccount.com', 'user:y@example.com'] },
    { role: 'roles/gone', members: ['deleted:group:g@example.com?uid=2', 'deleted:user:y@example.com?uid=3'] },
  ];

  test('those of bindings that could be about the principal, each once', () => {
    expect(relevantRoles({ bindings }, [PRINCIPALS.node])).toEqual(['roles/deleted', 'roles/group', 'roles/z']);
  });

  test('of any of several principals', () => {
    expect(relevantRoles({ bindings }, [PRINCIPALS.node, PRINCIPALS.alice])).toEqual([
      'roles/deleted',
      'roles/domain',
      'roles/group',
      'roles/z',
    ]);
  });
});

describe('Policy Troubleshooter decides what is unknown', () => {
  const told = (said: Fact<'granted' | 'missing' | 'conditional' | 'unknown'>, world = viaGroup) =>
    evaluate(question, { ...world, troubleshooter: new Map([[questionKey(question), said]]) });
  const proof = { level: 'projects/prod-1', role: '', member: PRINCIPALS.node.member };

  test('granted, conditional, missing', () => {
    expect(told(known('granted', 'test'))).toEqual({ state: 'granted', proof });
    expect(told(known('conditional', 'test'))).toEqual({ state: 'conditional', proof });
    expect(told(known('missing', 'test'))).toEqual({ state: 'missing', because: { kind: 'troubleshooter' } });
  });

  test('where it does not know, the doubts stay', () => {
    const doubts = [{ kind: 'group', level: 'projects/prod-1', role: ROLE, member: 'group:nodes@example.com' }];
    expect(told(known('unknown', 'test'))).toEqual({ state: 'unknown', doubts });
    // That it was asked in vain is a doubt too: whoever lets it answer gets the answer.
    const inVain = { kind: 'troubleshooter', fact: unread() };
    expect(told(unread())).toEqual({ state: 'unknown', doubts: [...doubts, inVain] });
  });

  test('what was read wins over it', () => {
    const world = knowledge([{ role: ROLE, members: [PRINCIPALS.node.member] }]);
    expect(told(known('missing', 'test'), world)).toMatchObject({ state: 'granted', proof: { role: ROLE } });
  });

  test('it says nothing of an account that is disabled', () => {
    const principal = { ...PRINCIPALS.node, state: 'disabled' as const };
    const troubleshooter = new Map([[questionKey(question), known('granted' as const, 'test')]]);
    expect(evaluate({ ...question, principal }, { ...viaGroup, troubleshooter })).toEqual({
      state: 'missing',
      because: { kind: 'principal-disabled' },
    });
  });
});
