/**
 * Throughput: diagnoses per second of one worker where Google and Slack answer at once, over what a bare BullMQ job does that
 * sends the same raw HTTP requests and nothing else, on the same Redis. And memory: idle, and flat over a thousand diagnoses.
 */
import { readFile } from 'node:fs/promises';
import { startSystem } from '../../system/system.ts';
import { bareRate } from '../bare.ts';
import { jobFor, PRODUCTION_TIMES, runAll } from '../diagnosing.ts';
import { type Figure, type Result, round } from '../figure.ts';
import { explained, profiledWorker } from '../profile.ts';
import { recorded } from '../recorded.ts';

const CLUSTER = 'sandbox-1/asia-northeast1/cluster-x';
const JOBS = 300;
const DIAGNOSES = 1_000;

const figure: Figure = {
  about: 'diagnoses per second against a bare job with the same requests; memory idle and after a thousand',
  async run() {
    const here = await startSystem({ rateLimits: false, start: ['bot', 'diagnose'], env: PRODUCTION_TIMES });
    try {
      const idle = {
        bot: await residentMb(here.services.bot.pid),
        worker: await residentMb(here.services.diagnose.pid),
      };
      const channels = Array.from({ length: 20 }, (_, i) => here.addChannel(`bench-${i}`));
      const jobs = (count: number) =>
        Array.from({ length: count }, (_, i) => jobFor(here, CLUSTER, channels[i % channels.length] ?? here.channel));
      await runAll(here, jobs(20));
      const requests = await recorded(() => runAll(here, jobs(1)));
      await runAll(here, jobs(50));
      const early = await residentMb(here.services.diagnose.pid);
      const ours = (JOBS * 1_000) / (await runAll(here, jobs(JOBS)));
      const bare = await bareRate(here, requests, JOBS);
      for (let done = JOBS; done < DIAGNOSES; done += 100) await runAll(here, jobs(100));
      const late = await residentMb(here.services.diagnose.pid);
      const throughput = {
        name: 'throughput',
        value: round(ours / bare),
        unit: '× a bare job',
        atLeast: 0.6,
        reference: `${round(bare, 1)} bare jobs a second, ${requests.length} requests each`,
        detail: { 'diagnoses a second': round(ours, 1) },
      };
      const results: Result[] = [
        await explained(throughput, () => profiledWorker(here, jobs)),
        { name: 'memory, bot idle', value: round(idle.bot, 0), unit: 'MB', atMost: 150 },
        { name: 'memory, worker idle', value: round(idle.worker, 0), unit: 'MB', atMost: 250 },
        {
          name: 'memory, growth over 1,000 diagnoses',
          value: round(late / early),
          unit: '× after the first 50',
          atMost: 1.25,
          detail: { 'after 50, MB': round(early, 0), 'after 1,000, MB': round(late, 0) },
        },
      ];
      return results;
    } finally {
      await here.stop();
    }
  },
};
export default figure;

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
