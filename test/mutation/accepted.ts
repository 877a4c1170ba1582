/** Survivors that are right: changes that alter nothing that anybody could see, each with the reason. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Accepted = z.strictObject({
  file: z.string(),
  /** The code that is replaced. White space counts as one blank. */
  original: z.string(),
  /** The line on which that begins, where the same code elsewhere in the file is no equal case. */
  line: z.string().optional(),
  /** What stands there instead. */
  mutant: z.string(),
  /** Why no test can or should notice. */
  reason: z.string().min(20),
});
export type Accepted = z.infer<typeof Accepted>;

export const AcceptedList = z.strictObject({ accepted: z.array(Accepted) });

/** The project's own. @throws where it has another form. */
export function readAccepted(): Accepted[] {
  const file = new URL('accepted.json', import.meta.url);
  return AcceptedList.parse(JSON.parse(readFileSync(file, 'utf8'))).accepted;
}

export interface Changed {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  /** The whole line on which it begins. */
  readonly code: string;
}

/** By text, not by the number of the line: code above moves lines. Equal changes in one file are accepted together. */
export function matches({ file, original, mutant, line }: Accepted, change: Changed): boolean {
  const equal = (a: string, b: string) => flat(a) === flat(b);
  return (
    file === change.file &&
    equal(original, change.original) &&
    equal(mutant, change.replacement) &&
    (line === undefined || equal(line, change.code))
  );
}

/** On one line. */
export const flat = (code: string): string => code.replace(/\s+/g, ' ').trim();
