/** Undoes what shells, JSON, Go, Python, HTML, Slack and terminals do to a text, so that it reads as it was meant. */

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  amp: '&',
  nbsp: ' ',
  ldquo: '"',
  rdquo: '"',
  lsquo: "'",
  rsquo: "'",
  laquo: '"',
  raquo: '"',
};

/** ANSI colours and cursor moves, hyperlinks of terminals, zero-width and control characters, every kind of blank. */
export function plainCharacters(text: string): string {
  return text
    .replace(/\x1b\[[0-9;?]{0,32}[ -/]{0,4}[@-~]/g, '')
    .replace(/\x1b\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)/g, '')
    .replace(/(?:\\(?:x1b|u001b|033|e))\[[0-9;]{0,16}m/gi, '')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u00ad\ufeff]/g, '')
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n')
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]/g, ' ')
    .replace(/[\x00-\x09\x0b-\x1f\x7f]/g, '');
}

/** HTML entities (also doubly escaped), Slack's `<url|label>` and `<mailto:a|a>`. */
export function unescapeMarkup(text: string): string {
  return text
    .replace(/&amp;(?=(?:[a-z]{2,6}|#x?[0-9a-f]{1,6});)/gi, '&')
    .replace(/&([a-z]{2,6});/gi, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole)
    .replace(/&#(?:x([0-9a-f]{1,5})|(\d{1,6}));/gi, (whole, hex: string | undefined, decimal: string | undefined) =>
      character(Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16), whole),
    )
    .replace(/<(?:mailto:|tel:)[^|<>\n]{1,512}\|([^<>\n]{1,512})>/g, '$1')
    .replace(/<(https?:\/\/[^|<>\s]{1,2048})(?:\|[^<>\n]{0,512})?>/g, '$1')
    .replace(/<mailto:([^<>|\s]{1,512})>/g, '$1');
}

/** Escapes of Go, JSON, Python and shells, however many times they were escaped: `\\\"` is `"`, `\\n` is a line break. */
export function unescapeStrings(text: string): string {
  return text
    .replace(/\\{1,8}u00([0-7][0-9a-f])/gi, (whole, hex: string) => character(Number.parseInt(hex, 16), whole))
    .replace(/\\{1,8}x([2-7][0-9a-f])/gi, (whole, hex: string) => character(Number.parseInt(hex, 16), whole))
    .replace(/\\{1,16}(["'`/“”‘’«»])/g, '$1')
    .replace(/\\{1,16}[rn]/g, '\n')
    .replace(/\\{1,16}t(?![a-z]{3})/g, ' ');
}

function character(code: number, otherwise: string): string {
  return code >= 0x20 && code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}

/** Every kind of quote becomes `"`; an apostrophe inside a word stays. */
export function plainQuotes(text: string): string {
  return text
    .replace(/[“”„‟«»‹›〝〞＂`´「」『』]/g, '"')
    .replace(/[‘’‚‛′＇]/g, "'")
    .replace(/(?<![A-Za-z])'|'(?![A-Za-z])/g, '"')
    .replace(/(?<=[A-Za-z])'(?!(?:t|s|d|m|re|ll|ve)\b)/g, '"')
    .replace(/"{2,8}(?=\S)/g, '"');
}
