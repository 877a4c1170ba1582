import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../system/redis.ts';
import { runInterleavings } from './interleavings.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis({ args: ['--appendfsync', 'no'] });
});
afterAll(() => server.stop());

it('clicks, expiries, crashes and duplicates, in any order: one grant, one record, and an end', async () => {
  const ends = await runInterleavings({ redisUrl: server.url, runs: 500 });
  // Sequences that never get anywhere would prove nothing.
  expect([...ends.keys()]).toEqual(expect.arrayContaining(['verified', 'revoked', 'denied', 'expired', 'pending']));
}, 120_000);
