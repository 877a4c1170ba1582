import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_IDS, type Finding, REMEDY_KINDS, RISKS, STATUSES } from '../../src/contracts/report.ts';
import { LANGUAGES } from '../../src/contracts/text.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { approvalCard } from '../../src/slack/messages/card.ts';
import { findingMessage, groupFindings } from '../../src/slack/messages/finding.ts';
import { parentCancelled, parentFailed, parentRunning, parentSettled } from '../../src/slack/messages/parent.ts';
import { mrkdwnTexts, violations } from './block-limits.ts';
import { enabling, failing, passing, pending, reportOf, STATES, unknown } from './fixtures.ts';
import { seen } from './reading.ts';

describe.each(LANGUAGES)('messages in %s', language => {
  it('show a running diagnosis', () => {
    const running = parentRunning(
      {
        target: reportOf([]).target,
        stage: { en: 'Reading IAM policies', ja: 'IAM ポリシーを読み取り中' },
        done: 12,
        total: 18,
        cancelId: 'j1',
        askedBy: 'U0ALICE',
      },
      language,
    );
    expect(seen(running)).toMatchSnapshot();
  });

  it.each([
    ['problems', [failing, unknown, passing]],
    ['only an unknown', [unknown, passing]],
    ['a warning', [{ ...failing, status: 'warn' as const }, passing]],
    ['all fine', [passing]],
    ['nothing', []],
  ])('show the verdict: %s', (_name, findings) => {
    expect(
      seen(parentSettled({ report: reportOf(findings), askedBy: 'U0ALICE', durationMs: 1400 }, language)),
    ).toMatchSnapshot();
  });

  it('show the verdict where the bot is not in the channel: how to get the rest', () => {
    const settled = parentSettled(
      { report: reportOf([failing]), askedBy: 'U0ALICE', durationMs: 1400, outside: true },
      language,
    );
    expect(seen(settled)).toContain('/invite @gke-auth');
  });

  it('show failure and cancellation', () => {
    const error = {
      code: 'project-denied',
      text: { en: 'I may not read project prod-1.', ja: 'プロジェクト prod-1 を読み取れません。' },
      next: { en: 'Grant roles/viewer to the bot.', ja: 'ボットに roles/viewer を付与してください。' },
    };
    expect(
      seen(parentFailed({ cluster: 'cluster-x', error, askedBy: 'U0ALICE', jobId: 'j1' }, language)),
    ).toMatchSnapshot();
    expect(seen(parentCancelled({ cluster: 'cluster-x', by: 'U0ALICE' }, language))).toMatchSnapshot();
  });

  it('ask which of several clusters is meant', () => {
    const choices = ['us-central1', 'asia-northeast1'].map(
      place => `projects/prod-1/locations/${place}/clusters/cluster-x`,
    );
    const error = { code: 'ambiguous-cluster', text: { en: '2', ja: '2' }, next: { en: 'n', ja: 'n' }, choices };
    expect(
      seen(parentFailed({ cluster: 'cluster-x', error, askedBy: 'U0ALICE', jobId: 'j1' }, language)),
    ).toMatchSnapshot();
  });

  it('show one problem on two pools as one message, with its approval', () => {
    const other: Finding = { ...failing, subject: failing.subject.replace('pool-b', 'pool-c') };
    const groups = groupFindings(reportOf([passing, unknown, failing, other]));
    expect(groups.map(group => group.findings.map(({ finding }) => finding.subject.split('/').at(-1)))).toEqual([
      ['pool-b', 'pool-c'],
      ['prod-1'],
    ]);
    expect(groups.map(group => seen(findingMessage(group, language, [pending])))).toMatchSnapshot();
  });

  it.each(Object.entries(STATES))('show a card: %s', (_name, view) => {
    const card = approvalCard(view, language, 'r1/0/0');
    expect(seen(card)).toMatchSnapshot();
    expect(violations(card)).toEqual([]);
  });
});

