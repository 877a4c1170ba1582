/**
 * Takes secrets out of a pasted text before anything else sees it: nothing that is stored, queued, logged or posted
 * holds what was here. Tokens and keys never reach Slack, logs, Redis or the audit log.
 */
import { type Family, suspected } from './secret-kind.ts';
import { CONTEXTUAL, PREFIXED } from './secrets.ts';

export interface Redaction {
  readonly text: string;
  /** How many secrets were taken out. */
  readonly redactions: number;
  /** Which kinds, each once, in the order of first sight. */
  readonly kinds: string[];
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

const MARK = /\[REDACTED:[a-z0-9-]{1,40}\]/;
const mark = (kind: string) => `[REDACTED:${kind}]`;

/** Text with every secret replaced by `[REDACTED:kind]`. Linear in the length; redacting twice changes nothing more. */
export function redact(text: string): Redaction {
  const spans = [...find(text, PREFIXED), ...find(text, CONTEXTUAL), ...findTorn(text)];
  return spans.length === 0 ? { text, redactions: 0, kinds: [] } : replace(text, merge(spans));
}

/** The same value with every string in it redacted, keys as they are; for what is logged or stored. Cycles are cut. */
export function redactDeep<T>(value: T): T;
export function redactDeep(value: unknown): unknown {
  return deep(value, new WeakSet());
}

/** Keys whose value is a secret whatever it looks like. */
const SECRET_KEY =
  /^(?:.*[_-])?(?:password|passwd|passphrase|authorization|cookie|set-cookie|secret|client[_-]?secret|private[_-]?key|(?:access|refresh|id|auth|session|bot|app)[_-]?token|token|api[_-]?key|x-goog-iam-authorization-token|client-key-data)$/i;

function deep(value: unknown, seen: WeakSet<object>): unknown {
  if (typeof value === 'string') return redact(value).text;
  if (value === null || typeof value !== 'object') return value;
  if (seen.has(value)) return '[circular]';
  seen.add(value);
  if (Array.isArray(value)) return value.map(item => deep(item, seen));
  if (value instanceof Error) return new Error(redact(value.message).text, { cause: deep(value.cause, seen) });
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      typeof item === 'string' && item !== '' && SECRET_KEY.test(key) && !MARK.test(item)
        ? [key, mark('secret')]
        : [key, deep(item, seen)],
    ),
  );
}

function find(text: string, family: Family): Span[] {
  const spans: Span[] = [];
  for (const { kind, pattern, only } of suspected(family, text)) {
    for (const match of text.matchAll(pattern)) {
      const secret = match.groups?.secret ?? match[0];
      const start = match.index + (secret === match[0] ? 0 : match[0].lastIndexOf(secret));
      if (touchesMark(text, start, secret) || (only !== undefined && !only(secret))) continue;
      spans.push({ start, end: start + secret.length, kind });
    }
  }
  return spans;
}

/** Tokens that line breaks tore apart; where there is no break, `find` has seen all. */
function findTorn(text: string): Span[] {
  if (!BREAK.test(text)) return [];
  const spans = find(text.replace(GAP, ''), PREFIXED);
  if (spans.length === 0) return [];
  const origins = originsWithoutGaps(text);
  return spans.flatMap(span => originalSpan(span, origins, text));
}

/** What an earlier redaction put there is no secret. */
function touchesMark(text: string, start: number, secret: string): boolean {
  if (MARK.test(secret)) return true;
  const before = text.slice(Math.max(0, start - 60), start + secret.length);
  const open = before.lastIndexOf('[REDACTED:');
  return open >= 0 && !before.slice(open, Math.max(open, before.length - secret.length)).includes(']');
}

/** Overlapping spans become one, named after the one that starts first. */
function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start < last.end)
      merged[merged.length - 1] = { ...last, end: Math.max(last.end, span.end) };
    else merged.push(span);
  }
  return merged;
}

function replace(text: string, spans: readonly Span[]): Redaction {
  const parts: string[] = [];
  const kinds = new Set<string>();
  let at = 0;
  for (const { start, end, kind } of spans) {
    parts.push(text.slice(at, start), mark(kind));
    kinds.add(kind);
    at = end;
  }
  parts.push(text.slice(at));
  return { text: parts.join(''), redactions: spans.length, kinds: [...kinds] };
}

/** A line break and what terminals and quoting put around it: without them, a token torn apart is whole again. */
const GAP = /(?:\\{1,8}[rn]|(?:[ \t]{1,8}[│┃|\\]?|[│┃|\\])?\r?\n)[ \t│┃|>]{0,12}/g;
/** What every gap has. */
const BREAK = /\n|\\[rn]/;

/** For each character of the text without its gaps, where it was in the text. */
function originsWithoutGaps(text: string): Uint32Array {
  const origins = new Uint32Array(text.length);
  let length = 0;
  let at = 0;
  const keep = (end: number) => {
    for (let index = at; index < end; index += 1) origins[length++] = index;
  };
  for (const gap of text.matchAll(GAP)) {
    keep(gap.index);
    at = gap.index + gap[0].length;
  }
  keep(text.length);
  return origins;
}

/** A short piece after a line break that reads like a word is the next sentence, not the rest of the token. */
const READS_AS_WORD = /^[\\"'(]?(?:[A-Za-z][a-z]{0,14}|[A-Z]{2,14})(?![\w-]*[\d_-])(?!\.[\w-]{6})/;

/** Maps a span of the text without breaks back; nothing where it didn't cross a break, and no further than the token. */
function originalSpan(span: Span, origins: Uint32Array, text: string): Span[] {
  let last = span.start;
  let crossed = false;
  for (let index = span.start + 1; index < span.end; index += 1) {
    const here = origins[index] ?? 0;
    if (here === (origins[index - 1] ?? 0) + 1) {
      last = index;
      continue;
    }
    const piece = text.slice(here, here + span.end - index);
    if (READS_AS_WORD.test(piece.slice(0, 24)) && index - span.start >= 20) break;
    crossed = true;
    last = index;
  }
  if (!crossed) return [];
  return [{ start: origins[span.start] ?? 0, end: (origins[last] ?? 0) + 1, kind: span.kind }];
}
