/** Rows of the table that crash tests print: at which step was what killed, and what came of it. */
export interface CrashRow {
  readonly step: string;
  readonly killed: string;
  readonly outcome: string;
}

const COLUMNS = ['step', 'killed', 'outcome'] as const;

/** A table for people, and for `rowsOf`. */
export function table(rows: readonly CrashRow[]): string {
  const widths = COLUMNS.map(name => Math.max(name.length, ...rows.map(row => row[name].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [
    line(COLUMNS),
    line(widths.map(width => '-'.repeat(width))),
    ...rows.map(row => line(COLUMNS.map(name => row[name]))),
  ].join('\n');
}

/** The rows of every such table in what a test printed. */
export function rowsOf(printed: string): CrashRow[] {
  return printed.split('\n').flatMap(text => {
    const line = /^\| (.*) \|$/.exec(text.trim())?.[1];
    const [step = '', killed = '', outcome = '', ...more] = line?.split(' | ').map(cell => cell.trim()) ?? [];
    const isRow = line !== undefined && more.length === 0 && !/^-+$/.test(step) && step !== COLUMNS[0];
    return isRow ? [{ step, killed, outcome }] : [];
  });
}
