/** The languages every user-facing text exists in. A text that lacks one does not compile. */
export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One sentence or label in every language. Values inside come from outside and are escaped by whoever renders it. */
export type Text = Readonly<Record<Language, string>>;

/** One text out of several, in every language. */
export function joinText(texts: readonly Text[], separator = ' '): Text {
  return { en: texts.map(text => text.en).join(separator), ja: texts.map(text => text.ja).join(separator.trim()) };
}
