/** What a run of the bench gives, and how it is kept: each figure's last run, in `docs/bench.json` and, for people, `docs/bench.md`. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Result, round } from './figure.ts';
import { markdown } from './table.ts';

const Machine = z.object({
  cpu: z.string(),
  cores: z.number(),
  memoryGb: z.number(),
  node: z.string(),
  platform: z.string(),
});
export type Machine = z.infer<typeof Machine>;

/** Of which figure (its file's name), and when and where it was run. */
const Run = z.object({ figure: z.string(), at: z.string(), machine: Machine });

export const Outcome = z.object({
  schema: z.literal('gke-auth/bench/v1'),
  /** Of the last run, as its machine. */
  at: z.string(),
  machine: Machine,
  results: z.array(z.object({ ...Result.shape, met: z.boolean(), ...Run.shape })),
  failed: z.array(z.object({ error: z.string(), ...Run.shape })),
});
export type Outcome = z.infer<typeof Outcome>;

export function thisMachine(): Machine {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: round(totalmem() / 2 ** 30, 1),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/**
 * This run, and the last results of the figures that it left out, in the order of `figures`.
 * @param figures all that there are: results of one that is no more are dropped.
 * @param ran those of this run, also where they failed.
 */
export function merged(
  saved: Outcome | undefined,
  run: Outcome,
  figures: readonly string[],
  ran: readonly string[],
): Outcome {
  const inOrder = <Of extends { figure: string }>(before: readonly Of[], now: readonly Of[]): Of[] =>
    figures.flatMap(name => (ran.includes(name) ? now : before).filter(({ figure }) => figure === name));
  return {
    ...run,
    results: inOrder(saved?.results ?? [], run.results),
    failed: inOrder(saved?.failed ?? [], run.failed),
  };
}

/**
 * The outcome that was saved in this folder, if any.
 * @throws where there is a file that isn't one: overwriting it would lose it.
 */
export async function readSaved(folder: string): Promise<Outcome | undefined> {
  const file = join(folder, 'bench.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = Outcome.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `${file} is not what the bench saves (${issue?.path.join('.')}: ${issue?.message}). Remove it to save all anew.`,
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes both files into the folder. */
export async function save(folder: string, outcome: Outcome): Promise<void> {
  await writeFile(join(folder, 'bench.json'), `${JSON.stringify(outcome, null, 2)}\n`);
  await writeFile(join(folder, 'bench.md'), markdown(outcome));
}
