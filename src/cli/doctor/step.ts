/** What a look at one thing on the user's machine gives. */
import type { Text } from '../../contracts/text.ts';

export type Outcome = 'pass' | 'warn' | 'fail' | 'skip';

/** Every step, in the order in which it is told. */
export const STEPS = [
  'account',
  'token',
  'cluster',
  'api-server',
  'plugin',
  'kubectl',
  'kubeconfig',
  'kubectl-call',
  'metadata-server',
] as const;

export interface Step {
  readonly step: (typeof STEPS)[number];
  readonly status: Outcome;
  /** How it is, in one line. */
  readonly headline: Text;
  /** What stands behind it. */
  readonly detail?: Text;
  /** What to type next, each for a POSIX shell. */
  readonly next?: readonly string[];
}

/** The same words in every language: names, versions, output of programs. */
export function same(text: string): Text {
  return { en: text, ja: text };
}
