/** The outcome for people. */
import { flat } from './accepted.ts';
import { type Area, type Change, type Counts, scores } from './outcome.ts';

const COLUMNS = ['killed', 'timeouts', 'survived', 'accepted', 'untested', 'broken'] as const;
const LONGEST = 90;

/** @param all whether the changes that no test comes across are listed, not only counted. */
export function textOf(area: Area, { all }: { readonly all: boolean }): string {
  const { tested, all: everything } = scores(area.total);
  return [
    `${area.name}: ${percent(tested)} of what ${area.tests.length} test files come across, ${percent(everything)} of all, in ${Math.round(area.seconds)} s`,
    '',
    ...table([...area.files, { path: 'all', counts: area.total }]),
    ...section('survived', area.survivors.map(line)),
    ...section('could not be tested, see stryker.json in .cache/mutation', area.broken.map(line)),
    ...(all ? section('untested', area.untested.map(line)) : []),
    ...section(
      'accepted, but no longer survives: remove from test/mutation/accepted.json',
      area.stale.map(({ file, original, mutant }) => `${file} ${change(original, mutant)}`),
    ),
    '',
  ].join('\n');
}

function table(files: readonly { readonly path: string; readonly counts: Counts }[]): string[] {
  const width = Math.max(...files.map(({ path }) => path.length));
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(width)}  ${cells.map(cell => cell.padStart(9)).join('')}`;
  return [
    row(
      '',
      [...COLUMNS, 'of tested', 'of all'].map(name => ` ${name}`),
    ),
    ...files.map(({ path, counts }) => {
      const { tested, all } = scores(counts);
      return row(path, [...COLUMNS.map(name => String(counts[name])), percent(tested), percent(all)]);
    }),
  ];
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ['', `${title} (${lines.length}):`, ...lines];
const line = ({ file, line, column, mutator, original, replacement }: Change) =>
  `${file}:${line}:${column} ${mutator}: ${change(original, replacement)}`;
const change = (original: string, replacement: string) => `${short(original)} → ${short(replacement)}`;
const percent = (value: number) => (Number.isNaN(value) ? '–' : `${value.toFixed(1)} %`);

function short(code: string): string {
  const whole = flat(code);
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST - 1)}…` : whole;
}
