/** A report as text: the verdict first, then what is wrong with its proof and its fix, then what is fine in one line. */
import { type Finding, isToldByCauses, type Report, type Status, summarize } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { causeLines } from './causes.ts';
import { LEAST_ROOM, plain, width, wrap } from './layout.ts';
import { commandLines, INDENT, LABEL, labelled, SIGNS, type TextOptions } from './lines.ts';

export function reportAsText(report: Report, options: TextOptions): string {
  const { language, paint, verbose } = options;
  const listed = report.findings.filter(one => verbose || (!isQuiet(one.status) && !isToldByCauses(one)));
  const ordered = [...listed].sort((a, b) => rank(a.status) - rank(b.status));
  return `${[
    ...wrap(headline(report, language), options.columns).map(line => paint('bold', line)),
    '',
    ...counts(report, options),
    ...ordered.flatMap(finding => ['', ...findingLines(finding, options)]),
    ...causeLines(report, options),
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

/** A finding in full: what is wrong, its proof, its fix. Of what is told by its causes only the fix that it offers all the same. */
export function findingLines(finding: Finding, options: TextOptions): string[] {
  const { sign, style } = SIGNS[finding.status];
  const { columns, paint } = options;
  const brief = finding.causes !== undefined && !options.verbose;
  const first = `${sign} ${finding.check}`;
  const room = columns - width(first) - 3;
  const besides = room >= LEAST_ROOM;
  const title = wrap(plain(finding.headline ?? finding.title), besides ? room : columns - INDENT);
  const [head = '', ...rest] = title.map(line => paint('bold', line));
  return [
    ...(besides ? [`${paint(style, first)}   ${head}`] : [paint(style, first), ' '.repeat(INDENT) + head]),
    ...rest.map(line => ' '.repeat(besides ? width(first) + 3 : INDENT) + line),
    ...(brief ? [] : wrap(plain(finding.detail), columns - INDENT).map(line => ' '.repeat(INDENT) + line)),
    ...(finding.effect ? labelled('effect', finding.effect, options) : []),
    ...(brief ? [] : finding.evidence.flatMap(({ source, says }) => labelled('proof', `${source}: ${says}`, options))),
    ...finding.remedies.flatMap(remedy => [
      ...(remedy.doubt ? labelled('fix', remedy.doubt, options) : []),
      ...commandLines('fix', remedy.command, options),
      ...(remedy.undo && options.verbose ? commandLines('undo', remedy.undo, options) : []),
      ...(remedy.manifest && !remedy.command.includes(remedy.manifest)
        ? remedy.manifest.split('\n').map(line => ' '.repeat(INDENT + LABEL) + plain(line))
        : []),
    ]),
    ...(options.verbose ? labelled('docs', finding.docs, options) : []),
  ];
}

function quietLines(report: Report, { verbose, language, paint, columns }: TextOptions): string[] {
  if (verbose) return [];
  const passed = [...new Set(report.findings.filter(({ status }) => status === 'pass').map(({ check }) => check))];
  if (passed.length === 0) return [];
  const more = { en: '(--verbose shows them)', ja: '（--verbose で表示）' }[language];
  const text = `✓ ${report.summary.pass} ${SIGNS.pass[language]}: ${passed.join(', ')} ${more}`;
  return ['', ...wrap(text, columns).map(line => paint('green', line))];
}
