/** Markdown: text from outside formats, links and mentions nothing, and what is to be copied is there as it is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explanationAsMarkdown } from '../../src/cli/output/explanation.ts';
import { cell, code, literal, reportAsMarkdown } from '../../src/cli/output/markdown.ts';
import { failing, reportOf } from '../slack/fixtures.ts';

/** Code spans as CommonMark reads them (6.1), with their content; the text around them, `x` for each escaped character (2.4). */
function spans(text: string): { readonly inside: string[]; readonly outside: string } {
  const inside: string[] = [];
  const outside = text.replace(/\\[!-/:-@[-`{-~]|(`+)(?!`)(.*?)(?<!`)\1(?!`)/gs, (_all, _fence, content?: string) => {
    if (content === undefined) return 'x';
    const padded = /^ .* $/s.test(content) && content.trim() !== '';
    inside.push(padded ? content.slice(1, -1) : content);
    return '';
  });
  return { inside, outside };
}

const EMAIL = 'node-e@sandbox-1.iam.gserviceaccount.com';

describe('a command in a sentence', () => {
  test.each([
    ['en', `Ask: gcloud policy-troubleshoot iam //x/projects/p --principal-email=${EMAIL} --permission=a.b_c`, ''],
    [
      'ja',
      `次のコマンド: gcloud policy-troubleshoot iam //x/projects/p --principal-email=${EMAIL} --permission=a.b_c`,
      '。',
    ],
    [
      'with a quoted word',
      'Do: gcloud projects add --member=user:a@b.c \'--condition=expression=x < timestamp("y")\'',
      '.',
    ],
  ])('is there as it is: %s', (_, says, end) => {
    const command = says.slice(says.indexOf('gcloud'));
    expect(spans(literal(says + end)).inside).toEqual([command]);
  });

  test('is code, with its pipes and backticks, in what an explanation advises', () => {
    const command = `gcloud logging read 'a="\`b\`"' | grep ${EMAIL}`;
    const match = {
      problem: 'token-invalid',
      confidence: 1,
      entities: {},
      means: 'm',
      next: [`Look: ${command}`],
    } as const;
    const lines = explanationAsMarkdown(
      { schema: 'gke-auth/explanation/v1', matches: [{ ...match, next: [...match.next] }], redactions: 0 },
      'en',
    );
    expect(spans(lines.join('\n')).inside).toEqual([command]);
  });
});

test('nothing is put into a name that is copied: no invisible character in a whole report', () => {
  const detail = `${EMAIL} lacks it. Ask user:bob@example.com.`;
  const text = reportAsMarkdown(reportOf([{ ...failing, detail, headline: `The nodes of ${EMAIL}` }]), 'en');
  expect(text).not.toMatch(/\p{Default_Ignorable_Code_Point}/u);
  expect(text).toContain(`\`${EMAIL}\` lacks it. Ask \`user:bob@example.com\`.`);
});

test('in a table the pipe of a code span is escaped, elsewhere not', () => {
  expect([cell('a|b'), code('a|b')]).toEqual(['`a\\|b`', '`a|b`']);
});

const HOSTILE = [
  '@channel',
  '@octo/team',
  '#1',
  'a/b#2',
  'https://evil.example/x',
  'www.evil.example',
  '`',
  '``',
  '\n',
  '\n- x',
  '\n1. x',
];
const MORE = [
  '\n> q',
  '\n# h',
  '\n===',
  '|',
  '*b*',
  '_i_',
  '~s~',
  '<b>',
  '[l](https://e.x)',
  '![i](u)',
  '&#64;all',
  '$x$',
  '\\',
  ' ',
  'gcloud x --y',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE, ...MORE), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 })
  .map(parts => parts.join(''));

test('whatever it says, it formats, links and mentions nothing', () => {
  fc.assert(
    fc.property(hostile, says => {
      const { outside } = spans(literal(says));
      expect(outside).not.toMatch(/[`*_{}[\]<>#|~!&$@\\]/);
      expect(outside).not.toMatch(/:\/\/|www\./i);
      expect(outside).not.toMatch(/^[ \t]*(?:[-+=]|\d+[.)])/m);
    }),
    { numRuns: 500, seed: 31 },
  );
});

test('a code span holds what it was given, whatever that is', () => {
  fc.assert(
    fc.property(hostile, says => {
      fc.pre(says.trim() !== '');
      const given = says.replace(/[^\P{C}\n]/gu, '�').replaceAll('\n', ' ');
      expect(spans(code(says))).toEqual({ inside: [given], outside: '' });
    }),
    { numRuns: 500, seed: 12 },
  );
});
