/** Saving: figures that were not run keep their last results; and what people read of a missed target. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gap, isMet, type Result } from './figure.ts';
import { type Machine, merged, type Outcome, readSaved, save } from './outcome.ts';
import { markdown } from './table.ts';

const laptop: Machine = { cpu: 'Laptop', cores: 8, memoryGb: 16, node: 'v24.21.0', platform: 'linux x64' };
const server: Machine = { ...laptop, cpu: 'Server', cores: 64 };
const MONDAY = '2026-11-23T08:00:00.000Z';
const TUESDAY = '2026-11-24T08:00:00.000Z';
const FIGURES = ['burst', 'crashes', 'latency'];

function outcome(at: string, machine: Machine, results: Record<string, Result[]>, failed: string[] = []): Outcome {
  return {
    schema: 'gke-auth/bench/v1',
    at,
    machine,
    results: Object.entries(results).flatMap(([figure, all]) =>
      all.map(result => ({ ...result, met: isMet(result), figure, at, machine })),
    ),
    failed: failed.map(figure => ({ figure, error: 'no Redis', at, machine })),
  };
}
const one = (name: string, value: number, more: Partial<Result> = {}): Result => ({ name, value, unit: 'ms', ...more });

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gke-auth-bench-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const markdownOf = (text: Outcome) => markdown(text).split('\n');

test('a figure that was not run keeps its last results, with their date and machine', async () => {
  const monday = outcome(MONDAY, laptop, { burst: [one('slowest', 5)], latency: [one('worker', 1), one('gone', 2)] });
  await save(folder, merged(await readSaved(folder), monday, FIGURES, ['burst', 'latency']));
  const tuesday = outcome(TUESDAY, server, { latency: [one('worker', 3)], crashes: [one('steps', 4)] });
  await save(folder, merged(await readSaved(folder), tuesday, FIGURES, ['latency', 'crashes']));

  const saved = await readSaved(folder);
  expect(saved?.results.map(({ name, value, at, machine }) => [name, value, at, machine.cpu])).toEqual([
    ['slowest', 5, MONDAY, 'Laptop'],
    ['steps', 4, TUESDAY, 'Server'],
    ['worker', 3, TUESDAY, 'Server'],
  ]);
  const lines = (await readFile(join(folder, 'bench.md'), 'utf8')).split('\n');
  expect(lines).toContain('1. 2026-11-23, 8 × Laptop, 16 GB, Node.js v24.21.0, linux x64.');
  expect(lines).toContain('2. 2026-11-24, 64 × Server, 16 GB, Node.js v24.21.0, linux x64.');
  expect(lines).toContain('| slowest | 5 ms |  |  |  | 1 |');
  expect(lines).toContain('| worker | 3 ms |  |  |  | 2 |');
});

test('a figure that fails has no results, until it has some again', () => {
  const good = outcome(MONDAY, laptop, { burst: [one('slowest', 5)], latency: [one('worker', 1)] });
  const failed = merged(good, outcome(TUESDAY, laptop, {}, ['burst']), FIGURES, ['burst']);
  expect(failed.results.map(({ name }) => name)).toEqual(['worker']);
  expect(failed.failed.map(({ figure }) => figure)).toEqual(['burst']);
  const other = merged(failed, outcome(TUESDAY, laptop, { latency: [one('worker', 2)] }), FIGURES, ['latency']);
  expect(other.failed.map(({ figure }) => figure)).toEqual(['burst']);
  const again = merged(other, outcome(TUESDAY, laptop, { burst: [one('slowest', 6)] }), FIGURES, ['burst']);
  expect(again.failed).toEqual([]);
  expect(again.results.map(({ name, value }) => [name, value])).toEqual([
    ['slowest', 6],
    ['worker', 2],
  ]);
});

test('the results of a figure that is no more are dropped', () => {
  const before = outcome(MONDAY, laptop, { removed: [one('old', 1)], burst: [one('slowest', 5)] });
  const run = outcome(TUESDAY, laptop, { latency: [one('worker', 1)] });
  expect(merged(before, run, FIGURES, ['latency']).results.map(({ name }) => name)).toEqual(['slowest', 'worker']);
});

test.each(['{"schema":"gke-auth/bench/v1","results":[{"name":"of no figure"}]}', 'not JSON'])(
  'what is not the bench’s is not overwritten: %s',
  async text => {
    await writeFile(join(folder, 'bench.json'), text);
    await expect(readSaved(folder)).rejects.toThrow('is not what the bench saves');
  },
);

test.each([
  [one('a', 1.5, { atMost: 1.25 }), '20 % over'],
  [one('a', 0.2, { atLeast: 0.6 }), '67 % short'],
  [one('a', 3, { atMost: 0 }), '3 over'],
  [one('a', 1, { atMost: 1 }), ''],
])('the gap of %o', (result, expected) => {
  expect(gap(result)).toBe(expected);
});

test('a missed target is shown with its gap and its explanation, or with the want of one', () => {
  const lines = markdownOf(
    outcome(MONDAY, laptop, {
      latency: [
        one('explained', 1.5, { atMost: 1.25, explanation: 'Compiling takes 80 ms.' }),
        one('unexplained', 1.5, { atMost: 1.25 }),
        one('met', 1, { atMost: 1.25, explanation: 'Not to be read.' }),
      ],
    }),
  );
  expect(lines).toContain('| explained | 1.5 ms | ≤ 1.25 | **missed**, 20 % over |  |');
  expect(lines).toContain('- **explained**, 20 % over: Compiling takes 80 ms.');
  expect(lines).toContain('- **unexplained**, 20 % over: **not explained yet**.');
  expect(lines.join('\n')).not.toContain('Not to be read');
  expect(lines).toContain('2026-11-23, 8 × Laptop, 16 GB, Node.js v24.21.0, linux x64.');
});

test('rows are a table of their own, whatever is in them', () => {
  const rows = [{ step: 'a | b', outcome: 'two\nlines' }];
  const lines = markdownOf(outcome(MONDAY, laptop, { crashes: [one('crashes', 1, { rows })] }));
  expect(lines).toContain('| step | outcome |');
  expect(lines).toContain('| a \\| b | two lines |');
});
