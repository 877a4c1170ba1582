/** The mutation tool finds what a weak test misses, and nothing where a test is thorough. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSource, ROOT, readSources } from '../architecture/sources.ts';
import { AcceptedList, flat, matches, readAccepted } from './accepted.ts';
import { mutate } from './mutate.ts';
import { areaOf, scores } from './outcome.ts';
import { OUTSIDE_SAMPLE, sampler } from './plugin.ts';
import { isWithin, testsReaching } from './reachable.ts';
import { selection } from './runner.ts';
import type { Mutant } from './stryker.ts';
import { textOf } from './text.ts';

const FEE = 'test/mutation/fixture/fee.ts';

describe('a run', { timeout: 300_000 }, () => {
  const limits = { only: undefined, slowTests: [], sample: undefined, timeout: 60_000, incremental: false };
  const run = (spec: string) =>
    mutate(
      { name: `fixture-${spec}`, paths: [FEE] },
      readSources(['test/mutation/fixture']).filter(({ path }) => path === FEE || path.endsWith(`/${spec}.spec.ts`)),
      limits,
    );

  test('a weak test leaves survivors and untested code', async () => {
    const { tests, survivors, untested, total } = await run('weak');
    expect(tests).toEqual(['test/mutation/fixture/weak.spec.ts']);
    const changes = survivors.map(({ line, original, replacement }) => `${line}: ${original} → ${replacement}`);
    expect(changes).toContain('6: total >= FREE_FROM → total > FREE_FROM');
    expect(changes).toContain('7: base + 2 → base - 2');
    // Code that runs at import: the test looks at no fragile goods.
    expect(changes).toContain('3: /^(glass|mirror)$/ → /(glass|mirror)$/');
    expect(new Set(untested.map(({ line }) => line))).toEqual(new Set([10, 11]));
    expect(total.killed).toBeGreaterThan(0);
  });

  test('a thorough test leaves none, and nobody has to repeat the wording of texts', async () => {
    const { survivors, untested, broken, total } = await run('thorough');
    expect({ survivors, untested, broken }).toEqual({ survivors: [], untested: [], broken: [] });
    expect(total.killed).toBeGreaterThan(15);
  });
});

describe('which tests run', () => {
  const sources = [
    parseSource('src/pure.ts', 'export const one = 1;'),
    parseSource('src/between.ts', "export { one } from './pure.ts';"),
    parseSource('src/server.ts', "import 'node:http'; export { one } from './pure.ts';"),
    parseSource('test/direct.test.ts', "import { one } from '../src/pure.ts';"),
    parseSource('test/indirect.test.ts', "import { one } from '../src/between.ts';"),
    parseSource('test/types.test.ts', "import type { One } from '../src/pure.ts';"),
    parseSource('test/server.test.ts', "import { one } from '../src/server.ts';"),
    parseSource('test/unrelated.test.ts', "import '../src/other.ts';"),
    parseSource('test/no-test.ts', "import { one } from '../src/pure.ts';"),
  ];
  const reaching = (wanted: (test: string, reached: ReadonlySet<string>) => boolean) =>
    testsReaching(sources, ['src/pure.ts', 'src/between.ts'], wanted);

  test('those that import a changed file, directly or not', () => {
    expect(reaching(() => true)).toEqual({
      'src/pure.ts': ['test/direct.test.ts', 'test/indirect.test.ts', 'test/server.test.ts'],
      'src/between.ts': ['test/indirect.test.ts'],
    });
  });

  test('but for what is refused by what it reaches', () => {
    expect(reaching((_, reached) => !reached.has('node:http'))['src/pure.ts']).toEqual([
      'test/direct.test.ts',
      'test/indirect.test.ts',
    ]);
  });

  test.each([
    ['src/a.ts', 'src/a.ts', true],
    ['src/a/b.ts', 'src/a', true],
    ['src/a/b.ts', './src/a/', true],
    ['src/ab/c.ts', 'src/a', false],
    ['src/a.ts', 'src/a', false],
    ['src/a.ts', 'src/a.ts/b', false],
  ])('%s within %s: %s', (path, folder, expected) => {
    expect(isWithin(path, folder)).toBe(expected);
  });
});

describe('an outcome', () => {
  const source = 'const a = 1;\nif (a < 2) {\n  go();\n}\n';
  const mutant = (status: Mutant['status'], more: Partial<Mutant> = {}): Mutant => ({
    mutatorName: 'EqualityOperator',
    replacement: 'a <= 2',
    location: { start: { line: 2, column: 5 }, end: { line: 2, column: 10 } },
    status,
    coveredBy: [],
    ...more,
  });
  const block = {
    mutatorName: 'BlockStatement',
    replacement: '{}',
    location: { start: { line: 2, column: 12 }, end: { line: 4, column: 2 } },
  };
  const entry = { file: 'a.ts', original: '{ go(); }', mutant: '{}', reason: 'go() has no effect here' };
  const area = (mutants: Mutant[], accepted = [entry], sampled = false) =>
    areaOf(
      { name: 'a', seconds: 1, tests: ['a.test.ts'], sampled },
      { files: { 'a.ts': { source, mutants } } },
      accepted,
    );

  test('counts each verdict; a test file that fails at import is a kill, what is left out counts as nothing', () => {
    const { total } = area([
      mutant('Killed'),
      mutant('RuntimeError', {
        statusReason: 'An error occurred outside of a test run: a.test.ts: x is not a function',
      }),
      mutant('RuntimeError', { statusReason: 'Test runner crashed' }),
      mutant('Timeout'),
      mutant('Survived'),
      mutant('NoCoverage'),
      mutant('Ignored'),
      mutant('CompileError', { statusReason: OUTSIDE_SAMPLE }),
    ]);
    expect(total).toEqual({ killed: 2, timeouts: 1, survived: 1, accepted: 0, untested: 1, broken: 1 });
    expect(scores(total)).toEqual({ tested: 75, all: 60 });
  });

  test('says where a survivor is and what was changed', () => {
    const { survivors } = area([mutant('Survived')]);
    expect(survivors).toEqual([
      {
        file: 'a.ts',
        line: 2,
        column: 5,
        mutator: 'EqualityOperator',
        original: 'a < 2',
        replacement: 'a <= 2',
        code: 'if (a < 2) {',
      },
    ]);
    const text = textOf(area([mutant('Survived')]), { all: false });
    expect(text).toContain('a.ts:2:5 EqualityOperator: a < 2 → a <= 2');
    expect(text).toContain('remove from test/mutation/accepted.json (1):\na.ts { go(); } → {}');
  });

  test('an accepted survivor is none, however the code is laid out', () => {
    const { survivors, stale, total } = area([mutant('Survived', block)]);
    expect({ survivors, stale, accepted: total.accepted }).toEqual({ survivors: [], stale: [], accepted: 1 });
  });

  test('an accepted change that a test notices is stale, unless it may be outside the sample', () => {
    expect(area([mutant('Killed', block)]).stale).toEqual([entry]);
    expect(area([], [entry], true).stale).toEqual([]);
    expect(area([], [{ ...entry, file: 'b.ts' }]).stale).toEqual([]);
  });

  const changed = { file: 'a.ts', original: '{\n  go();\n}', replacement: '{}', code: 'if (a < 2) {' };

  test.each([{}, { line: 'if (a < 2) {' }, { original: '{\n\tgo();\n}' }])('with %o it is the same change', same => {
    expect(matches({ ...entry, ...same }, changed)).toBe(true);
  });

  test.each([{ file: 'b.ts' }, { original: '{ stop(); }' }, { mutant: '' }, { line: 'if (b < 2) {' }])(
    'with %o it is another change',
    other => {
      expect(matches({ ...entry, ...other }, changed)).toBe(false);
    },
  );

  test('what is accepted in the project is code that is still there', () => {
    const gone = readAccepted().filter(({ file, original, line = '' }) => {
      const path = join(ROOT, file);
      const code = existsSync(path) ? flat(readFileSync(path, 'utf8')) : '';
      return !code.includes(flat(original)) || !code.includes(flat(line));
    });
    expect(gone).toEqual([]);
  });

  test('a reason is a sentence', () => {
    expect(AcceptedList.safeParse({ accepted: [{ ...entry, reason: 'ok' }] }).success).toBe(false);
    expect(AcceptedList.safeParse({ accepted: [entry] }).success).toBe(true);
  });
});

describe('which tests Stryker selects', () => {
  const short = ['/a.test.ts#one', '/a.test.ts#two', '/b.test.ts#one # two'];

  test('those that come across the mutant', () => {
    expect(selection(short)).toEqual(short);
    expect(selection(undefined)).toBeUndefined();
  });

  test.each([
    ['one long title', [...short, `/c.test.ts#${'('.repeat(20_000)}`], ['/a.test.ts#', '/b.test.ts#', '/c.test.ts#']],
    [
      'many titles',
      Array.from({ length: 500 }, (_, index) => `/a.test.ts#a title of some length ${index}`),
      ['/a.test.ts#'],
    ],
  ])('%s: whole files', (_, tests, expected) => {
    expect(selection(tests)).toEqual(expected);
  });
});

describe('a sample', () => {
  const mutants = Array.from({ length: 40 }, (_, index) => ({
    id: String(index),
    fileName: '/somewhere/src/a.ts',
    mutatorName: 'BooleanLiteral',
    replacement: 'true',
    location: { start: { line: index, column: 1 }, end: { line: index, column: 6 } },
  }));
  const chosen = async (seed: number, of = mutants) => {
    const results = await sampler({ size: 10, seed }).check(of);
    expect(Object.keys(results)).toHaveLength(of.length);
    return Object.keys(results).filter(id => results[id]?.status === 'passed');
  };

  test('is of the size that was asked for, and the same for the same seed', async () => {
    expect(await chosen(1)).toHaveLength(10);
    expect(await chosen(1, mutants.toReversed())).toEqual(await chosen(1));
    expect(await chosen(2)).not.toEqual(await chosen(1));
  });

  test('is everything where there is less', async () => {
    expect(await chosen(1, mutants.slice(0, 4))).toHaveLength(4);
  });
});
