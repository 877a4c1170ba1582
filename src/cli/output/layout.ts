/** Text on a grid of columns: width, padding, wrapping; East Asian characters take two. */

// Unicode Standard Annex 11: wide and fullwidth characters that our texts and names can hold.
const WIDE = /[ᄀ-ᅟ⺀-〾ぁ-㏿㐀-䶿一-鿿가-힣豈-﫿︰-﹏＀-｠￠-￦\u{1f300}-\u{1faff}]/u;

export function width(text: string): number {
  let columns = 0;
  for (const char of text) columns += WIDE.test(char) ? 2 : 1;
  return columns;
}

export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Lines of at most `columns`; words stay whole, but for those that are longer than a line. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap(line => wrapLine(line, Math.max(20, columns)));
}

/**
 * What stays on one line. Latin words hold together; East Asian text may break between any two characters, but no line begins
 * with what closes or ends with what opens (JIS X 4051).
 */
const PIECE =
  /\s+|[（「『]*(?:[^\s\u3000-\u9fff\uff00-\uffef]+|[\u3000-\u9fff\uff00-\uffef])[、。，．：；！？）」』々ー]*/gu;

function wrapLine(line: string, columns: number): string[] {
  const pieces = line.match(PIECE) ?? [];
  const lines: string[] = [];
  let current = '';
  for (const piece of pieces) {
    if (current !== '' && width(current) + width(piece.trimEnd()) > columns) {
      lines.push(current.trimEnd());
      current = piece.trim() === '' ? '' : piece;
    } else {
      current += piece;
    }
  }
  lines.push(current.trimEnd());
  return lines;
}

/** Text from outside without what could move the cursor, colour the screen, or hide. */
export function plain(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, '�');
}

/** A name and what is said about it, side by side; below each other where there is no room. Lines of at most `columns`. */
export function beside(name: string, nameColumns: number, says: string, columns: number): string[] {
  const room = columns - nameColumns;
  if (room < LEAST_ROOM) return [name, ...wrap(says, columns - INDENTED).map(line => ' '.repeat(INDENTED) + line)];
  const [first = '', ...rest] = wrap(says, room);
  return [pad(name, nameColumns) + first, ...rest.map(line => ' '.repeat(nameColumns) + line)];
}

/** Columns below which text beside something else can't be read any more. */
export const LEAST_ROOM = 28;
const INDENTED = 6;
