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

function wrapLine(line: string, columns: number): string[] {
  // Latin words hold together; East Asian text may break between any two characters.
  const pieces = line.match(/\s+|[^\s\u3000-\u9fff\uff00-\uffef]+|[\u3000-\u9fff\uff00-\uffef]/gu) ?? [];
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
