/**
 * The language in which recognisers say what an error must contain: words as a person reads them, not regular expressions.
 *
 *     must be logged in to the server    these words, whole, in this order
 *     (denied|does not have)             one of these
 *     the (old )?token                   a part that may be absent
 *     permission*                        a word that begins so; `*.svc.id.goog` one that ends so
 *     user … cannot                      up to 150 characters between
 *     <ip>                               a form of word, see `FORMS`
 *
 * Quotes, brackets, line breaks and the punctuation between words count for nothing, upper and lower case neither.
 */

/** One phrase, or several of which one is enough. */
export type Phrases = string | readonly string[];

const FORMS: Readonly<Record<string, string>> = {
  ip: String.raw`\d{1,3}(?:\.\d{1,3}){3}`,
  number: String.raw`\d{1,20}`,
  name: String.raw`[\w.-]{1,100}`,
  email: String.raw`[\w.+-]{1,64}@[\w.-]{3,100}`,
  guid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  // The two parts of a permission behind its service; the name of an API's host has the same form.
  permitted: String.raw`(?!googleapis)[a-z]{2,60}\.[a-z]{2,40}(?!\w)`,
};

/** What stands between words and inside of none. */
const BETWEEN_WORDS = /["'`\\*()[\]{}<>|=,;!?$^~&│┃•“”‘’«»「」『』、。（）：…]/g;
const APOSTROPHE = /(?<=[A-Za-z])['’](?=(?:t|s|d|m|re|ll|ve)(?![A-Za-z]))/gi;
/** Pages that explain errors: what their addresses say is not what happened. */
const DOCUMENTATION =
  /https?:\/\/(?:[\w-]{1,60}\.){0,3}(?:cloud\.google\.com|developers\.google\.com|console\.developers\.google\.com|support\.google\.com|kubernetes\.io|github\.com|istio\.io|stackoverflow\.com|readthedocs\.io|terraform\.io|microsoft\.com|aka\.ms)\/[^\s"'<>)]{0,2000}/gi;

/** A text as its words alone: lower case, one blank between. Phrases are looked for in this form. */
export function wordsOf(text: string): string {
  return text
    .replace(DOCUMENTATION, ' ')
    .replaceAll('[::1]', 'localhost')
    .replace(APOSTROPHE, '')
    .replace(/\(s\)/gi, '')
    .replace(BETWEEN_WORDS, ' ')
    .split(/\s+/)
    .map(trimmed)
    .filter(word => word !== '')
    .join(' ')
    .toLowerCase();
}

/** A word without the punctuation around it. */
function trimmed(word: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && '.:-+'.includes(word.charAt(start))) start += 1;
  while (end > start && '.:-/'.includes(word.charAt(end - 1))) end -= 1;
  return word.slice(start, end);
}

export interface Phrase {
  /** Words of which one must be in a text for the phrase to be in it; empty where that can't be told. Looking for them is cheap. */
  readonly needles: readonly string[];
  /** Finds the phrase in the words of a text. Global. */
  readonly pattern: RegExp;
}

/** Brackets, bars, blanks, gaps, stars, forms, and what is none of these. */
const TOKENS = /\(|\)\??|\||…|\*|<\w+>| |[^()|…*<> ]+/g;

/** @throws {Error} where the phrase names a form that doesn't exist. */
export function compilePhrase(source: string): Phrase {
  const tokens =
    source
      .toLowerCase()
      .replace(/\s*…\s*/g, '…')
      .match(TOKENS) ?? [];
  return { needles: needlesOf(source.toLowerCase()), pattern: new RegExp(patternOf(tokens), 'g') };
}

function patternOf(tokens: readonly string[]): string {
  // Whether a word goes on from what stands before: at this token, and where each open bracket began.
  let goesOn = false;
  const opened: boolean[] = [];
  return tokens
    .map((token, index) => {
      const before = goesOn;
      const after = tokens[index + 1];
      if (token === '(') opened.push(goesOn);
      else if (token === '|') goesOn = opened.at(-1) ?? false;
      else if (token.startsWith(')')) opened.pop();
      else goesOn = token !== ' ' && token !== '…';
      if (token === '…') return '.{0,150}?';
      // At either end of a phrase a star says only that the word may go on.
      if (token === '*') return index === 0 || after === undefined ? '' : '[^ ]{0,120}';
      if (token === '(') return '(?:';
      if (/^(?:\)\??|\|| )$/.test(token)) return token;
      return token.startsWith('<') ? formOf(token) : literal(token, before, endsWord(tokens, index));
    })
    .join('');
}

/** A literal at whose ends words begin and end, unless they go on. Behind a dot a name goes on; behind # it is a link's. */
function literal(token: string, goesOn: boolean, ends: boolean): string {
  const escaped = token.replace(/[.+^$\\[\]{}/-]/g, String.raw`\$&`);
  const start = /^\w/.test(token) && !goesOn ? String.raw`(?<![\w#.])` : '';
  return `${start}${escaped}${/\w$/.test(token) && ends ? String.raw`(?!\w)` : ''}`;
}

/** Whether the word ends behind this token: no star or form goes on with it, nor with the bracket that it stands in. */
function endsWord(tokens: readonly string[], index: number): boolean {
  let next = index + 1;
  while (tokens[next] === '|' || tokens[next]?.startsWith(')') === true) {
    // The other alternatives don't matter, only what stands behind their bracket.
    while (next < tokens.length && tokens[next]?.startsWith(')') !== true) next += 1;
    next += 1;
  }
  const after = tokens[next];
  return after !== '*' && after?.startsWith('<') !== true;
}

function formOf(token: string): string {
  const form = FORMS[token.slice(1, -1)];
  if (form === undefined) throw new Error(`unknown form ${token} in a phrase`);
  return `(?:${form})`;
}

/** Whether the phrase may be in the text. Cheap, and right where it says no. */
export const mayBeIn = ({ needles }: Phrase, text: string): boolean =>
  needles.length === 0 || needles.some(needle => text.includes(needle));

export function isIn(phrase: Phrase, text: string): boolean {
  if (!mayBeIn(phrase, text)) return false;
  phrase.pattern.lastIndex = 0;
  return phrase.pattern.test(text);
}

/** How many places of the phrases in one text are looked at. */
const PLACES = 20;

/** Where any of the phrases begins in the text. */
export function placesIn(phrases: readonly Phrase[], text: string): number[] {
  const places: number[] = [];
  for (const phrase of phrases) {
    if (!mayBeIn(phrase, text)) continue;
    const { pattern } = phrase;
    pattern.lastIndex = 0;
    for (let found = pattern.exec(text); found !== null && places.length < PLACES; found = pattern.exec(text)) {
      places.push(found.index);
      if (found[0] === '') pattern.lastIndex += 1;
    }
  }
  return places;
}

/** Words that decide cheaply whether a text can hold the phrase: the longest one outside of brackets, else one of each alternative. */
function needlesOf(source: string): string[] {
  const required = source.replace(/\([^()]*\)\?/g, ' ');
  const outside = longestWord(required.replace(/\([^()]*\)/g, ' '));
  const isNested = /\([^()]*\(/.test(required);
  if (outside !== '' && !isNested) return [outside];
  const group = isNested ? undefined : /\(([^()]*)\)/.exec(required)?.[1];
  const words = group?.split('|').map(longestWord) ?? [];
  return words.includes('') ? [] : words;
}

const longestWord = (text: string) =>
  text
    .split(/[ …*()|]+|<\w+>/)
    .filter(word => word.length >= 3)
    .reduce((longest, word) => (word.length > longest.length ? word : longest), '');
