/** The parent message of a diagnosis: progress while it runs, the verdict when it has settled. Pure. */
import type { KnownBlock } from '@slack/types';
import type { DiagnoseRequest } from '../../contracts/jobs.ts';
import { type Report, type Summary, summarize, type Target } from '../../contracts/report.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { verdictOn } from '../../explain/verdict.ts';
import { reportText as words } from '../../locales/report.ts';
import { actions, button, context, type Message, message, section } from './blocks.ts';
import { code, person, prose } from './escape.ts';
import { groupFindings, groupHeadline, leader } from './finding.ts';
import { SIGN } from './words.ts';

export interface Running {
  /** The target once it is known; until then what the user typed. */
  readonly target: Target | string;
  readonly stage: Text;
  /** Checks done so far, of how many; 0 of 0 while that isn't known. */
  readonly done: number;
  readonly total: number;
  /** What the Cancel button carries: the job's id. */
  readonly cancelId: string;
  /** Slack user id. */
  readonly askedBy: string;
}

export interface Settled {
  readonly report: Report;
  readonly askedBy: string;
  /** From the command to the verdict, in ms. */
  readonly durationMs: number;
  /** The bot is not in the channel: there is no thread, and it says how to get one. */
  readonly outside?: boolean;
  /** The error that it started from: the verdict begins with what came of it. */
  readonly symptom?: DiagnoseRequest['symptom'];
}

export interface Failed {
  readonly cluster: string;
  readonly error: {
    readonly code: string;
    readonly text: Text;
    readonly next: Text;
    /** Of an ambiguous name: the clusters it could be. */
    readonly choices?: readonly string[];
  };
  readonly askedBy?: string;
  /** The job to run again; without it there is no button. */
  readonly jobId?: string;
}

const BAR = 10;
const HEADLINES = 10;

/** ███████░░░ */
function bar(done: number, total: number): string {
  const filled = total > 0 ? Math.round((Math.min(Math.max(done, 0), total) / total) * BAR) : 0;
  return '█'.repeat(filled) + '░'.repeat(BAR - filled);
}

const nameOf = (target: Target | string) => (typeof target === 'string' ? target : target.cluster);

const placeOf = (target: Target | string) =>
  typeof target === 'string'
    ? ''
    : ` · ${prose(target.project, 80)}${target.location ? ` / ${prose(target.location, 60)}` : ''}`;

export function parentRunning(running: Running, language: Language): Message {
  const { target, stage, done, total, cancelId, askedBy } = running;
  const progress = total > 0 ? ` ${bar(done, total)} ${words.progress(done, total)[language]}` : '';
  return message(words.looking(prose(nameOf(target), 120), prose(stage[language]))[language], [
    section(
      `*${prose(nameOf(target), 120)}*${placeOf(target)}`,
      button({ action: 'cancel', label: words.cancel[language], value: cancelId }),
    ),
    context(`${prose(stage[language])} …${progress}`, words.askedBy(person(askedBy))[language]),
  ]);
}

function verdict(
  summary: Summary,
  problems: number,
  cluster: string,
  took: string,
  language: Language,
): { sign: string; line: string } {
  const checks = summary.pass + summary.warn + summary.fail + summary.unknown;
  if (summary.fail > 0) return { sign: SIGN.fail, line: words.problems(problems, cluster)[language] };
  if (summary.warn > 0) return { sign: SIGN.warn, line: words.onlyWarnings(summary.warn, cluster)[language] };
  if (summary.unknown > 0) return { sign: SIGN.unknown, line: words.onlyUnknown(summary.unknown, cluster)[language] };
  if (checks === 0) return { sign: SIGN.unknown, line: words.nothingApplied(cluster)[language] };
  return { sign: SIGN.pass, line: words.allFine(cluster, checks, took)[language] };
}

/** Counts without those that are zero or already said by the verdict. */
function counts(summary: Summary, language: Language): string[] {
  return [
    ...(summary.fail > 0 && summary.warn > 0 ? [`${SIGN.warn} ${words.warnings(summary.warn)[language]}`] : []),
    ...(summary.fail + summary.warn > 0 && summary.unknown > 0
      ? [`${SIGN.unknown} ${words.unknowns(summary.unknown)[language]}`]
      : []),
    ...(summary.fail + summary.warn + summary.unknown > 0
      ? [`${SIGN.pass} ${words.fine(summary.pass)[language]}`]
      : []),
  ];
}

