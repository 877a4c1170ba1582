/** A report as Markdown, for a ticket or a pull request. */
import {
  byCommand,
  type Cause,
  type Finding,
  isToldByCauses,
  type Report,
  type Status,
} from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { plain } from './layout.ts';

const STATUS: Readonly<Record<Status, { en: string; ja: string }>> = {
  fail: { en: '❌ fail', ja: '❌ 失敗' },
  warn: { en: '⚠️ warn', ja: '⚠️ 警告' },
  unknown: { en: '❔ unknown', ja: '❔ 不明' },
  pass: { en: '✅ pass', ja: '✅ 正常' },
  'not-applicable': { en: '➖ not applicable', ja: '➖ 対象外' },
};

export function reportAsMarkdown(report: Report, language: Language): string {
  const { target, findings, causes = [] } = report;
  const place = [target.project, target.location, target.cluster].filter(Boolean).join('/');
  const problems = findings.filter(one => !['pass', 'not-applicable'].includes(one.status) && !isToldByCauses(one));
  return `${[
    `# ${literal(place)}`,
    '',
    `| ${{ en: 'check', ja: 'チェック' }[language]} | ${{ en: 'subject', ja: '対象' }[language]} | ${{ en: 'verdict', ja: '判定' }[language]} |`,
    '| --- | --- | --- |',
    ...findings.map(({ check, subject, status }) => `| ${check} | ${cell(subject)} | ${STATUS[status][language]} |`),
    ...problems.flatMap(finding => ['', ...section(finding, language)]),
    ...causesSection(causes, language),
  ].join('\n')}\n`;
}

/** What could not be read, each cause once. */
export function causesSection(causes: readonly Cause[], language: Language): string[] {
  if (causes.length === 0) return [];
  return [
    '',
    `## ${STATUS.unknown[language]}: ${{ en: 'gke-auth could not read this', ja: 'gke-auth が読み取れなかった情報' }[language]}`,
    ...byCommand(causes).flatMap(together => [
      '',
      ...together.map(({ reason }) => `- ${literal(reason)}`),
      '',
      [...new Set(together.flatMap(({ checks }) => checks))].map(check => code(check)).join(', '),
      ...together.slice(0, 1).flatMap(({ command }) => (command ? ['', ...fence('sh', command)] : [])),
    ]),
  ];
}

/** A finding in full. */
export function section(finding: Finding, language: Language): string[] {
  return [
    `## ${STATUS[finding.status][language]}: ${literal(finding.headline ?? finding.title)}`,
    '',
    literal(finding.detail),
    '',
    ...finding.evidence.map(({ source, says }) => `- ${literal(source)}: ${literal(says)}`),
    ...finding.remedies.flatMap(({ command, terraform, manifest }) => [
      '',
      ...fence('sh', command),
      ...(terraform ? ['', ...fence('hcl', terraform)] : []),
      ...(manifest && !command.includes(manifest) ? ['', ...fence('yaml', manifest)] : []),
    ]),
    '',
    `<${finding.docs}>`,
  ];
}

function fence(language: string, text: string): string[] {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [`${ticks}${language}`, plain(text), ticks];
}

/** Of backticks; what encloses them must be longer (CommonMark, 4.5 and 6.1). */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** Text from outside as code, on one line: nothing in it is changed, so that it can be copied. */
export function code(text: string): string {
  const line = plain(text).replaceAll('\n', ' ');
  const ticks = '`'.repeat(longestRun(line) + 1);
  // One blank at each end is not part of it (CommonMark, 6.1).
  const pad = /^[ `]|[ `]$/.test(line) && line.trim() !== '' ? ' ' : '';
  return line === '' ? '` `' : `${ticks}${pad}${line}${pad}${ticks}`;
}

/** Text from outside as code in a table, where a pipe would end the cell (GitHub Flavored Markdown, 4.10). */
export function cell(text: string): string {
  return code(text).replaceAll('|', '\\|');
}

/** A command with its options, words in single quotes whole; parentheses and semicolons belong to the sentence around it. */
const WORD = "(?:'[^'\\n]*'|[!-&*-:<-~])+";
const COMMAND = `\\b(?:gcloud|kubectl|curl|gke-auth) (?:${WORD} ){1,60}(?='?--)${WORD}(?<![.,:])`;
/** What GitHub and GitLab would make a mention, a reference or a link of: they look at text that is rendered already. */
const ADDRESS = '(?<![\\w.+:%=@#/-])[\\w.+:%=@#/-]*(?:[@#]|://|www\\.)(?:[\\w.+:%=@#/-]*[\\w@#/])?';
const VERBATIM = new RegExp(`(${COMMAND}|${ADDRESS})`, 'i');

/** Text from outside formats, links and mentions nothing. What is there to be copied is code, as it is. */
export function literal(text: string): string {
  return plain(text)
    .split(VERBATIM)
    .map((piece, index) =>
      index % 2 === 1 ? code(piece) : piece.replace(/[\\`*_{}[\]<>#|~!&$]/g, char => `\\${char}`),
    )
    .join('')
    .replace(/^[ \t]*(\d*)([-+=.)])/gm, '$1\\$2');
}
