/** Error texts with what they should be recognised as, by source (corpus/README.md). */
import { readdirSync, readFileSync } from 'node:fs';
import {
  type Entities,
  Entities as EntitiesSchema,
  type ProblemId,
  ProblemId as ProblemIdSchema,
} from '../../src/contracts/explanation.ts';

export interface Example {
  /** Null: none of the problems. */
  readonly problem: ProblemId | null;
  readonly text: string;
  /** Some of what the text names. */
  readonly entities: Entities;
  /** File and ordinal, to find it again. */
  readonly name: string;
}

/** What the lines `# key: value` below a header may say. */
export const NOTE_KEYS = ['source', 'year', 'also', 'why', 'uncertain', 'around', 'wording'] as const;
type Notes = Readonly<Partial<Record<(typeof NOTE_KEYS)[number], string>>>;

/** As written in the file: the ids and keys may be newer than the contract. */
export interface Entry {
  readonly problem: string | null;
  readonly text: string;
  readonly entities: Readonly<Record<string, string>>;
  readonly name: string;
  readonly notes: Notes;
}

export type Part =
  | 'tuning'
  | 'held-out'
  | 'field'
  | 'platform'
  | 'public-a'
  | 'public-b'
  | 'after-the-code'
  | 'healthy';

/** The parts with which recognisers are developed. `public-b` is kept apart: it only measures. */
export const DEVELOPED = ['tuning', 'held-out', 'field', 'platform', 'public-a'] as const satisfies readonly Part[];
export const developed = (): Example[] => DEVELOPED.flatMap(corpus);

const HEADER = /^### (\S+)(.*)$/;
const NOTE = new RegExp(`^# (${NOTE_KEYS.join('|')}): (.+)$`);

/**
 * Each example begins with a line `### problem key=value …`; `### none` for what is none of the problems. Lines
 * `# source: …` and the like may follow it before the text begins.
 */
function parse(source: string, file: string): Entry[] {
  return source
    .split(/^(?=### )/m)
    .filter(part => part.trim() !== '')
    .map((part, index) => {
      const [header = '', ...lines] = part.split('\n');
      const [, id = '', rest = ''] = HEADER.exec(header) ?? [];
      const pairs = rest.split(' ').filter(pair => pair !== '');
      const notes: Record<string, string> = {};
      let start = 0;
      for (const line of lines) {
        const [, key, value] = NOTE.exec(line) ?? [];
        if (key === undefined || value === undefined) break;
        notes[key] = value;
        start += 1;
      }
      return {
        problem: id === 'none' ? null : id,
        text: lines.slice(start).join('\n').trimEnd(),
        entities: Object.fromEntries(pairs.map(pair => pair.split(/=(.*)/s).slice(0, 2))),
        name: `${file} ${index + 1}`,
        notes,
      };
    });
}

/** The entries of a part in the order of its files. */
export function entries(part: Part): Entry[] {
  const folder = new URL(`./corpus/${part}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .flatMap(file => parse(readFileSync(new URL(file, folder), 'utf8'), `${part}/${file}`));
}

/** The entries of a part as the contract names them. Throws where one has an id or a key that the contract lacks. */
export function corpus(part: Part): Example[] {
  return entries(part).map(({ problem, text, entities, name }) => ({
    problem: problem === null ? null : ProblemIdSchema.parse(problem),
    text,
    entities: EntitiesSchema.parse(entities),
    name,
  }));
}
