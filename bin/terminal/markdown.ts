/** A report as Markdown, for a ticket or a pull request. */
import type { Finding, Report, Status } from '../../src/contracts/report.ts';
import type { Language } from '../../src/contracts/text.ts';
import { plain } from './layout.ts';

const STATUS: Readonly<Record<Status, { en: string; ja: string }>> = {
  fail: { en: '❌ fail', ja: '❌ 失敗' },
  warn: { en: '⚠️ warn', ja: '⚠️ 警告' },
  unknown: { en: '❔ unknown', ja: '❔ 不明' },
  pass: { en: '✅ pass', ja: '✅ 正常' },
  'not-applicable': { en: '➖ not applicable', ja: '➖ 対象外' },
};

export function reportAsMarkdown(report: Report, language: Language): string {
  const { target, findings } = report;
  const place = [target.project, target.location, target.cluster].filter(Boolean).join('/');
  const problems = findings.filter(({ status }) => status !== 'pass' && status !== 'not-applicable');
  return `${[
    `# ${literal(place)}`,
    '',
    `| ${{ en: 'check', ja: 'チェック' }[language]} | ${{ en: 'subject', ja: '対象' }[language]} | ${{ en: 'verdict', ja: '判定' }[language]} |`,
    '| --- | --- | --- |',
    ...findings.map(({ check, subject, status }) => `| ${check} | ${code(subject)} | ${STATUS[status][language]} |`),
    ...problems.flatMap(finding => ['', ...section(finding, language)]),
  ].join('\n')}\n`;
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
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return [`${ticks}${language}`, plain(text), ticks];
}

/** Text from outside as code. */
export function code(text: string): string {
  return `\`${plain(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

/** Text from outside formats, links and mentions nothing. */
export function literal(text: string): string {
  return plain(text)
    .replace(/[\\`*_{}[\]<>#|~!]/g, char => `\\${char}`)
    .replaceAll('@', '@\u200b');
}
