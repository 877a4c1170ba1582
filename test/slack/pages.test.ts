/** Several messages in one: as many as Slack takes, none cut, each where it was. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { message, section } from '../../src/slack/messages/blocks.ts';
import { findingMessage, groupFindings } from '../../src/slack/messages/finding.ts';
import { joined, onPage, pageOf, pageSizes } from '../../src/slack/messages/pages.ts';
import { violations } from './block-limits.ts';
import { failing, reportOf } from './fixtures.ts';

/** Blocks and characters of one message. */
const shape = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2_900 }));
const messages = (shapes: readonly (readonly [number, number])[]) =>
  shapes.map(([blocks, length], i) =>
    message(
      `message ${i}`,
      Array.from({ length: blocks }, () => section('x'.repeat(length))),
    ),
  );
const characters = (blocks: readonly unknown[]) => (JSON.stringify(blocks).match(/x/g) ?? []).length;

it('every message is on one page, whole and in order; no page is more than Slack takes', () => {
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 40 }), shapes => {
      const all = messages(shapes);
      const sizes = pageSizes(all);
      const pages = sizes.map((_, page) => onPage(all, sizes, page));
      expect(pages.flat()).toEqual(all);
      for (const page of pages) {
        const { blocks } = joined(page);
        const whole = page.reduce((sum, one) => sum + one.blocks.length, 0) + page.length - 1;
        expect(blocks).toHaveLength(whole);
        if (page.length === 1) continue;
        expect(blocks.length).toBeLessThanOrEqual(50);
        expect(characters(blocks) + 80 * blocks.length).toBeLessThanOrEqual(9_600);
      }
      for (const [i, one] of all.entries()) expect(onPage(all, sizes, pageOf(i, sizes))).toContain(one);
    }),
  );
});

it('two problems share a message; twenty need several, and fewer than twenty', () => {
  const problems = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      ...failing,
      subject: `${failing.subject}-${i}`,
      missing: { principal: `serviceAccount:node-${i}@p.iam.gserviceaccount.com`, permissions: ['a.b.c'] },
    }));
  const rendered = (count: number) =>
    groupFindings(reportOf(problems(count))).map(group => findingMessage(group, 'en', []));
  expect(pageSizes(rendered(2))).toEqual([2]);
  const twenty = rendered(20);
  const sizes = pageSizes(twenty);
  expect(sizes.length).toBeGreaterThan(1);
  expect(sizes.length).toBeLessThan(10);
  for (const [page] of sizes.entries()) {
    expect(violations({ type: 'message', ...joined(onPage(twenty, sizes, page)) })).toEqual([]);
  }
});

it('reports that were stored before pages were: each problem is a message of its own', () => {
  expect([0, 1, 2].map(i => onPage(['a', 'b', 'c'], [], pageOf(i, [])))).toEqual([['a'], ['b'], ['c']]);
});

it('what is said aloud names every problem of the page', () => {
  const all = messages([
    [1, 1],
    [1, 1],
  ]);
  expect(joined(all).text).toBe('message 0\nmessage 1');
});
