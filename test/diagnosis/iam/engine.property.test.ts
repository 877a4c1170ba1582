/** The engine against the slow evaluator, on random worlds. A failing seed and the smallest failing world are printed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../../src/diagnosis/iam/engine.ts';
import type { Answer, Knowledge, Principal } from '../../../src/diagnosis/iam/model.ts';
import { relevantRoles } from '../../../src/diagnosis/iam/relevant-roles.ts';
import { evaluateSlowly } from './slow-evaluator.ts';
import { PERMISSIONS, PRINCIPALS, WHO, world } from './worlds.ts';

const SETTINGS = { numRuns: 200, seed: 20_261_115 };
const RESOURCE = 'projects/prod-1';

function ask(principal: Principal, permission: string, knowledge: Knowledge): Answer {
  return evaluate({ principal, permission, resource: RESOURCE }, knowledge);
}

function eachQuestion(knowledge: Knowledge, verify: (who: (typeof WHO)[number], permission: string) => void): void {
  expect(knowledge.levels.length).toBeGreaterThan(0);
  for (const who of WHO) for (const permission of PERMISSIONS) verify(who, permission);
}

test('200 random worlds: the engine and the slow evaluator agree on every question', () => {
  const seen = new Map<string, number>();
  let asked = 0;
  fc.assert(
    fc.property(world, knowledge => {
      eachQuestion(knowledge, (who, permission) => {
        const slow = evaluateSlowly(knowledge, who, permission);
        asked++;
        if (slow === undefined) return;
        expect(`${who} ${permission}: ${ask(PRINCIPALS[who], permission, knowledge).state}`).toBe(
          `${who} ${permission}: ${slow}`,
        );
        seen.set(slow, (seen.get(slow) ?? 0) + 1);
      });
    }),
    SETTINGS,
  );
  // The worlds must put all four answers to the test, and nearly every question must have been compared.
  for (const verdict of ['granted', 'conditional', 'missing', 'unknown']) {
    expect(seen.get(verdict) ?? 0, verdict).toBeGreaterThan(25);
  }
  expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(asked * 0.95);
});

test('a proof is a binding of the world, on the level it names', () => {
  fc.assert(
    fc.property(world, knowledge => {
      eachQuestion(knowledge, (who, permission) => {
        const answer = ask(PRINCIPALS[who], permission, knowledge);
        if (answer.state !== 'granted' && answer.state !== 'conditional') return;
        const { level, role, member, condition } = answer.proof;
        const policy = knowledge.levels.find(({ resource }) => resource === level)?.policy;
        const bindings = policy?.known ? policy.value.bindings : [];
        expect(
          bindings.some(
            binding =>
              binding.role === role &&
              binding.members.includes(member) &&
              binding.condition?.expression === condition?.expression,
          ),
        ).toBe(true);
      });
    }),
    SETTINGS,
  );
});

test('an unknown lists a doubt, and a disabled or deleted account holds nothing anywhere', () => {
  fc.assert(
    fc.property(world, knowledge => {
      eachQuestion(knowledge, (who, permission) => {
        const answer = ask(PRINCIPALS[who], permission, knowledge);
        if (answer.state === 'unknown') expect(answer.doubts.length).toBeGreaterThan(0);
        for (const state of ['disabled', 'deleted'] as const) {
          expect(ask({ ...PRINCIPALS[who], state }, permission, knowledge).state).toBe('missing');
        }
        expect(ask({ ...PRINCIPALS[who], state: 'unknown' }, permission, knowledge)).toEqual(answer);
      });
    }),
    SETTINGS,
  );
});

test('only the roles that are said to be needed matter', () => {
  fc.assert(
    fc.property(world, fc.constantFrom(...WHO), (knowledge, who) => {
      const needed = new Set(
        knowledge.levels.flatMap(({ policy }) => (policy.known ? relevantRoles(policy.value, [PRINCIPALS[who]]) : [])),
      );
      const roles = new Map([...knowledge.roles].filter(([name]) => needed.has(name)));
      for (const permission of PERMISSIONS) {
        const all = ask(PRINCIPALS[who], permission, knowledge);
        expect(ask(PRINCIPALS[who], permission, { ...knowledge, roles })).toEqual(all);
      }
    }),
    SETTINGS,
  );
});
