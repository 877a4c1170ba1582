/** Correct configuration and output beside an error must change nothing, and are nothing alone. */
import { describe, expect, it } from 'vitest';
import { corpus, developed, type Example, entries } from './corpus.ts';
import { answer } from './score.ts';

const HEALTHY = entries('healthy').map(({ text, name }) => ({ text, name }));

const PLACES: Readonly<Record<string, (error: string, healthy: string) => string>> = {
  before: (error, healthy) => `${healthy}\n${error}`,
  'before, with an empty line': (error, healthy) => `${healthy}\n\n${error}`,
  after: (error, healthy) => `${error}\n${healthy}`,
  'after, with an empty line': (error, healthy) => `${error}\n\n${healthy}`,
  around: (error, healthy) => `${healthy}\n${error}\n${healthy}`,
};

/** Each text with each place and, in turn, one of the snippets: every pair of a place and a snippet comes up often. */
function changed(examples: readonly Example[]): { readonly tried: number; readonly lost: string[] } {
  const lost: string[] = [];
  let tried = 0;
  examples.forEach((example, index) => {
    Object.entries(PLACES).forEach(([place, put], at) => {
      const healthy = HEALTHY[(index * 3 + at) % HEALTHY.length];
      if (healthy === undefined) return;
      tried += 1;
      const got = answer(put(example.text, healthy.text));
      if (got !== example.problem) lost.push(`${example.name} ${place} ${healthy.name}: ${example.problem} → ${got}`);
    });
  });
  return { tried, lost };
}

it('there are at least eight kinds of them', () => expect(HEALTHY.length).toBeGreaterThanOrEqual(8));

it.each(HEALTHY.map(({ name, text }) => [name, text] as const))('%s is none of the problems', (_, text) => {
  expect(answer(text)).toBeNull();
});

describe('an error beside one of them', { timeout: 120_000 }, () => {
  it('keeps its answer in at least 99 % of the texts', () => {
    const { tried, lost } = changed(developed());
    expect(lost.length / tried, lost.join('\n')).toBeLessThanOrEqual(0.01);
  });

  it('keeps it in the half kept apart too, whatever the answer was', () => {
    const asAnswered = corpus('public-b').map(example => ({ ...example, problem: answer(example.text) }));
    const { tried, lost } = changed(asAnswered);
    expect(lost.length / tried).toBeLessThanOrEqual(0.01);
  });
});
