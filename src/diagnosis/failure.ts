/** Whatever keeps a diagnosis from a report, in words for whoever asked. */

import type { Text } from '../contracts/text.ts';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import { TargetError } from './target.ts';

export interface Explained {
  readonly code: string;
  readonly message: Text;
  readonly next: Text;
  /** For an ambiguous name: the clusters it could be, as full resource names. */
  readonly choices?: readonly string[];
}

/** Known errors keep their own words; anything else is our bug, and says so. */
export function explainFailure(error: unknown): Explained {
  if (error instanceof TargetError) {
    const { code, text, next, choices } = error;
    return { code, message: text, next, ...(choices.length > 0 ? { choices } : {}) };
  }
  if (error instanceof UserFacingError) return { code: error.code, message: error.text, next: error.next };
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'internal',
    message: { en: `This is a bug in gke-auth (${what}).`, ja: `gke-auth の不具合です（${what}）。` },
    next: {
      en: 'Try again with LOG_LEVEL=debug, and report what the log says.',
      ja: 'LOG_LEVEL=debug を付けて再実行し、ログの内容を報告してください。',
    },
  };
}
