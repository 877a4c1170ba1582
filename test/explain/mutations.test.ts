import { expect, it } from 'vitest';
import { corpus } from './corpus.ts';
import { MUTATIONS, mutationScore, random } from './mutations.ts';
import { answer } from './score.ts';

it('keeps its answer or says it does not know, whatever happened to the text on the way', () => {
  const result = mutationScore(1_500, 20_261_122);
  expect(
    result.slips.map(({ name, mutations, expected, got }) => `${name} [${mutations}]: ${expected} → ${got}`),
  ).toEqual([]);
  expect(result.kept).toBeGreaterThanOrEqual(0.95);
  expect(result.cut).toBeLessThanOrEqual(0.01);
});

it.each(Object.keys(MUTATIONS).filter(name => name !== 'truncated end' && name !== 'line breaks anywhere'))(
  'sees through: %s',
  name => {
    const next = random(7);
    const examples = corpus('tuning').filter(({ problem }) => problem !== null);
    const lost = examples.filter(({ text, problem }) => answer(MUTATIONS[name]?.(text, next) ?? text) !== problem);
    expect(lost.length / examples.length, lost.map(example => example.name).join(', ')).toBeLessThanOrEqual(0.05);
  },
);
