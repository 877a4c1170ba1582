/** The last line of CI hides no failure. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'summary-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const script = join(import.meta.dirname, '../../scripts/ci-summary.mjs');

interface File {
  readonly status: 'passed' | 'failed';
  readonly tests: readonly string[];
}

function summary(files: readonly File[] | undefined, steps: readonly string[]) {
  const report = join(folder, 'tests.json');
  rmSync(report, { force: true });
  if (files) {
    const testResults = files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map(one => ({ status: one })),
    }));
    const success = files.every(({ status }) => status === 'passed');
    writeFileSync(report, JSON.stringify({ success, testResults }));
  }
  const { stdout, status } = spawnSync(process.execPath, [script, report, ...steps], { encoding: 'utf8' });
  return { line: stdout, status };
}

const good: File = { status: 'passed', tests: ['passed', 'passed', 'skipped', 'todo', 'pending'] };
const fine = ['tests=0', 'lint=0', 'types=0'];

describe('ci-summary', () => {
  test.each<[string, File[] | undefined, string[], string, number]>([
    ['all well', [good], fine, '4 passed, 0 failed, 3 skipped', 0],
    [
      'a failed test',
      [good, { status: 'failed', tests: ['failed', 'passed'] }],
      ['tests=1', 'lint=0', 'types=0'],
      '5 passed, 1 failed, 3 skipped',
      1,
    ],
    [
      'a file that does not load',
      [good, { status: 'failed', tests: [] }],
      ['tests=1', 'lint=0', 'types=0'],
      '4 passed, 1 failed, 3 skipped',
      1,
    ],
    [
      'a hook that fails',
      [{ status: 'failed', tests: ['passed', 'skipped'] }],
      ['tests=1'],
      '1 passed, 1 failed, 1 skipped',
      1,
    ],
    ['an error outside of tests', [good], ['tests=1', 'lint=0', 'types=0'], '4 passed, 1 failed, 3 skipped', 1],
    ['no report at all', undefined, ['tests=139', 'lint=0', 'types=0'], '2 passed, 1 failed, 0 skipped', 1],
    ['no tests', [], fine, '2 passed, 1 failed, 0 skipped', 1],
    ['lint', [good], ['tests=0', 'lint=1', 'types=0'], '3 passed, 1 failed, 3 skipped', 1],
    ['types and lint', [good], ['tests=0', 'lint=1', 'types=2'], '2 passed, 2 failed, 3 skipped', 1],
  ])('%s', (_, files, steps, line, status) => {
    expect(summary(files, steps)).toEqual({ line: `${line}\n`, status });
  });
});
