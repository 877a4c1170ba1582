/** What a process computes, by V8's sampling profiler: the explanation of a gap. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { DiagnoseJob } from '../../src/contracts/jobs.ts';
import type { System } from '../system/system.ts';
import { runAll } from './diagnosing.ts';
import { isMet, type Result, round } from './figure.ts';

/** What `profiler.ts` writes: V8's profile (the sampled node at each step, how long each step took), and the CPU time of all. */
export const CpuProfile = z.object({
  cpuMicros: z.number(),
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) })),
  samples: z.array(z.number()),
  /** µs. */
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = z.infer<typeof CpuProfile>;

/** What is profiled, where a figure runs the terminal. */
export const TERMINAL_RUN = 'one more run, its start included';
const SHOWN = 8;
const WARMING = 30;
const PROFILED = 50;

/** The result, with a profile where its target is missed. */
export const explained = async (result: Result, profile: () => Promise<string>): Promise<Result> =>
  isMet(result) ? result : { ...result, explanation: await profile() };

/**
 * Runs the work with an environment that makes the one Node process that gets it write a profile where it exits.
 * @param of what is profiled, for the sentence.
 * @returns a sentence: the CPU time that the process took, and on what most of it went.
 */
export async function profiled(
  of: string,
  work: (env: Readonly<Record<string, string>>) => Promise<unknown>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gke-auth-profile-'));
  try {
    await work({ NODE_OPTIONS: `--import=${new URL('./profiler.ts', import.meta.url).href}`, BENCH_PROFILE: folder });
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('the process left no profile');
    return sentence(of, CpuProfile.parse(JSON.parse(await readFile(join(folder, file), 'utf8'))));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Of a worker in place of the system's own, once it is warm. */
export async function profiledWorker(here: System, jobs: (count: number) => readonly DiagnoseJob[]): Promise<string> {
  await here.services.diagnose.stop();
  return profiled(`${PROFILED} more diagnoses by a warm worker`, async env => {
    const worker = here.another('diagnose', 'profiled', env);
    await worker.start();
    await runAll(here, jobs(WARMING), { worker });
    process.kill(worker.pid, 'SIGUSR2');
    await runAll(here, jobs(PROFILED), { worker });
    await worker.stop();
  });
}

/** Shares by where time was spent itself, not in what it called; waiting is left out. */
export function sentence(of: string, { cpuMicros, nodes, samples, timeDeltas }: CpuProfile): string {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, place(callFrame)]));
  const spent = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const where = places.get(id);
    if (where !== undefined) spent.set(where, (spent.get(where) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const total = [...spent.values()].reduce((sum, micros) => sum + micros, 0);
  const dearest = [...spent].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  const parts = dearest.map(([where, micros]) => `${where} ${round((100 * micros) / total, 0)} %`);
  return `${round(cpuMicros / 1_000, 0)} ms of CPU, by a profile of ${of}: ${parts.join(', ')}.`;
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
