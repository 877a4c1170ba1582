/** Rows of the table that crash tests print: at which step was what killed, and what came of it. */
export interface CrashRow {
  readonly step: string;
  readonly killed: string;
  readonly outcome: string;
}

/** A table for people. */
export function table(rows: readonly CrashRow[]): string {
  const columns = ['step', 'killed', 'outcome'] as const;
  const widths = columns.map(name => Math.max(name.length, ...rows.map(row => row[name].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [
    line(columns),
    line(widths.map(width => '-'.repeat(width))),
    ...rows.map(row => line(columns.map(name => row[name]))),
  ].join('\n');
}
