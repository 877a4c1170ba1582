import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/approvals/approval.ts';
import { ApprovalTamperedError, requestDigest } from '../../src/approvals/record.ts';
import { endGrants, resumeStranded } from '../../src/approvals/sweep.ts';
import { planHash } from '../../src/contracts/plan.ts';
import { type SignerName, sealed } from '../../src/signing/signing.ts';
import { KEEP_ENDED_MS } from '../../src/store/append-event.ts';
import { keys } from '../../src/store/keys.ts';
import { bob, carol, examplePlan, requester, signingAs } from '../approvals/examples.ts';
import { allLines, createWorld, freshPlan, TIMES, type World } from '../approvals/world.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';

let server: TestRedis;
let world: World;
beforeAll(async () => {
  server = await startRedis();
  world = await createWorld(server.url);
});
beforeEach(async () => {
  await world.redis.flushall();
  world.jobs.length = 0;
});
afterAll(async () => {
  world.close();
  await server.stop();
});

const open = (plan = freshPlan()) => world.store.open(plan);
const states = ({ events }: Approval) => events.map(({ move, state }) => `${move} ${state}`);

/** Approved by Bob, and applied. */
async function applied(plan = freshPlan()): Promise<Approval> {
  const { approval } = await world.store.approve(await open(plan), bob, 1);
  const claimed = await world.store.claim(approval);
  return (await world.store.settle(claimed.approval, 'apply', claimed.count)).approval;
}

describe('opening', () => {
  it('stores plan, requester and history', async () => {
    const plan = freshPlan();
    const approval = await open(plan);
    expect(approval).toMatchObject({
      id: plan.id,
      state: 'pending',
      signed: { plan, hash: planHash(plan) },
      fence: 0,
      stillFailing: false,
      cards: {},
    });
    expect(approval.events).toMatchObject([{ move: 'open', state: 'pending', by: requester }]);
    expect(await world.store.get(plan.id)).toEqual(approval);
    expect(await world.store.get('nonsense')).toBeUndefined();
  });

  it('happens once for the same report, check, subject and remedy', async () => {
    const plan = freshPlan();
    const again = (id: string) => open({ ...plan, id });
    const opened = await Promise.all(['one', 'two', 'three'].map(again));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(await world.backlog.pending()).toHaveLength(1);
  });

  it('happens anew for another subject, and for trying again', async () => {
    const first = await open();
    const { plan } = first.signed;
    const other = await open({ ...plan, id: 'other', subject: `${plan.subject}-2` });
    const retry = await world.store.open({ ...plan, id: 'retry' }, { retryOf: plan.id });
    expect(new Set([first.id, other.id, retry.id]).size).toBe(3);
  });

  it('never takes what is done by hand', async () => {
    const { remedy } = examplePlan();
    await expect(open(freshPlan({ remedy: { ...remedy, risk: 'manual' } }))).rejects.toThrow(/manual/);
  });
});

describe('voting', () => {
  it('counts different people until the quorum is there', async () => {
    const approval = await open();
    expect(await world.store.approve(approval, bob, 2)).toMatchObject({
      code: 'counted',
      count: 1,
      approval: { state: 'pending' },
    });
    expect(await world.store.approve(approval, bob, 2)).toMatchObject({ code: 'voted' });
    const sameEmail = { ...carol, id: 'W1', user: 'U1', email: 'BOB@example.com' };
    expect(await world.store.approve(approval, sameEmail, 2)).toMatchObject({ code: 'voted' });
    expect(await world.store.approve(approval, carol, 2)).toMatchObject({
      code: 'moved',
      approval: { state: 'approved' },
    });
    expect(await world.store.approve(approval, requester, 2)).toMatchObject({ code: 'refused' });
  });

  it('of many at once, one approves', async () => {
    const approval = await open();
    const people = Array.from({ length: 20 }, (_, i) => ({ team: 'T1', user: `U${i}`, id: `U${i}` }));
    const results = await Promise.all(people.map(person => world.store.approve(approval, person, 1)));
    expect(results.filter(({ code }) => code === 'moved')).toHaveLength(1);
    expect(results.filter(({ code }) => code === 'refused')).toHaveLength(19);
  });

  it('approve against deny: one of them', async () => {
    const approval = await open();
    const results = await Promise.all([
      world.store.approve(approval, bob, 1),
      world.store.deny(approval, { by: carol, reason: 'no' }),
    ]);
    expect(results.map(({ code }) => code).sort()).toEqual(['moved', 'refused']);
  });
});

