import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { explainText } from '../../src/explain/recognize.ts';
import { redact } from '../../src/explain/redact.ts';
import { corpus } from './corpus.ts';
import { cpu, HOSTILE } from './hostile.ts';

describe.each(Object.entries(HOSTILE))('%s, over and over', (_, piece) => {
  it('costs at most 50 ms of CPU for each 10 kB', () => {
    const text = piece.repeat(Math.ceil(40_000 / piece.length));
    expect(cpu(() => explainText(text))).toBeLessThanOrEqual(4 * 50);
  });
});

it('reads a real text of 10 kB in 50 ms', () => {
  const text = corpus('tuning')
    .map(example => example.text)
    .join('\n')
    .slice(0, 10_000);
  explainText(text);
  expect(cpu(() => explainText(text))).toBeLessThanOrEqual(50);
});

it('redacts all of a megabyte and reads a bounded part of it', () => {
  const secret = 'password=Tr0ub4dor&3';
  const text = `${'lorem ipsum dolor sit amet '.repeat(20_000)}${secret} ${'x'.repeat(500_000)} error: You must be logged in to the server (Unauthorized)`;
  const started = performance.now();
  const { matches, redacted, redactions } = explainText(text);
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(redacted).not.toContain('Tr0ub4dor');
  expect(redactions).toBe(1);
  expect(matches[0]?.problem).toBe('cluster-auth-401');
});

it('redacts hostile megabytes in linear time', () => {
  for (const piece of ['password=', 'ya29.', 'bearer ', '://a:', '-----BEGIN PRIVATE KEY-----', '\n \n', 'token: ']) {
    const half = cpu(() => redact(piece.repeat(400_000 / piece.length)));
    const whole = cpu(() => redact(piece.repeat(800_000 / piece.length)));
    expect(whole, piece).toBeLessThan(3 * half + 200);
  }
});
