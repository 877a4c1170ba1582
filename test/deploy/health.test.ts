/** A container's health check against a real Redis. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { HEALTH_KEY } from '../../src/store/worker-health.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

async function health(role: string, url = server.url) {
  const file = join(import.meta.dirname, '../../bin/health.ts');
  const child = spawn(process.execPath, [file, role], { env: { ...process.env, REDIS_URL: url } });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (part: string) => said.push(part));
  const [code] = await once(child, 'close');
  return { code, said: said.join('') };
}

async function says(role: string, host: string, ageMs: number): Promise<void> {
  const instance = `${host}-1`;
  const at = new Date(Date.now() - ageMs).toISOString();
  await redis.hset(
    HEALTH_KEY,
    instance,
    JSON.stringify({ role, instance, startedAt: at, at, google: { state: 'ok' } }),
  );
}

test.each<[string, string, [string, string, number] | undefined, number]>([
  ['a bot whose Redis answers', 'bot', undefined, 0],
  ['a worker that said so just now', 'diagnose', ['diagnoser', hostname(), 1_000], 0],
  ['a worker that has said nothing', 'diagnose', undefined, 1],
  ['a worker that fell silent', 'remediate', ['remediator', hostname(), 60_000], 1],
  ['the other worker on this host', 'remediate', ['diagnoser', hostname(), 1_000], 1],
  ['the same worker on another host', 'diagnose', ['diagnoser', 'elsewhere', 1_000], 1],
])('%s', async (_, role, said, code) => {
  if (said) await says(...said);
  expect(await health(role)).toMatchObject({ code });
});

test('a Redis that is away is told within 5 s', async () => {
  expect(await health('bot', 'redis://127.0.0.1:1')).toEqual({ code: 1, said: 'Redis does not answer\n' });
});
