/**
 * Scan: `durationMs` in the terminal, which starts cold, with 100 ms for each call. Up to a hundred clusters over the longest
 * chain of calls, for a thousand (where decoding counts) over a bare client that makes the same calls; the number of calls; and
 * the documentation's script on the same world, where gcloud and jq are there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findScenario } from '../../../sandbox/scenarios/index.ts';
import { Scan } from '../../../src/contracts/report.ts';
import { gkeAuth, googleEnvironment } from '../../cli/program.ts';
import { scriptRuns, sideBySide } from '../../scenarios/seed-script/side-by-side.ts';
import { type Figure, median, type Result, round } from '../figure.ts';
import { explained, profiled, TERMINAL_RUN } from '../profile.ts';
import { longestChain } from './latency.ts';

const LATENCY_MS = 100;
const ROUNDS = 5;
const ROOT = join(import.meta.dirname, '..', '..', '..');

interface Call {
  readonly at: string;
  readonly method: string;
  readonly path: string;
}

interface Run {
  readonly durationMs: number;
  readonly chain: number;
  readonly calls: number;
  readonly bareMs: number;
}

const figure: Figure = {
  about: 'a scan of 1, 10, 100 and 1,000 clusters with 100 ms for each call',
  async run() {
    const results: Result[] = [];
    for (const clusters of [1, 10, 100, 1_000]) results.push(await scans(clusters));
    return [...results, ...(scriptRuns() ? [await againstScript()] : [])];
  },
};
export default figure;

function resultOf(clusters: number, measured: readonly Run[]): Result {
  const many = clusters >= 1_000;
  const reference = ({ chain, bareMs }: Run) => (many ? bareMs : chain * LATENCY_MS);
  return {
    name: `scan, ${clusters} cluster${clusters === 1 ? '' : 's'}`,
    value: round(median(measured.map(run => run.durationMs / reference(run)))),
    unit: many ? '× a bare client' : '× its longest chain of calls',
    atMost: many ? 2.5 : 1.6,
    reference: many
      ? `a client that makes the same calls and decodes them: ${Math.round(median(measured.map(run => run.bareMs)))} ms`
      : `${median(measured.map(run => run.chain))} calls one after the other, ${LATENCY_MS} ms each`,
    detail: {
      'duration, ms (median)': median(measured.map(run => run.durationMs)),
      'calls (median)': median(measured.map(run => run.calls)),
    },
  };
}

async function scans(clusters: number): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'gke-auth-bench-'));
  // A process of its own: what Google's side costs is not on the scan's account.
  const args = ['sandbox/main.ts', '--scenario', `fleet-${clusters}`, '--latency', String(LATENCY_MS)];
  const sandbox = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(createInterface(sandbox.stdout), 'line')) as [string];
    const { google, tokens } = JSON.parse(line) as { google: string; tokens: { diagnoser: string } };
    const token = join(folder, 'token');
    await writeFile(token, tokens.diagnoser);
    const env = googleEnvironment(google, token);
    await gkeAuth(['scan', 'sandbox-1', '--format', 'json'], env);
    const measured: Run[] = [];
    for (let i = 0; i < ROUNDS; i++) measured.push(await run(google, tokens.diagnoser, env));
    return await explained(resultOf(clusters, measured), () =>
      profiled(TERMINAL_RUN, more => gkeAuth(['scan', 'sandbox-1', '--format', 'json'], { ...env, ...more })),
    );
  } finally {
    sandbox.kill();
    await rm(folder, { recursive: true });
  }
}

async function run(google: string, token: string, env: Record<string, string>): Promise<Run> {
  await fetch(`${google}_sandbox/calls`, { method: 'DELETE' });
  const { stdout } = await gkeAuth(['scan', 'sandbox-1', '--format', 'json'], env);
  const answer = Scan.safeParse(JSON.parse(stdout));
  if (!answer.success) throw new Error(`the scan ended otherwise: ${stdout.slice(0, 500)}`);
  const { durationMs } = answer.data;
  const { calls } = (await (await fetch(`${google}_sandbox/calls`)).json()) as { calls: Call[] };
  const starts = calls.map(({ at }) => Date.parse(at));
  return {
    durationMs,
    chain: longestChain(starts, LATENCY_MS),
    calls: calls.length,
    bareMs: await bare(google, token, calls),
  };
}

/** The same calls, in the same rounds: those that began before the first of their round had its answer are one round. */
async function bare(google: string, token: string, calls: readonly Call[]): Promise<number> {
  const first = Math.min(...calls.map(({ at }) => Date.parse(at)));
  const rounds = Map.groupBy(calls, ({ at }) => Math.floor((Date.parse(at) - first) / LATENCY_MS));
  const started = performance.now();
  for (const [, round] of [...rounds].sort(([a], [b]) => a - b)) {
    await Promise.all(
      round.map(async ({ method, path }) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const body = path.endsWith(':getIamPolicy') ? '{"options":{"requestedPolicyVersion":3}}' : '{}';
        const answer = await fetch(google + path.slice(1), { method, headers, ...(method === 'POST' ? { body } : {}) });
        await answer.json();
      }),
    );
  }
  return performance.now() - started;
}

async function againstScript(): Promise<Result> {
  const fleet = findScenario('fleet-1');
  if (!fleet) throw new Error('there is no fleet of one');
  const { script, scan } = await sideBySide(fleet.world());
  return {
    name: 'scan, the documentation’s script beside it',
    value: round(script.seconds / scan.seconds),
    unit: '× as fast as the script (1 cluster, 4 accounts)',
    reference: 'the script with real gcloud and jq on the same world',
    detail: {
      'script, s': round(script.seconds),
      'script, calls': script.calls,
      'scan, s (with the start of the program)': round(scan.seconds),
      'scan, calls': scan.calls,
    },
  };
}