describe('time', () => {
  it('is over by the clock of Redis: a late yes expires it', async () => {
    const approval = await open(freshPlan({}, 0));
    expect(await world.store.approve(approval, bob, 1)).toMatchObject({
      code: 'expired',
      approval: { state: 'expired' },
    });
    expect(await world.store.deny(approval, { by: bob, reason: 'x' })).toMatchObject({ code: 'refused' });
  });

  it('is not over before it is', async () => {
    expect(await world.store.expire(await open())).toMatchObject({ code: 'early', approval: { state: 'pending' } });
  });

  it('expires what is due, once', async () => {
    const due = await open(freshPlan({}, 0));
    await open();
    const [first, second] = await Promise.all([world.backlog.expireDue(), world.backlog.expireDue()]);
    expect([...first, ...second].map(({ id, state }) => [id, state])).toEqual([[due.id, 'expired']]);
    expect(await world.backlog.pending()).toHaveLength(1);
  });

  it('expires also what was approved and never begun', async () => {
    const { approval } = await world.store.approve(await open(freshPlan({}, 800)), bob, 1);
    await sleep(810);
    expect(await world.store.claim(approval)).toMatchObject({ code: 'expired', approval: { state: 'expired' } });
  });

  it('reminds once', async () => {
    const soon = await open(freshPlan({ createdAt: new Date(Date.now() - 3_500_000).toISOString() }, 100_000));
    await open();
    expect((await world.backlog.remindersDue()).map(({ id }) => id)).toEqual([soon.id]);
    await world.backlog.reminded(soon.id);
    expect(await world.backlog.remindersDue()).toEqual([]);
  });
});

describe('applying', () => {
  it('is one worker at a time', async () => {
    const { approval } = await world.store.approve(await open(), bob, 1);
    const claims = await Promise.all(Array.from({ length: 10 }, () => world.store.claim(approval)));
    expect(claims.filter(({ code }) => code === 'moved')).toHaveLength(1);
    expect(claims.filter(({ code }) => code === 'held')).toHaveLength(9);
  });

  it('passes to another when its worker goes silent, and the first may write no more', async () => {
    const quick = await createWorld(server.url, { leaseMs: 500, verifyMs: [0] });
    const { approval } = await quick.store.approve(await open(), bob, 1);
    const first = await quick.store.claim(approval);
    expect(await quick.store.claim(approval)).toMatchObject({ code: 'held' });
    await sleep(510);
    const second = await quick.store.claim(approval);
    expect([first.count, second.count]).toEqual([1, 2]);
    expect(await quick.store.renew(first.approval)).toBe(false);
    expect(await quick.store.settle(approval, 'apply', first.count)).toMatchObject({ code: 'fenced' });
    expect(await quick.store.settle(approval, 'apply', second.count)).toMatchObject({
      code: 'moved',
      approval: { state: 'applied' },
    });
    quick.close();
  });

  it('stays with the worker that renews, and passes on at once when it lets go', async () => {
    const quick = await createWorld(server.url, { leaseMs: 50, verifyMs: [0] });
    const { approval } = await quick.store.approve(await open(), bob, 1);
    const { approval: claimed } = await world.store.claim(approval);
    expect(await world.store.renew(claimed)).toBe(true);
    expect(await quick.store.claim(approval)).toMatchObject({ code: 'held' });
    expect(await world.store.release(claimed)).toBe(true);
    expect(await quick.store.claim(approval)).toMatchObject({ code: 'moved' });
    quick.close();
  });

  it('ends in every way there is', async () => {
    for (const [move, state] of [
      ['go-stale', 'stale'],
      ['fail', 'failed'],
      ['lapse', 'expired'],
      ['apply', 'applied'],
    ] as const) {
      const { approval } = await world.store.approve(await open(), bob, 1);
      const { count } = await world.store.claim(approval);
      const settled = await world.store.settle(approval, move, count, { reason: 'why', detail: { etag: 'a' } });
      expect(settled.approval).toMatchObject({ state });
      expect(settled.approval.events.at(-1)).toMatchObject({ move, reason: 'why', detail: { etag: 'a' } });
      expect(await world.store.settle(approval, move, count)).toMatchObject({ code: 'refused' });
    }
  });

  it('is verified, revoked and kept on record', async () => {
    const approval = await applied();
    expect(await world.store.verified(approval)).toMatchObject({ code: 'moved' });
    expect(await world.store.verified(approval)).toMatchObject({ code: 'refused' });
    expect(await world.store.revoke(approval, { by: bob, reason: 'not needed' })).toMatchObject({ code: 'moved' });
    const { count } = await world.store.claimRevocation(approval);
    const { approval: revoked } = await world.store.settle(approval, 'finish-revocation', count);
    expect(states(revoked)).toEqual([
      'open pending',
      'approve approved',
      'claim applying',
      'apply applied',
      'verify verified',
      'revoke revoking',
      'claim-revocation revoking',
      'finish-revocation revoked',
    ]);
    const ttl = await world.redis.pttl(keys.events(approval.id));
    expect(ttl).toBeGreaterThan(KEEP_ENDED_MS - 60_000);
    expect(await world.redis.pttl(keys.events(approval.id))).toBeGreaterThan(KEEP_ENDED_MS - 60_000);
  });

  it('stays applied, and says so, where the check still fails', async () => {
    const { approval } = await world.store.giveUpVerifying(await applied());
    expect(approval).toMatchObject({ state: 'applied', stillFailing: true });
    expect(await world.store.revoke(approval, { by: bob, reason: 'x' })).toMatchObject({ code: 'moved' });
    expect(await world.redis.pttl(keys.events(approval.id))).toBe(-1);
  });

  it('is granted still where revoking fails, and can be revoked again', async () => {
    const approval = await applied();
    await world.store.revoke(approval, { by: bob, reason: 'x' });
    const { count } = await world.store.claimRevocation(approval);
    expect(await world.store.settle(approval, 'fail-revocation', count)).toMatchObject({
      approval: { state: 'applied' },
    });
    // It may have been verified before: that is looked at again.
    expect(await world.redis.zscore(keys.index.work, approval.id)).not.toBeNull();
    expect(await world.store.revoke(approval, { by: bob, reason: 'x' })).toMatchObject({ code: 'moved' });
  });
});

