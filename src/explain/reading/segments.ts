/** A paste as segments, each with what it is. Only error evidence can tell a problem; all else gives names and context. */
import { continuesMessage, isAnchor, kindOfLine, type LineKind } from './line-kinds.ts';
import { type Line, MARKS } from './lines.ts';

export type SegmentKind = 'error' | 'configuration' | 'command' | 'output' | 'prose';

export interface Segment {
  readonly kind: SegmentKind;
  /** Empty lines between the others are among them; they may separate two messages. */
  readonly lines: readonly Line[];
}

export function segmentsOf(lines: readonly Line[]): Segment[] {
  const kinds = kindsOf(lines);
  const segments: { readonly kind: SegmentKind; readonly lines: Line[] }[] = [];
  lines.forEach((line, index) => {
    const kind = kinds[index];
    const open = segments.at(-1);
    if (kind === undefined || open?.kind === kind) open?.lines.push(line);
    else segments.push({ kind, lines: [line] });
  });
  return segments;
}

/** A line told from JSON says what it is; any other has a form. */
type Form = LineKind | 'told';

const TOLD: Readonly<Record<string, SegmentKind>> = {
  [MARKS.error]: 'error',
  [MARKS.configuration]: 'configuration',
  [MARKS.output]: 'output',
};

/** What the form of a line alone decides; nothing for empty lines, and for what its neighbours decide. */
const CERTAIN: Readonly<Partial<Record<Form, SegmentKind>>> = {
  command: 'command',
  row: 'output',
  success: 'output',
  failure: 'error',
  report: 'error',
  comment: 'prose',
};

function kindsOf(lines: readonly Line[]): (SegmentKind | undefined)[] {
  const forms = lines.map(({ text }): Form => (TOLD[text.charAt(0)] === undefined ? kindOfLine(text) : 'told'));
  const kinds = lines.map(({ text }, index) => TOLD[text.charAt(0)] ?? CERTAIN[forms[index] ?? 'blank']);
  for (const [start, end] of writtenRuns(forms))
    for (const [index, kind] of settledRun(lines.slice(start, end), forms.slice(start, end)).entries())
      kinds[start + index] = kind;
  for (const [start, end] of paragraphs(forms, lines)) {
    const kind = kinds.slice(start, end).includes('error') ? 'error' : 'prose';
    for (let index = start; index < end; index += 1) if (forms[index] !== 'blank') kinds[index] ??= kind;
  }
  return kinds;
}

/** The first line, and the one behind the last. */
type Range = readonly [start: number, end: number];

/** Lines that have the form of a configuration, with empty lines, comments and continued values between them. */
function writtenRuns(forms: readonly Form[]): Range[] {
  const runs: Range[] = [];
  let start = -1;
  let end = -1;
  forms.forEach((form, index) => {
    const isWritten = form === 'configuration' || form === 'detail' || form === 'report';
    const isContinued = form === 'text' && index === end && forms[index - 1] === 'configuration';
    if (start >= 0 && !isWritten && !isContinued && form !== 'blank' && form !== 'comment') {
      runs.push([start, end]);
      start = -1;
    }
    if (isWritten && start < 0) start = index;
    if (start >= 0 && (isWritten || isContinued)) end = index + 1;
  });
  if (start >= 0) runs.push([start, end]);
  return runs;
}

/** Of such a run: what somebody wrote is configuration, what an API reports of an error is evidence. */
function settledRun(lines: readonly Line[], forms: readonly Form[]): (SegmentKind | undefined)[] {
  const isErrorDetails = lines.some(({ text }) => /type\.googleapis\.com\/google\.rpc/i.test(text));
  const isManifest = lines.some(({ text }) => isAnchor(text));
  return forms.map(form => {
    if (form === 'blank') return undefined;
    if (isErrorDetails || form === 'report') return 'error';
    // A field that errors have too belongs to the error beside it, unless a manifest says what it is.
    return form === 'detail' && !isManifest ? undefined : 'configuration';
  });
}

/** Lines without an empty one between them, or with one that separates nothing. */
function paragraphs(forms: readonly Form[], lines: readonly Line[]): Range[] {
  const found: Range[] = [];
  let start = 0;
  forms.forEach((form, index) => {
    if (form !== 'blank') return;
    const next = lines[index + 1];
    if (index > start && next !== undefined && (lines[index]?.isBoxed === true || continuesMessage(next.text))) return;
    if (index > start) found.push([start, index]);
    start = index + 1;
  });
  if (forms.length > start) found.push([start, forms.length]);
  return found;
}
