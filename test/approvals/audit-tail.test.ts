import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/approvals/approval.ts';
import { createAuditLog, type Head } from '../../src/approvals/audit.ts';
import { AuditTail, FREEZE, RESTORED, type Restored, UNFREEZE } from '../../src/approvals/audit-tail.ts';
import { isForgotten } from '../../src/approvals/recheck.ts';
import { keys } from '../../src/store/keys.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';
import { bob, signingAs } from './examples.ts';
import { allLines, createWorld, freshPlan, type World } from './world.ts';

let server: TestRedis;
let world: World;
let noticed: Restored[];
beforeAll(async () => {
  server = await startRedis();
  world = await createWorld(server.url);
});
beforeEach(async () => {
  noticed = [];
  await world.redis.flushall();
});
afterAll(async () => {
  world.close();
  await server.stop();
});

const tailOf = (known?: Head) =>
  new AuditTail({
    audit: world.audit,
    signing: signingAs('remediator'),
    ...(known && { known }),
    onRestored: restored => noticed.push(restored),
  });
const logOf = (signer: 'operator' | 'bot' | 'remediator') =>
  createAuditLog({ redis: world.redis, signing: signingAs(signer), redact: value => value });
const say = (signer: 'operator' | 'bot' | 'remediator', action: string, at = new Date().toISOString()) =>
  logOf(signer).append([{ key: `${action} ${at} ${signer}`, event: { action, at, who: bob } }]);
async function approved(): Promise<Approval> {
  return (await world.store.approve(await world.store.open(freshPlan()), bob, 1)).approval;
}
/** All that there is in Redis, to be put back later. */
async function dump(): Promise<() => Promise<void>> {
  const all = await Promise.all(
    (await world.redis.keys('*')).map(async key => [key, await world.redis.dumpBuffer(key)] as const),
  );
  return async () => {
    await world.redis.flushall();
    for (const [key, value] of all) await world.redis.restore(key, 0, value);
  };
}

describe('what the log says of an approval', () => {
  it('agrees with what Redis holds, while nobody cuts anything off', async () => {
    const tail = tailOf();
    const approval = await approved();
    expect(isForgotten(approval, await tail.read())).toBeUndefined();
    const { approval: claimed } = await world.store.claim(approval);
    expect(isForgotten(claimed, await tail.read())).toBeUndefined();
    expect(noticed).toEqual([]);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['a denial', async id => world.store.deny((await world.store.get(id)) as Approval, { by: bob, reason: 'no' })],
    ['an approval', async id => world.store.approve((await world.store.get(id)) as Approval, bob, 1)],
  ])('%s that was cut off is missed, and stays missed when another one is put there', async (_, decide) => {
    const tail = tailOf();
    const { id } = await world.store.open(freshPlan());
    await decide(id);
    await world.redis.rpop(keys.events(id));
    const cut = await world.store.get(id);
    if (!cut) throw new Error('it is there');
    expect(isForgotten(cut, await tail.read())).toBe('history-cut');
    const { approval } = await world.store.approve(cut, { ...bob, id: 'U-CAROL', user: 'U-CAROL', email: 'c@d.e' }, 1);
    expect(isForgotten(approval, await tail.read())).toBe('history-cut');
  });

  it('lacks what nobody has recorded', async () => {
    const approval = await approved();
    await world.redis.del(keys.audit.log, keys.audit.head, keys.audit.recorded);
    expect(isForgotten(approval, await tailOf().read())).toBe('history-cut');
  });
});

describe('a Redis that was put back', () => {
  it('is noticed by whoever lived through it; what was opened before is not applied any more', async () => {
    const tail = tailOf();
    const before = await approved();
    const putBack = await dump();
    await approved();
    await tail.read();
    await putBack();
    const again = await world.store.get(before.id);
    if (!again) throw new Error('it is there');
    expect(isForgotten(again, await tail.read())).toBe('restored');
    expect(noticed).toHaveLength(1);
    const after = await approved();
    expect(isForgotten(after, await tail.read())).toBeUndefined();
    expect(noticed).toHaveLength(1);
  });

  it('is noticed at the start, by a checkpoint; without one it is not', async () => {
    const before = await approved();
    const putBack = await dump();
    await approved();
    const { head } = await tailOf().read();
    await putBack();
    expect(isForgotten(before, await tailOf().read())).toBeUndefined();
    expect(isForgotten(before, await tailOf(head).read())).toBe('restored');
    expect(noticed).toEqual([{ expected: head, found: expect.objectContaining({ seq: 2 }) }]);
  });

  it('is noticed where another log of the same length stands there, and where all is gone', async () => {
    await approved();
    const { head } = await tailOf().read();
    await world.redis.flushall();
    await approved();
    await tailOf(head).read();
    await world.redis.flushall();
    await tailOf(head).read();
    expect(noticed).toHaveLength(2);
  });

  it('is remembered by the log itself, for those who start later', async () => {
    const approval = await approved();
    await say('remediator', RESTORED, new Date(Date.now() + 1000).toISOString());
    expect(isForgotten(approval, await tailOf().read())).toBe('restored');
    await world.redis.flushall();
    const other = await approved();
    await say('bot', RESTORED, new Date(Date.now() + 1000).toISOString());
    expect(isForgotten(other, await tailOf().read())).toBeUndefined();
  });

  it('a line without a key is passed over, and reported', async () => {
    const tail = tailOf();
    const approval = await approved();
    await tail.read();
    const [line = ''] = await allLines(world.audit);
    await world.redis.rpush(keys.audit.log, line.replace('approval.open', 'approval.deny'));
    expect(isForgotten(approval, await tail.read())).toBe('restored');
    expect(noticed).toHaveLength(1);
    await tail.read();
    expect(noticed).toHaveLength(1);
  });
});

describe('freezing', () => {
  it('is the operator’s word only, the last one counts, and cutting it off does not unfreeze', async () => {
    const tail = tailOf();
    await say('bot', FREEZE);
    expect((await tail.read()).frozen).toBeUndefined();
    await say('operator', FREEZE, '2026-01-01T00:00:00.000Z');
    expect((await tail.read()).frozen).toMatchObject({ by: 'U-BOB' });
    await say('bot', UNFREEZE);
    expect((await tail.read()).frozen).toBeDefined();
    await world.redis.flushall();
    expect((await tail.read()).frozen).toBeDefined();
    await say('operator', UNFREEZE, '2026-01-01T00:01:00.000Z');
    expect((await tail.read()).frozen).toBeUndefined();
  });
});
