#!/usr/bin/env node
/**
 * Counts what a CI run showed and ends with its exit code: `ci-summary.mjs tests.json tests=0 lint=1 types=0`, where tests.json is
 * vitest's JSON report and each NAME=CODE the exit code of a step. A step that failed without a failed test to show for it counts as one.
 */
import { existsSync, readFileSync } from 'node:fs';

const [report, ...steps] = process.argv.slice(2);
const codes = new Map(steps.map(step => step.split('=')));
const { passed, failed, skipped } = countTests(report, codes.get('tests'));
codes.delete('tests');

const broken = [...codes.values()].filter(code => code !== '0').length;
const total = { passed: passed + codes.size - broken, failed: failed + broken, skipped };
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

function countTests(file, code) {
  const none = { passed: 0, failed: 1, skipped: 0 };
  if (!existsSync(file)) return none;
  const { testResults, success } = JSON.parse(readFileSync(file, 'utf8'));
  const statuses = testResults.flatMap(({ status, assertionResults }) => {
    const tests = assertionResults.map(test => test.status);
    // A file that could not be loaded, or whose hooks failed.
    return status === 'failed' && !tests.includes('failed') ? [...tests, 'failed'] : tests;
  });
  const count = (...wanted) => statuses.filter(status => wanted.includes(status)).length;
  const failed = count('failed');
  // Errors outside tests, crashed workers, no tests at all.
  const unshown = (code !== '0' || !success || statuses.length === 0) && failed === 0 ? 1 : 0;
  return { passed: count('passed'), failed: failed + unshown, skipped: statuses.length - count('passed', 'failed') };
}
