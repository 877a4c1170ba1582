/** Whatever keeps a diagnosis from a report, in words for whoever asked. */

import type { Text } from '../contracts/text.ts';
import { EndpointError } from '../google/endpoints.ts';
import { CredentialsError } from '../google/identity.ts';
import { NothingReadableError } from './pipeline.ts';
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
  if (error instanceof CredentialsError || error instanceof NothingReadableError) {
    return { code: error.code, message: error.text, next: error.next };
  }
  if (error instanceof EndpointError) {
    return {
      code: 'endpoint-invalid',
      message: {
        en: `${error.message} (it is “${error.value}”).`,
        ja: `${error.key} には http か https の URL を指定してください（現在の値: 「${error.value}」）。`,
      },
      next: { en: 'Correct or unset it.', ja: '修正するか、設定を解除してください。' },
    };
  }
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
