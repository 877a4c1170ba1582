/** A scan as Markdown: the matrix, then each problem once. */
import type { PermissionState, Scan } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { groupFindings, leader } from '../../slack/messages/finding.ts';
import { causesSection, cell, code, literal, section } from './markdown.ts';
import { allFindings, COLUMNS, projectsIn, sizeOf, worstFirst } from './scan-text.ts';

const STATES: Readonly<Record<PermissionState, string>> = {
  granted: '✅',
  conditional: '⚠️',
  missing: '❌',
  unknown: '❔',
};

export function scanAsMarkdown(scan: Scan, language: Language): string {
  const heads = [
    { en: 'account', ja: 'アカウント' }[language],
    { en: 'project', ja: 'プロジェクト' }[language],
    ...COLUMNS.map(([permission]) => cell(permission)),
    { en: 'pools', ja: 'プール' }[language],
  ];
  const rows = worstFirst(scan.serviceAccounts).map(({ email, project, permissions, usedBy }) => [
    cell(email),
    cell(project),
    ...COLUMNS.map(([permission]) => STATES[permissions[permission] ?? 'unknown']),
    String(usedBy.length),
  ]);
  const groups = groupFindings({ id: scan.id, findings: allFindings(scan), causes: scan.causes }).filter(
    group => !group.causes,
  );
  return `${[
    `# ${literal(projectsIn(scan).join(', '))}`,
    '',
    literal(sizeOf(scan, language)),
    ...(rows.length > 0
      ? ['', ...[heads, heads.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)]
      : []),
    ...groups.flatMap(group => [
      '',
      ...section(leader(group), language),
      ...(group.findings.length > 1 ? ['', ...group.findings.map(({ finding }) => `- ${code(finding.subject)}`)] : []),
    ]),
    ...causesSection(scan.causes ?? [], language),
  ].join('\n')}\n`;
}
