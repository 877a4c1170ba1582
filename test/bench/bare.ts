/** The reference for throughput: a BullMQ job that sends the same raw requests and nothing else, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { System } from '../system/system.ts';
import { until } from '../system/until.ts';
import type { RawRequest } from './recorded.ts';

export const BARE_QUEUE = 'bare';

/** Bare jobs per second, over `count` of them, after as many again to warm up as our worker had. */
export async function bareRate(here: System, requests: readonly RawRequest[], count: number): Promise<number> {
  const file = new URL('./bare-worker.ts', import.meta.url).pathname;
  const env = { ...process.env, REDIS_URL: here.redis.url, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  child.send(requests);
  await once(child, 'message');
  let done = 0;
  child.on('message', () => {
    done += 1;
  });
  const connection = new Redis(here.redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue(BARE_QUEUE, { connection });
  const run = async (jobs: number) => {
    const before = done;
    const started = performance.now();
    await Promise.all(Array.from({ length: jobs }, () => queue.add('bare', {}, { removeOnComplete: true })));
    await until(`${jobs} bare jobs`, () => done - before >= jobs, 120_000);
    return (jobs * 1_000) / (performance.now() - started);
  };
  try {
    await run(70);
    return await run(count);
  } finally {
    child.kill('SIGKILL');
    await queue.close();
    connection.disconnect();
  }
}