describe('what a crash leaves', () => {
  const sweeping = (world: World) => ({ ...world, queue: world.deciding.queue, ...TIMES });
  const overdue = (id: string, index: string) => world.redis.zadd(index, 'XX', 0, id);

  it.each([
    ['approved, never queued', async () => (await world.store.approve(await open(), bob, 1)).approval, 'apply'],
    ['applied, never verified', () => applied(), 'verify'],
    [
      'revoking, never queued',
      async () => (await world.store.revoke(await applied(), { by: bob, reason: 'x' })).approval,
      'revoke',
    ],
  ] as const)('%s: is queued again, once per lease', async (_, make, kind) => {
    const { id } = await make();
    expect(await resumeStranded(sweeping(world))).toEqual([]);
    await overdue(id, keys.index.work);
    expect((await resumeStranded(sweeping(world))).map(approval => approval.id)).toEqual([id]);
    expect(world.jobs).toMatchObject([{ kind, approval: id }]);
    expect(await resumeStranded(sweeping(world))).toEqual([]);
  });

  it('a time-bound grant ends, and its end is on record before it is made', async () => {
    const { approval } = await world.store.approve(await open(freshPlan({ grantMs: 300 })), bob, 1);
    const claimed = await world.store.claim(approval);
    expect(claimed.approval.endsAt).toBeGreaterThan(Date.now());
    await overdue(approval.id, keys.index.ends);
    expect(await endGrants(sweeping(world))).toEqual([]);
    await world.store.settle(approval, 'apply', claimed.count);
    await overdue(approval.id, keys.index.ends);
    // Not before its time, whatever the index says.
    expect(await endGrants(sweeping(world))).toEqual([]);
    await sleep(310);
    expect(await endGrants(sweeping(world))).toMatchObject([{ id: approval.id, state: 'revoking' }]);
    expect(world.jobs).toMatchObject([{ kind: 'revoke', approval: approval.id }]);
    expect(await endGrants(sweeping(world))).toEqual([]);
  });

  it('the audit log gets what it lacks', async () => {
    const broken = await createWorld(server.url);
    await world.redis.set(keys.audit.recorded, 'not a hash');
    const approval = await broken.store.open(freshPlan());
    expect(approval.state).toBe('pending');
    await world.redis.del(keys.audit.recorded);
    await world.backlog.recordMissing();
    await world.backlog.recordMissing();
    const events = (await allLines(world.audit)).map(line => JSON.parse(line).event);
    expect(events).toMatchObject([{ action: 'approval.open', approval: approval.id }]);
    broken.close();
  });

  it('a card that shows an older state is known until it is shown anew', async () => {
    const approval = await open();
    await world.store.saveCard(approval.id, 'thread', { channel: 'C1', ts: '1.2' });
    expect(await world.backlog.staleCards(0)).toMatchObject([
      { id: approval.id, cards: { thread: { channel: 'C1', ts: '1.2' } } },
    ]);
    const { approval: later } = await world.store.approve(approval, bob, 2);
    expect(await world.store.cardShown(approval)).toBe(false);
    expect(await world.store.cardShown(later)).toBe(true);
    expect(await world.backlog.staleCards(0)).toEqual([]);
  });

  it('a restart of Redis loses nothing', async () => {
    const approval = await applied();
    // Not `once`: that takes a refused connection on the way for the end.
    const back = new Promise<void>(resolve => world.redis.once('ready', () => resolve()));
    await server.restart();
    await back;
    expect(await world.store.get(approval.id)).toEqual(approval);
    expect(await world.store.verified(approval)).toMatchObject({ code: 'moved' });
  });
});