export function parentSettled(settled: Settled, language: Language): Message {
  const { report, askedBy, durationMs, outside = false, symptom } = settled;
  const summary = summarize(report.findings);
  const groups = groupFindings(report);
  const failing = groups.filter(group => leader(group).status === 'fail');
  // Where nothing fails, the worst there is gets the lines below the verdict.
  const shown =
    failing.length > 0 ? failing : groups.filter(group => leader(group).status === leader(groups[0] ?? group).status);
  const took = words.seconds(durationMs)[language];
  const name = prose(report.target.cluster, 120);
  const { sign, line } = verdict(summary, failing.length, name, took, language);
  const headlines = shown.slice(0, HEADLINES).map(group => `• ${prose(groupHeadline(group, language), 200)}`);
  if (shown.length > HEADLINES) headlines.push(`• ${words.more(shown.length - HEADLINES)[language]}`);
  const next = groups.length > 0 ? [(outside ? words.invite : words.detailsBelow)[language]] : [];
  const meta = [
    ...counts(summary, language),
    ...(groups.length > 0 ? [took] : []),
    words.askedBy(person(askedBy))[language],
  ];
  const error = symptom ? [prose(verdictOn(symptom, report)[language], 1_200)] : [];
  const blocks: KnownBlock[] = [
    ...error.map(text => section(text)),
    section([`${sign} *${line}*${placeOf(report.target)}`, ...headlines].join('\n')),
    context(meta.join(' · '), ...(outside ? next : [])),
    actions(
      button({ action: 'rerun', label: words.runAgain[language], value: report.id }),
      button({ action: 'all_results', label: words.allResults[language], value: report.id }),
    ),
  ];
  return message([...error, `${sign} ${line}`, ...headlines.slice(0, 3), ...next].join('\n'), blocks);
}

export function parentFailed(failed: Failed, language: Language): Message {
  const { cluster, error, askedBy, jobId } = failed;
  if (error.choices && jobId) return parentAmbiguous(failed, error.choices, jobId, language);
  const title = `${SIGN.fail} ${words.failed(prose(cluster, 120))[language]}`;
  const why = prose(error.text[language], 800);
  const next = `${words.next[language]} ${prose(error.next[language], 800)}`;
  return message(`${title}: ${why} ${next}`, [
    section(`*${title}*\n${why}\n*${words.next[language]}* ${prose(error.next[language], 800)}`),
    context(code(error.code, 60), ...(askedBy ? [words.askedBy(person(askedBy))[language]] : [])),
    ...(jobId ? [actions(button({ action: 'rerun', label: words.runAgain[language], value: jobId }))] : []),
  ]);
}

const CHOICES = 20;

/** Several clusters of one name: each with a button that looks at that one. */
function parentAmbiguous(
  { cluster, askedBy }: Failed,
  choices: readonly string[],
  jobId: string,
  language: Language,
): Message {
  const which = words.which(choices.length, prose(cluster, 120))[language];
  const hidden = choices.length - CHOICES;
  return message(`${SIGN.unknown} ${which}`, [
    section(`${SIGN.unknown} *${which}*`),
    ...choices
      .slice(0, CHOICES)
      .map(choice =>
        section(
          code(choice, 200),
          button({ action: 'pick_cluster', label: words.thisOne[language], value: `${jobId} ${choice}` }),
        ),
      ),
    ...(hidden > 0 ? [context(words.more(hidden)[language])] : []),
    ...(askedBy ? [context(words.askedBy(person(askedBy))[language])] : []),
  ]);
}

/** `by` is the Slack user id of the one who cancelled. */
export function parentCancelled(
  { cluster, by, jobId }: { cluster: string; by: string; jobId?: string },
  language: Language,
): Message {
  const line = `✋ ${words.cancelled(prose(cluster, 120), person(by))[language]}`;
  return message(line, [
    section(line),
    ...(jobId ? [actions(button({ action: 'rerun', label: words.runAgain[language], value: jobId }))] : []),
  ]);
}
