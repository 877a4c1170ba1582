/** One thing that is wrong with the configuration, and the sentence that says so. */
import type { Text } from '../contracts/text.ts';

export interface Problem {
  /** The key as the operator wrote it: `approvals.quorum.grant`, `approvals.rules[0].match`, `PORT`. */
  readonly key: string;
  /** What was found there, shortened; never a secret. */
  readonly got: string;
  readonly takes: Text;
  /** The known key that is closest to an unknown one. */
  readonly nearest?: string;
}

export type Read<Value> = { ok: true; value: Value } | { ok: false; problems: Problem[] };

export function problemText({ key, got, takes, nearest }: Problem): Text {
  return {
    en: `${key}: got ${got}; takes ${takes.en}.${nearest ? ` Did you mean ${nearest}?` : ''}`,
    ja: `${key}: 値は${IN_JAPANESE[got] ?? ` ${got} `}ですが、指定できるのは${takes.ja}です。${nearest ? `${nearest} のことですか？` : ''}`,
  };
}

export const NOTHING = 'nothing';
export const UNKNOWN_KEY = 'an unknown key';
export const HIDDEN = '(a secret, not shown)';

const IN_JAPANESE: Readonly<Record<string, string>> = {
  [NOTHING]: '空',
  [UNKNOWN_KEY]: '不明なキー',
  [HIDDEN]: '非表示（シークレット）',
};

const SHOWN = 60;

/** A value as an error shows it. What looks like a secret is not shown. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return NOTHING;
  const text = JSON.stringify(value);
  if (looksSecret(text)) return HIDDEN;
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

/** Slack's tokens, Google's access tokens and API keys, private keys. */
export function looksSecret(text: string): boolean {
  return /xox[a-z]-|xapp-|ya29\.|AIza[\w-]{30}|-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}

/** A key whose name says that its value is a secret. */
export function namesSecret(key: string): boolean {
  return /token|secret|passw|private|signing|credential|api_?key|plan_?key/i.test(key);
}
