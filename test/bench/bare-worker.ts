/** See `bare.ts`: started by it, with the requests to send as the first message. */
import { once } from 'node:events';
import { Agent, request as overHttp } from 'node:http';
import { request as overHttps, Agent as SecureAgent } from 'node:https';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { BARE_QUEUE } from './bare.ts';
import type { RawRequest } from './recorded.ts';

const CONCURRENCY = 20;
const agents = { http: new Agent({ keepAlive: true }), https: new SecureAgent({ keepAlive: true }) };

function send({ url, method, headers, body }: RawRequest): Promise<void> {
  const secure = url.startsWith('https');
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } };
    const sent = secure
      ? overHttps(url, { ...options, agent: agents.https })
      : overHttp(url, { ...options, agent: agents.http });
    sent.on('response', response => response.on('error', reject).on('end', resolve).resume());
    sent.on('error', reject).end(body);
  });
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