it('one fix for two problems has its buttons once', () => {
  const other: Finding = { ...failing, check: 'node-sa-recommender', detail: 'Google recommends it too.' };
  const messages = groupFindings(reportOf([failing, other])).map(group => seen(findingMessage(group, 'en', [pending])));
  expect(messages.map(text => text.includes('[Approve]'))).toEqual([true, false]);
  expect(messages[1]).toContain('Approve or deny it there.');
});

it('an approval belongs to what would be done, also where the command to do it by hand has another end by now', () => {
  const [group] = groupFindings(reportOf([failing]));
  if (!group) throw new Error('a failing finding makes a group');
  const command = `${pending.remedy.command} # until another end`;
  const view = { ...pending, remedy: { ...pending.remedy, command } };
  expect(seen(findingMessage(group, 'en', [view]))).toContain('[Approve]');
  const other = { ...view, remedy: { ...view.remedy, params: { ...view.remedy.params, project: 'prod-2' } } };
  expect(seen(findingMessage(group, 'en', [other]))).not.toContain('[Approve]');
});

describe('what is missing', () => {
  const told = (over: Partial<Finding>, language: 'en' | 'ja' = 'en') => {
    const [group] = groupFindings(reportOf([{ ...failing, remedies: [], effect: undefined, ...over }]));
    if (!group) throw new Error('a problem makes a group');
    return seen(findingMessage(group, language, []))
      .split('\n')
      .slice(1)
      .join('\n');
  };
  const lacks =
    'node-b@prod-1.iam.gserviceaccount.com lacks logging.logEntries.create, autoscaling.sites.writeMetrics (2 of 4) on project prod-1.';

  it('is listed once: a sentence that only lists it again is left out', () => {
    expect(told({ detail: lacks })).toMatch(/\*Missing\*/);
    expect(told({ detail: lacks })).not.toContain('*Because*');
    const ja =
      'node-b@prod-1.iam.gserviceaccount.com にプロジェクト prod-1 に対する logging.logEntries.create, autoscaling.sites.writeMetrics がありません（4 個中 2 個）。';
    expect(told({ detail: ja }, 'ja')).not.toContain('*理由*');
  });

  it('what else is said stays', () => {
    const more = 'The node agent does not hold its role either.';
    expect(told({ detail: `${lacks} ${more}` })).toContain(`*Because*  ${more}`);
    const other = 'Its only role is roles/monitoring.metricWriter (project policy).';
    expect(told({ detail: other })).toContain(`*Because*  ${other}`);
  });

  it('what can not be told is not called missing', () => {
    const detail =
      "Whether node-b@prod-1.iam.gserviceaccount.com holds logging.logEntries.create, autoscaling.sites.writeMetrics can't be told.";
    const text = told({ status: 'unknown', detail });
    expect(text).not.toContain('*Missing*');
    expect(text).toContain('*Because*  Whether');
  });

  it('a grant of what is held under a condition counts none of it as extra, nor as missing', () => {
    const change = pending.remedy.change;
    if (!change?.adds) throw new Error('the example adds something');
    const remedy = { ...pending.remedy, change: { ...change, extra: change.adds.length } };
    const card = seen(approvalCard({ ...pending, remedy }, 'en'));
    expect(card).toContain('Grants 4 permissions: `autoscaling.sites.writeMetrics`');
    expect(card).not.toMatch(/extra|missing today/);
  });
});

