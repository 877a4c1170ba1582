/** `gke-auth diagnose`: the same diagnosis as the worker's, printed. */
import { randomUUID } from 'node:crypto';
import { type Config, loadConfig } from '../../config/config.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { diagnose } from '../../diagnosis/diagnose.ts';
import { openSession } from '../../diagnosis/open.ts';
import { parseTarget, TargetError } from '../../diagnosis/target.ts';
import type { Command } from '../../grammar/parse.ts';
import { timeBound } from '../../remedies/text/time-bound.ts';
import { EXIT } from '../failure.ts';
import { reportAsMarkdown } from '../output/markdown.ts';
import { printReport } from '../output/report.ts';

const NO_WORKLOAD: Text = {
  en: '--picture draws the chain of one workload, and none was named.',
  ja: '--picture は 1 つのワークロードを図にしますが、ワークロードが指定されていません。',
};
const NAME_ONE: Text = {
  en: 'Name it: --workload NAMESPACE/KUBERNETES_SERVICE_ACCOUNT.',
  ja: '--workload NAMESPACE/KUBERNETES_SERVICE_ACCOUNT の形で指定してください。',
};

type DiagnoseCommand = Extract<Command, { verb: 'diagnose' }>;

export async function runDiagnose(command: DiagnoseCommand, language: Language): Promise<number> {
  const config = loadConfig();
  const projects = projectsOf(command.projects, config);
  // Wrong usage is said before anybody needs credentials.
  parseTarget(command.request.cluster, projects);
  if (command.picture && !command.request.workload) throw new TargetError('no-workload', NO_WORKLOAD, NAME_ONE);
  const session = await openSession({ env: process.env, workload: command.request.workload !== undefined });
  const { grantMs } = command.request;
  const running = diagnose({ id: randomUUID(), request: { ...command.request, projects }, session, language });
  const found = await running;
  const report = grantMs ? timeBound(found, grantMs) : found;
  if (command.format === 'json') process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (command.format === 'markdown') process.stdout.write(reportAsMarkdown(report, language));
  else printReport(report, language, command.verbose);
  if (command.picture) {
    const { writePicture } = await import('../output/picture.ts');
    if (!(await writePicture(command.picture, report, language))) return EXIT.couldNotRun;
  }
  return report.summary.fail > 0 ? EXIT.fails : EXIT.ok;
}

/** Where a bare name is looked for: what was given, else the configuration, else the environment. */
export function projectsOf(given: readonly string[], config: Config): string[] {
  if (given.length > 0) return [...given];
  if (config.projects.length > 0) return [...config.projects];
  const { GOOGLE_CLOUD_PROJECT, CLOUDSDK_CORE_PROJECT } = config.environment;
  return [GOOGLE_CLOUD_PROJECT, CLOUDSDK_CORE_PROJECT].filter(project => project !== undefined).slice(0, 1);
}
