import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { homeBlocks } from '../../src/bot/home.ts';
import { parseCommand } from '../../src/bot/parse.ts';
import { disruptiveModal, reasonModal } from '../../src/bot/views/decision.ts';
import { clusterOptions, diagnoseModal } from '../../src/bot/views/diagnose.ts';
import { explainModal } from '../../src/bot/views/explain.ts';
import { remedyModal, resultsModal } from '../../src/bot/views/texts.ts';
import type { Explanation } from '../../src/contracts/explanation.ts';
import type { WorkerHealth } from '../../src/contracts/health.ts';
import type { Scan } from '../../src/contracts/report.ts';
import { LANGUAGES } from '../../src/contracts/text.ts';
import { VERBS, verbsOf } from '../../src/grammar/parse.ts';
import { approvalCard, decisionNotice, reminder } from '../../src/slack/messages/card.ts';
import { changesBetween, changesMessage, digestOf } from '../../src/slack/messages/change.ts';
import { explanationMessage } from '../../src/slack/messages/explanation.ts';
import {
  allResults,
  checkMessage,
  checksMessage,
  historyMessage,
  pendingMessage,
} from '../../src/slack/messages/lists.ts';
import { scanMessage } from '../../src/slack/messages/scan.ts';
import { statusMessage } from '../../src/slack/messages/status.ts';
import { helpMessage, usageMessage } from '../../src/slack/messages/usage.ts';
import { violations } from './block-limits.ts';
import { failing, grantRemedy, passing, pending, reportOf, STATES, unknown } from './fixtures.ts';
import { read, seen } from './reading.ts';

const scanOf = (accounts: number): Scan => ({
  schema: 'gke-auth/scan/v1',
  id: 's1',
  startedAt: '2026-11-22T12:00:00Z',
  durationMs: 2300,
  apiCalls: {},
  findings: [],
  clusters: [reportOf(accounts > 0 ? [failing] : [passing])],
  serviceAccounts: Array.from({ length: accounts }, (_, i) => ({
    email: i === 0 ? '=cmd@prod-1.iam.gserviceaccount.com' : `node-${i}@prod-1.iam.gserviceaccount.com`,
    project: 'prod-1',
    usedBy: [`${failing.subject}-${i}`],
    permissions: {
      'logging.logEntries.create': i % 2 ? 'granted' : 'missing',
      'monitoring.timeSeries.create': 'granted',
    },
  })),
});

const worker = (role: WorkerHealth['role'], google: WorkerHealth['google']): WorkerHealth => ({
  role,
  instance: role,
  startedAt: '2026-11-22T11:00:00Z',
  at: '2026-11-22T12:00:00Z',
  google,
});
const problem = { en: 'Grant roles/viewer.', ja: 'roles/viewer を付与してください。' };

const past = {
  id: 'r1',
  at: '2026-11-22T12:00:00Z',
  project: 'prod-1',
  cluster: 'cluster-x',
  askedBy: 'U0ALICE',
  summary: reportOf([failing, unknown, passing]).summary,
};

const explanation: Explanation = {
  schema: 'gke-auth/explanation/v1',
  redactions: 1,
  matches: [
    {
      problem: 'caller-clusters-get',
      confidence: 0.9,
      entities: { project: 'prod-1', cluster: 'cluster-x' },
      means: 'You may not read the cluster.\n\nNobody granted it.',
      next: ['Ask for roles/container.clusterViewer.', 'Try again.'],
    },
  ],
};

const longExplanation: Explanation = {
  ...explanation,
  matches: explanation.matches.map(match => ({
    ...match,
    next: Array.from({ length: 9 }, () => `${'Ask for the role. '.repeat(30)}: gcloud ${'x_*y '.repeat(200)}`),
  })),
};

const entry = {
  id: 'node-sa-permissions' as const,
  title: { en: 'Node accounts can write logs', ja: 'ノードのアカウントがログを書き込める' },
  description: { en: 'Looks at the policy.', ja: 'ポリシーを調べます。' },
  docs: 'https://cloud.google.com/x',
  needs: ['resourcemanager.projects.getIamPolicy'],
};

