/** A report on the terminal that is there: its width, its colours. */
import { styleText } from 'node:util';
import type { Report } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { reportAsText } from './text.ts';

/** Columns of what is no terminal. */
export const PIPE_COLUMNS = 100;

export function printReport(report: Report, language: Language, verbose: boolean): void {
  const text = reportAsText(report, {
    language,
    verbose,
    columns: process.stdout.columns ?? PIPE_COLUMNS,
    paint: (style, piece) => styleText(style, piece, { stream: process.stdout }),
  });
  process.stdout.write(text);
}
