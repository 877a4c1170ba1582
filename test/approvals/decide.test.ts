import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Approval } from '../../src/approvals/approval.ts';
import { verifyChain } from '../../src/approvals/audit.ts';
import { type Click, decide } from '../../src/approvals/decide.ts';
import { stillApproved } from '../../src/approvals/recheck.ts';
import { refusals } from '../../src/approvals/refusals.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { keys } from '../../src/store/keys.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';
import { everyRole, examplePlan } from './examples.ts';
import { allLines, click, createWorld, freshPlan, inProject, type World } from './world.ts';

let server: TestRedis;
let world: World;
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  world = await createWorld(server.url);
  await world.redis.flushall();
  return () => world.close();
});
afterAll(() => server.stop());

const open = (plan: Partial<Plan> = {}, lifeMs?: number) => world.store.open(freshPlan(plan, lifeMs));
const auditActions = async () => {
  const lines = await allLines(world.audit);
  expect(await verifyChain(lines, { head: await world.audit.head(), signing: everyRole() })).toMatchObject({
    ok: true,
  });
  return lines.map(line => JSON.parse(line).event);
};
async function applied(): Promise<Approval> {
  const approval = await open();
  await decide(world.deciding, click(approval.id, 'U-BOB'));
  const { count } = await world.store.claim(approval);
  return (await world.store.settle(approval, 'apply', count)).approval;
}

describe('decisions', () => {
  it('approve: decided, queued, on record', async () => {
    const { id } = await open();
    expect(await decide(world.deciding, click(id, 'U-BOB'))).toMatchObject({
      kind: 'approved',
      queued: true,
      approval: { state: 'approved' },
    });
    expect(world.jobs).toMatchObject([{ kind: 'apply', approval: id }]);
    expect(await auditActions()).toMatchObject([
      { action: 'approval.open', who: { user: 'U-ALICE' } },
      { action: 'approval.approve', who: { user: 'U-BOB', team: 'T1', email: 'bob@example.com' }, approval: id },
    ]);
  });

  it('approve with a quorum of two: counted, then approved', async () => {
    const { id } = await open(inProject('two-1'));
    expect(await decide(world.deciding, click(id, 'U-BOB'))).toMatchObject({ kind: 'counted', votes: 1, quorum: 2 });
    expect(await decide(world.deciding, click(id, 'U-BOB'))).toMatchObject({ kind: 'repeated' });
    expect(await decide(world.deciding, click(id, 'U-CAROL'))).toMatchObject({ kind: 'approved' });
    expect(world.jobs).toHaveLength(1);
  });

  it('approve what is disruptive: not before the person was shown what is interrupted', async () => {
    const { remedy } = examplePlan();
    const { id } = await open({ remedy: { ...remedy, kind: 'recreate-node-pool', risk: 'disruptive', params: {} } });
    expect(await decide(world.deciding, click(id, 'U-BOB'))).toMatchObject({ kind: 'unconfirmed', approval: { id } });
    expect(await world.store.get(id)).toMatchObject({ state: 'pending', events: [{ move: 'open' }] });
    const confirmed = { ...click(id, 'U-BOB'), confirmed: true };
    expect(await decide(world.deciding, confirmed)).toMatchObject({ kind: 'counted', votes: 1, quorum: 2 });
  });

  it.each(['approve', 'deny'] as const)('%s: reads the approval once', async decision => {
    const { id } = await open();
    const get = vi.spyOn(world.store, 'get');
    await decide(world.deciding, click(id, 'U-BOB', decision));
    expect(get).toHaveBeenCalledTimes(1);
  });

  it('deny and revoke, with their reasons', async () => {
    const { id } = await open();
    expect(await decide(world.deciding, click(id, 'U-DAN', 'deny', ' no '))).toMatchObject({ kind: 'denied' });
    expect((await world.store.get(id))?.events.at(-1)).toMatchObject({
      move: 'deny',
      reason: 'no',
      by: { name: 'dan' },
    });
    const granted = await applied();
    expect(await decide(world.deciding, click(granted.id, 'U-CAROL', 'revoke'))).toMatchObject({
      kind: 'revoking',
      queued: true,
    });
    expect(world.jobs.at(-1)).toMatchObject({ kind: 'revoke', approval: granted.id });
  });

  it('two approvers at once: one decides, the other is told by whom', async () => {
    const { id } = await open();
    const outcomes = await Promise.all(['U-BOB', 'U-CAROL'].map(user => decide(world.deciding, click(id, user))));
    expect(outcomes.filter(({ kind }) => kind === 'approved')).toHaveLength(1);
    const [slower] = outcomes.filter(({ kind }) => kind === 'refused');
    expect(slower).toMatchObject({
      code: 'settled',
      says: { en: expect.stringMatching(/^Already approved by @(bob|carol) \d s ago\.$/) },
    });
    expect(world.jobs).toHaveLength(1);
  });

  it('a double click, and a delivery to two bots: once', async () => {
    const { id } = await open();
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => decide(world.deciding, click(id, 'U-BOB'))));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['approved', 'repeated', 'repeated', 'repeated']);
    expect(world.jobs).toHaveLength(1);
    expect((await auditActions()).map(({ action }) => action)).toEqual(['approval.open', 'approval.approve']);
  });

  it('stands where the queue is away, and says so', async () => {
    world.faults.queue = true;
    const { id } = await open();
    expect(await decide(world.deciding, click(id, 'U-BOB'))).toMatchObject({ kind: 'approved', queued: false });
    expect(await world.redis.zscore(keys.index.work, id)).not.toBeNull();
  });
});

