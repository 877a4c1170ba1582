/** How a job that asks Google ends: with what it found out, or with why it was stopped. */
import type { DiagnoseRequest } from '../../src/contracts/jobs.ts';
import type { Finding, Report, Target } from '../../src/contracts/report.ts';
import type { UserFacingParts } from '../../src/contracts/user-facing-error.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';

/** Findings, and the question that has to be asked again before anything is done about them. */
export interface Question {
  readonly target: Target;
  readonly request: DiagnoseRequest;
  readonly findings: readonly Finding[];
}

export interface Answer {
  /** Its findings are those that are shown; their indices name them from then on. */
  readonly report: Report;
  readonly questions: readonly Question[];
  readonly verdict: Message;
  /** The verdict where the bot can only answer through a response URL, so that there is no thread. */
  readonly verdictOutside: Message;
}

export type Outcome<Value> = { readonly kind: 'answered'; readonly value: Value } | Stopped;

export type Stopped =
  | { readonly kind: 'failed'; readonly why: UserFacingParts }
  /** `by`: Slack user id. */
  | { readonly kind: 'cancelled'; readonly by: string };
