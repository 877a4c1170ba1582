/** What decides where several answers are needed (docs/domain/README.md#verdicts). */
import { expect, test } from 'vitest';
import { foldAnswer, foldAnswers } from '../../../src/diagnosis/iam/fold.ts';
import type { Answer } from '../../../src/diagnosis/iam/model.ts';

const proof = { level: 'projects/p', role: 'roles/x', member: 'user:a@example.com' };
const ANSWERS: Readonly<Record<string, Answer>> = {
  granted: { state: 'granted', proof },
  conditional: { state: 'conditional', proof },
  unknown: { state: 'unknown', doubts: [] },
  missing: { state: 'missing', because: { kind: 'no-binding' } },
};

const asked = (states: string) =>
  states.split(' ').map((state, index) => {
    const answer = ANSWERS[state];
    if (!answer) throw new Error(state);
    return { answer, name: `${index}` };
  });
const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name).join('');

test.each([
  ['granted', 'granted 0'],
  ['granted granted', 'granted 01'],
  ['granted missing', 'missing 1'],
  ['missing granted missing', 'missing 02'],
  ['unknown missing conditional', 'missing 1'],
  ['granted unknown', 'unknown 1'],
  ['conditional unknown granted', 'unknown 1'],
  ['granted conditional conditional', 'conditional 12'],
])('%s → %s', (states, expected) => {
  const found = foldAnswers(asked(states), {
    granted: items => `granted ${names(items)}`,
    conditional: items => `conditional ${names(items)}`,
    unknown: items => `unknown ${names(items)}`,
    missing: items => `missing ${names(items)}`,
  });
  expect(found).toBe(expected);
});

test.each(Object.entries(ANSWERS))('one answer that is %s', (state, answer) => {
  const told = (one: Answer) => one.state;
  expect(foldAnswer(answer, { granted: told, conditional: told, unknown: told, missing: told })).toBe(state);
});