describe('refused, each in its own words and on record', () => {
  it.each<[string, keyof typeof refusals, () => Promise<Click>]>([
    ['by the requester', 'own-request', async () => click((await open()).id, 'U-ALICE')],
    ['by someone not on the list', 'not-approver', async () => click((await open()).id, 'U-EVE')],
    ['by a guest', 'guest', async () => click((await open()).id, 'U-GUEST')],
    ['by someone external', 'external', async () => click((await open()).id, 'U-EXTERNAL')],
    ['by a bot', 'bot', async () => click((await open()).id, 'U-BOT')],
    ['by a deactivated user', 'deactivated', async () => click((await open()).id, 'U-GONE')],
    ['by somebody unknown', 'user-lookup-failed', async () => click((await open()).id, 'U-NOBODY')],
    [
      'from another workspace',
      'workspace',
      async () => ({ ...click((await open()).id, 'U-BOB'), origin: { user: 'U-BOB', team: 'T9' } }),
    ],
    ['after expiry', 'expired', async () => click((await open({}, 0)).id, 'U-BOB')],
    ['of a forged button value', 'not-found', async () => click('../../etc/passwd', 'U-BOB')],
    ['while frozen', 'frozen', async () => click((await open(inProject('cold-1'))).id, 'U-BOB')],
    ['deny without a reason', 'reason-missing', async () => click((await open()).id, 'U-BOB', 'deny', '  ')],
    ['revoke of what was never granted', 'not-revocable', async () => click((await open()).id, 'U-BOB', 'revoke')],
    [
      'of a role that is not on the list',
      'role-not-allowed',
      async () => {
        const { remedy } = examplePlan();
        const params = { ...remedy.params, role: 'roles/container.admin' };
        return click((await open({ remedy: { ...remedy, params } })).id, 'U-BOB');
      },
    ],
    [
      'of a settled approval',
      'settled',
      async () => {
        const { id } = await open();
        await decide(world.deciding, click(id, 'U-CAROL', 'deny'));
        return click(id, 'U-BOB');
      },
    ],
    [
      'of a plan altered in Redis',
      'altered',
      async () => {
        const { id } = await open();
        const [line = ''] = await world.redis.lrange(keys.events(id), 0, 0);
        await world.redis.lset(
          keys.events(id),
          0,
          line.replaceAll('roles/container.defaultNodeServiceAccount', 'roles/owner'),
        );
        return click(id, 'U-BOB');
      },
    ],
    [
      'with the group look-up failing',
      'group-lookup-failed',
      async () => {
        world.faults.groups = true;
        return click((await open()).id, 'U-BOB');
      },
    ],
    [
      'with the look-up of the person failing',
      'user-lookup-failed',
      async () => {
        world.faults.users = true;
        return click((await open()).id, 'U-BOB');
      },
    ],
  ])('%s', async (_, code, prepare) => {
    const clicked = await prepare();
    const jobs = world.jobs.length;
    const outcome = await decide(world.deciding, clicked);
    expect(outcome).toMatchObject({ kind: 'refused', code });
    if (outcome.kind !== 'refused') throw new Error('it was refused');
    expect(outcome.says.en).not.toBe(outcome.says.ja);
    expect(world.jobs).toHaveLength(jobs);
    expect((await auditActions()).at(-1)).toMatchObject({
      action: 'approval.refused',
      refusal: code,
      who: { user: clicked.origin.user },
    });
  });

  it('each in words of its own', () => {
    const sentences = Object.values(refusals).map(refusal => refusal('').en);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it.each<[string, () => Promise<() => unknown>]>([
    ['away', async () => server.kill().then(() => () => server.restart())],
    ['frozen', async () => server.pause()],
  ])('while Redis is %s, within three seconds', async (_, fail) => {
    const { id } = await open();
    const recover = await fail();
    const begun = performance.now();
    expect(await decide(world.deciding, click(id, 'U-BOB'))).toMatchObject({
      kind: 'refused',
      code: 'store-unavailable',
    });
    expect(performance.now() - begun).toBeLessThan(3_000);
    await recover();
  });

  it('a click that is delivered twice is on record once', async () => {
    const clicked = { ...click((await open()).id, 'U-EVE'), deliveryId: 'trigger-1' };
    await Promise.all([decide(world.deciding, clicked), decide(world.deciding, clicked)]);
    expect((await auditActions()).filter(({ action }) => action === 'approval.refused')).toHaveLength(1);
  });
});

describe('asked again by the worker', () => {
  it('yes, while nothing has changed', async () => {
    const { id } = await open();
    await decide(world.deciding, click(id, 'U-BOB'));
    const approval = await world.store.get(id);
    if (!approval) throw new Error('the approval is gone');
    expect(await stillApproved(world.deciding, approval)).toEqual({ allowed: true });
    const left = { ...world.deciding.directory, group: async () => ({ members: [] }) };
    expect(await stillApproved({ ...world.deciding, directory: left }, approval)).toMatchObject({
      code: 'not-approver',
    });
    const { approvals } = world.deciding.config;
    const config = (change: object) => ({ approvals: { ...approvals, ...change } });
    const ask = (change: object) => stillApproved({ ...world.deciding, config: config(change) }, approval);
    expect(await ask({ frozen: true })).toMatchObject({ code: 'frozen' });
    expect(await ask({ allowedRoles: [] })).toMatchObject({ code: 'role-not-allowed' });
    expect(await ask({ quorum: { grant: 2, change: 1, disruptive: 2 } })).toMatchObject({
      code: 'not-enough-approvals',
    });
    world.faults.users = true;
    expect(await stillApproved(world.deciding, approval)).toMatchObject({ code: 'user-lookup-failed' });
  });

  it('not for an approval without a vote', async () => {
    expect(await stillApproved(world.deciding, await open())).toMatchObject({ code: 'not-enough-approvals' });
  });
});
