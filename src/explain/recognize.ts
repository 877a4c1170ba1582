/** From a pasted text to the problems it names, best first. Pure: no clock, no network. */
import { type Entities, KNOWN, type Match, type ProblemId } from '../contracts/explanation.ts';
import { type Context, contextOf } from './context.ts';
import { extract } from './entities.ts';
import { normalize, type Reading } from './normalize.ts';
import type { Recognizer } from './recognizer.ts';
import { RECOGNIZERS } from './recognizers/index.ts';
import { redact } from './redact.ts';

export interface Recognition {
  /** Best first, each with a confidence of at least 0.5; empty where the text is none of the problems. */
  readonly matches: Match[];
  /** How many secrets the text held. */
  readonly redactions: number;
  /** The text without them: the only form in which it may be stored, logged or shown. */
  readonly redacted: string;
}

/** Recognises a paste. Reads its first and last 32 Ki characters where it is longer (`READ_LIMIT`); redacts all of it. */
export function explainText(text: string): Recognition {
  const { text: redacted, redactions } = redact(text);
  const reading = normalize(redacted);
  const found = recognized(reading, contextOf(everyWay(reading.lines, reading.tight)));
  return { matches: ranked(found).map(hit => toMatch(hit, reading)), redactions, redacted };
}

/** Words are looked for as they stand, without blanks, and across line breaks: whatever tore them, one of the three is whole. */
const everyWay = (lines: string, tight: string) => `${lines}\n${tight}\n${lines.replaceAll('\n', '')}`;

interface Hit {
  readonly recognizer: Recognizer;
  /** Where the error begins, and ends, in the lines of the reading. */
  readonly start: number;
  readonly end: number;
}

function recognized(reading: Reading, context: Context): Hit[] {
  const hits = new Map<ProblemId, Hit>();
  for (const recognizer of RECOGNIZERS) {
    const known = hits.get(recognizer.problem);
    if (known !== undefined && known.recognizer.confidence >= recognizer.confidence) continue;
    const match = firstMatch(recognizer.signs, reading.tight);
    if (match === undefined) continue;
    const hit = {
      recognizer,
      start: reading.origin[match.index] ?? 0,
      end: reading.origin[match.index + match[0].length] ?? reading.lines.length,
    };
    if (recognizer.when?.(around(hit, reading, context)) === false) continue;
    const beside = near({ start: match.index, end: match.index + match[0].length }, reading.tight, BESIDE);
    const whole = beside.replaceAll('\n', '');
    if (recognizer.unless?.some(sign => sign.test(beside) || sign.test(whole))) continue;
    hits.set(recognizer.problem, hit);
  }
  return [...hits.values()];
}

/** How far around an error its surroundings are looked at, and its own names, in characters. */
const BESIDE = 300;
const NAMED = 700;

const near = ({ start, end }: Pick<Hit, 'start' | 'end'>, text: string, reach: number) =>
  text.slice(Math.max(0, start - reach), end + reach);

/** The context of one error: whose cluster it is and in whose hands is told by what stands beside it, where that tells anything. */
function around(hit: Pick<Hit, 'start' | 'end'>, reading: Reading, whole: Context): Context {
  if (reading.lines.length <= BESIDE) return whole;
  const beside = near(hit, reading.lines, BESIDE);
  const here = contextOf(everyWay(beside, beside.replace(/\s+/g, '')));
  const caller = here.metadata || here.hands ? here : whole;
  return {
    ...whole,
    otherCluster: here.otherCluster || whole.otherCluster,
    otherMetadata: here.otherMetadata,
    metadata: caller.metadata,
    hands: caller.hands,
  };
}

function firstMatch(signs: readonly RegExp[], text: string): RegExpExecArray | undefined {
  let first: RegExpExecArray | undefined;
  for (const sign of signs) {
    const match = sign.exec(text);
    if (match !== null && (first === undefined || match.index < first.index)) first = match;
  }
  return first;
}

/** A sign that leaves little doubt counts before one that leaves some; among equals the order of the recognisers decides. */
const CLEAR = 0.8;

function ranked(hits: readonly Hit[]): Hit[] {
  const ordered = [...hits].sort((a, b) => weight(b) - weight(a) || order(a) - order(b));
  const covered = new Set<ProblemId>();
  const kept: Hit[] = [];
  for (const hit of ordered) {
    if (covered.has(hit.recognizer.problem) || hit.recognizer.confidence < KNOWN) continue;
    kept.push(hit);
    for (const problem of hit.recognizer.covers ?? []) covered.add(problem);
  }
  return kept.map((hit, index) => {
    const ceiling = Math.min(...kept.slice(0, index + 1).map(other => other.recognizer.confidence));
    return { ...hit, recognizer: { ...hit.recognizer, confidence: ceiling } };
  });
}

const weight = (hit: Hit) => (hit.recognizer.confidence >= CLEAR ? 1 : 0);
const order = (hit: Hit) => RECOGNIZERS.indexOf(hit.recognizer);

function toMatch({ recognizer, start, end }: Hit, reading: Reading): Match {
  const beside = extract(near({ start, end }, reading.lines, NAMED));
  const anywhere = reading.lines.length > NAMED ? extract(reading.lines) : beside;
  const entities: Entities = {};
  for (const key of new Set([...ALWAYS, ...recognizer.entities])) {
    const value = beside[key] ?? (FAR.has(key) ? anywhere[key] : undefined);
    if (value !== undefined) entities[key] = value;
  }
  return { problem: recognizer.problem, confidence: recognizer.confidence, entities };
}

/** What a paste says once for all its errors: the target, in a prompt or a header. */
const TARGET = ['project', 'projectNumber', 'location', 'cluster'] as const;
const FAR: ReadonlySet<string> = new Set(TARGET);
/** Every error has these, where the text names them. */
const ALWAYS = [...TARGET, 'principal', 'statusCode'] as const;
