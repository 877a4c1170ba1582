import { describe, expect, it } from 'vitest';
import { READ_LIMIT } from '../../src/explain/cut.ts';
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

it('reads the beginning and the end of a megabyte, says how much it left out, and redacts what it keeps', () => {
  const secret = 'password=Tr0ub4dor&3';
  const middle = `${'lorem ipsum dolor sit amet '.repeat(20_000)} ${'x'.repeat(500_000)}`;
  const text = `${secret}\n${middle}\nerror: You must be logged in to the server (Unauthorized) ${secret}`;
  const { matches, redacted, redactions, unread } = explainText(text);
  expect(redacted).not.toContain('Tr0ub4dor');
  expect(redactions).toBe(2);
  expect(redacted.length).toBeLessThanOrEqual(READ_LIMIT);
  expect(unread).toBeGreaterThan(text.length - READ_LIMIT - 1);
  expect(matches[0]?.problem).toBe('cluster-auth-401');
});

it('cuts no secret in two', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${`${'aB3d'.repeat(16)}\n`.repeat(60)}-----END PRIVATE KEY-----`;
  const token = `ya29.${'aB3d'.repeat(100)}`;
  for (const secret of [key, token])
    for (const shift of [10, 200, 1_500]) {
      const before = 'word '.repeat(READ_LIMIT / 2 / 5).slice(shift);
      const { redacted } = explainText(`${before}${secret} ${'word '.repeat(READ_LIMIT / 5)}`);
      expect(redacted).not.toContain('aB3daB3d');
      const behind = explainText(`${'word '.repeat(READ_LIMIT / 5)}${secret} ${before}`).redacted;
      expect(behind).not.toContain('aB3daB3d');
    }
});

it('redacts hostile megabytes in linear time', () => {
  for (const piece of ['password=', 'ya29.', 'bearer ', '://a:', '-----BEGIN PRIVATE KEY-----', '\n \n', 'token: ']) {
    const half = cpu(() => redact(piece.repeat(400_000 / piece.length)));
    const whole = cpu(() => redact(piece.repeat(800_000 / piece.length)));
    expect(whole, piece).toBeLessThan(3 * half + 200);
  }
});
