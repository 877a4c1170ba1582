/**
 * How a kind of secret is found. Each pattern is put together around a part that every match has and few texts have, its
 * sign; one look for all signs of a family settles most texts, and no pattern has to run.
 */

export interface Pattern {
  /** Global. The secret is the group `secret`; without that group, the whole match. */
  readonly pattern: RegExp;
  /** Not global, its flags else those of `pattern`. A text in which it finds nothing holds no match of `pattern`. */
  readonly sign: RegExp;
  /** Whether the sign is found at word boundaries only. */
  readonly atWord: boolean;
}

export interface SecretKind extends Pattern {
  readonly kind: string;
  /** Further proof that what was matched is a secret and not a word. */
  readonly only?: (secret: string) => boolean;
}

/** Kinds that are looked for together. */
export interface Family {
  readonly kinds: readonly SecretKind[];
  /** Their signs, all in a few expressions. A text in which none of these finds anything holds no match of any kind. */
  readonly signs: readonly RegExp[];
}

/**
 * The pattern `before` + `sign` + `after`, with the flags of all three. What it matches contains what the sign matches, at
 * the same place of the same text: the sign is a part of it, neither optional nor one of several.
 */
export function around(before: RegExp, sign: RegExp, after: RegExp): Pattern {
  return signed([before, sign, after], sign.source);
}

/** The pattern `sign` + `after`: as `around`, for what begins with its sign. */
export function from(sign: RegExp, after: RegExp): Pattern {
  return signed([sign, after], sign.source);
}

/** The pattern `sign` + `after`, from a word boundary on. */
export function word(sign: RegExp, after: RegExp): Pattern {
  return { ...signed([/\b/, sign, after], String.raw`\b(?:${sign.source})`), atWord: true };
}

/**
 * The pattern `key` + `sign` + `value`. Keys are many, and what stands between them and a value, for example `=`, is rare:
 * that is looked for, and the key from there backwards.
 */
export function assigned(key: RegExp, sign: RegExp, value: RegExp): Pattern {
  return signed([key, sign, value], `(?:${sign.source})(?<=(?:${key.source})(?:${sign.source}))`);
}

function signed(parts: readonly RegExp[], sign: string): Pattern {
  const flags = [...new Set(parts.flatMap(part => [...part.flags]))].sort().join('');
  return {
    pattern: new RegExp(parts.map(part => `(?:${part.source})`).join(''), `${flags}g`),
    sign: new RegExp(sign, flags),
    atWord: false,
  };
}

/** Kinds, with what tells at once that a text has none of them. */
export function family(kinds: readonly SecretKind[]): Family {
  // Signs of the same flags in one expression; those at word boundaries apart, for the engine steps from one to the next.
  const groups = Map.groupBy(kinds, ({ sign, atWord }) => `${sign.flags} ${atWord}`);
  return { kinds, signs: [...groups.values()].map(anyOf) };
}

function anyOf(kinds: readonly SecretKind[]): RegExp {
  const signs = [...new Set(kinds.map(({ sign }) => `(?:${sign.source})`))].join('|');
  return new RegExp(kinds.every(({ atWord }) => atWord) ? String.raw`\b(?:${signs})` : signs, kinds[0]?.sign.flags);
}

const NONE: readonly SecretKind[] = [];

/** The kinds of which the text may hold a secret, in their order; of every other kind it holds none. */
export function suspected({ kinds, signs }: Family, text: string): readonly SecretKind[] {
  return signs.some(any => any.test(text)) ? kinds.filter(({ sign }) => sign.test(text)) : NONE;
}
