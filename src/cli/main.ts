/** From arguments to an exit code. One file per verb that does more than print. */

import { loadConfig } from '../config/config.ts';
import { CHECK_IDS } from '../contracts/report.ts';
import type { Language } from '../contracts/text.ts';
import { type Command, optionsOf, parseVerb } from '../grammar/parse.ts';
import { EXIT, type Failure, failureAsJson, failureAsText, failureOf, usageFailure } from './failure.ts';
import { plain } from './output/layout.ts';
import { runAudit } from './verbs/audit.ts';
import { checksPage } from './verbs/checks.ts';
import { runDiagnose } from './verbs/diagnose.ts';
import { runExplain } from './verbs/explain.ts';
import { overview, verbPage } from './verbs/help.ts';
import { runRecords } from './verbs/records.ts';
import { runScan } from './verbs/scan.ts';

/** Runs one command and resolves to its exit code. Answers go to stdout, all else to stderr. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parseVerb(args);
  if (!parsed.ok) return fail(usageFailure(parsed.usage), languageOf(args), wantsJson(args));
  const { command } = parsed;
  const language = command.language ?? 'en';
  try {
    return await dispatch(command, language);
  } catch (error) {
    if (process.env.LOG_LEVEL === 'debug') console.error(error);
    return fail(failureOf(error), language, command.format === 'json');
  }
}

async function dispatch(command: Command, language: Language): Promise<number> {
  switch (command.verb) {
    case 'help':
      print(
        command.topic ? verbPage(command.topic, optionsOf(command.topic, 'terminal'), language) : overview(language),
      );
      return EXIT.ok;
    case 'checks':
      print(
        checksPage(
          CHECK_IDS.find(id => id === command.id),
          language,
          command.format ?? 'text',
        ),
      );
      return EXIT.ok;
    case 'diagnose':
      return runDiagnose(command, language);
    case 'doctor':
      return (await import('./verbs/doctor.ts')).runDoctor(command, language);
    case 'scan':
      return runScan(command, language);
    case 'explain':
      return runExplain(command, language);
    case 'pending':
    case 'history':
    case 'status':
    case 'cancel':
    case 'unwatch':
      return runRecords(command, loadConfig(), language);
    case 'audit':
      return runAudit(command, loadConfig(), language);
    case 'freeze':
    case 'unfreeze':
    case 'revoke':
      return (await import('./verbs/operator.ts')).runOperator(command, loadConfig(), language);
    case 'watch':
      return fail(WATCH_NEEDS_A_CHANNEL, language, command.format === 'json');
  }
}

function fail(failure: ReturnType<typeof failureOf>, language: Language, json: boolean): number {
  if (json) process.stdout.write(failureAsJson(failure, language));
  else process.stderr.write(plain(failureAsText(failure, language)));
  return failure.exit;
}

const WATCH_NEEDS_A_CHANNEL: Failure = {
  code: 'needs-slack',
  text: {
    en: 'A watch posts into a Slack channel, and a terminal has none.',
    ja: '監視の結果は Slack のチャンネルに投稿するため、端末からは開始できません。',
  },
  next: {
    en: 'Type /gke-auth watch … in the channel that should hear of it; here, a scheduler such as cron can run gke-auth diagnose.',
    ja: '通知したいチャンネルで /gke-auth watch … を実行してください。端末では cron などから gke-auth diagnose を実行できます。',
  },
  exit: EXIT.usage,
};

function print(text: string): void {
  process.stdout.write(text);
}

/** What was asked of the output, also where the rest of the arguments makes no sense. */
function wantsJson(args: readonly string[]): boolean {
  return args.some((arg, index) => arg === '--format=json' || (arg === '--format' && args[index + 1] === 'json'));
}

function languageOf(args: readonly string[]): Language {
  return args.some((arg, index) => arg === '--lang=ja' || (arg === '--lang' && args[index + 1] === 'ja')) ? 'ja' : 'en';
}
