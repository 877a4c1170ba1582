/** How much of a paste is read. Longer ones keep their beginning and their end: errors stand in one of the two. */

/** In characters. */
export const READ_LIMIT = 128 * 1024;
/** How far from the cut a place between two words is looked for. */
const MARGIN = 4 * 1024;

export interface Cut {
  readonly text: string;
  /** How many characters in the middle were left out. */
  readonly unread: number;
}

/** Never cuts through a word, nor through the lines of a key: half a secret would not be known as one. */
export function cut(text: string): Cut {
  if (text.length <= READ_LIMIT) return { text, unread: 0 };
  const first = text.slice(0, READ_LIMIT / 2);
  const last = text.slice(-READ_LIMIT / 2);
  const kept = [first.slice(0, endOfWords(first)), withoutKey(last.slice(startOfWords(last)))];
  return { text: kept.join('\n\n'), unread: text.length - kept.reduce((sum, part) => sum + part.length, 0) };
}

function endOfWords(text: string): number {
  const blank = text.slice(-MARGIN).search(/\s\S*$/);
  return blank < 0 ? text.length - MARGIN : text.length - MARGIN + blank;
}

function startOfWords(text: string): number {
  const blank = text.slice(0, MARGIN).search(/\s/);
  return blank < 0 ? MARGIN : blank + 1;
}

/** Without the lines at its beginning that can be the rest of a key. */
const withoutKey = (text: string) => text.replace(/^(?:[ \t│|>]{0,12}[A-Za-z0-9+/=]{20,200}\r?\n){1,400}/, '');
