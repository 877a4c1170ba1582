/** The languages every user-facing text exists in. A text that lacks one does not compile. */
export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One sentence or label in every language. Values inside come from outside and are escaped by whoever renders it. */
export type Text = Readonly<Record<Language, string>>;
