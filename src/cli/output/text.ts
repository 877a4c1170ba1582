/** A report as text: the verdict first, then what is wrong with its proof and its fix, then what is fine in one line. */
import { type Finding, type Report, type Status, summarize } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { LEAST_ROOM, pad, plain, width, wrap } from './layout.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'magenta';

export interface TextOptions {
  readonly language: Language;
  readonly columns: number;
  readonly verbose: boolean;
  /** Styles a piece of text, or leaves it as it is where there is no terminal. */
  paint(style: Style, text: string): string;
}

const SIGNS: Readonly<Record<Status, { sign: string; style: Style; en: string; ja: string }>> = {
  fail: { sign: '✗', style: 'red', en: 'fail', ja: '失敗' },
  warn: { sign: '!', style: 'yellow', en: 'warn', ja: '警告' },
  unknown: { sign: '?', style: 'magenta', en: 'unknown', ja: '不明' },
  pass: { sign: '✓', style: 'green', en: 'pass', ja: '正常' },
  'not-applicable': { sign: '-', style: 'dim', en: 'not applicable', ja: '対象外' },
};

const LABELS = {
  proof: { en: 'proof', ja: '根拠' },
  fix: { en: 'fix', ja: '修正' },
  undo: { en: 'undo', ja: '取消' },
  effect: { en: 'effect', ja: '影響' },
  docs: { en: 'docs', ja: '資料' },
  where: { en: 'where', ja: '場所' },
} as const;

const INDENT = 4;
const LABEL = 7;

export function reportAsText(report: Report, options: TextOptions): string {
  const { language, paint } = options;
  const listed = report.findings.filter(({ status }) => options.verbose || !isQuiet(status));
  const ordered = [...listed].sort((a, b) => rank(a.status) - rank(b.status));
  return `${[
    ...wrap(headline(report, language), options.columns).map(line => paint('bold', line)),
    '',
    ...counts(report, options),
    ...ordered.flatMap(finding => ['', ...findingLines(finding, options)]),
    ...quietLines(report, options),
  ].join('\n')}\n`;
}

function isQuiet(status: Status): boolean {
  return status === 'pass' || status === 'not-applicable';
}

function rank(status: Status): number {
  return Object.keys(SIGNS).indexOf(status);
}

function headline({ target, cluster }: Report, language: Language): string {
  const place = [target.project, ...(target.location ? [target.location] : [])].join(' / ');
  const parts = [`${target.cluster} · ${place}`];
  if (cluster?.version) parts.push(`GKE ${cluster.version}`);
  if (cluster) {
    const mode = cluster.autopilot ? 'Autopilot' : 'Standard';
    const pools = {
      en: `${mode}, ${cluster.nodePools} pool${cluster.nodePools === 1 ? '' : 's'}`,
      ja: `${mode}、ノードプール ${cluster.nodePools} 個`,
    };
    parts.push(pools[language]);
  }
  return plain(parts.join(' · '));
}

/** How many findings there are of each status; how long it took, at the right edge, or below where there is no room. */
export function counts(
  { findings, durationMs, apiCalls }: Pick<Report, 'findings' | 'durationMs' | 'apiCalls'>,
  { language, columns, paint }: TextOptions,
): string[] {
  const summary = summarize(findings);
  const numbers: Readonly<Record<Status, number>> = { ...summary, 'not-applicable': summary.notApplicable };
  const shown = (Object.keys(SIGNS) as Status[]).filter(status => numbers[status] > 0);
  const plainCounts = shown.map(status => `${SIGNS[status].sign} ${numbers[status]} ${SIGNS[status][language]}`);
  const painted = shown.map((status, index) => paint(SIGNS[status].style, plainCounts[index] ?? ''));
  const calls = Object.values(apiCalls).reduce((sum, count) => sum + count, 0);
  const right = {
    en: `${seconds(durationMs)} s, ${calls} API calls`,
    ja: `${seconds(durationMs)} 秒、API 呼び出し ${calls} 回`,
  }[language];
  const gap = columns - width(plainCounts.join('   ')) - width(right);
  const left = painted.join('   ');
  if (gap >= 3) return [`${left}${' '.repeat(gap)}${paint('dim', right)}`];
  const fits = width(plainCounts.join('   ')) <= columns;
  return [...(fits ? [left] : painted), paint('dim', right)];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

/** A finding in full: what is wrong, its proof, its fix. */
export function findingLines(finding: Finding, options: TextOptions): string[] {
  const { sign, style } = SIGNS[finding.status];
  const { language, columns, paint } = options;
  const first = `${sign} ${finding.check}`;
  const room = columns - width(first) - 3;
  const besides = room >= LEAST_ROOM;
  const title = wrap(plain(finding.headline ?? finding.title), besides ? room : columns - INDENT);
  const [head = '', ...rest] = title.map(line => paint('bold', line));
  return [
    ...(besides ? [`${paint(style, first)}   ${head}`] : [paint(style, first), ' '.repeat(INDENT) + head]),
    ...rest.map(line => ' '.repeat(besides ? width(first) + 3 : INDENT) + line),
    ...wrap(plain(finding.detail), columns - INDENT).map(line => ' '.repeat(INDENT) + line),
    ...(finding.effect ? labelled('effect', finding.effect, options) : []),
    ...finding.evidence.flatMap(({ source, says }) => labelled('proof', `${source}: ${says}`, options)),
    ...finding.remedies.flatMap(remedy => [
      ...(remedy.doubt ? labelled('fix', remedy.doubt, options) : []),
      ...commandLines('fix', remedy.command, language),
      ...(remedy.undo && options.verbose ? commandLines('undo', remedy.undo, language) : []),
      ...(remedy.manifest && !remedy.command.includes(remedy.manifest)
        ? remedy.manifest.split('\n').map(line => ' '.repeat(INDENT + LABEL) + plain(line))
        : []),
    ]),
    ...(options.verbose ? labelled('docs', finding.docs, options) : []),
  ];
}

/** Text behind a label, its lines below each other. */
export function labelled(
  label: keyof typeof LABELS,
  text: string,
  { language, columns, paint }: TextOptions,
): string[] {
  const [first = '', ...rest] = wrap(plain(text), columns - INDENT - LABEL);
  const head = `${' '.repeat(INDENT)}${paint('dim', pad(LABELS[label][language], LABEL))}`;
  return [head + first, ...rest.map(line => ' '.repeat(INDENT + LABEL) + line)];
}

/** A command stays on one logical line, so that it can be pasted: an option a line, each but the last ended by a backslash. */
function commandLines(label: 'fix' | 'undo', command: string, language: Language): string[] {
  const words = plain(command).split(/ (?=--)/);
  const indent = ' '.repeat(INDENT);
  return words.map((word, index) => {
    const lead = index === 0 ? `${indent}${pad(LABELS[label][language], LABEL)}` : `${indent}${' '.repeat(LABEL + 2)}`;
    return `${lead}${word}${index < words.length - 1 ? ' \\' : ''}`;
  });
}

function quietLines(report: Report, { verbose, language, paint, columns }: TextOptions): string[] {
  if (verbose) return [];
  const passed = [...new Set(report.findings.filter(({ status }) => status === 'pass').map(({ check }) => check))];
  if (passed.length === 0) return [];
  const more = { en: '(--verbose shows them)', ja: '（--verbose で表示）' }[language];
  const text = `✓ ${report.summary.pass} ${SIGNS.pass[language]}: ${passed.join(', ')} ${more}`;
  return ['', ...wrap(text, columns).map(line => paint('green', line))];
}