describe.each(LANGUAGES)('for one person, in %s', language => {
  const wrong = parseCommand('diagnoze cluster-x');
  it.each([
    ['help', () => helpMessage(language)],
    ['help diagnose', () => helpMessage(language, 'diagnose')],
    ['wrong usage', () => (wrong.ok ? helpMessage(language) : usageMessage(wrong.usage, language))],
    [
      'status, all up',
      () =>
        statusMessage(
          {
            botSince: past.at,
            queue: { waiting: 2, active: 1 },
            workers: [
              worker('diagnoser', { state: 'ok', identity: 'd@ops' }),
              worker('remediator', { state: 'failing', problem }),
            ],
          },
          language,
        ),
    ],
    ['status, Redis away', () => statusMessage({ botSince: past.at, workers: [] }, language)],
    ['pending', () => pendingMessage([{ view: pending, link: 'https://x.slack.com/archives/C1/p1' }], language)],
    [
      'history',
      () => historyMessage({ reports: [past], granted: [STATES.verified ?? pending], cluster: 'cluster-x' }, language),
    ],
    ['checks', () => checksMessage([entry], language)],
    ['one check', () => checkMessage(entry, language)],
    ['an explanation', () => explanationMessage(explanation, language, { cluster: 'cluster-x' })],
    ['an explanation of a text that was too long', () => explanationMessage(explanation, language, { unread: 90_000 })],
    ['an explanation of many long steps', () => explanationMessage(longExplanation, language)],
    ['no explanation', () => explanationMessage({ ...explanation, matches: [], redactions: 0 }, language)],
    [
      'a scan with problems',
      () => scanMessage({ scan: scanOf(3), projects: ['prod-1'], askedBy: 'U0ALICE' }, language),
    ],
    ['a scan, all fine', () => scanMessage({ scan: scanOf(0), projects: ['prod-1'], askedBy: 'U0ALICE' }, language)],
    ['a denial', () => decisionNotice(STATES.denied ?? pending, language)],
    ['a reminder', () => reminder(pending, language)],
  ])('%s', (_name, make) => {
    const message = make();
    expect(violations(message)).toEqual([]);
    expect(seen(message)).toMatchSnapshot();
  });

  it.each([
    ['pick a cluster', () => diagnoseModal({ origin: {}, request: { projects: [] } }, language)],
    ['why denied', () => reasonModal('deny', 'ap1', {}, language)],
    ['why revoked', () => reasonModal('revoke', 'ap1', {}, language)],
    ['disruptive', () => disruptiveModal(STATES['pending, disruptive'] ?? pending, {}, language)],
    ['explain', () => explainModal({}, language)],
    ['a fix to copy', () => remedyModal({ ...grantRemedy, manifest: 'a: b\n'.repeat(4_000) }, language)],
    ['all results', () => resultsModal(reportOf([failing, passing]), language)],
  ])('modal: %s', (_name, make) => {
    const view = make();
    expect(violations(view)).toEqual([]);
    expect(read(view.title).join()).toMatchSnapshot();
  });

  it('the Home tab with much in it stays within the limits', () => {
    const blocks = homeBlocks(
      Array.from({ length: 30 }, () => ({ view: pending })),
      Array.from({ length: 8 }, () => past),
      language,
    );
    expect(violations({ type: 'home', blocks })).toEqual([]);
  });
});

describe('what is long', () => {
  it('a scan of 500 accounts: the worst 20 in the table, all in the file, no formula in it', () => {
    const message = scanMessage({ scan: scanOf(500), projects: ['prod-1'], askedBy: 'U0ALICE' }, 'en');
    expect(violations(message)).toEqual([]);
    const table = message.blocks.find(block => block.type === 'table');
    expect(table?.type === 'table' && table.rows).toHaveLength(21);
    expect(JSON.stringify(table)).not.toContain('✅');
    expect(message.file?.content.split('\n')).toHaveLength(502);
    expect(message.file?.content).toContain(`"'=cmd@`);
  });

  it('a manifest of any length is whole in the modal', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 400 }), { maxLength: 60 }), lines => {
        const manifest = `x${lines.join('\n')}`;
        const { blocks } = remedyModal(
          { ...grantRemedy, terraform: undefined, undo: undefined, command: 'c', manifest },
          'en',
        );
        const shown = blocks.flatMap(block => (block.type === 'rich_text' ? read(block).join('') : [])).slice(1);
        expect(shown.join('').replaceAll('\n', '')).toBe(manifest.replaceAll('\n', ''));
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('all results of 2,000 findings fit a modal', () => {
    const report = reportOf(
      Array.from({ length: 2_000 }, (_, i) => ({
        ...failing,
        subject: `${failing.subject}-${i}`,
        headline: '&'.repeat(200),
      })),
    );
    expect(violations({ type: 'modal', blocks: allResults(report, 'ja') })).toEqual([]);
  });

  it('the picker offers what fits into an option', () => {
    const options = clusterOptions([...Array.from({ length: 150 }, (_, i) => `p/l/c${i}`), 'x'.repeat(76)]);
    expect(options).toHaveLength(100);
    expect(options[0]).toMatchObject({ text: { text: 'c0 · l · p' }, value: 'p/l/c0' });
  });
});

describe('a watched cluster', () => {
  it('says what appeared, changed and went, and nothing where all is as it was', () => {
    const before = digestOf(reportOf([failing, unknown]));
    expect(changesBetween(before, digestOf(reportOf([unknown, failing, passing])))).toBeUndefined();
    const now = digestOf(
      reportOf([
        { ...failing, status: 'warn' },
        { ...unknown, subject: 'projects/prod-2' },
      ]),
    );
    const changes = changesBetween(before, now);
    expect(changes).toMatchObject({
      appeared: [{ status: 'unknown' }],
      changed: [{ status: 'warn', was: 'fail' }],
      gone: [{ status: 'unknown' }],
    });
    if (!changes) throw new Error('there are changes');
    for (const language of LANGUAGES) {
      expect(seen(changesMessage({ target: 'cluster-x', watch: 'w1', changes }, language))).toMatchSnapshot();
    }
  });
});

it('every verb of Slack has help, and every message names only verbs that exist', () => {
  for (const language of LANGUAGES) {
    const text = [
      ...verbsOf('slack').map(verb => seen(helpMessage(language, verb))),
      seen(approvalCard(pending, language)),
    ].join('\n');
    for (const [, verb = ''] of text.matchAll(/\/gke-auth ([a-z]+)/g)) expect(Object.keys(VERBS)).toContain(verb);
  }
});
