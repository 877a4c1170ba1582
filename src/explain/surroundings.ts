/** What stands around an error in its paste: for what the error means there, and for the names that it doesn't repeat. */
import { type Context, signsIn } from './context.ts';
import type { Surroundings } from './entities.ts';
import { wordsOf } from './phrases.ts';
import type { Message, Part, Reading, Words } from './reading/reading.ts';

/** How far around an error, in characters, is looked for what surrounds it, and for names. */
const BESIDE = 300;
const NAMED = 700;
/** How many parts of the paste are looked at on either side. */
const PARTS = 40;

type Wanted = (parts: readonly Part[], at: number) => boolean;

/** Errors, what was typed before them and what people say of them; not what is written for a program, nor what works. */
const isTelling: Wanted = (parts, at) => {
  const kind = parts[at]?.kind;
  // A command that is followed by what it printed was answered: it is no part of another error.
  return kind === 'error' || kind === 'prose' || (kind === 'command' && parts[at + 1]?.kind !== 'output');
};
const isReported: Wanted = (parts, at) => parts[at]?.kind !== 'configuration';

/** The texts next to a part, as far as they reach, nearest first. */
function beside(parts: readonly Part[], at: number, step: 1 | -1, reach: number, isWanted: Wanted): string[] {
  const texts: string[] = [];
  let left = reach;
  for (let index = at + step; left > 0 && Math.abs(index - at) <= PARTS; index += step) {
    const text = parts[index]?.text;
    if (text === undefined) break;
    if (!isWanted(parts, index)) continue;
    texts.push(step === 1 ? text.slice(0, left) : text.slice(-left));
    left -= text.length;
  }
  return texts;
}

/** The words of an error and of what stands beside it. */
export function wordsBeside({ parts }: Reading, at: number, message: Message): Words {
  const before = wordsOf(beside(parts, at, -1, BESIDE, isTelling).toReversed().join('\n'));
  const after = wordsOf(beside(parts, at, 1, BESIDE, isTelling).join('\n'));
  // A tear may also go through the empty line between two parts.
  const [left = '', right = ''] = [parts[at - 1]?.text, parts[at + 1]?.text];
  const seam = wordsOf(
    `${left.slice(-SEAM)}${message.text.slice(0, SEAM)} ${message.text.slice(-SEAM)}${right.slice(0, SEAM)}`,
  );
  return { apart: [before, message.apart, after].join(' '), torn: [before, message.torn, after, seam].join(' ') };
}
const SEAM = 60;

/** Seconds between a start that went well and an error, in which a token of one hour ends. */
const AN_HOUR = { least: 55 * 60, most: 150 * 60 } as const;
const A_DAY = 24 * 60 * 60;

/** What surrounds any error of a paste. The function takes an error and the words beside it (`wordsBeside`). */
export function contextsOf(reading: Reading): (message: Message, beside: Words) => Context {
  const { parts, startedAt } = reading;
  const whole = signsOf(parts.filter((_, at) => isTelling(parts, at)));
  const written = signsOf(parts.filter(({ kind }) => kind === 'configuration'));
  return ({ at }, words) => {
    const here = signsIn(words);
    // Who called is told by what stands beside the error, where that tells anything.
    const caller = here.pod || here.hands ? here : whole;
    const elapsed = at === undefined || startedAt === undefined ? 0 : (at - startedAt + A_DAY) % A_DAY;
    const isElsewhere = (signs: Context) => signs.otherCluster && !signs.gke;
    return {
      ...whole,
      kubernetes: whole.gke || whole.kubernetes,
      otherCluster: isElsewhere(here) || isElsewhere(whole) || (written.otherCluster && !whole.gke),
      otherService: here.otherService,
      otherMetadata: here.otherMetadata && !here.googleMetadata,
      pod: caller.pod,
      hands: caller.hands,
      virtualMachine: here.virtualMachine && !whole.kubernetes,
      anHour: whole.anHour || (elapsed >= AN_HOUR.least && elapsed <= AN_HOUR.most),
    };
  };
}

const signsOf = (parts: readonly Part[]): Context =>
  signsIn({
    apart: wordsOf(parts.map(({ text }) => text).join('\n')),
    torn: wordsOf(parts.map(({ text, message }) => message?.torn ?? text).join('\n')),
  });

/** Line breaks and runs of blanks as one blank. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** Where the names of an error are looked for. `place`: where in its message it is, as a share of the message's length. */
export function surroundingsOf({ parts }: Reading, at: number, place: number): Surroundings {
  const whole = oneLine(parts[at]?.text ?? '');
  const middle = Math.round(place * whole.length);
  // A long message, a log without empty lines, holds other errors with names of their own.
  const message = whole.slice(Math.max(0, middle - NAMED), middle + NAMED);
  const before = beside(parts, at, -1, NAMED - middle, isReported).toReversed();
  const after = beside(parts, at, 1, NAMED - (whole.length - middle), isReported);
  const texts = (isWanted: (part: Part) => boolean) => parts.filter(isWanted).map(({ text }) => oneLine(text));
  return {
    message,
    beside: oneLine([...before, message, ...after].join('\n')),
    anywhere: texts(({ kind }) => kind !== 'configuration'),
    configuration: texts(({ kind }) => kind === 'configuration'),
  };
}
