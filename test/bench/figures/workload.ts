/**
 * A workload's diagnosis: `durationMs` where each call takes 100 ms, over its longest chain of calls, by a worker that is warm and
 * by the terminal, which starts cold; whether a call is made twice; and how many calls more a crowded cluster needs.
 *
 * The chain is the one of CHAIN, held against the requests as they came: each link must have been sent after the answer that it
 * needs. What merely happened to run one after the other is not in it, so that needless waiting is on the program's account.
 */
import type { Report } from '../../../src/contracts/report.ts';
import { aloneWorld, crowdedWorld, WORKLOAD } from '../../scenarios/crowd.ts';
import { type System, startSystem } from '../../system/system.ts';
import { inTerminal, inWorker, jobFor, PRODUCTION_TIMES } from '../diagnosing.ts';
import { type Figure, median, type Result, round } from '../figure.ts';
import { explained, profiled, profiledWorker, TERMINAL_RUN } from '../profile.ts';
import { type Recorded, recorded } from '../recorded.ts';

const LATENCY_MS = 100;
const ROUNDS = 7;
const COLD_ROUNDS = 5;
const CLUSTER = 'sandbox-1/asia-northeast1/cluster-x';

/** Each needs what the one before it answered. The role in the policy is read with the first calls, because it is the one to offer. */
const CHAIN: readonly { readonly what: string; readonly path: RegExp }[] = [
  { what: 'cluster', path: /\/clusters\/cluster-x(\?|$)/ },
  { what: 'Kubernetes service account', path: /\/namespaces\/shop\/serviceaccounts\/checkout(\?|$)/ },
  { what: 'policy of its IAM service account', path: /\/serviceAccounts\/checkout%40[^/]*:getIamPolicy/ },
];

/** @throws where a link is missing, or didn't wait for the one before it: the chain is another by now. */
export function chainOf(requests: readonly Recorded[]): string[] {
  const links: string[] = [];
  let answeredAt = Number.NEGATIVE_INFINITY;
  for (const { what, path } of CHAIN) {
    const request = requests.find(({ url }) => path.test(url));
    if (!request) throw new Error(`${what}: not read`);
    if (request.cameAt < answeredAt) throw new Error(`${what}: read before ${links.at(-1)} was known`);
    links.push(what);
    answeredAt = request.answeredAt;
  }
  return links;
}

/** The most requests of which each came when the one before it had been answered, whether it needed that or not. */
export function oneAfterAnother(requests: readonly Recorded[]): number {
  let length = 0;
  let free = Number.NEGATIVE_INFINITY;
  for (const { cameAt, answeredAt } of [...requests].sort((a, b) => a.answeredAt - b.answeredAt)) {
    if (cameAt < free) continue;
    length += 1;
    free = answeredAt;
  }
  return length;
}

/** Requests that are the same as an earlier one. */
export function repeated(requests: readonly Recorded[]): string[] {
  const asked = requests.map(({ method, url, body }) => `${method} ${url} ${body}`);
  return asked.filter((call, i) => asked.indexOf(call) !== i);
}

interface Run {
  readonly durationMs: number;
  /** As the report counts them. */
  readonly calls: number;
  /** To Google and the API server, as they came. */
  readonly requests: readonly Recorded[];
}

async function measured(here: System, diagnose: () => Promise<Report>): Promise<Run> {
  let report: Report | undefined;
  const all = await recorded(async () => {
    report = await diagnose();
  });
  if (!report) throw new Error('there is no report');
  const slack = new URL(here.slack.slackApi).port;
  const calls = Object.values(report.apiCalls).reduce((sum, count) => sum + count, 0);
  return { durationMs: report.durationMs, calls, requests: all.filter(({ url }) => new URL(url).port !== slack) };
}

async function times(rounds: number, run: () => Promise<Run>): Promise<Run[]> {
  const runs: Run[] = [];
  for (let i = 0; i < rounds; i++) runs.push(await run());
  return runs;
}

