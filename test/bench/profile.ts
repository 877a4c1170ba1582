/** What a process computes, by V8's sampling profiler: the explanation of a gap. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { round } from './figure.ts';

/** The part of a `.cpuprofile` that is needed: the sampled node at each step, and how long each step took. */
export const CpuProfile = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) })),
  samples: z.array(z.number()),
  /** µs. */
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = z.infer<typeof CpuProfile>;

const SHOWN = 6;

/**
 * Runs the work with Node's arguments that make its process write a profile.
 * @returns a sentence: how much the process computed, and on what most of it went.
 */
export async function profiled(work: (nodeArgs: readonly string[]) => Promise<unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gke-auth-profile-'));
  try {
    await work(['--cpu-prof', `--cpu-prof-dir=${folder}`]);
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('the process left no profile');
    return sentence(CpuProfile.parse(JSON.parse(await readFile(join(folder, file), 'utf8'))));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Time by where it was spent itself, not in what it called; waiting is left out. */
export function sentence({ nodes, samples, timeDeltas }: CpuProfile): string {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, place(callFrame)]));
  const spent = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const where = places.get(id);
    if (where !== undefined) spent.set(where, (spent.get(where) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const total = [...spent.values()].reduce((sum, micros) => sum + micros, 0);
  const dearest = [...spent].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  const parts = dearest.map(([where, micros]) => `${where} ${round((100 * micros) / total, 0)} %`);
  return `by a profile of one more run, its process computes for ${round(total / 1_000, 0)} ms from its start to its end: ${parts.join(', ')}.`;
}

/** Whose code it is; undefined while nothing is computed. */
function place({ functionName, url }: { functionName: string; url: string }): string | undefined {
  if (functionName === '(idle)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return 'V8 and the system';
  if (url.startsWith('node:internal/modules/')) return 'loading modules';
  if (url.startsWith('node:')) return 'Node’s libraries';
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? 'gke-auth';
}
