import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuditEvent, createAuditLog, verifyChain, verifyLog } from '../../src/approvals/audit.ts';
import { keys } from '../../src/store/keys.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';
import { bob, PLAN_KEY, signingAs } from './examples.ts';
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
const signing = signingAs('bot');
const forged = signingAs('bot', 'another secret of somebody else');
const verify = async (lines: string[]) => verifyChain(lines, { head: await world.audit.head(), signing });

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

  it('a log that is empty, or has no head, was removed: every process begins it at its start', async () => {
    expect(await verifyLog(world.audit, signing)).toMatchObject({ ok: false, at: 1 });
    await world.audit.begin();
    await world.audit.begin();
    expect(await verifyLog(world.audit, signing)).toMatchObject({ ok: true, count: 1 });
    await world.redis.del(keys.audit.head);
    expect(await verifyLog(world.audit, signing)).toMatchObject({ ok: false, at: 2 });
  });

  it('takes secrets out', async () => {
    const redact = <Value>(value: Value): Value =>
      JSON.parse(JSON.stringify(value).replaceAll('ya29.secret', '[redacted]'));
    const audit = createAuditLog({ redis: world.redis, signing, redact });
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
    const audit = createAuditLog({ redis: world.redis, signing, redact });
    await audit.append([record(1)]);
    await audit.append([record(1), record(2)]);
    expect(seen).toEqual([record(1).event, record(2).event]);
  });

  it('never forks, with writers in several processes', async () => {
    const script = `
      import { createAuditLog } from '${new URL('../../src/approvals/audit.ts', import.meta.url)}';
      import { createSigning } from '${new URL('../../src/signing/signing.ts', import.meta.url)}';
      import { deriveKeys } from '${new URL('../../src/signing/keys.ts', import.meta.url)}';
      import { Redis } from '${import.meta.resolve('ioredis')}';
      const redis = new Redis('${server.url}');
      const audit = createAuditLog({ redis, signing: createSigning(deriveKeys('${PLAN_KEY}', 'bot')), redact: value => value });
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
    const forger = createAuditLog({ redis: world.redis, signing: forged, redact: value => value });
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
    expect(lines).toHaveLength(2);
    expect(await verifyLog(world.audit, signing)).toMatchObject({ ok: false, at: 3 });
  });

  it('a cut that is written over: whoever writes next says so, and the log stays broken', async () => {
    await written(3);
    await world.redis.rpop(keys.audit.log);
    await world.audit.append([record(7)]);
    const entries = (await allLines(world.audit)).map(line => JSON.parse(line));
    expect(entries.map(({ event }) => event.action)).toEqual(['test', 'test', 'audit.altered', 'test']);
    expect(await verifyLog(world.audit, signing)).toMatchObject({ ok: false, at: 3 });
  });

  it('a mark that something is recorded, without the record: it is recorded all the same', async () => {
    await written(1);
    await world.redis.hset(keys.audit.recorded, 'key 5', 1, 'key 6', 99, 'key 7', 'x');
    await world.audit.append([record(5), record(6), record(7)]);
    expect((await allLines(world.audit)).map(line => JSON.parse(line).key)).toEqual([
      'key 0',
      'key 5',
      'key 6',
      'key 7',
    ]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an older copy, head included', async () => undefined],
    ['another log', async () => world.audit.append([record(10), record(11), record(12)])],
  ])('put back: %s, shows against a checkpoint', async (_, putBack) => {
    await written(2);
    const [log, head] = [await allLines(world.audit), await world.redis.hgetall(keys.audit.head)];
    await world.audit.append([record(3), record(4)]);
    const checkpoint = await world.audit.head();
    if (!checkpoint) throw new Error('there is a head');
    expect(await verifyLog(world.audit, signing, [checkpoint])).toMatchObject({ ok: true });
    await world.redis.flushall();
    await world.redis.rpush(keys.audit.log, ...log);
    await world.redis.hset(keys.audit.head, head);
    await putBack();
    expect(await verifyLog(world.audit, signing)).toMatchObject({ ok: true });
    expect(await verifyLog(world.audit, signing, [checkpoint])).toMatchObject({ ok: false });
  });
});
