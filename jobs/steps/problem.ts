/** Why a change was not made: a code for the record, a sentence for the card. */
import type { Text } from '../../src/contracts/text.ts';
import { GoogleApiError } from '../../src/google/errors.ts';
import { PolicyContentionError } from '../../src/remedies/apply/policy-write.ts';
import { ChangeRefusedError } from '../../src/remedies/apply/refused.ts';

export function codeOf(error: unknown): string {
  if (error instanceof PolicyContentionError) return 'policy-contention';
  if (error instanceof ChangeRefusedError) return error.code;
  const failure = GoogleApiError.find(error);
  return failure?.code ?? failure?.kind ?? 'internal';
}

/** Why nothing was changed, for the card. */
export function problemOf(error: unknown): Text {
  if (error instanceof PolicyContentionError) {
    return {
      en: 'The policy kept changing while I wrote. Nothing was changed.',
      ja: '書き込み中にポリシーが何度も変更されました。何も変更していません。',
    };
  }
  if (error instanceof ChangeRefusedError) return error.text;
  const failure = GoogleApiError.find(error);
  if (!failure) throw error;
  const permission = failure.metadata.permission ? ` (${failure.metadata.permission})` : '';
  if (failure.status === 403) {
    return {
      en: `Google refused the change: the remediator may not do it${permission}. ${failure.message}`,
      ja: `Google が変更を拒否しました。修復用アカウントに権限がありません${permission}。${failure.message}`,
    };
  }
  return {
    en: `Google refused the change: ${failure.message}`,
    ja: `Google が変更を受け付けませんでした: ${failure.message}`,
  };
}