describe('approval buttons', () => {
  const buttonsOf = (message: Message) =>
    message.blocks
      .flatMap(block => (block.type === 'actions' ? block.elements : []))
      .flatMap(e => (e.type === 'button' ? [e] : []));

  it('carry the approval id and nothing else', () => {
    const carried = buttonsOf(approvalCard(pending, 'en')).map(b => [b.action_id, b.value]);
    expect(carried).toEqual([
      ['approve', 'ap1'],
      ['deny', 'ap1'],
    ]);
  });

  it('ask by a confirm dialog for a grant, and leave what is disruptive to a modal', () => {
    const [approve] = buttonsOf(approvalCard(pending, 'en'));
    expect(approve?.confirm?.title?.text).toBe('Grant this role?');
    const [disruptive] = buttonsOf(approvalCard(STATES['pending, disruptive'] ?? pending, 'en'));
    expect(disruptive?.action_id).toBe('approve');
    expect(disruptive?.confirm).toBeUndefined();
  });

  it.each(['applied, still failing, no way back', 'verified, no way back'])(
    'offer no way back where there is none, and say why: %s',
    name => {
      const view = STATES[name] ?? pending;
      const card = approvalCard(view, 'en');
      expect(buttonsOf(card).map(b => b.action_id)).not.toContain('revoke');
      expect(seen(card)).toContain("This can't be undone here");
      expect(seen(card)).not.toContain('or revoke it');
      const ours = approvalCard({ ...view, remedy: pending.remedy }, 'en');
      expect(buttonsOf(ours).map(b => b.action_id)).toContain('revoke');
      expect(seen(ours)).not.toContain("can't be undone");
    },
  );

  it('ask without a promise that it can be revoked, where it cannot', () => {
    const asks = (remedy: typeof enabling) =>
      buttonsOf(approvalCard({ ...pending, remedy }, 'en'))[0]?.confirm?.text.text ?? '';
    expect(asks(enabling)).toContain("This can't be undone here: the clusters of the project depend on this API.");
    expect(asks(enabling)).not.toContain('You can revoke it');
    expect(asks(pending.remedy)).toContain('You can revoke it here.');
  });
});

const HOSTILE = [
  '<!channel>',
  '<!here>',
  '<!subteam^S123>',
  '<@U123>',
  '<#C123>',
  '<https://evil.example|console.cloud.google.com>',
  '*bold*',
  '_italic_',
  '~gone~',
  '`',
  '```',
  '&lt;!channel&gt;',
  ':fire:',
  '\u202e',
  '\u200b',
  '\n> quoted',
  '&',
  '\ud83d',
  '|',
  'x'.repeat(5000),
  '>',
];
const hostile = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 12 })), {
      minLength: 1,
      maxLength: 5,
    })
    .map(parts => parts.join('')),
  fc.string({ minLength: 1, maxLength: 40 }),
);

const remedy = fc.record({
  kind: fc.constantFrom(...REMEDY_KINDS),
  risk: fc.constantFrom(...RISKS),
  params: fc.record({ project: hostile, member: hostile, role: hostile }),
  command: hostile,
  terraform: fc.option(hostile, { nil: undefined }),
  manifest: fc.option(hostile, { nil: undefined }),
  summary: fc.option(hostile, { nil: undefined }),
  doubt: fc.option(hostile, { nil: undefined }),
  change: fc.option(
    fc.record({
      resource: hostile,
      before: fc.array(hostile, { maxLength: 12 }),
      after: fc.array(hostile, { maxLength: 12 }),
      adds: fc.array(hostile, { maxLength: 60 }),
      extra: fc.nat(60),
      disrupts: fc.option(hostile, { nil: undefined }),
    }),
    { nil: undefined },
  ),
});

const finding: fc.Arbitrary<Finding> = fc.record({
  check: fc.constantFrom(...CHECK_IDS),
  subject: hostile,
  status: fc.constantFrom(...STATUSES),
  title: hostile,
  headline: fc.option(hostile, { nil: undefined }),
  detail: hostile,
  effect: fc.option(hostile, { nil: undefined }),
  evidence: fc.array(fc.record({ source: hostile, says: hostile }), { maxLength: 8 }),
  missing: fc.option(
    fc.record({ principal: hostile, permissions: fc.array(hostile, { minLength: 1, maxLength: 40 }) }),
    { nil: undefined },
  ),
  remedies: fc.array(remedy, { maxLength: 6 }),
  docs: fc.oneof(fc.constant('https://cloud.google.com/x'), hostile),
});

