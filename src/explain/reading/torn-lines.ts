/** Puts together what line breaks tore apart: terminals, boxes and chats wrap in the middle of words and names. */
import { kindOfLine } from './line-kinds.ts';
import { isMarked, type Line } from './lines.ts';
import { VOCABULARY } from './vocabulary.ts';

/** The lines with every word and name whole again that a line break tore, and without the blanks around them. */
export function joinTorn(lines: readonly Line[]): Line[] {
  const widest = lines.reduce((width, { text }) => Math.max(width, text.length), 0);
  // Several lines of exactly the greatest length: something wrapped the text at that column.
  const full = new Set(lines.slice(0, -1).flatMap(({ text }) => (text.length === widest ? [text] : [])));
  const isWrapped = widest >= 40 && full.size > 1;
  const joined: Line[] = [];
  let previous = '';
  for (const line of lines) {
    const trimmed = line.text.trimEnd();
    if (trimmed !== '' && !line.begins && !isMarked(trimmed)) {
      const last = joined.findLastIndex(({ text }) => text !== '');
      const before = joined[last];
      const isTornHere = (): boolean => {
        if (before === undefined || isMarked(before.text) || areRows(previous, trimmed)) return false;
        if (previous.trim() === '') return last >= joined.length - 4 && isHalved(before.text, trimmed);
        if (isWrapped && previous.length === widest) return !/\s$/.test(previous) && !/^\s/.test(trimmed);
        // What was typed ends with its line.
        return isTorn(previous.trimEnd(), trimmed, widest) && kindOfLine(before.text) !== 'command';
      };
      if (before !== undefined && isTornHere()) {
        joined.length = last + 1;
        joined[last] = { ...before, text: before.text + trimmed.trimStart() };
        previous = line.text;
        continue;
      }
    }
    joined.push({ ...line, text: line.text.trim() });
    previous = line.text;
  }
  return joined;
}

/** Two fields of a configuration, or two rows of a table: they end where they end. */
const areRows = (before: string, after: string) =>
  (FIELD.test(before) && FIELD.test(after)) || (COLUMNS.test(before) && COLUMNS.test(after));
const FIELD = /^[ ]{0,80}(?:- )?["']?[\w./-]{1,80}["']?(?:: | ?= ?)\S{1,300}$|^[ ]{0,80}(?:- )?[\w./-]{1,80}:$/;
const COLUMNS = /\S {2,40}\S.{0,200}\S {2,40}\S/;

const isWord = (word: string) => VOCABULARY.has(word.toLowerCase());

/** Two halves that make a word together and are none apart: also an empty line between them is a tear. */
function isHalved(before: string, after: string): boolean {
  const left = /(?<![\w./@:=#-])[A-Za-z]+$/.exec(before.slice(-64))?.[0] ?? '';
  const right = /^[A-Za-z]+(?![\w./@:=#-])/.exec(after.slice(0, 64))?.[0] ?? '';
  return left !== '' && right !== '' && !isWord(left) && !isWord(right) && isWord(left + right);
}

/** What may be the first, and the second, half of a torn word or name. */
const LEFT = /[\w./@:=#[\]-]{1,256}$/;
const RIGHT = /^[\w./@:=#\]-]{1,256}/;

/** Whether the line break stands within a word or a name. `widest`: the length of the longest line. */
function isTorn(before: string, after: string, widest: number): boolean {
  const left = LEFT.exec(before.slice(-256))?.[0] ?? '';
  const right = RIGHT.exec(after)?.[0] ?? '';
  if (left === '' || right === '') return false;
  // The name of a kubectl context is an answer of its own; a log record begins with its level and date.
  if (/^gke_[a-z]|^[IWEF]\d{4}(?!\w)/.test(right)) return false;
  if (/^(?:--\w|-$|https?:)/.test(right)) return /[/@]$/.test(left);
  if (/^\.\w/.test(right)) return true;
  if (/^-\w/.test(right)) return /[\d@/.]/.test(right) || /[/@._-]/.test(left);
  const leftWord = /[A-Za-z']+$/.exec(left)?.[0] ?? '';
  const rightWord = /^[A-Za-z']+/.exec(right)?.[0] ?? '';
  const isPath = /[/@_-]|\w\.\w|\d/.test(left);
  if (/[/@_-]$/.test(left) && left.length > 1) return !/^[A-Z][a-z]/.test(right) || left.includes('/');
  if (/^[/@._-]/.test(right)) return isPath || /[/@]/.test(right);
  if (/[:=.\]#]$/.test(left)) return false;
  const isWholeLeft = leftWord === left;
  const isWholeRight = rightWord === right.replace(/[.:]+$/, '');
  if (isWholeLeft && isWholeRight) {
    if (isWord(leftWord) && isWord(rightWord)) return isWord(leftWord + rightWord) && leftWord.length < 3;
    if (isWord(leftWord + rightWord)) return true;
    if (isWord(leftWord) || isWord(rightWord) || /^[A-Z]/.test(right)) return false;
    return before.length >= widest * 0.8 && before.length > 40;
  }
  if (isWholeLeft && isWord(leftWord)) return false;
  if (isWholeRight && (isWord(rightWord) || /^[A-Z][a-z]/.test(right))) return false;
  return isPath || /[/@]|\w\.\w/.test(right);
}
