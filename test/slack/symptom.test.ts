/** A report that started from an error: the parent message begins with what came of it. */
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/contracts/text.ts';
import { parentSettled } from '../../src/slack/messages/parent.ts';
import { mrkdwnTexts, violations } from './block-limits.ts';
import { failing, passing, reportOf } from './fixtures.ts';
import { seen } from './reading.ts';

const settled = (findings: Parameters<typeof reportOf>[0], entities: Record<string, string>) => ({
  report: reportOf(findings),
  askedBy: 'U0ALICE',
  durationMs: 1400,
  symptom: { problem: 'node-sa-permissions', entities, at: '2026-11-22T10:00:00Z' },
});

describe.each(LANGUAGES)('in %s', language => {
  it.each([
    ['the same', [failing, passing]],
    ['fixed meanwhile', [{ ...failing, status: 'pass' as const }]],
  ])('%s', (_, findings) => {
    expect(seen(parentSettled(settled(findings, { nodePool: 'pool-b' }), language))).toMatchSnapshot();
  });

  it('what an error names pings, links and formats nothing', () => {
    const hostile = '<!channel> <https://evil.example|console> *bold* `code` @here &amp; \u202etxt';
    const message = parentSettled(settled([failing], { project: hostile, cluster: hostile.repeat(20) }), language);
    expect(violations(message)).toEqual([]);
    for (const text of [message.text, ...mrkdwnTexts(message)]) {
      expect(text).not.toMatch(/<!|<http|\u202e/);
      expect(text).not.toContain('*bold*');
    }
  });
});