/** What is left of mrkdwn once our own markup is taken away: nothing that Slack would act on may remain. */
function expectHarmless(message: Message): void {
  for (const text of mrkdwnTexts(message)) {
    const withoutOurs = text
      .replace(/<@[A-Z0-9]+>/g, '')
      .replace(/<!date\^\d+\^[^|<>]*\|[^|<>]*>/g, '')
      .replace(/<https:\/\/[^<>|\s]*\|(Documentation|ドキュメント)>/g, '');
    expect(withoutOurs).not.toMatch(/[<>]/);
    expect(withoutOurs.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/);
    // Code spans are ours and closed on their line; outside of them nothing formats but our own bold labels.
    for (const line of withoutOurs.split('\n')) {
      expect((line.split('`').length - 1) % 2).toBe(0);
      const outside = line.replace(/`[^`]*`/g, '');
      expect((outside.split('*').length - 1) % 2).toBe(0);
      expect(outside).not.toMatch(/(^|\s)_\S[^_]*_(\s|$)/);
      expect(outside).not.toMatch(/~/);
      expect(outside).not.toMatch(/:[\w+'-]+:/);
    }
  }
}

describe('no report, however hostile or long', () => {
  it('pings, links, formats or breaks a limit', () => {
    fc.assert(
      fc.property(
        fc.array(finding, { maxLength: 5 }),
        fc.constantFrom(...LANGUAGES),
        hostile,
        (findings, language, name) => {
          const report = { ...reportOf(findings), target: { project: name, location: name, cluster: name } };
          const views = findings.flatMap(({ remedies, check, subject }) =>
            remedies.map(({ terraform: _t, manifest: _m, doubt: _d, ...shown }) => ({
              ...pending,
              subject,
              check,
              headline: name,
              cluster: name,
              project: name,
              remedy: shown,
              approvers: [name],
            })),
          );
          const text = { en: name, ja: name };
          const messages = [
            parentSettled({ report, askedBy: 'U0ALICE', durationMs: 1 }, language),
            parentRunning(
              { target: name, stage: text, done: 3, total: 9, cancelId: 'j', askedBy: 'U0ALICE' },
              language,
            ),
            parentFailed({ cluster: name, error: { code: name, text, next: text } }, language),
            parentCancelled({ cluster: name, by: name }, language),
            ...groupFindings(report).map(group => findingMessage(group, language, views)),
            ...views.map(view =>
              approvalCard({ ...view, state: 'denied', denied: { user: name, at: name, reason: name } }, language),
            ),
            ...views.map(view => approvalCard(view, language)),
          ];
          for (const message of messages) {
            expect(violations(message)).toEqual([]);
            expectHarmless(message);
          }
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  it('is too big: 400 failing pools fit into messages, and what is cut is in a file', () => {
    const findings = Array.from({ length: 400 }, (_, i) => ({
      ...failing,
      subject: `${failing.subject}-${i}`,
      detail: 'because '.repeat(800),
    }));
    const [group] = groupFindings(reportOf(findings));
    if (!group) throw new Error('400 failing pools make a group');
    const shown = findingMessage(group, 'en', [pending]);
    expect(violations(shown)).toEqual([]);
    expect(shown.file?.content).toContain('pool-b-399');
    const distinct = findings.map((one, i) => ({ ...one, missing: undefined, detail: `case ${i}` }));
    const parent = parentSettled({ report: reportOf(distinct), askedBy: 'U0ALICE', durationMs: 1 }, 'en');
    expect(violations(parent)).toEqual([]);
    expect(parent.text).toContain('400 problems');
    expect(JSON.stringify(parent.blocks)).toContain('and 390 more');
  });
});
