/** `gke-auth explain [TEXT]`: what a pasted error means; where it names a cluster, with the checks that prove or refute it. */
import type { Explanation } from '../../contracts/explanation.ts';
import type { DiagnoseRequest } from '../../contracts/jobs.ts';
import type { Report } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { explainText } from '../../explain/recognize.ts';
import { toRequest } from '../../explain/target.ts';
import { explained, leftUnread } from '../../explain/texts/index.ts';
import { verdictOn } from '../../explain/verdict.ts';
import type { Command } from '../../grammar/parse.ts';
import { EXIT, failureAsJson, failureAsText } from '../failure.ts';
import {
  explanationAsMarkdown,
  explanationAsText,
  NO_TEXT,
  NOT_PROVEN,
  PASTE,
  toProve,
} from '../output/explanation.ts';
import { plain, wrap } from '../output/layout.ts';
import { literal, reportAsMarkdown } from '../output/markdown.ts';
import { PIPE_COLUMNS, printReport } from '../output/report.ts';
import { readPaste } from '../paste.ts';
import { type Proof, prove } from '../proof.ts';

type ExplainCommand = Extract<Command, { verb: 'explain' }>;

/** People read what the error means while Google is asked; a program gets it all in one object. */
export async function runExplain(command: ExplainCommand, language: Language): Promise<number> {
  const { format } = command;
  const paste = command.text ?? (await fromStandardInput(language));
  if (paste.trim() === '') {
    if (format === 'json') await write(failureAsJson(NO_TEXT, language));
    else process.stderr.write(failureAsText(NO_TEXT, language));
    return NO_TEXT.exit;
  }
  const { matches, redactions, unread } = explainText(paste);
  const explanation: Explanation = {
    schema: 'gke-auth/explanation/v1',
    matches: matches.map(match => explained(match, language)),
    redactions,
  };
  const told = { text: explanationAsText, markdown: explanationAsMarkdown, json: undefined }[format ?? 'text'];
  if (unread > 0) process.stderr.write(plain(`${leftUnread(unread)[language]}\n`));
  if (told) await write(`${told(explanation, language, process.stdout.columns ?? PIPE_COLUMNS).join('\n')}\n`);
  const [best] = matches;
  const asked = best && toRequest(best, new Date());
  // Where no check can prove the error, there is nothing to ask Google for.
  const proof: Proof = asked && asked.checks.length > 0 ? await prove(asked.request, command.projects, language) : {};
  const { report } = proof;
  if (format === 'json') await write(`${JSON.stringify({ ...explanation, ...(report && { report }) }, null, 2)}\n`);
  else if (report && asked) await printProof(report, asked.request.symptom, command, language);
  else if (asked && asked.checks.length > 0 && !proof.why) process.stderr.write(`${toProve(asked.checks)[language]}\n`);
  if (proof.why) process.stderr.write(plain(`${NOT_PROVEN[language]} ${proof.why[language]}\n`));
  if (proof.next) process.stderr.write(plain(`${proof.next[language]}\n`));
  // Whatever still waits for Google would keep the process waiting with it.
  if (proof.unfinished) process.exit(EXIT.ok);
  return report && report.summary.fail > 0 ? EXIT.fails : (proof.exit ?? EXIT.ok);
}

async function printProof(
  report: Report,
  symptom: DiagnoseRequest['symptom'],
  { format, verbose }: ExplainCommand,
  language: Language,
): Promise<void> {
  const verdict = symptom ? verdictOn(symptom, report)[language] : '';
  if (format === 'markdown') return write(`\n${literal(verdict)}\n\n${reportAsMarkdown(report, language)}`);
  await write(`\n${wrap(plain(verdict), process.stdout.columns ?? PIPE_COLUMNS).join('\n')}\n\n`);
  printReport(report, language, verbose);
}

function fromStandardInput(language: Language): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(`${PASTE[language]}\n`);
  return readPaste(process.stdin);
}

/** Resolves once it is out, also into a slow pipe. */
function write(text: string): Promise<void> {
  return new Promise(resolve => process.stdout.write(text, () => resolve()));
}
