import { describe, expect, it } from 'vitest';
import { PROBLEM_IDS } from '../../src/contracts/explanation.ts';
import { corpus } from './corpus.ts';
import { score } from './score.ts';

describe.each(['tuning', 'held-out', 'field'] as const)('the %s part of the corpus', part => {
  const result = score(corpus(part));

  it('is recognised right at the first answer in at least 95 % of the texts', () => {
    expect(
      result.mistakes
        .filter(({ example }) => example.problem !== null)
        .map(({ example, got }) => `${example.name}: ${example.problem} → ${got}`),
    ).toEqual([]);
    expect(result.right).toBeGreaterThanOrEqual(0.95);
  });

  it('recognises at most 2 % of the texts that are none of the problems', () => {
    expect(
      result.mistakes
        .filter(({ example }) => example.problem === null)
        .map(({ example, got }) => `${example.name} → ${got}`),
    ).toEqual([]);
    expect(result.falseAlarms).toBeLessThanOrEqual(0.02);
  });

  it('names what the texts name', () => {
    expect(
      result.wrongEntities.map(({ example, key, expected, got }) => `${example.name}: ${key} ${expected} → ${got}`),
    ).toEqual([]);
  });
});

describe('the corpus', () => {
  const all = [...corpus('tuning'), ...corpus('held-out'), ...corpus('field')];

  it('has at least 200 texts, a quarter of them none of the problems', () => {
    expect(all.length).toBeGreaterThanOrEqual(200);
    expect(all.filter(({ problem }) => problem === null).length).toBeGreaterThanOrEqual(60);
    expect(all.filter(({ problem }) => problem === null).length / all.length).toBeGreaterThanOrEqual(0.2);
  });

  it('has texts of every problem', () => {
    expect(PROBLEM_IDS.filter(id => !all.some(({ problem }) => problem === id))).toEqual([]);
  });

  it('recalls and names every problem right in at least 95 % of its texts', () => {
    expect(score(all).rows.filter(({ recall, precision }) => recall < 0.95 || precision < 0.95)).toEqual([]);
  });
});
