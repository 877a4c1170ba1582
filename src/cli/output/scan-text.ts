/** A scan as text: the matrix of node accounts, worst first, then each problem once with the pools that have it. */
import type { Finding, PermissionState, Scan, ServiceAccountRow } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { type FindingGroup, groupFindings, leader } from '../../slack/messages/finding.ts';
import { causeLines } from './causes.ts';
import { LEAST_ROOM, pad, plain, width, wrap } from './layout.ts';
import { labelled, type Style, type TextOptions } from './lines.ts';
import { counts, findingLines } from './text.ts';

/** Accounts that are fine, and problems, beyond which only their number is said. */
const FINE_SHOWN = 10;
const PROBLEMS_SHOWN = 30;
const POOLS_SHOWN = 6;

/** The four permissions that nodes need, each under a short name. */
export const COLUMNS = [
  ['logging.logEntries.create', { en: 'logs', ja: 'ログ' }],
  ['monitoring.timeSeries.create', { en: 'metrics', ja: '指標' }],
  ['monitoring.metricDescriptors.create', { en: 'descriptors', ja: '記述子' }],
  ['autoscaling.sites.writeMetrics', { en: 'HPA', ja: 'HPA' }],
] as const;

const WORST: readonly PermissionState[] = ['missing', 'unknown', 'conditional', 'granted'];
const SIGNS: Readonly<Record<PermissionState, readonly [sign: string, style: Style]>> = {
  missing: ['✗', 'red'],
  unknown: ['?', 'magenta'],
  conditional: ['!', 'yellow'],
  granted: ['✓', 'green'],
};

const TEXT = {
  account: { en: 'node account', ja: 'ノードのアカウント' },
  pools: { en: 'pools', ja: 'プール' },
  none: { en: 'No node accounts.', ja: 'ノードのアカウントはありません。' },
  untold: {
    en: 'Which node accounts there are can’t be told.',
    ja: 'どのノードのアカウントがあるかは分かりません。',
  },
  comma: { en: ', ', ja: '、' },
  states: { en: '✓ granted, ! conditional, ✗ missing, ? unknown', ja: '✓ あり、! 条件付き、✗ なし、? 不明' },
} as const;

/** Everything that a scan found. */
export function allFindings(scan: Scan): Finding[] {
  return [...scan.findings, ...scan.clusters.flatMap(({ findings }) => findings)];
}

/** The state that decides about an account: the worst of its permissions. */
export function worst(row: ServiceAccountRow): PermissionState {
  return WORST.find(state => Object.values(row.permissions).includes(state)) ?? 'unknown';
}

/** Accounts with problems first, else by email. */
export function worstFirst(rows: readonly ServiceAccountRow[]): ServiceAccountRow[] {
  return rows.toSorted((a, b) => WORST.indexOf(worst(a)) - WORST.indexOf(worst(b)) || (a.email < b.email ? -1 : 1));
}

/** The projects that were scanned: each has findings of its own. Accounts may live in others. */
export function projectsIn({ findings }: Scan): string[] {
  return [...new Set(findings.flatMap(({ subject }) => subject.match(/^projects\/([^/]+)$/)?.[1] ?? []))];
}

export function scanAsText(scan: Scan, options: TextOptions): string {
  const { language, paint } = options;
  const findings = allFindings(scan);
  return `${[
    ...wrap(plain(headline(scan, language)), options.columns).map(line => paint('bold', line)),
    '',
    ...counts({ findings, durationMs: scan.durationMs, apiCalls: scan.apiCalls }, options),
    '',
    ...matrix(scan, options),
    ...problems(scan, findings, options),
  ].join('\n')}\n`;
}

function headline(scan: Scan, language: Language): string {
  return `${fewOf(projectsIn(scan)).join(', ')} · ${sizeOf(scan, language)}`;
}

/** How many clusters and accounts there are, and where that can't be told. */
export function sizeOf(scan: Scan, language: Language): string {
  const clusters = scan.clusters.length;
  const accounts = scan.serviceAccounts.length;
  const size = {
    en: `${clusters} cluster${clusters === 1 ? '' : 's'}, ${accounts} node account${accounts === 1 ? '' : 's'}`,
    ja: `クラスタ ${clusters} 個、ノードのアカウント ${accounts} 個`,
  }[language];
  const unseen = unseenProjects(scan);
  if (unseen.length === 0) return size;
  const where = fewOf(unseen).join(', ');
  const but = { en: `not all clusters of ${where} can be listed`, ja: `${where} には一覧できないクラスタがあります` };
  return clusters === 0 ? but[language] : [size, but[language]].join({ en: '; ', ja: '。' }[language]);
}

/** Projects of which not every cluster could be read: the check of node accounts says so about the project itself. */
function unseenProjects({ findings }: Scan): string[] {
  return findings.flatMap(({ check, status, subject }) =>
    check === 'node-sa-permissions' && status === 'unknown' ? (subject.match(/^projects\/([^/]+)$/)?.[1] ?? []) : [],
  );
}