describe('what is altered in Redis is found', () => {
  const line = async (id: string, index: number) => (await world.redis.lindex(keys.events(id), index)) ?? '';
  /** An event as an attacker would write it who has a key, but not that of the right role. */
  const written = async (id: string, signer: SignerName | 'nobody', event: Record<string, unknown>) => {
    const { events } = (await world.store.get(id)) ?? { events: [] };
    const place = { approval: id, index: events.length + 1, prev: events.at(-1)?.hash, at: Date.now() };
    const signing = signer === 'nobody' ? signingAs('bot', 'a secret of somebody else') : signingAs(signer);
    return sealed(signing, 'event', { ...place, ...event });
  };

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['the plan', async id => world.redis.lset(keys.events(id), 0, (await line(id, 0)).replaceAll('node-b@', 'eve@'))],
    [
      'the plan, signed with another key',
      async id => {
        const plan = { ...freshPlan(), id };
        const content = { approval: id, index: 1, prev: '0'.repeat(64), at: Date.now(), move: 'open', by: bob, plan };
        const signing = signingAs('diagnoser', 'a secret of somebody else');
        await world.redis.lset(keys.events(id), 0, sealed(signing, 'event', content));
      },
    ],
    [
      'the plan, signed by a process that makes no plans',
      async id => {
        const plan = { ...freshPlan(), id };
        const content = { approval: id, index: 1, prev: '0'.repeat(64), at: Date.now(), move: 'open', by: bob, plan };
        await world.redis.lset(keys.events(id), 0, sealed(signingAs('bot'), 'event', content));
      },
    ],
    ["another approval's history", async id => world.redis.lset(keys.events(id), 0, await line((await open()).id, 0))],
    ['rubbish', async id => world.redis.lset(keys.events(id), 0, '{')],
  ])('%s: nothing of it is used', async (_, alter) => {
    const { id } = await open();
    await alter(id);
    await expect(world.store.get(id)).rejects.toThrow(ApprovalTamperedError);
    expect((await world.backlog.pending()).map(one => one.id)).not.toContain(id);
  });

  const vote = { move: 'approve', by: carol, quorum: 1 };
  it.each<[string, (id: string) => Promise<string>, RegExp]>([
    ['a vote without a signature', async id => JSON.stringify({ content: { approval: id, ...vote } }), /not an event/],
    ['a vote with the key of somebody else', id => written(id, 'nobody', vote), /no valid signature/],
    ['a vote signed by a worker', id => written(id, 'remediator', vote), /remediator may not sign approve/],
    ['a vote signed by the operator', id => written(id, 'operator', vote), /operator may not sign approve/],
    ['a denial without a key', id => written(id, 'nobody', { move: 'deny', by: bob }), /no valid signature/],
    ['a revocation without a key', id => written(id, 'nobody', { move: 'revoke', by: bob }), /no valid signature/],
    ['applying, signed by the bot', id => written(id, 'bot', { move: 'claim' }), /bot may not sign claim/],
    ['applying without a vote', id => written(id, 'remediator', { move: 'claim' }), /can't follow pending/],
    ['an expiry before its time', id => written(id, 'bot', { move: 'expire' }), /before the time was over/],
    ['a vote without anybody', id => written(id, 'bot', { move: 'approve', quorum: 1 }), /can't follow/],
    ['a vote without a quorum', id => written(id, 'bot', { move: 'approve', by: carol }), /can't follow/],
    ['a vote with another place', id => written(id, 'bot', { ...vote, index: 3 }), /follows another event/],
    [
      'a vote after another event',
      id => written(id, 'bot', { ...vote, prev: '1'.repeat(64) }),
      /follows another event/,
    ],
    ['a vote of long ago', id => written(id, 'bot', { ...vote, at: 1 }), /older than the event before/],
    ['a vote for another approval', async id => written(id, 'bot', { ...vote, approval: 'x' }), /another approval/],
    ['the first event again', id => line(id, 0), /follows another event/],
  ])('%s: has no effect, is reported, and the next event takes its place', async (_, forge, why) => {
    const { id } = await open();
    await world.redis.rpush(keys.events(id), await forge(id));
    const approval = await world.store.get(id);
    expect(approval).toMatchObject({ state: 'pending', tampering: expect.stringMatching(why) });
    expect(approval?.events).toHaveLength(1);
    if (!approval) throw new Error('it is there');
    const { code, approval: after } = await world.store.approve(approval, bob, 1);
    expect([code, after.state, after.tampering]).toEqual(['moved', 'approved', undefined]);
    expect(await world.redis.llen(keys.events(id))).toBe(2);
    const actions = (await allLines(world.audit)).map(text => JSON.parse(text).event);
    expect(actions).toContainEqual(expect.objectContaining({ action: 'approval.tampered', approval: id }));
    expect((await world.backlog.staleCards(0)).map(one => one.id)).toContain(id);
  });

  it('what follows a forged event counts for nothing, though it is signed', async () => {
    const approval = await open();
    const { approval: approved } = await world.store.approve(approval, bob, 1);
    const lines = await world.redis.lrange(keys.events(approval.id), 0, -1);
    await world.redis.del(keys.events(approval.id));
    await world.redis.rpush(keys.events(approval.id), lines[0] ?? '', '{}', lines[1] ?? '');
    expect(await world.store.get(approval.id)).toMatchObject({ state: 'pending', events: [{ move: 'open' }] });
    expect(approved.state).toBe('approved');
  });

  it('a pointer from a request to another approval', async () => {
    const plan = freshPlan();
    const other = await open();
    await world.redis.set(keys.opened(requestDigest(plan, undefined)), other.id);
    await expect(open(plan)).rejects.toThrow(ApprovalTamperedError);
  });

  it('a lease that was removed: the first worker may write no more once a second one has claimed', async () => {
    const { approval } = await world.store.approve(await open(), bob, 1);
    const first = await world.store.claim(approval);
    await world.redis.del(keys.lease(approval.id));
    const second = await world.store.claim(approval);
    expect([first.code, second.code]).toEqual(['moved', 'moved']);
    expect(await world.store.renew(first.approval)).toBe(false);
    expect(await world.store.settle(first.approval, 'apply', first.count)).toMatchObject({ code: 'fenced' });
  });
});

it('history: newest first, by cluster', async () => {
  const { target } = examplePlan();
  const ids: string[] = [];
  for (const cluster of ['a', 'b', 'a']) {
    ids.unshift((await open(freshPlan({ target: { ...target, cluster } }))).id);
    await sleep(2);
  }
  const history = async (cluster?: string) => (await world.backlog.history({ cluster }, 10)).map(({ id }) => id);
  expect(await history()).toEqual(ids);
  expect(await history('a')).toEqual([ids[0], ids[2]]);
  expect(await world.backlog.history({ matches: ({ project }) => project === 'none' }, 10)).toEqual([]);
});
