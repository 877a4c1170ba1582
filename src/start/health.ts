/**
 * For a container's health check: `node bin/health.ts bot|diagnose|remediate` ends with 0 where the process beside it works. A worker
 * does where it has said so within 35 s (contracts/health.ts); the bot where its Redis answers, for it serves nothing else that could be asked.
 */
import { hostname } from 'node:os';
import { HEALTH_GONE_MS, type WorkerHealth } from '../contracts/health.ts';
import { connectRedis } from '../store/redis.ts';
import { liveWorkers } from '../store/worker-health.ts';

const ROLES: Readonly<Record<string, WorkerHealth['role'] | undefined>> = {
  diagnose: 'diagnoser',
  remediate: 'remediator',
};

const role = ROLES[process.argv[2] ?? ''];
const redis = connectRedis(process.env.REDIS_URL || 'redis://127.0.0.1:6379', 'patient');
// Never longer than Docker waits.
const late = setTimeout(() => end('Redis does not answer'), 4_000);

if (role === undefined) await redis.ping();
else if (!(await saidSo(role)))
  end(`no ${role} on ${hostname()} has said within ${HEALTH_GONE_MS / 1_000} s that it works`);
clearTimeout(late);
redis.disconnect();
process.exit();

async function saidSo(wanted: WorkerHealth['role']): Promise<boolean> {
  const workers = await liveWorkers(redis);
  return workers.some(({ role: its, instance }) => its === wanted && instance.startsWith(`${hostname()}-`));
}

function end(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
