/**
 * Latency: `durationMs` of a diagnosis where each call to Google takes 100 ms, over the longest chain of calls that came one
 * after the other (by the simulator's own log), each 100 ms. By a worker that is warm, and by the terminal, which starts cold.
 */
import type { Report } from '../../../src/contracts/report.ts';
import { type System, startSystem } from '../../system/system.ts';
import { inTerminal, inWorker, jobFor, PRODUCTION_TIMES } from '../diagnosing.ts';
import { type Figure, median, type Result, round } from '../figure.ts';
import { explained, profiled, profiledWorker, TERMINAL_RUN } from '../profile.ts';

const LATENCY_MS = 100;
/** The log's clock has whole milliseconds, and timers may fire a little early. */
const SLACK_MS = 5;
const ROUNDS = 7;
const CLUSTER = 'sandbox-1/asia-northeast1/cluster-x';

/** How many of these calls can have waited for each other: the most that don't overlap. */
export function longestChain(starts: readonly number[], latencyMs: number): number {
  let length = 0;
  let free = Number.NEGATIVE_INFINITY;
  for (const start of [...starts].sort((a, b) => a - b)) {
    if (start < free) continue;
    length += 1;
    free = start + latencyMs - SLACK_MS;
  }
  return length;
}

interface Run {
  readonly durationMs: number;
  readonly chain: number;
  readonly calls: number;
}

async function measured(here: System, diagnose: () => Promise<Report>): Promise<Run> {
  here.google.cloud.resetCalls();
  const { durationMs } = await diagnose();
  const { calls } = here.google.cloud.calls();
  const starts = calls.filter(({ at }) => at !== '').map(({ at }) => Date.parse(at));
  return { durationMs, chain: longestChain(starts, LATENCY_MS), calls: calls.length };
}

function result(name: string, runs: readonly Run[], atMost: number): Result {
  const ratios = runs.map(({ durationMs, chain }) => durationMs / (chain * LATENCY_MS));
  return {
    name,
    value: round(median(ratios)),
    unit: '× its longest chain of calls',
    atMost,
    reference: `${median(runs.map(({ chain }) => chain))} calls one after the other, ${LATENCY_MS} ms each`,
    detail: {
      'duration, ms (median)': median(runs.map(({ durationMs }) => durationMs)),
      'calls (median)': median(runs.map(({ calls }) => calls)),
    },
  };
}

const times = async (rounds: number, run: () => Promise<Run>): Promise<Run[]> => {
  const runs: Run[] = [];
  for (let i = 0; i < rounds; i++) runs.push(await run());
  return runs;
};

const figure: Figure = {
  about: 'a diagnosis with 100 ms for each call, over its longest chain of calls',
  async run() {
    const here = await startSystem({ rateLimits: false, start: ['bot', 'diagnose'], env: PRODUCTION_TIMES });
    try {
      await inWorker(here, CLUSTER);
      here.google.cloud.latency = LATENCY_MS;
      const worker = await times(ROUNDS, () => measured(here, () => inWorker(here, CLUSTER)));
      const terminal = await times(3, () => measured(here, () => inTerminal(here, [CLUSTER])));
      const cold = (env: Readonly<Record<string, string>>) => inTerminal(here, [CLUSTER], env);
      return [
        await explained(result('latency, worker', worker, 1.3), () =>
          profiledWorker(here, count => Array.from({ length: count }, () => jobFor(here, CLUSTER, here.channel))),
        ),
        await explained(result('latency, terminal', terminal, 1.6), () => profiled(TERMINAL_RUN, cold)),
      ];
    } finally {
      await here.stop();
    }
  },
};
export default figure;
