/** What the crash figure makes of what the crash tests print and report. */
import { expect, test } from 'vitest';
import { type CrashRow, rowsOf, table } from '../system/crashes.ts';
import { isMet } from './figure.ts';
import { outcomes, resultOf, type TestRun } from './figures/crashes.ts';

const rows: CrashRow[] = [
  { step: 'claimed, no answer', killed: 'worker', outcome: 'granted once, verified' },
  { step: 'approval pending', killed: 'redis frozen', outcome: 'kept; approved and verified afterwards' },
];
const printed = (all: readonly CrashRow[]) => `\n RUN  v5\n\n${table(all)}\n ✓ a.test.ts (2 tests) | 2 passed\n`;
const report = (message: string, ...tests: TestRun['testResults'][0]['assertionResults']): TestRun => ({
  testResults: [{ message, assertionResults: tests }],
});
const passed = { title: 'killed', status: 'passed', failureMessages: [] };
const verdict = (all: ReturnType<typeof outcomes>) => isMet(resultOf([{ file: 'crash-a.test.ts', rows: all }]));

test('the rows of all printed tables, as they were', () => {
  expect(rowsOf(printed(rows) + printed(rows.slice(1)))).toEqual([...rows, ...rows.slice(1)]);
  expect(rowsOf(printed([]))).toEqual([]);
});

test('tests that pass: their rows, and the figure is met', () => {
  const all = outcomes(printed(rows), report('', passed));
  expect(all).toEqual(rows);
  expect(verdict(all)).toBe(true);
  const result = resultOf([{ file: 'crash-a.test.ts', rows: all }]);
  expect(result.value).toBe(2);
  expect(result.rows?.[0]).toEqual({ ...rows[0], test: 'crash-a.test.ts' });
});

test.each([
  [
    'a test fails',
    printed(rows),
    report('', { title: 'killed', status: 'failed', failureMessages: ['Twice\n at x'] }),
    'FAILED: Twice',
  ],
  [
    'its set-up fails',
    printed([]),
    report('No Redis\n at x', { title: 'killed', status: 'skipped' }),
    'FAILED: No Redis',
  ],
  ['it can’t be loaded', '', report('Bad syntax'), 'FAILED: Bad syntax'],
  ['a test is skipped', printed(rows), report('', { title: 'killed', status: 'skipped' }), 'FAILED: skipped'],
  ['nothing was printed', '', report('', passed), 'FAILED: they printed no table'],
  [
    'an outcome is missing',
    printed([{ step: 's', killed: 'k', outcome: '' }]),
    report('', passed),
    'FAILED: no outcome',
  ],
])('a bad row, and the figure is missed, where %s', (_what, text, run, outcome) => {
  const all = outcomes(text, run);
  expect(all.at(-1)?.outcome).toBe(outcome);
  expect(verdict(all)).toBe(false);
});

test('no test at all is no crash survived', () => {
  expect(isMet(resultOf([]))).toBe(false);
});
