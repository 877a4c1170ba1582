/** What a recogniser is: data that says by which signs a problem is known, and what speaks against it. */
import type { EntityKey, ProblemId } from '../contracts/explanation.ts';
import type { Context } from './context.ts';

export interface Recognizer {
  readonly problem: ProblemId;
  /** How sure a reader can be who sees one of the signs. */
  readonly confidence: number;
  /** Any of these; matched against the tight reading. */
  readonly signs: readonly RegExp[];
  /** What must be true of the paste around it. */
  readonly when?: (context: Context) => boolean;
  /** Any of these makes the signs mean something else. */
  readonly unless?: readonly RegExp[];
  /** Problems whose signs belong to this very error: they are not named beside it. */
  readonly covers?: readonly ProblemId[];
  /** What the error names that matters for this problem. */
  readonly entities: readonly EntityKey[];
}

/**
 * A phrase as a person reads it → a pattern for the tight reading, where blanks and quotes don't exist. Regular
 * expression syntax is allowed; keep every quantifier bounded. Mind that `: ?` becomes `:?`, an optional colon.
 */
export function sign(phrase: string): RegExp {
  return new RegExp(phrase.replace(/[\s"']/g, ''), 'i');
}

/** Several phrases. */
export function signs(...phrases: readonly string[]): RegExp[] {
  return phrases.map(sign);
}