function latency(name: string, runs: readonly Run[]): Result {
  const chains = runs.map(({ requests }) => chainOf(requests));
  const ratios = runs.map(({ durationMs }, i) => durationMs / ((chains[i]?.length ?? 0) * LATENCY_MS));
  return {
    name,
    value: round(median(ratios)),
    unit: '× its longest chain of calls',
    atMost: 1.25,
    reference: `${chains[0]?.join(' → ')}, ${LATENCY_MS} ms each`,
    detail: {
      'duration, ms (median)': median(runs.map(({ durationMs }) => durationMs)),
      'calls (median)': median(runs.map(({ calls }) => calls)),
      'counted by the simulator (median)': median(runs.map(({ requests }) => requests.length)),
      'one after another, needed or not (median)': median(runs.map(({ requests }) => oneAfterAnother(requests))),
    },
  };
}

const figure: Figure = {
  about: 'a workload’s diagnosis with 100 ms for each call, over its longest chain of calls; alone and in a crowd',
  async run() {
    const alone = await inSystem(aloneWorld, async (here, warm) => {
      const worker = await times(ROUNDS, warm);
      const cold = (env?: Readonly<Record<string, string>>) => inTerminal(here, [CLUSTER, '--workload', WORKLOAD], env);
      const terminal = await times(COLD_ROUNDS, () => measured(here, () => cold()));
      const results = [
        await explained(latency('latency of a workload, worker', worker), () =>
          profiledWorker(here, count =>
            Array.from({ length: count }, () => jobFor(here, CLUSTER, here.channel, { workload: WORKLOAD })),
          ),
        ),
        await explained(latency('latency of a workload, terminal', terminal), () => profiled(TERMINAL_RUN, cold)),
      ];
      return { results, worker, terminal };
    });
    const crowd = await inSystem(crowdedWorld, (_here, warm) => times(1, warm));
    const twice = [...alone.worker, ...alone.terminal, ...crowd].flatMap(({ requests }) => repeated(requests));
    return [
      ...alone.results,
      {
        name: 'calls of a workload made twice',
        value: twice.length,
        unit: 'calls',
        atMost: 0,
        reference: `${alone.worker.length + alone.terminal.length + crowd.length} diagnoses, every request with its body`,
        detail: Object.fromEntries([...new Set(twice)].map((call, i) => [`twice, ${i + 1}`, call])),
      },
      inCrowd(alone.worker, crowd),
    ];
  },
};
export default figure;

function inCrowd(alone: readonly Run[], crowd: readonly Run[]): Result {
  const [few, many] = [alone, crowd].map(runs => median(runs.map(({ calls }) => calls)));
  return {
    name: 'calls of a workload in a crowd',
    value: round((many ?? Number.NaN) / (few ?? Number.NaN)),
    unit: '× those of a small cluster',
    atMost: 2,
    reference: `${few} calls; the crowd: 3,000 service accounts, 5,000 Pods, 500 network policies`,
    detail: {
      calls: many ?? Number.NaN,
      'duration, ms': median(crowd.map(({ durationMs }) => durationMs)),
      'one after another, pages included': median(crowd.map(({ requests }) => oneAfterAnother(requests))),
    },
  };
}

/** A system before this world. `warm`: one diagnosis by its worker, which has done one already, at 100 ms a call. */
async function inSystem<Of>(
  world: typeof aloneWorld,
  work: (here: System, warm: () => Promise<Run>) => Promise<Of>,
): Promise<Of> {
  const here = await startSystem({ world, rateLimits: false, start: ['bot', 'diagnose'], env: PRODUCTION_TIMES });
  try {
    const diagnose = () => inWorker(here, CLUSTER, { workload: WORKLOAD });
    await diagnose();
    here.google.cloud.latency = LATENCY_MS;
    return await work(here, () => measured(here, diagnose));
  } finally {
    await here.stop();
  }
}
