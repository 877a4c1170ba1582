/** What happens to texts on their way into a paste, as seeded functions: the same seed gives the same mutations. */
import type { ProblemId } from '../../src/contracts/explanation.ts';
import { developed, type Example } from './corpus.ts';
import { answer } from './score.ts';

/** Numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Mutate = (text: string, next: () => number) => string;

const lines = (text: string, change: (line: string, index: number) => string) =>
  text.split('\n').map(change).join('\n');
const upTo = (next: () => number, most: number) => Math.floor(next() * most);

export const MUTATIONS: Readonly<Record<string, Mutate>> = {
  'line breaks anywhere': (text, next) => {
    let broken = text;
    for (let count = 1 + upTo(next, 4); count > 0; count -= 1) {
      const at = upTo(next, broken.length);
      broken = `${broken.slice(0, at)}\n${broken.slice(at)}`;
    }
    return broken;
  },
  'hard wrap': (text, next) => {
    const width = 40 + upTo(next, 60);
    return lines(text, line => line.replace(new RegExp(`.{${width}}`, 'g'), '$&\n'));
  },
  'hard wrap in a box': (text, next) => {
    const width = 50 + upTo(next, 40);
    const wrapped = lines(text, line => line.replace(new RegExp(`.{${width}}`, 'g'), '$&\n'));
    return `╷\n${lines(wrapped, line => `│ ${line}`)}\n╵`;
  },
  'soft wrap in a box': (text, next) => {
    const width = 50 + upTo(next, 40);
    const wrapped = lines(text, line => line.replace(new RegExp(`(.{1,${width}})(?: |$)`, 'g'), '$1\n').trimEnd());
    return `╷\n${lines(wrapped, line => `│ ${line}`)}\n╵`;
  },
  'json string': text => `{"severity":"ERROR","message":${JSON.stringify(text)}}`,
  'json in json': text => JSON.stringify({ log: JSON.stringify({ msg: text }) }),
  'python bytes': text => `b'${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll("'", "\\'")}'`,
  'go quoted': text => `level=error msg=${JSON.stringify(text)}`,
  'curly quotes': text => text.replace(/"([^"\n]*)"/g, '“$1”').replace(/(?<!\w)'([^'\n]*)'/g, '‘$1’'),
  guillemets: text => text.replace(/["']([^"'\n]*)["']/g, '«$1»'),
  backticks: text => text.replace(/"/g, '`'),
  'html entities': text =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  'slack escapes': text =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/https?:\/\/[^\s"'`,)&]+/g, url => `<${url}>`)
      .replace(/[\w.-]+@[\w.-]+\w/g, address => `<mailto:${address}|${address}>`),
  'markdown quote': text => lines(text, line => `> ${line}`),
  'code fence': text => `\`\`\`\n${text}\n\`\`\``,
  timestamps: (text, next) =>
    lines(
      text,
      line => `2024-0${1 + upTo(next, 9)}-1${upTo(next, 9)}T0${upTo(next, 9)}:15:2${upTo(next, 9)}.123456Z ${line}`,
    ),
  'compose prefix': text => lines(text, line => `worker-1  | ${line}`),
  'build step prefix': text => lines(text, line => `Step #3 - "deploy": ${line}`),
  'github prefix': text => lines(text, (line, index) => (index === 0 ? `##[error]${line}` : line)),
  'ansi colours': (text, next) => lines(text, line => (next() < 0.7 ? `\x1b[31m\x1b[1m${line}\x1b[0m` : line)),
  'zero width': (text, next) => text.replace(/ /g, space => (next() < 0.2 ? `${space}\u200b` : space)),
  'no-break spaces': (text, next) => text.replace(/ /g, space => (next() < 0.5 ? '\u00a0' : space)),
  crlf: text => text.replaceAll('\n', '\r\n'),
  indentation: (text, next) => lines(text, line => ' '.repeat(upTo(next, 9)) + line),
  // Not what a backslash escapes: nobody's keyboard changes that.
  'upper case': text => text.replace(/\\.|[^\\]/gs, part => (part.startsWith('\\') ? part : part.toUpperCase())),
  'lower case': text => text.replace(/\\.|[^\\]/gs, part => (part.startsWith('\\') ? part : part.toLowerCase())),
  'truncated end': (text, next) => text.slice(0, Math.ceil(text.length * (0.5 + next() * 0.5))),
  'small talk': text => `hi team, since this morning I get this:\n\n${text}\n\nany idea? thanks!`,
  prompt: text => `alice@web-1:~/shop (main) $ make deploy\n${text}\nmake: *** [Makefile:12: deploy] Error 1`,
};

export interface Slip {
  readonly name: string;
  readonly mutations: string;
  readonly expected: ProblemId | null;
  readonly got: ProblemId | null;
  readonly text: string;
}

export interface MutationScore {
  readonly texts: number;
  /** Share with the right answer. */
  readonly kept: number;
  /** Share that became "don't know". */
  readonly unknown: number;
  /** Answers that became another problem although nothing was taken away; a negative that became anything. */
  readonly slips: Slip[];
  /** Share of texts that became another problem because their end was cut off: what is left can be another error. */
  readonly cut: number;
}

/** Mutates examples of the corpus `count` times, once or twice each, and answers every result. */
export function mutationScore(count = 10_000, seed = 1, examples: readonly Example[] = developed()): MutationScore {
  const next = random(seed);
  const names = Object.keys(MUTATIONS);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[upTo(next, items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  let kept = 0;
  let unknown = 0;
  let cut = 0;
  const slips: Slip[] = [];
  for (let index = 0; index < count; index += 1) {
    const example = pick(examples);
    // Cutting a negative's end can take away the very words that made it one: what is left is another text.
    const allowed = example.problem === null ? names.filter(name => name !== 'truncated end') : names;
    const chosen = next() < 0.5 ? [pick(allowed)] : [pick(allowed), pick(allowed)];
    const text = chosen.reduce((changed, name) => MUTATIONS[name]?.(changed, next) ?? changed, example.text);
    const got = answer(text);
    if (got === example.problem) kept += 1;
    else if (got === null) unknown += 1;
    else if (chosen.includes('truncated end')) cut += 1;
    else slips.push({ name: example.name, mutations: chosen.join(' + '), expected: example.problem, got, text });
  }
  return { texts: count, kept: kept / count, unknown: unknown / count, slips, cut: cut / count };
}
