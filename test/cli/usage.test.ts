/** What is typed: help wherever it is asked for, and words that were meant. */
import { describe, expect, test } from 'vitest';
import { parseVerb } from '../../src/grammar/parse.ts';
import { gkeAuth } from './program.ts';

describe('help', () => {
  test.each([
    [['diagnose', '--help']],
    [['diagnose', '-h']],
    [['diagnose', 'cluster-x', '--only', 'nothing-like-it', '--help']],
    [['help', 'diagnose']],
  ])('%j is about the verb', args => {
    expect(parseVerb(args)).toMatchObject({ ok: true, command: { verb: 'help', topic: 'diagnose' } });
    expect(parseVerb(args, 'slack')).toMatchObject({ ok: true, command: { verb: 'help', topic: 'diagnose' } });
  });

  test('in the language that was asked for', async () => {
    const run = await gkeAuth(['scan', '--help', '--lang', 'ja']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('全クラスタ');
    expect(parseVerb(['scan', '--lang=ja', '-h'])).toMatchObject({ command: { language: 'ja' } });
  });

  test('after -- it is an argument like any other', () => {
    expect(parseVerb(['explain', '--', '--help'])).toMatchObject({ command: { verb: 'explain', text: '--help' } });
  });
});

test('no language is nearer than the other', () => {
  const parsed = parseVerb(['scan', '--lang', 'fr']);
  expect(parsed.ok === false && parsed.usage.next.en).toBe('It takes en or ja.');
});
