/** `gke-auth explain [TEXT]`: what a pasted error means; where it names a cluster, with the checks that prove or refute it. */
import { randomUUID } from 'node:crypto';
import { text as readText } from 'node:stream/consumers';
import { CredentialsError } from '../../jobs/clients/google/identity.ts';
import { openSession } from '../../jobs/clients/google/open.ts';
import { diagnose } from '../../jobs/diagnosis.ts';
import { NothingReadableError } from '../../jobs/pipeline.ts';
import { TargetError } from '../../jobs/target.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { Explanation, Match } from '../../src/contracts/explanation.ts';
import { DiagnoseRequest } from '../../src/contracts/jobs.ts';
import type { Report } from '../../src/contracts/report.ts';
import type { Language, Text } from '../../src/contracts/text.ts';
import { explainText } from '../../src/explain/recognize.ts';
import { toRequest } from '../../src/explain/target.ts';
import { means, next, secretsFound, UNKNOWN } from '../../src/explain/texts.ts';
import type { Command } from '../../src/grammar.ts';
import { projectsOf } from './diagnose.ts';
import { EXIT } from './failure.ts';
import { plain, wrap } from './layout.ts';
import { reportAsMarkdown } from './markdown.ts';
import { printReport } from './report.ts';

type ExplainCommand = Extract<Command, { verb: 'explain' }>;

/** An explanation doesn't wait for Google as long as a diagnosis does (ms). */
const PATIENCE_MS = 4_000;

export async function runExplain(command: ExplainCommand, language: Language): Promise<number> {
  const pasted = command.text ?? (await readText(process.stdin));
  const { matches, redactions } = explainText(pasted);
  const [best] = matches;
  const report = best && (await prove(best, command, language));
  const explanation: Explanation = {
    schema: 'gke-auth/explanation/v1',
    matches: matches.map(match => ({ ...match, means: means(match, language), next: next(match, language) })),
    redactions,
    ...(report ? { report } : {}),
  };
  print(explanation, command, language);
  return report && report.summary.fail > 0 ? EXIT.fails : EXIT.ok;
}

/** The report, where the text (with the options and the configuration) names one cluster and Google can be asked. */
async function prove(best: Match, command: ExplainCommand, language: Language): Promise<Report | undefined> {
  const { request } = toRequest(best, new Date());
  if (!request.cluster) return undefined;
  const config: Config = loadConfig();
  const named = command.projects.length > 0 ? command.projects : request.projects;
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const session = await openSession({ env: process.env, attemptMs: PATIENCE_MS, signal: patience });
    return await diagnose({
      id: randomUUID(),
      request: DiagnoseRequest.parse({ ...request, projects: projectsOf(named, config) }),
      session,
      language,
    });
  } catch (error) {
    if (error instanceof NothingReadableError || error instanceof CredentialsError || error instanceof TargetError) {
      process.stderr.write(plain(`${NOT_PROVEN[language]} ${error.text[language]}\n`));
      return undefined;
    }
    if (patience.aborted) return undefined;
    throw error;
  }
}

const NOT_PROVEN: Text = { en: 'Not proven:', ja: '未確認:' };

function print(explanation: Explanation, { format, verbose }: ExplainCommand, language: Language): void {
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify(explanation, null, 2)}\n`);
    return;
  }
  const columns = process.stdout.columns ?? 100;
  const { matches, redactions, report } = explanation;
  const [best, ...others] = matches;
  const lines = best
    ? [
        best.problem,
        '',
        ...wrap(plain(best.means ?? ''), columns),
        '',
        ...(best.next ?? []).flatMap((step, index) => wrap(plain(`${index + 1}. ${step}`), columns)),
        ...(others.length > 0 ? ['', `${ALSO[language]} ${others.map(({ problem }) => problem).join(', ')}`] : []),
      ]
    : wrap(UNKNOWN[language], columns);
  if (redactions > 0) lines.push('', ...wrap(secretsFound(redactions)[language], columns));
  process.stdout.write(`${lines.join('\n')}\n`);
  if (!report) return;
  process.stdout.write('\n');
  if (format === 'markdown') process.stdout.write(reportAsMarkdown(report, language));
  else printReport(report, language, verbose);
}

const ALSO: Text = { en: 'Also in it:', ja: 'ほかに含まれるもの:' };
