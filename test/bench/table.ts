/** The bench's results for people. */
import type { Outcome } from './main.ts';

export function markdown({ at, machine, results, failed }: Outcome): string {
  const rows = results.map(({ name, value, unit, atMost, atLeast, reference, met }) => {
    const target = atMost !== undefined ? `≤ ${atMost}` : atLeast !== undefined ? `≥ ${atLeast}` : '';
    const verdict = target === '' ? '' : met ? 'met' : '**missed**';
    return [name, `${value} ${unit}`.trim(), target, verdict, reference ?? ''];
  });
  const lines = [
    '# Measured',
    '',
    `${at.slice(0, 10)}, ${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Node.js ${machine.node}, ${machine.platform}.`,
    'By `npm run bench -- --save`; what each figure means is in its file in `test/bench/figures/`.',
    '',
    ...table(['figure', 'measured', 'target', '', 'against'], rows),
    ...details(results),
    ...failed.flatMap(({ figure, error }) => ['', `**${figure} could not be measured**`, '', '```', error, '```']),
  ];
  return `${lines.join('\n')}\n`;
}

function details(results: Outcome['results']): string[] {
  const rows = results.flatMap(({ name, detail = {} }) =>
    Object.entries(detail).map(([what, value]) => [name, what, String(value)]),
  );
  return rows.length === 0 ? [] : ['', '## In detail', '', ...table(['figure', 'what', 'value'], rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
