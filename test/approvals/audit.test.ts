import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuditEvent, createAuditLog, verifyChain } from '../../src/approvals/audit.ts';
import { keys } from '../../src/store/keys.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';
import { bob, PLAN_KEY } from './examples.ts';
import { allLines, createWorld, type World } from './world.ts';

let server: TestRedis;
let world: World;
beforeAll(async () => {
  server = await startRedis();
  world = await createWorld(server.url);
});
beforeEach(() => world.redis.flushall());
afterAll(async () => {
  world.close();
  await server.stop();
});

const event = (n: number): AuditEvent => ({ action: 'test', at: '2026-11-22T12:00:00Z', who: bob, detail: { n } });
const record = (n: number) => ({ key: `key ${n}`, event: event(n) });
const written = async (count: number) => {
  await world.audit.append(Array.from({ length: count }, (_, n) => record(n)));
  return allLines(world.audit);
};
const verify = async (lines: string[]) => verifyChain(lines, { head: await world.audit.head(), planKey: PLAN_KEY });

describe('appending', () => {
  it('chains', async () => {
    const lines = await written(3);
    expect(await verify(lines)).toMatchObject({ ok: true, count: 3 });
    expect(lines.map(line => JSON.parse(line)).map(({ seq, event }) => [seq, event.detail.n])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
  });

  it('records a repeated step once', async () => {
    await Promise.all([world.audit.append([record(1), record(2)]), world.audit.append([record(2), record(3)])]);
    await world.audit.append([record(1)]);
    expect((await allLines(world.audit)).map(line => JSON.parse(line).key).sort()).toEqual(['key 1', 'key 2', 'key 3']);
  });

  it('verifies while it is empty', async () => {
    expect(await verify([])).toMatchObject({ ok: true, count: 0 });
  });

  it('takes secrets out', async () => {
    const redact = <Value>(value: Value): Value =>
      JSON.parse(JSON.stringify(value).replaceAll('ya29.secret', '[redacted]'));
    const audit = createAuditLog({ redis: world.redis, planKey: PLAN_KEY, redact });
    await audit.append([{ key: 'a', event: { ...event(1), reason: 'my token is ya29.secret' } }]);
    const [line = ''] = await allLines(audit);
    expect(line).not.toContain('ya29.secret');
    expect(JSON.parse(line).event.reason).toBe('my token is [redacted]');
    expect(await verify([line])).toMatchObject({ ok: true });
  });

  it('takes secrets out of what it records, and does not look again at what is on record', async () => {
    const seen: unknown[] = [];
    const redact = <Value>(value: Value): Value => {
      seen.push(value);
      return value;
    };
    const audit = createAuditLog({ redis: world.redis, planKey: PLAN_KEY, redact });
    await audit.append([record(1)]);
    await audit.append([record(1), record(2)]);
    expect(seen).toEqual([record(1).event, record(2).event]);
  });

  it('works without a key, hashes only', async () => {
    const audit = createAuditLog({ redis: world.redis, redact: value => value });
    await audit.append([record(1)]);
    expect(await verifyChain(await allLines(audit), { head: await audit.head() })).toMatchObject({
      ok: true,
      count: 1,
    });
    expect(await verify(await allLines(audit))).toMatchObject({ ok: false, at: 1 });
  });

  it('never forks, with writers in several processes', async () => {
    const script = `
      import { createAuditLog } from '${new URL('../../src/approvals/audit.ts', import.meta.url)}';
      import { Redis } from '${import.meta.resolve('ioredis')}';
      const redis = new Redis('${server.url}');
      const audit = createAuditLog({ redis, planKey: '${PLAN_KEY}', redact: value => value });
      for (let i = 0; i < 40; i++) await audit.append([{ key: process.pid + ' ' + i, event: { action: 'test', at: '' } }, { key: 'shared ' + i, event: { action: 'test', at: '' } }]);
      redis.disconnect();`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    await Promise.all([run(), run(), run()]);
    expect(await verify(await allLines(world.audit))).toMatchObject({ ok: true, count: 3 * 40 + 40 });
  });
});

describe('whatever is done to it shows', () => {
  const LENGTH = 8;
  const position = fc.integer({ min: 0, max: LENGTH - 1 });

  it.each<[string, (lines: string[], at: number) => string[]]>([
    ['an entry changed', (lines, at) => lines.with(at, (lines[at] ?? '').replace('"n":', '"n":9'))],
    ['an entry removed', (lines, at) => lines.toSpliced(at, 1)],
    ['an entry doubled', (lines, at) => lines.toSpliced(at, 0, lines[at] ?? '')],
    ['the end cut off', (lines, at) => lines.slice(0, at)],
    ['an entry unreadable', (lines, at) => lines.with(at, '{')],
  ])('%s', async (_, alter) => {
    const lines = await written(LENGTH);
    await fc.assert(
      fc.asyncProperty(position, async at => {
        const verdict = await verify(alter(lines, at));
        expect(verdict.ok).toBe(false);
        if (!verdict.ok) expect(verdict.at).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });

  it('an entry written without the key, hashes made to fit', async () => {
    const forger = createAuditLog({ redis: world.redis, redact: value => value });
    await written(2);
    await forger.append([record(9)]);
    expect(await verify(await allLines(world.audit))).toMatchObject({ ok: false, at: 3 });
  });

  it('the end cut off and the head set back without the key', async () => {
    const [first = '', ...rest] = await written(3);
    await world.redis.ltrim(keys.audit.log, 0, 0);
    await world.redis.hset(keys.audit.head, 'seq', 1, 'hash', JSON.parse(first).hash);
    expect(rest).toHaveLength(2);
    expect(await verify(await allLines(world.audit))).toMatchObject({ ok: false, at: 2 });
  });

  it('the head removed', async () => {
    const lines = await written(2);
    await world.redis.del(keys.audit.head);
    expect(await verifyChain(lines, { head: { seq: 0, hash: '' }, planKey: PLAN_KEY })).toMatchObject({ ok: false });
  });
});
