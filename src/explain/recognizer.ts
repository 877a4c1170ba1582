/** What a recogniser is: data that says which evidence tells a problem, and what speaks against it. */
import type { ProblemId } from '../contracts/explanation.ts';
import type { Context } from './context.ts';
import { compilePhrase, isIn, mayBeIn, type Phrase, type Phrases, placesIn } from './phrases.ts';
import type { Words } from './reading/reading.ts';

/** What one message of an error must say, all of it; see `phrases.ts` for the form of each. */
export interface Evidence {
  /** Who failed or refused: a program, a library, an API, an account. */
  readonly who?: Phrases;
  /** What was asked for. */
  readonly asked?: Phrases;
  /** What the answer was. */
  readonly answered: Phrases;
  /** Which form of the problem this is, where what helps differs: `explain`'s texts ask for it. */
  readonly variant?: string;
}

/** What must be, or must not be, true of the surroundings. */
export type Where = Partial<Context>;

export interface Recognizer {
  readonly problem: ProblemId;
  /** How sure a reader can be who sees one of these. */
  readonly confidence: number;
  /** Any of these. */
  readonly evidence: readonly Evidence[];
  /** Any of these, where given. */
  readonly where?: Where | readonly Where[];
  /** Any of these beside the evidence makes it mean something else. */
  readonly unless?: Phrases;
}

/** Evidence as it is looked for: one of the phrases of each part, the answer's first. */
export interface Sought {
  readonly parts: readonly (readonly Phrase[])[];
  readonly variant: string | undefined;
}

export interface Compiled extends Pick<Recognizer, 'problem' | 'confidence'> {
  readonly evidence: readonly Sought[];
  readonly where: readonly Where[];
  readonly unless: readonly Phrase[];
}

/** @throws {Error} where a phrase is none. */
export function compileRecognizer({ problem, confidence, evidence, where = {}, unless = [] }: Recognizer): Compiled {
  return {
    problem,
    confidence,
    evidence: evidence.map(({ who, asked, answered, variant }) => ({
      parts: [answered, asked, who].flatMap(part => (part === undefined ? [] : [phrasesOf(part)])),
      variant,
    })),
    where: [where].flat(),
    unless: phrasesOf(unless),
  };
}

const PHRASES = new Map<string, Phrase>();

export function phrasesOf(phrases: Phrases): Phrase[] {
  return [phrases].flat().map(source => {
    const phrase = PHRASES.get(source) ?? compilePhrase(source);
    PHRASES.set(source, phrase);
    return phrase;
  });
}

/** The recognisers of whose evidence the text may hold any, with that evidence alone. Cheap, and right about what it leaves out. */
export function soughtIn(recognizers: readonly Compiled[], text: string): Compiled[] {
  // Recognisers share most of their words: each is looked for once.
  const seen = new Map<Phrase, boolean>();
  const mayBe = (phrase: Phrase): boolean => {
    const known = seen.get(phrase) ?? mayBeIn(phrase, text);
    seen.set(phrase, known);
    return known;
  };
  const may = ({ parts }: Sought) => parts.every(part => part.some(mayBe));
  return recognizers.flatMap(one => {
    const evidence = one.evidence.filter(may);
    return evidence.length === 0 ? [] : [{ ...one, evidence }];
  });
}

export const holdsAny = (phrases: readonly Phrase[], { apart, torn }: Words): boolean =>
  phrases.some(phrase => isIn(phrase, apart) || (torn !== apart && isIn(phrase, torn)));

/** How far apart, in characters, the parts of one piece of evidence may stand. */
const REACH = 500;

/**
 * Where a message answers as the evidence says, as a share of its length; undefined where it doesn't. All parts stand near
 * each other. Who was asked, and for what, may stand in the command that the message answers instead.
 */
export function answerIn({ parts }: Sought, words: Words, command?: Words): number | undefined {
  const [answered = [], ...others] = parts;
  if (!holdsAny(answered, words)) return undefined;
  const asked = command === undefined ? others : others.filter(part => !holdsAny(part, command));
  const found = nearAnswer(answered, asked, words.apart);
  if (found !== undefined || words.torn === words.apart) return found;
  return nearAnswer(answered, asked, words.torn) ?? (asked.every(part => holdsAny(part, words)) ? 0 : undefined);
}

function nearAnswer(
  answered: readonly Phrase[],
  others: readonly (readonly Phrase[])[],
  text: string,
): number | undefined {
  const places = others.map(part => placesIn(part, text));
  const isNear = (at: number) => places.every(found => found.some(other => Math.abs(other - at) <= REACH));
  const answer = placesIn(answered, text).find(isNear);
  return answer === undefined ? undefined : answer / Math.max(1, text.length);
}
