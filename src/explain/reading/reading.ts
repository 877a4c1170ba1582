/** Reads a paste as it was meant: what each part of it is, and the messages of its errors. */
import { wordsOf } from '../phrases.ts';
import { plainCharacters, plainQuotes, unescapeMarkup, unescapeStrings } from './characters.ts';
import { hasFailure } from './failures.ts';
import { unwrapJson } from './json.ts';
import { continuesMessage } from './line-kinds.ts';
import { isMarked, type Line, linesOf } from './lines.ts';
import { type Segment, type SegmentKind, segmentsOf } from './segments.ts';
import { joinTorn } from './torn-lines.ts';

/** Words of a text in the two ways in which a line break can be meant. */
export interface Words {
  /** A line break separates two words. */
  readonly apart: string;
  /** A line break stands within a word. */
  readonly torn: string;
}

/** One thing that an error says: a log record, an exception, an answer of an API with its details. */
export interface Message extends Words {
  /** As it stands: one kind of quotes, torn words whole. */
  readonly text: string;
  /** When it was written, in seconds; see `Line`. */
  readonly at?: number;
}

export interface Part {
  readonly kind: SegmentKind;
  readonly text: string;
  /** Of error evidence alone. */
  readonly message?: Message;
}

export interface Reading {
  /** In order: each message of an error, and each segment of another kind. */
  readonly parts: readonly Part[];
  /** When the first line with a time was written that doesn't fail, in seconds. */
  readonly startedAt?: number;
}

export function read(paste: string): Reading {
  const unwrapped = unwrapJson(unescapeMarkup(plainCharacters(paste)));
  // A shell's line goes on behind a backslash.
  const unescaped = unescapeStrings(unwrapped).replace(/ ?\\\n[ ]{0,80}/g, ' ');
  const joined = joinTorn(linesOf(unwrapJson(unescaped)));
  const lines = joined.map(line => ({ ...line, text: plainQuotes(line.text) }));
  const startedAt = lines.find(({ at, text }) => at !== undefined && !hasFailure(text))?.at;
  return { parts: segmentsOf(lines).flatMap(partsOf), ...(startedAt !== undefined && { startedAt }) };
}

function partsOf({ kind, lines }: Segment): Part[] {
  if (kind !== 'error') return [{ kind, text: textOf(lines) }];
  return messagesOf(lines).map(message => ({ kind, text: message.text, message }));
}

const unmarked = (text: string) => (isMarked(text) ? text.slice(1) : text);
const textOf = (lines: readonly Line[]) => lines.map(({ text }) => unmarked(text)).join('\n');

/** When the last line was written that fails. */
function timeOf(lines: readonly Line[]): { at?: number } {
  const at = lines.findLast(line => line.at !== undefined && hasFailure(line.text))?.at;
  return at === undefined ? {} : { at };
}

/** Longer messages are read in pieces, so that what stands far apart is not taken together. */
const MESSAGE_LIMIT = 3_000;

function messagesOf(lines: readonly Line[]): Message[] {
  const groups: Line[][] = [];
  let length = 0;
  lines.forEach((line, index) => {
    if (line.text === '') return;
    const open = groups.at(-1);
    length += line.text.length;
    if (open === undefined || length > MESSAGE_LIMIT || beginsMessage(line, lines[index - 1])) {
      groups.push([line]);
      length = line.text.length;
    } else open.push(line);
  });
  return groups.map(group => ({ text: textOf(group), ...wordsOfLines(group), ...timeOf(group) }));
}

/** A line that begins another message, whatever came before it. */
const BEGINS =
  /^(?:error from server|error|warning|warn|fatal|panic|critical|traceback|exception)(?::|\[| \()|^(?:level|time|ts)=/i;

function beginsMessage(line: Line, before: Line | undefined): boolean {
  if (line.begins || BEGINS.test(line.text)) return true;
  return before?.text === '' && !before.isBoxed && !continuesMessage(line.text);
}

function wordsOfLines(lines: readonly Line[]): Words {
  const apart = wordsOf(textOf(lines));
  if (lines.length === 1) return { apart, torn: apart };
  const torn = lines.map(({ text, isSpaced }, index) =>
    isSpaced && index > 0 ? ` ${unmarked(text)}` : unmarked(text),
  );
  return { apart, torn: wordsOf(torn.join('')) };
}
