/**
 * The table of states of real clusters, each through the terminal program: what it must say, and what it must not. The rows'
 * sources are in the rows; `node test/states/run.ts` prints them with what was answered.
 */
import { describe, expect, test } from 'vitest';
import { families } from './families/index.ts';
import { actual, judge } from './judge.ts';
import { play } from './play.ts';
import type { State } from './state.ts';

const all = families.flatMap(({ states }) => states);

describe('the table', () => {
  test('has many rows of eleven families, each row once', () => {
    expect(families).toHaveLength(11);
    expect(all.length).toBeGreaterThanOrEqual(75);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  test('a third of it and more must not fire', () => {
    const opposites = all.filter(({ opposite }) => opposite).length;
    expect(opposites / all.length).toBeGreaterThan(1 / 3);
    for (const { name, states } of families) {
      expect(states.filter(({ opposite }) => opposite).length, name).toBeGreaterThanOrEqual(3);
    }
  });

  test('every row has a source that can be looked up', () => {
    const unsourced = all.filter(({ source }) => !/^https:\/\/\S+$|^[\w.-]+\/[\w.-]+#\d+$/.test(source));
    expect(unsourced.map(({ id }) => id)).toEqual([]);
  });

  test('every row can be wrong', () => {
    const demands = ({ expect: expected, report }: State) =>
      expected.some(one => one.status !== undefined || one.says || one.offers) || Object.keys(report ?? {}).length > 0;
    expect(all.filter(state => !demands(state)).map(({ id }) => id)).toEqual([]);
  });
});

// Each row waits for a process of its own; as many at a time as vitest lets run.
describe.concurrent.each(families.map(family => [family.name, family] as const))('%s', (_, { states }) => {
  test.concurrent.each(states.map(state => [state.id, state] as const))(
    '%s',
    { timeout: 120_000 },
    async (_id, state) => {
      const answer = await play(state);
      expect(judge(state, answer), `${state.says}\n${state.source}\n${actual(state, answer)}`).toEqual([]);
    },
  );
});