/** Of many projects only the first few are named. */
function fewOf(projects: readonly string[]): readonly string[] {
  return projects.length > 4 ? [...projects.slice(0, 3), `+${projects.length - 3}`] : projects;
}

function matrix(scan: Scan, options: TextOptions): string[] {
  const { language, columns, verbose, paint } = options;
  const rows = scan.serviceAccounts;
  if (rows.length === 0) return [TEXT[unseenProjects(scan).length > 0 ? 'untold' : 'none'][language]];
  const sorted = worstFirst(rows);
  const fine = sorted.filter(row => worst(row) === 'granted');
  const hidden = verbose || fine.length <= FINE_SHOWN + 1 ? 0 : fine.length - FINE_SHOWN;
  const shown = sorted.slice(0, sorted.length - hidden);
  const several = new Set(rows.map(({ project }) => project)).size > 1;
  const names = shown.map(row => plain(several ? `${row.email} (${row.project})` : row.email));
  const full = COLUMNS.map(([, name]) => name[language]);
  const fixedBy = (names: readonly string[], last: string) =>
    names.reduce((sum, head) => sum + width(head) + 2, 0) + width(last) + 4;
  const narrow = columns - fixedBy(full, TEXT.pools[language]) < LEAST_ROOM;
  const heads = narrow ? COLUMNS.map((_, index) => String(index + 1)) : full;
  const pools = narrow ? '' : TEXT.pools[language];
  const room = Math.max(20, columns - fixedBy(heads, pools));
  const wide = Math.min(room, Math.max(width(TEXT.account[language]), ...names.map(width)));
  const head = [`  ${pad(TEXT.account[language], wide)}`, ...heads, pools].join('  ').trimEnd();
  const lines = shown.map((row, index) => {
    const [sign, style] = SIGNS[worst(row)];
    const cells = COLUMNS.map(([permission], column) => {
      const [mark, color] = SIGNS[row.permissions[permission] ?? 'unknown'];
      return paint(color, mark) + ' '.repeat(Math.max(0, width(heads[column] ?? '') - 1));
    });
    const count = narrow ? [] : [String(row.usedBy.length).padStart(width(pools))];
    return [`${paint(style, sign)} ${pad(shortened(names[index] ?? '', wide), wide)}`, ...cells, ...count].join('  ');
  });
  const more = {
    en: `  … and ${hidden} more accounts that are fine (--verbose shows them)`,
    ja: `  … ほかに正常なアカウント ${hidden} 個（--verbose で表示）`,
  }[language];
  const legend = `${heads.join(TEXT.comma[language])}: ${COLUMNS.map(([permission]) => permission).join(', ')}`;
  return [
    paint('bold', head),
    ...lines,
    ...(hidden > 0 ? wrap(more, columns).map(line => paint('dim', line)) : []),
    '',
    ...[legend, TEXT.states[language]].flatMap(line => wrap(line, columns)).map(line => paint('dim', line)),
  ];
}

/** Cut in the middle: the ends tell accounts apart best. */
function shortened(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  const end = Math.floor((columns - 1) / 2);
  return `${text.slice(0, columns - 1 - end)}…${text.slice(text.length - end)}`;
}

function problems(scan: Scan, findings: Finding[], options: TextOptions): string[] {
  const causes = options.verbose ? [] : (scan.causes ?? []);
  const groups = groupFindings({ id: scan.id, findings, causes }).filter(group => !group.causes);
  const shown = options.verbose ? groups : groups.slice(0, PROBLEMS_SHOWN);
  const hidden = groups.length - shown.length;
  const more = {
    en: `… and ${hidden} more problems (--verbose or --format json shows them)`,
    ja: `… ほかに ${hidden} 件の問題（--verbose または --format json で表示）`,
  }[options.language];
  return [
    ...shown.flatMap(group => ['', ...groupLines(group, options)]),
    ...(hidden > 0 ? ['', more] : []),
    ...causeLines({ findings, causes }, options),
  ];
}

/** The problem as its first finding tells it, and everywhere it is. */
function groupLines(group: FindingGroup, options: TextOptions): string[] {
  const names = group.findings.slice(0, POOLS_SHOWN).map(({ finding }) => place(finding.subject));
  const hidden = group.findings.length - names.length;
  const rest = hidden > 0 ? { en: ` and ${hidden} more`, ja: ` ほか ${hidden} 件` }[options.language] : '';
  return [...findingLines(leader(group), options), ...labelled('where', names.join(', ') + rest, options)];
}

/** `cluster-x/pool-a`, from a full resource name. */
function place(subject: string): string {
  const [, cluster, pool] = subject.match(/\/clusters\/([^/]+)(?:\/nodePools\/([^/]+))?$/) ?? [];
  return [cluster ?? subject.split('/').at(-1), pool].filter(Boolean).join('/');
}
