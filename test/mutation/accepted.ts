/** Survivors that are right: changes that alter nothing that anybody could see, each with the reason. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Accepted = z.strictObject({
  file: z.string(),
  /** The code that is replaced. White space counts as one blank. */
  original: z.string(),
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

/** By text, not by line: code above moves lines. Equal changes in one file are accepted together. */
export function matches(
  { file, original, mutant }: Accepted,
  change: { readonly file: string; readonly original: string; readonly replacement: string },
): boolean {
  return file === change.file && flat(original) === flat(change.original) && flat(mutant) === flat(change.replacement);
}

/** On one line. */
export const flat = (code: string): string => code.replace(/\s+/g, ' ').trim();
