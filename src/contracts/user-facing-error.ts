/**
 * Errors that a person can meet, and the one place that turns any error into what is shown. Slack, the terminal and JSON
 * (`gke-auth/error/v1`) render the same parts.
 */
import type { Text } from './text.ts';

export interface UserFacingParts {
  /** Stable and searchable, in kebab-case. Programs read it in `gke-auth/error/v1`. */
  readonly code: string;
  /** What happened and why. */
  readonly text: Text;
  /** What to do about it. */
  readonly next: Text;
  /** The command or the configuration is wrong: the terminal exits with 2 instead of 3. */
  readonly wrongUsage?: boolean;
  /** For an ambiguous name: what it could mean, as full resource names. */
  readonly choices?: readonly string[];
}

/** The base class. An error of any other class is a defect of gke-auth and is shown as an internal error. */
export abstract class UserFacingError extends Error implements UserFacingParts {
  readonly code: string;
  readonly text: Text;
  readonly next: Text;
  readonly wrongUsage: boolean;
  readonly choices: readonly string[];

  constructor({ code, text, next, wrongUsage = false, choices = [] }: UserFacingParts, options?: ErrorOptions) {
    super(text.en, options);
    this.name = new.target.name;
    this.code = code;
    this.text = text;
    this.next = next;
    this.wrongUsage = wrongUsage;
    this.choices = choices;
  }
}

/** What to show for any error. */
export function describeError(error: unknown): UserFacingParts {
  if (error instanceof UserFacingError) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'internal',
    text: { en: `Internal error in gke-auth (${what}).`, ja: `gke-auth の内部エラーです（${what}）。` },
    next: {
      en: 'Try again with LOG_LEVEL=debug, and report what the log says.',
      ja: 'LOG_LEVEL=debug を付けて再実行し、ログの内容を報告してください。',
    },
  };
}
