/** What could not be read, in a thread: one message, however many findings it kept from being decided. */
import { describe, expect, test } from 'vitest';
import type { Cause, Finding } from '../../src/contracts/report.ts';
import { LANGUAGES } from '../../src/contracts/text.ts';
import { causesMessage } from '../../src/slack/messages/causes.ts';
import { findingMessage, groupFindings, groupHeadline } from '../../src/slack/messages/finding.ts';
import { violations } from './block-limits.ts';
import { failing, reportOf, unknown } from './fixtures.ts';
import { seen } from './reading.ts';

const cause = (id: string, more: Partial<Cause> = {}): Cause => ({
  id,
  code: 'denied',
  reason: `gke-auth’s own identity lacks ${id} on projects/p.`,
  permission: id,
  resource: 'projects/p',
  command: `gcloud grant ${id}`,
  checks: ['node-sa-permissions'],
  ...more,
});
const kept = (subject: string, ...causes: string[]): Finding => ({
  ...unknown,
  subject: `projects/p/${subject}`,
  missing: undefined,
  remedies: [],
  causes,
});

describe('groups', () => {
  const report = (findings: Finding[], ...causes: Cause[]) => ({ ...reportOf(findings), causes });

  test.each<[string, Finding[], Cause[], number]>([
    ['findings of one cause', [kept('a', 'x'), kept('b', 'x')], [cause('x')], 1],
    ['findings of several causes', [kept('a', 'x'), kept('b', 'y'), kept('c', 'x', 'y')], [cause('x'), cause('y')], 1],
    ['one that is unknown for no cause', [kept('a', 'x'), { ...kept('b'), causes: undefined }], [cause('x')], 2],
    [
      'one that offers a remedy all the same',
      [kept('a', 'x'), { ...kept('b', 'x'), remedies: failing.remedies }],
      [cause('x')],
      2,
    ],
    ['a failure', [kept('a', 'x'), failing], [cause('x')], 2],
    ['a cause that the report does not have', [kept('a', 'x'), kept('b', 'lost')], [cause('x')], 2],
  ])('%s', (_, findings, causes, count) => {
    const groups = groupFindings(report(findings, ...causes));
    expect(groups).toHaveLength(count);
    expect(groups.flatMap(group => group.findings)).toHaveLength(findings.length);
    expect(groups.filter(group => group.causes)).toHaveLength(1);
  });

  test('the headline counts them, and failures come first', () => {
    const [first, second] = groupFindings(report([kept('a', 'x'), kept('b', 'x'), failing], cause('x')));
    expect(first?.causes).toBeUndefined();
    expect(second && groupHeadline(second, 'en')).toMatch(/^2 results could not be decided/);
    expect(second && seen(findingMessage(second, 'en', []))).toContain('gcloud grant x');
  });
});

describe.each(LANGUAGES)('the message in %s', language => {
  test('tells what one command ends together, with the checks once', () => {
    const one = cause('a.b.c', { checks: ['node-sa-state', 'api-enabled'] });
    const other = cause('d.e.f', { command: 'gcloud grant a.b.c', checks: ['api-enabled'] });
    const reached = cause('kubernetes', {
      permission: undefined,
      reason: 'The API server does not answer.',
      command: undefined,
    });
    expect(seen(causesMessage([one, other, reached], 7, language))).toMatchSnapshot();
  });

  test('keeps to Slack’s limits with any number of causes, and the file has them all', () => {
    const many = Array.from({ length: 60 }, (_, i) => cause(`service${i}.things.get`));
    const message = causesMessage(many, 60, language);
    expect(violations(message)).toEqual([]);
    expect(message.file?.content.match(/^gcloud grant /gm)).toHaveLength(60);
    expect(causesMessage(many.slice(0, 3), 3, language).file).toBeUndefined();
  });

  test('nothing in it pings, links or formats', () => {
    const hostile = cause('x', {
      permission: undefined,
      reason: '<!channel> *bold* <https://evil.example|here> `code`',
    });
    expect(JSON.stringify(causesMessage([hostile], 1, language).blocks)).not.toMatch(/<!channel>|<https:\/\/evil/);
  });
});
