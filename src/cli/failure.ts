/** Whatever stops a command, as one sentence for people or one JSON object for programs. Never a stack trace. */

import { ConfigError } from '../config/config.ts';
import type { Language, Text } from '../contracts/text.ts';
import { type Explained, explainFailure } from '../diagnosis/failure.ts';
import { TargetError } from '../diagnosis/target.ts';
import { EndpointError } from '../google/endpoints.ts';
import type { Usage } from '../grammar/parse.ts';
import { NoRedisError } from './redis.ts';

export const EXIT = { ok: 0, fails: 1, usage: 2, couldNotRun: 3 } as const;

export interface Failure extends Explained {
  readonly exit: number;
}

export function usageFailure({ code, message, next }: Usage): Failure {
  return { code, message, next, exit: EXIT.usage };
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ConfigError) {
    return { code: error.code, message: error.text, next: CORRECT_CONFIG, exit: EXIT.usage };
  }
  if (error instanceof NoRedisError)
    return { code: error.code, message: error.text, next: error.next, exit: EXIT.couldNotRun };
  const wrongUsage = error instanceof TargetError || error instanceof EndpointError;
  return { ...explainFailure(error), exit: wrongUsage ? EXIT.usage : EXIT.couldNotRun };
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
