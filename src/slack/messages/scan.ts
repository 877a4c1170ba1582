/** The result of a scan: verdict, the worst accounts as a table, all of them as a file. Pure. */
import type { RawTextElement, TableBlock } from '@slack/types';
import type { PermissionState, Scan, ServiceAccountRow } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { reportText } from '../../locales/report.ts';
import { scanText as words } from '../../locales/scan.ts';
import { context, type Message, message, section, type TextFile } from './blocks.ts';
import { oneLine, person, prose } from './escape.ts';
import { groupFindings, groupHeadline, leader } from './finding.ts';
import { SIGN } from './words.ts';

const ROWS = 20;
const HEADLINES = 8;
const WORST: readonly PermissionState[] = ['missing', 'unknown', 'conditional', 'granted'];
const SIGNS: Readonly<Record<PermissionState, string>> = {
  missing: SIGN.fail,
  unknown: SIGN.unknown,
  conditional: SIGN.warn,
  granted: SIGN.pass,
};

const worst = (row: ServiceAccountRow): PermissionState =>
  WORST.find(state => Object.values(row.permissions).includes(state)) ?? 'unknown';

/** Everything a scan found, as one list for `groupFindings`. */
export const scanFindings = (scan: Scan) => [...scan.findings, ...scan.clusters.flatMap(cluster => cluster.findings)];

/** Slack takes no cell without text. */
const cell = (text: string): RawTextElement => ({ type: 'raw_text', text: oneLine(text, 120) || '–' });

function tableRow(row: ServiceAccountRow, language: Language): RawTextElement[] {
  const state = worst(row);
  const lacks = Object.entries(row.permissions).filter(([, one]) => one !== 'granted');
  return [
    cell(row.email),
    cell(`${SIGNS[state]} ${words[state][language]}`),
    cell(lacks.map(([permission]) => permission).join(', ')),
    cell(String(row.usedBy.length)),
  ];
}

function table(rows: readonly ServiceAccountRow[], language: Language): TableBlock {
  const head = [words.account, words.result, words.lacks, words.usedBy].map(text => cell(text[language]));
  return {
    type: 'table',
    column_settings: [{ is_wrapped: true }, {}, { is_wrapped: true }, { align: 'right' }],
    rows: [head, ...rows.map(row => tableRow(row, language))],
  };
}

/** A cell of the file. A leading sign would be a formula to a spreadsheet. */
const csv = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

function matrix(scan: Scan, language: Language): TextFile {
  const permissions = [...new Set(scan.serviceAccounts.flatMap(row => Object.keys(row.permissions)))].toSorted();
  const lines = [
    ['email', 'project', ...permissions, 'usedBy'],
    ...scan.serviceAccounts.map(row => [
      row.email,
      row.project,
      ...permissions.map(permission => row.permissions[permission] ?? ''),
      row.usedBy.join(' '),
    ]),
  ];
  return {
    name: 'node-accounts.csv',
    title: words.fileTitle[language],
    content: `${lines.map(line => line.map(csv).join(',')).join('\n')}\n`,
  };
}

/** `projects`: what was scanned; `askedBy`: Slack user id. */
export function scanMessage(
  { scan, projects, askedBy }: { scan: Scan; projects: readonly string[]; askedBy: string },
  language: Language,
): Message {
  const where =
    projects.length > 3 || projects.length === 0
      ? words.everywhere[language]
      : projects.map(p => prose(p, 60)).join(', ');
  const groups = groupFindings({ id: scan.id, findings: scanFindings(scan), causes: scan.causes });
  const failing = groups.filter(group => leader(group).status === 'fail');
  const rows = scan.serviceAccounts.toSorted((a, b) => WORST.indexOf(worst(a)) - WORST.indexOf(worst(b)));
  const lacking = rows.filter(row => worst(row) === 'missing').length;
  const [sign, verdict] =
    lacking > 0
      ? [SIGN.fail, words.lacking(lacking, rows.length, where)]
      : failing.length > 0
        ? [SIGN.fail, words.otherProblems(failing.length, where)]
        : groups.some(group => leader(group).status === 'unknown')
          ? [SIGN.unknown, words.unsure(where)]
          : scan.clusters.length === 0
            ? [SIGN.unknown, words.none(where)]
            : [SIGN.pass, words.fine(where)];
  const headlines = failing.slice(0, HEADLINES).map(group => `• ${prose(groupHeadline(group, language), 200)}`);
  if (failing.length > HEADLINES) headlines.push(`• ${reportText.more(failing.length - HEADLINES)[language]}`);
  const hidden = rows.length - ROWS;
  const calls = [
    words.clusters(scan.clusters.length)[language],
    words.accounts(rows.length)[language],
    reportText.seconds(scan.durationMs)[language],
    reportText.askedBy(person(askedBy))[language],
  ];
  return message(
    [
      `${sign} ${verdict[language]}`,
      ...headlines.slice(0, 3),
      ...(groups.length > 0 ? [reportText.detailsBelow[language]] : []),
    ].join('\n'),
    [
      section([`${sign} *${verdict[language]}*`, ...headlines].join('\n')),
      ...(rows.length > 0 ? [table(rows.slice(0, ROWS), language)] : []),
      context(calls.join(' · '), ...(hidden > 0 ? [words.moreRows(hidden)[language]] : [])),
    ],
    rows.length > 0 ? matrix(scan, language) : undefined,
  );
}
