/** The outcome of a diagnosis or scan: an answer, or the reason why it stopped. */
import type { DiagnoseRequest } from '../../src/contracts/jobs.ts';
import type { Finding, Report, Target } from '../../src/contracts/report.ts';
import type { UserFacingParts } from '../../src/contracts/user-facing-error.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';

/** Findings, and the request to diagnose again before a fix of theirs is applied. */
export interface Question {
  readonly target: Target;
  readonly request: DiagnoseRequest;
  readonly findings: readonly Finding[];
}

export interface Answer {
  /** Its findings are the ones shown. Buttons refer to them by index. */
  readonly report: Report;
  readonly questions: readonly Question[];
  readonly verdict: Message;
  /** The verdict for channels without the bot: it answers through a response URL, without a thread. */
  readonly verdictOutside: Message;
}

export type Outcome<Value> = { readonly kind: 'answered'; readonly value: Value } | Stopped;

export type Stopped =
  | { readonly kind: 'failed'; readonly why: UserFacingParts }
  /** `by`: Slack user id. */
  | { readonly kind: 'cancelled'; readonly by: string };
