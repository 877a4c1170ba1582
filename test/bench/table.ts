/** The bench's results for people. */
import { gap } from './figure.ts';
import type { Machine, Outcome } from './outcome.ts';

type Results = Outcome['results'];

/** The whole of `docs/bench.md`. */
export function markdown({ results, failed }: Outcome): string {
  const places = [...new Set([...results, ...failed].map(place))];
  const several = places.length > 1;
  const rows = results.map(result => {
    const { name, value, unit, atMost, atLeast, reference, met } = result;
    const target = atMost !== undefined ? `≤ ${atMost}` : atLeast !== undefined ? `≥ ${atLeast}` : '';
    const verdict = target === '' ? '' : met ? 'met' : `**missed**, ${gap(result)}`;
    const run = several ? [String(places.indexOf(place(result)) + 1)] : [];
    return [name, `${value} ${unit}`.trim(), target, verdict, reference ?? '', ...run];
  });
  const lines = [
    '# Measured',
    '',
    ...(several ? [...places.map((text, i) => `${i + 1}. ${text}`), ''] : places),
    'By `npm run bench -- --save`; what each figure means is in its file in `test/bench/figures/`.',
    '',
    ...table(['figure', 'measured', 'target', '', 'against', ...(several ? ['run'] : [])], rows),
    ...missed(results),
    ...details(results),
    ...results.flatMap(oneByOne),
    ...failed.flatMap(({ figure, error }) => ['', `**${figure} could not be measured**`, '', '```', error, '```']),
  ];
  return `${lines.join('\n')}\n`;
}

/** Day and machine of a run. */
function place({ at, machine }: { at: string; machine: Machine }): string {
  const { cores, cpu, memoryGb, node, platform } = machine;
  return `${at.slice(0, 10)}, ${cores} × ${cpu}, ${memoryGb} GB, Node.js ${node}, ${platform}.`;
}

/** Every gap, with what is known of it; one that nobody has looked into says so. */
function missed(results: Results): string[] {
  const gaps = results.filter(({ met }) => !met);
  if (gaps.length === 0) return [];
  const lines = gaps.map(
    result => `- **${result.name}**, ${gap(result)}: ${result.explanation ?? '**not explained yet**.'}`,
  );
  return ['', '## Missed, and why', '', ...lines];
}

function details(results: Results): string[] {
  const rows = results.flatMap(({ name, detail = {} }) =>
    Object.entries(detail).map(([what, value]) => [name, what, String(value)]),
  );
  return rows.length === 0 ? [] : ['', '## In detail', '', ...table(['figure', 'what', 'value'], rows)];
}

function oneByOne({ name, rows: [first, ...others] = [] }: Results[number]): string[] {
  if (!first) return [];
  const head = Object.keys(first);
  const cells = [first, ...others].map(row => head.map(key => row[key] ?? ''));
  return ['', `## ${name}, one by one`, '', ...table(head, cells)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
