/** Whatever stops a command, as one sentence for people or one JSON object for programs. Never a stack trace. */

import { EndpointError } from '../../jobs/clients/google/endpoints.ts';
import { CredentialsError } from '../../jobs/clients/google/identity.ts';
import { NothingReadableError } from '../../jobs/diagnosis.ts';
import { TargetError } from '../../jobs/target.ts';
import { ConfigError } from '../../src/config.ts';
import type { Language, Text } from '../../src/contracts/text.ts';
import type { Usage } from '../../src/grammar.ts';

export const EXIT = { ok: 0, fails: 1, usage: 2, couldNotRun: 3 } as const;

export interface Failure {
  readonly code: string;
  readonly message: Text;
  readonly next: Text;
  readonly exit: number;
}

export function usageFailure({ code, message, next }: Usage): Failure {
  return { code, message, next, exit: EXIT.usage };
}

/** Known errors keep their own words; anything else is our bug, and says so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TargetError) {
    return { code: error.code, message: error.text, next: error.next, exit: EXIT.usage };
  }
  if (error instanceof ConfigError) {
    return { code: error.code, message: error.text, next: CORRECT_CONFIG, exit: EXIT.usage };
  }
  if (error instanceof EndpointError) {
    return {
      code: 'endpoint-invalid',
      message: {
        en: `${error.message} (it is “${error.value}”).`,
        ja: `${error.key} には http か https の URL を指定してください（現在の値: 「${error.value}」）。`,
      },
      next: { en: 'Correct or unset it.', ja: '修正するか、設定を解除してください。' },
      exit: EXIT.usage,
    };
  }
  if (error instanceof CredentialsError || error instanceof NothingReadableError) {
    return { code: error.code, message: error.text, next: error.next, exit: EXIT.couldNotRun };
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'internal',
    message: { en: `This is a bug in gke-auth (${what}).`, ja: `gke-auth の不具合です（${what}）。` },
    next: {
      en: 'Run it again with LOG_LEVEL=debug and report what it prints.',
      ja: 'LOG_LEVEL=debug を付けて再実行し、出力を報告してください。',
    },
    exit: EXIT.couldNotRun,
  };
}

const CORRECT_CONFIG: Text = {
  en: 'Correct the file that GKE_AUTH_CONFIG names (gke-auth.yaml), or the environment.',
  ja: 'GKE_AUTH_CONFIG のファイル（gke-auth.yaml）か環境変数を修正してください。',
};

export function failureAsJson({ code, message, next }: Failure, language: Language): string {
  return `${JSON.stringify({ schema: 'gke-auth/error/v1', code, message: message[language], next: next[language] })}\n`;
}

export function failureAsText({ message, next }: Failure, language: Language): string {
  return `gke-auth: ${message[language]}\n${next[language]}\n`;
}
