/** Help as text. Loads texts only: it has to be quick. */
import type { Language } from '../../contracts/text.ts';
import { helpText, optionHelp, verbHelp } from '../../locales/help.ts';
import { beside } from '../output/layout.ts';

const TEXT = {
  verbs: { en: 'Verbs', ja: '動詞' },
  options: { en: 'Options', ja: 'オプション' },
  exit: {
    en: 'Exit codes: 0 nothing fails, 1 something fails, 2 wrong usage, 3 could not run.',
    ja: '終了コード: 0 失敗なし、1 失敗あり、2 使い方の誤り、3 実行できず。',
  },
} as const;

/** Whoever reads from a pipe wraps as they like. */
const entry = (usage: string, what: string) => beside(`  ${usage}`, 38, what, process.stdout.columns ?? Infinity);

/** All verbs, a line each. */
export function overview(language: Language): string {
  const verbs = Object.values(verbHelp).flatMap(({ usage, what }) => entry(usage, what[language]));
  const options = Object.values(optionHelp).flatMap(({ usage, what }) => entry(usage, what[language]));
  return `${[
    helpText.title[language],
    '',
    `${TEXT.verbs[language]}:`,
    ...verbs,
    '',
    `${TEXT.options[language]}:`,
    ...options,
    '',
    `${helpText.example[language]}  gke-auth ${verbHelp.diagnose.example}`,
    TEXT.exit[language],
  ].join('\n')}\n`;
}

/** One verb with its options. */
export function verbPage(
  verb: keyof typeof verbHelp,
  options: readonly (keyof typeof optionHelp)[],
  language: Language,
): string {
  const { usage, what, example } = verbHelp[verb];
  return `${[
    `gke-auth ${usage}`,
    `  ${what[language]}`,
    '',
    ...options.flatMap(option => entry(optionHelp[option].usage, optionHelp[option].what[language])),
    '',
    `${helpText.example[language]}  gke-auth ${example}`,
  ].join('\n')}\n`;
}
