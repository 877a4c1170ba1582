/**
 * Crashes: a process killed (-9), or Redis gone, between any two steps of a diagnosis, a grant and a click; and what came of it.
 * The tests that prove it are run, and their tables collected: a row is there only if what it says was seen.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type CrashRow, rowsOf } from '../../system/crashes.ts';
import type { Figure, Result } from '../figure.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const FOLDER = 'test/scenarios';

/** What vitest's JSON reporter says of a file. */
const TestRun = z.object({
  testResults: z.array(
    z.object({
      message: z.string(),
      assertionResults: z.array(
        z.object({ title: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});
export type TestRun = z.infer<typeof TestRun>;

/** A row that isn't as promised. */
export interface BadRow extends CrashRow {
  readonly bad: true;
}

const figure: Figure = {
  about: 'killed at each step: every crash test, and what came of it',
  slow: true,
  async run() {
    const files = (await readdir(join(ROOT, FOLDER))).filter(file => /^crash-.*\.test\.ts$/.test(file)).sort();
    const tests: { file: string; rows: readonly (CrashRow | BadRow)[] }[] = [];
    // One after the other: they wait for what processes do, and say which table is whose.
    for (const file of files) tests.push({ file, rows: await run(file) });
    return [resultOf(tests)];
  },
};
export default figure;

/** One figure of all tables. It is missed where a row is bad. */
export function resultOf(tests: readonly { file: string; rows: readonly (CrashRow | BadRow)[] }[]): Result {
  const rows = tests.flatMap(({ file, rows }) =>
    rows.map(row => ({
      row: { step: row.step, killed: row.killed, outcome: row.outcome, test: file },
      bad: 'bad' in row,
    })),
  );
  return {
    name: 'crashes',
    value: rows.filter(({ bad }) => !bad).length,
    unit: 'steps, each with the promised end',
    atLeast: Math.max(rows.length, 1),
    reference: `${tests.length} test files, all of their steps`,
    explanation: 'the rows below that say FAILED; their tests say more.',
    rows: rows.map(({ row }) => row),
  };
}

/** What the file's tests saw, and a bad row for each that failed, was skipped, or said nothing. */
export function outcomes(printed: string, { testResults }: TestRun): (CrashRow | BadRow)[] {
  const rows = rowsOf(printed).map(row => (row.outcome === '' ? bad(row.step, 'no outcome') : row));
  // The file has a message of its own where its set-up failed: its tests are then skipped.
  const failed = testResults.flatMap(({ message, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed')
      .map(({ title, status, failureMessages }) => bad(title, failureMessages?.[0] ?? (message || status))),
  );
  const broken = testResults.filter(({ message }) => failed.length === 0 && message !== '');
  const whole = [...rows, ...failed, ...broken.map(({ message }) => bad('the tests', message))];
  return whole.length > 0 ? whole : [bad('the tests', 'they printed no table')];
}

const bad = (step: string, message: string): BadRow => ({
  step,
  killed: 'not known',
  outcome: `FAILED: ${message.split('\n', 1)[0]}`,
  bad: true,
});

async function run(file: string): Promise<(CrashRow | BadRow)[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gke-auth-crashes-'));
  const report = join(folder, 'tests.json');
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [
    vitest,
    'run',
    `${FOLDER}/${file}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  try {
    const printed = await new Promise<string>(resolve => {
      const options = { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 };
      // A test that fails is in its report.
      execFile(process.execPath, args, options, (_error, stdout) => resolve(stdout));
    });
    return outcomes(printed, TestRun.parse(JSON.parse(await readFile(report, 'utf8'))));
  } finally {
    await rm(folder, { recursive: true });
  }
}
