/** From a pasted text to the problems it names, best first. Pure: no clock, no network. */
import { KNOWN, type Match, type ProblemId } from '../contracts/explanation.ts';
import type { Context } from './context.ts';
import { cut } from './cut.ts';
import { entitiesOf } from './entities.ts';
import { wordsOf } from './phrases.ts';
import { type Program, programOf } from './program.ts';
import { type Hit, ranked } from './ranking.ts';
import { type Reading, read, type Words } from './reading/reading.ts';
import { answerIn, compileRecognizer, holdsAny, phrasesOf, type Sought, soughtIn, type Where } from './recognizer.ts';
import { RECOGNIZERS } from './recognizers/index.ts';
import { redact } from './redact.ts';
import { contextsOf, oneLine, surroundingsOf, wordsBeside } from './surroundings.ts';

/** What the text of an explanation needs to know besides the entities. */
export interface Circumstances {
  /** Who met the error. */
  readonly program?: Program | undefined;
  /** Which form of the problem it is; see `Evidence`. */
  readonly variant?: string | undefined;
  /** The API server refused it for the whole cluster, not for a namespace. */
  readonly isClusterWide: boolean;
}

export interface Recognized extends Match {
  readonly circumstances: Circumstances;
}

export interface Recognition {
  /** Best first, each with a confidence of at least 0.5; empty where the text is none of the problems. */
  readonly matches: Recognized[];
  /** How many secrets the text held. */
  readonly redactions: number;
  /** The text without them: the only form in which it may be stored, logged or shown. */
  readonly redacted: string;
  /** How many characters in the middle of the text were left unread, for it is longer than `READ_LIMIT`. */
  readonly unread: number;
}

/** Recognises a paste. Reads its beginning and its end where it is longer than `READ_LIMIT`. */
export function explainText(text: string): Recognition {
  const { text: kept, unread } = cut(text);
  const { text: redacted, redactions } = redact(kept);
  const reading = read(redacted);
  const matches = ranked(hitsIn(reading)).map(hit => toMatch(hit, reading));
  return { matches, redactions, redacted, unread };
}

interface Found extends Hit {
  readonly beside: Words;
  /** Where in its message the answer stands, as a share of its length. */
  readonly place: number;
  readonly variant: string | undefined;
}

const CLUSTER_WIDE = phrasesOf('at the cluster scope');

function toMatch({ problem, confidence, message, beside, place, variant }: Found, reading: Reading): Recognized {
  return {
    problem,
    confidence,
    entities: entitiesOf(problem, surroundingsOf(reading, message, place)),
    circumstances: { program: programOf(beside), variant, isClusterWide: holdsAny(CLUSTER_WIDE, beside) },
  };
}

const COMPILED = RECOGNIZERS.filter(({ confidence }) => confidence >= KNOWN).map(compileRecognizer);

/** A paste of more distinct errors is read to this number of them. */
const MESSAGES = 600;

function hitsIn(reading: Reading): Found[] {
  const numbered = reading.parts.flatMap(({ message }, at) => (message === undefined ? [] : [{ message, at }]));
  const distinct = [...new Map(numbered.map(one => [one.message.apart, one])).values()].slice(0, MESSAGES);
  const commands = reading.parts.flatMap(({ kind, text }) => (kind === 'command' ? [wordsOf(text)] : []));
  const all = [...distinct.flatMap(({ message: { apart, torn } }) => [apart, torn]), ...commands].join('\n');
  const candidates = soughtIn(COMPILED, all);
  if (candidates.length === 0) return [];
  const contextOf = contextsOf(reading);
  const best = new Map<ProblemId, Found>();
  for (const { message, at } of distinct) {
    const command = commandAbove(reading, at);
    for (const { problem, confidence, evidence, where, unless } of candidates) {
      if ((best.get(problem)?.confidence ?? 0) >= confidence) continue;
      const answer = firstAnswer(evidence, message, command);
      if (answer === undefined) continue;
      const beside = wordsBeside(reading, at, message);
      const context = contextOf(message, beside);
      if (!where.some(one => isSo(one, context)) || holdsAny(unless, beside)) continue;
      const own = entitiesOf(problem, { message: oneLine(message.text), beside: '', anywhere: [], configuration: [] });
      best.set(problem, { problem, confidence, message: at, own, beside, ...answer });
    }
  }
  return [...best.values()];
}

function firstAnswer(
  evidence: readonly Sought[],
  message: Words,
  command?: Words,
): Pick<Found, 'place' | 'variant'> | undefined {
  for (const sought of evidence) {
    const place = answerIn(sought, message, command);
    if (place !== undefined) return { place, variant: sought.variant };
  }
  return undefined;
}

const isSo = (where: Where, context: Context): boolean =>
  Object.entries(where).every(([sign, is]) => context[sign as keyof Context] === is);

/** What was typed just before the message. */
function commandAbove({ parts }: Reading, at: number): Words | undefined {
  const above = parts[at - 1];
  if (above?.kind !== 'command') return undefined;
  const words = wordsOf(above.text);
  return { apart: words, torn: words };
}
