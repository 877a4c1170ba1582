/** What stops a command, as sentences for people or one JSON object for programs. Never a stack trace. */
import type { Language } from '../contracts/text.ts';
import { describeError, type UserFacingParts } from '../contracts/user-facing-error.ts';
import type { Usage } from '../grammar/parse.ts';

export const EXIT = { ok: 0, fails: 1, usage: 2, couldNotRun: 3 } as const;

export interface Failure extends UserFacingParts {
  readonly exit: number;
}

export function usageFailure({ code, message, next }: Usage): Failure {
  return { code, text: message, next, exit: EXIT.usage };
}

export function failureOf(error: unknown): Failure {
  const { code, text, next, wrongUsage, choices } = describeError(error);
  return { code, text, next, choices, exit: wrongUsage ? EXIT.usage : EXIT.couldNotRun };
}

/** One line of JSON (`gke-auth/error/v1`). */
export function failureAsJson({ code, text, next }: Failure, language: Language): string {
  return `${JSON.stringify({ schema: 'gke-auth/error/v1', code, message: text[language], next: next[language] })}\n`;
}

export function failureAsText({ text, next }: Failure, language: Language): string {
  return `gke-auth: ${text[language]}\n${next[language]}\n`;
}
