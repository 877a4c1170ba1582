/**
 * Reads a paste as it was meant. People paste with prompts, timestamps, log prefixes, boxes drawn by Terraform, quotes of
 * five kinds, JSON in JSON, escapes, colours, and line breaks in the middle of words (issue "Explain", 1).
 */
import { plainCharacters, unescapeMarkup, unescapeStrings } from './unescape.ts';
import { WORDS } from './words.ts';

/** How much of a paste is read, in characters: its first and its last half where it is longer. */
export const READ_LIMIT = 64 * 1024;

export interface Reading {
  /** One line per thing said; quotes are `"`, broken words are whole. Entities are read from it. */
  readonly lines: string;
  /**
   * `lines` without blanks, quotes and decoration: what recognisers match, so that no line break or quoting can hide a
   * phrase. Only a line that begins another message keeps its break.
   */
  readonly tight: string;
  /** For each character of `tight`, its place in `lines`. */
  readonly origin: Uint32Array;
}

export function normalize(text: string): Reading {
  const plain = unescapeStrings(unescapeMarkup(plainCharacters(capped(text))));
  const lines = quotes(joined(plain.split('\n').map(withoutPrefix)));
  return { lines, ...tighten(lines) };
}

function capped(text: string): string {
  if (text.length <= READ_LIMIT) return text;
  return `${text.slice(0, READ_LIMIT / 2)}\n${text.slice(-READ_LIMIT / 2)}`;
}

/** What terminals, log collectors, CI systems and chat put before a line. */
const PREFIXES: readonly RegExp[] = [
  /^[ ]*[│╷╵┃╎║▌|>]+ ?/,
  /^[ ]*[╭╰┌└├]─*[ ]?/,
  /^```\w{0,12}/,
  /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?\]?:?[ ]?/,
  /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?[ ]?/,
  /^\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?[ ]/,
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,64}(?: [\w./-]{1,64}(?:\[\d{1,8}\])?:)?[ ]/,
  /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{1,9} +\d+ (?=[\w.-]{1,80}:\d+\])/,
  /^Step #\d{1,3}(?: - "[^"]{0,80}")?:[ ]?/,
  /^##\[(?:error|warning|debug|group|endgroup|command)\]/,
  /^::(?:error|warning|debug|notice)[^:\n]{0,200}::/,
  /^\[(?:info|warn|warning|error|fatal|debug|trace|main|stderr|stdout|pod\/[\w./-]{1,80})\]:? /i,
  /^[\w.-]{1,60}[ ]{1,20}\| /,
  /^\[(?:0|1|2)m/,
];

function withoutPrefix(line: string): string {
  let rest = line;
  for (let round = 0; round < 4; round += 1) {
    const before = rest;
    for (const prefix of PREFIXES) rest = rest.replace(prefix, '');
    if (rest === before) break;
  }
  const bare = rest.trimEnd();
  if (/[│┃║]$/.test(bare)) return bare.slice(0, -1);
  return bare.endsWith('```') ? bare.slice(0, -3) : rest;
}

/** Puts the lines together: a word or a name that a line break tore apart becomes whole, all else stays a line. */
function joined(lines: readonly string[]): string {
  const widest = lines.reduce((width, line) => Math.max(width, line.length), 0);
  // Several lines of exactly the greatest length: something wrapped the text at that column.
  const isWrapped = widest >= 40 && new Set(lines.slice(0, -1).filter(line => line.length === widest)).size > 1;
  let text = '';
  let previous = '';
  for (const line of lines) {
    const trimmed = line.trimEnd();
    if (text === '') text = trimmed.trimStart();
    else if (trimmed === '') text += '\n';
    else if (previous.trim() === '' && isHalved(text.trimEnd(), trimmed)) text = text.trimEnd() + trimmed;
    else if (
      isWrapped && previous.length === widest
        ? !/\s$/.test(previous) && !/^\s/.test(line)
        : isTorn(previous.trimEnd(), trimmed, widest)
    )
      text += trimmed;
    else text += `\n${trimmed.trimStart()}`;
    previous = line;
  }
  return text.replace(/ ?\\\n/g, ' ');
}

