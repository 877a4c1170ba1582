/** Error texts with what they should be recognised as. `tuning` guided the recognisers; `held-out` and then `field` were written after them. */
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

const HEADER = /^### (\S+)(.*)$/;

/** Each example begins with a line `### problem key=value …`; `### none` for what is none of the problems. */
function parse(source: string, file: string): Example[] {
  return source
    .split(/^(?=### )/m)
    .filter(part => part.trim() !== '')
    .map((part, index) => {
      const end = part.indexOf('\n');
      const [, id = '', rest = ''] = HEADER.exec(part.slice(0, end)) ?? [];
      const pairs = rest.split(' ').filter(pair => pair !== '');
      return {
        problem: id === 'none' ? null : ProblemIdSchema.parse(id),
        text: part.slice(end + 1).trimEnd(),
        entities: EntitiesSchema.parse(Object.fromEntries(pairs.map(pair => pair.split(/=(.*)/s).slice(0, 2)))),
        name: `${file} ${index + 1}`,
      };
    });
}

export function corpus(part: 'tuning' | 'held-out' | 'field'): Example[] {
  const folder = new URL(`./corpus/${part}/`, import.meta.url);
  return readdirSync(folder)
    .sort()
    .flatMap(file => parse(readFileSync(new URL(file, folder), 'utf8'), `${part}/${file}`));
}
