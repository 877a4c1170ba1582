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

/** The candidate closest to a word, or undefined where none is close (more than a third of the word would change). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map(candidate => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (!best) return undefined;
  return best.distance <= Math.max(2, Math.ceil(word.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein's distance: insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
