import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDate, relativeTime } from '../../../sandbox/slack/page/text/date.js';
import { parseMarkdown } from '../../../sandbox/slack/page/text/markdown.js';
import { parseInline, parseMrkdwn, type TextNode } from '../../../sandbox/slack/page/text/mrkdwn.js';

/** The tree in short: `bold(…)`, `link[url](…)`, text as it is. */
function short(nodes: TextNode[]): string {
  return nodes
    .map(node => {
      const inner = node.c ? `(${short(node.c)})` : '';
      if (node.type === 'text' && node.text !== undefined) return node.text;
      if (node.type === 'text') return short(node.c ?? []);
      const detail = node.url ?? node.id ?? node.name ?? node.range ?? node.format ?? '';
      return `${node.type}${detail ? `[${detail}]` : ''}${inner}`;
    })
    .join('');
}

const all = (nodes: TextNode[]): TextNode[] =>
  nodes.flatMap(node => [
    node,
    ...all(node.c ?? []),
    ...all((node.rows ?? []).flat(2)),
    ...all((node.head ?? []).flat()),
  ]);

describe('mrkdwn', () => {
  it.each([
    ['*bold* and _italic_, ~gone~ and `code`', 'bold(bold) and italic(italic), strike(gone) and code(code)'],
    ['*_both_*', 'bold(italic(both))'],
    ['snake_case_name and 2*3*4', 'snake_case_name and 2*3*4'],
    ['日本語*太字*です *太字* です', '日本語*太字*です bold(太字) です'],
    ['* not bold * and ** either', '* not bold * and ** either'],
    ['`*a* _b_`', 'code(*a* _b_)'],
    ['&lt;!channel&gt; &amp; &amp;lt;', '<!channel> & &lt;'],
    [
      '<@U0ALICE001> <#C0GKEHELP1|gke-help> <!subteam^S0GKEADM01>',
      'user[U0ALICE001] channel[C0GKEHELP1] group[S0GKEADM01]',
    ],
    ['<!here> <!channel> <!everyone>', 'broadcast[here] broadcast[channel] broadcast[everyone]'],
    ['`<!channel>`', 'code(broadcast[channel])'],
    ['<https://evil.example|console.cloud.google.com>', 'link[https://evil.example](console.cloud.google.com)'],
    ['<javascript:alert(1)|click> <data:text/html,x>', '<javascript:alert(1)|click> <data:text/html,x>'],
    ['see https://example.com/a_b_c?d=e.', 'see link[https://example.com/a_b_c?d=e](https://example.com/a_b_c?d=e).'],
    ['<!date^1700000000^{date_num} {time}|soon>', 'date[{date_num} {time}]'],
    [':tada: 12:03:41 :no_such: :+1:', 'emoji[tada] 12:03:41 :no_such: emoji[+1]'],
    ['before\n```\na *b*\n```\nafter', 'beforepre(a *b*)after'],
    ['```never closed', '```never closed'],
    ['&gt; one\n&gt; two\nthree', 'quote(onetwo)three'],
    ['>>> one\ntwo', 'quote(onetwo)'],
    ['• one\n- two\n1. three', 'bullet(one)bullet(two)bullet(three)'],
  ])('%s', (text, expected) => {
    expect(short(parseMrkdwn(text))).toBe(expected);
  });

  it('leaves URLs and names alone where the text is verbatim', () => {
    expect(short(parseInline('https://a.example @channel', { verbatim: true }))).toBe('https://a.example @channel');
    expect(short(parseInline('a@channel @channel', { names: true }))).toBe('a@channel broadcast[channel]');
  });

  const pieces = fc.constantFrom(
    '*',
    '_',
    '~',
    '`',
    '```',
    '<',
    '>',
    '|',
    '&lt;',
    '&',
    '@',
    '!here',
    ':',
    'x',
    ' ',
    '\n',
    'https://a.b',
    'javascript:',
    '漢',
  );
  const hostile = fc.array(pieces, { maxLength: 60 }).map(parts => parts.join(''));

  it('terminates for any text, and links only to http, https, mailto and tel', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'grapheme' })), text => {
        for (const parse of [parseMrkdwn, parseMarkdown]) {
          for (const node of all(parse(text))) {
            if (node.type === 'link') expect(node.url).toMatch(/^(?:https?:\/\/|mailto:|tel:)/i);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps text without markup unchanged', () => {
    fc.assert(
      fc.property(
        fc.string().filter(text => !/[*_~`<>&:@\n]|https?:|^\s*(?:[•◦▪-]|\d+\.)/.test(text)),
        text => {
          expect(short(parseMrkdwn(text))).toBe(text);
        },
      ),
    );
  });

  it('is fast for long lines of unclosed markup', () => {
    const started = performance.now();
    parseMrkdwn('*a'.repeat(20_000));
    parseMrkdwn('<'.repeat(20_000));
    parseMrkdwn('_a*b~c'.repeat(6000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('Markdown', () => {
  it.each([
    ['# Title', 'heading(Title)'],
    ['**bold** *it* ~~no~~ `c` __b__ _i_', 'bold(bold) italic(it) strike(no) code(c) bold(b) italic(i)'],
    ['[text](https://a.example) [bad](javascript:x)', 'link[https://a.example](text) [bad](javascript:x)'],
    ['- a\n  - b\n1. c', 'group(bullet(a)bullet(b)bullet(c))'],
    ['```js\n*x*\n```', 'pre(*x*)'],
    ['> quote\n> more', 'quote(quote\nmore)'],
    ['a\n\n---\n\nb', 'aruleb'],
    ['\\*not it\\*', '*not it*'],
  ])('%s', (text, expected) => {
    expect(short(parseMarkdown(text))).toBe(expected);
  });

  it('reads tables', () => {
    const [table] = parseMarkdown('| a | b |\n|---|:-:|\n| 1 | `2` |\n| 3 | x\\|y |');
    expect(table?.head?.map(short)).toEqual(['a', 'b']);
    expect(table?.rows?.map(row => row.map(short))).toEqual([
      ['1', 'code(2)'],
      ['3', 'x|y'],
    ]);
  });
});

describe('dates', () => {
  const words = (locale: string, tz: string) => ({
    locale,
    tz,
    t: {
      today: 'Today',
      yesterday: 'Yesterday',
      tomorrow: 'Tomorrow',
      at: (day: string, time: string) => `${day} at ${time}`,
    },
  });
  const noon = Date.UTC(2026, 10, 20, 12) / 1000;
  const utc = words('en-US', 'UTC');

  it.each([
    [0, '{date_num} {time_secs}', '2026-11-20 12:00:00 PM'],
    [0, '{date_short_pretty} {time}', 'today 12:00 PM'],
    [86_400, 'on {date_pretty}', 'on yesterday'],
    [-86_400, '{date_long_pretty}', 'tomorrow'],
    [3 * 86_400, '{date_short}', 'Nov 17, 2026'],
    [7200, '{ago}', '2 hours ago'],
  ])('%i s ago as %s', (ago, pattern, expected) => {
    expect(formatDate(noon - ago, pattern, noon, utc)?.replaceAll('\u202f', ' ')).toBe(expected);
  });

  it('counts days in the time zone of the person', () => {
    const late = Date.UTC(2026, 10, 19, 16) / 1000;
    expect(formatDate(late, '{date_pretty}', noon, utc)).toBe('yesterday');
    expect(formatDate(late, '{date_pretty} {time}', noon, words('ja-JP', 'Asia/Tokyo'))).toBe('today 1:00');
    expect(relativeTime(noon, noon, utc).replaceAll('\u202f', ' ')).toBe('today at 12:00 PM');
  });

  it('returns undefined for an unknown token or an invalid time', () => {
    expect(formatDate(noon, '{nonsense}', noon, utc)).toBeUndefined();
    expect(formatDate(Number.NaN, '{time}', noon, utc)).toBeUndefined();
  });
});