/** Two halves that make a word together and are none apart: also an empty line between them is a tear. */
function isHalved(before: string, after: string): boolean {
  const left = /(?<![\w./@:=#-])[A-Za-z]+$/.exec(before.slice(-64))?.[0] ?? '';
  const right = /^[A-Za-z]+(?![\w./@:=#-])/.exec(after.slice(0, 64))?.[0] ?? '';
  const isWord = (word: string) => WORDS.has(word.toLowerCase());
  return left !== '' && right !== '' && !isWord(left) && !isWord(right) && isWord(left + right);
}

const LEFT = /[\w./@:=#[\]-]{1,256}$/;
const RIGHT = /^[\w./@:=#\]-]{1,256}/;

function isTorn(before: string, after: string, widest: number): boolean {
  const left = LEFT.exec(before.slice(-256))?.[0] ?? '';
  const right = RIGHT.exec(after)?.[0] ?? '';
  if (left === '' || right === '') return false;
  // The name of a kubectl context is an answer of its own.
  if (/^gke_[a-z]/.test(right)) return false;
  if (/^(?:--\w|-$|https?:)/.test(right)) return /[/@]$/.test(left);
  if (/^\.\w/.test(right)) return true;
  if (/^-\w/.test(right)) return /[\d@/.]/.test(right) || /[/@._-]/.test(left);
  const leftWord = /[A-Za-z']+$/.exec(left)?.[0] ?? '';
  const rightWord = /^[A-Za-z']+/.exec(right)?.[0] ?? '';
  const isWord = (word: string) => WORDS.has(word.toLowerCase());
  const isPath = /[/@_-]|\w\.\w|\d/.test(left);
  if (/[/@_-]$/.test(left) && left.length > 1) return !/^[A-Z][a-z]/.test(right) || left.includes('/');
  if (/^[/@._-]/.test(right)) return isPath || /[/@]/.test(right);
  if (/[:=.\]#]$/.test(left)) return false;
  const wholeLeft = leftWord === left;
  const wholeRight = rightWord === right.replace(/[.:]+$/, '');
  if (wholeLeft && wholeRight) {
    if (isWord(leftWord) && isWord(rightWord)) return isWord(leftWord + rightWord) && leftWord.length < 3;
    if (isWord(leftWord + rightWord)) return true;
    if (isWord(leftWord) || isWord(rightWord) || /^[A-Z]/.test(right)) return false;
    return before.length >= widest * 0.8 && before.length > 40;
  }
  if (wholeLeft && isWord(leftWord)) return false;
  if (wholeRight && (isWord(rightWord) || /^[A-Z][a-z]/.test(right))) return false;
  return isPath || /[/@]|\w\.\w/.test(right);
}

/** Every kind of quote becomes `"`; an apostrophe inside a word stays. */
function quotes(text: string): string {
  return text
    .replace(/[“”„‟«»‹›〝〞＂`´「」『』]/g, '"')
    .replace(/[‘’‚‛′＇]/g, "'")
    .replace(/(?<![A-Za-z])'|'(?![A-Za-z])/g, '"')
    .replace(/(?<=[A-Za-z])'(?!(?:t|s|d|m|re|ll|ve)\b)/g, '"')
    .replace(/"{2,8}(?=\S)/g, '"');
}

const DROPPED = /[\s"'\\*│┃╷╵╭╰─╎║▌•]/;

/** A line that begins another message, or an empty one: a phrase may cross any line break but these. */
const NEW_MESSAGE =
  /\n(?=\n(?!with |on |\{)|(?:error|warning|warn|fatal|panic|critical|traceback)(?::|\[| \()|level=|time=|\{"|[\w.@~:/ -]{0,60}[$#] (?:gcloud|kubectl|helm|terraform|curl|make|aws|az) )/iy;

function startsMessage(lines: string, index: number): boolean {
  NEW_MESSAGE.lastIndex = index;
  return NEW_MESSAGE.test(lines);
}

function tighten(lines: string): Pick<Reading, 'tight' | 'origin'> {
  const origin = new Uint32Array(lines.length + 1);
  let tight = '';
  for (let index = 0; index < lines.length; index += 1) {
    const char = lines.charAt(index);
    if (DROPPED.test(char) && !(char === '\n' && startsMessage(lines, index))) continue;
    origin[tight.length] = index;
    tight += char;
  }
  origin[tight.length] = lines.length;
  return { tight, origin };
}
