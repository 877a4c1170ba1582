/** See `bare.ts`: started by it, with the requests to send as the first message. */
import { once } from 'node:events';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { BARE_QUEUE } from './bare.ts';
import type { RawRequest } from './recorded.ts';

/** As our worker's. */
const CONCURRENCY = 20;

/** With Node's own client, which keeps its connections. */
async function send({ url, method, headers, body }: RawRequest): Promise<void> {
  const answer = await fetch(url, { method, headers, ...(body === '' ? {} : { body }) });
  await answer.text();
}

const [requests] = (await once(process, 'message')) as [RawRequest[]];
const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });
const worker = new Worker(
  BARE_QUEUE,
  async () => {
    for (const request of requests) await send(request);
  },
  { connection, concurrency: CONCURRENCY },
);
worker.on('completed', () => process.send?.('done'));
await worker.waitUntilReady();
process.send?.('ready');
