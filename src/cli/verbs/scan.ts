/** `gke-auth scan`: every cluster of a project at once; the same scan as the worker's, printed. */
import { styleText } from 'node:util';
import { type Config, loadConfig } from '../../config/config.ts';
import type { Scan } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { openSession } from '../../diagnosis/open.ts';
import { projectsToScan, scan } from '../../diagnosis/scan.ts';
import type { Command } from '../../grammar/parse.ts';
import { EXIT } from '../failure.ts';
import { PIPE_COLUMNS } from '../output/report.ts';
import { scanAsMarkdown } from '../output/scan-markdown.ts';
import { allFindings, scanAsText } from '../output/scan-text.ts';
import { projectsOf } from './diagnose.ts';

type ScanCommand = Extract<Command, { verb: 'scan' }>;

export async function runScan(command: ScanCommand, language: Language): Promise<number> {
  const config = loadConfig();
  // Wrong usage is said before anybody needs credentials.
  const projects = projectsToScan(scanned(command, config));
  const session = await openSession({ env: process.env, scan: true });
  const running = scan({ projects, session, language });
  const found = await running;
  process.stdout.write(formatScan(found, command, language));
  return allFindings(found).some(({ status }) => status === 'fail') ? EXIT.fails : EXIT.ok;
}

/** `--all` is every configured project, and those that are named besides. */
function scanned({ projects, all }: ScanCommand, config: Config): string[] {
  return all ? [...projects, ...projectsOf(config.projects, config)] : projectsOf(projects, config);
}

function formatScan(found: Scan, { format, verbose }: ScanCommand, language: Language): string {
  if (format === 'json') return `${JSON.stringify(found, null, 2)}\n`;
  if (format === 'markdown') return scanAsMarkdown(found, language);
  return scanAsText(found, {
    language,
    verbose,
    columns: process.stdout.columns ?? PIPE_COLUMNS,
    paint: (style, piece) => styleText(style, piece, { stream: process.stdout }),
  });
}
