/** The remediating worker killed between any two of its steps: the grant is made once, recorded once, and verified. */
import { afterAll, expect, it } from 'vitest';
import { type CrashRow, table } from '../system/crashes.ts';
import { RedisProxy } from '../system/redis-proxy.ts';
import type { Button } from '../system/slack-hands.ts';
import { type System, startSystem, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenCluster, brokenMember, brokenProject, brokenProjects, nodeRole } from '../system/worlds.ts';

const rows: CrashRow[] = [];
afterAll(() => {
  process.stdout.write(`${table(rows)}\n`);
});

const REMEDIATOR = 'gke-auth-remediator@';
const reads = (project: string) => `/projects/${project}:getIamPolicy`;
const writes = (project: string) => `/projects/${project}:setIamPolicy`;

/** Arms a hold; gives whether it has been reached. `readsBefore`: how often the policy is read before it is written. */
type Arm = (here: System, project: string, readsBefore: number) => () => boolean;
const HELD_OUTSIDE: readonly (readonly [step: string, arm: Arm])[] = [
  // The bot asks the same at the click, before the worker does.
  ['asking who may approve', here => here.fault({ method: 'usergroups.users.list', kind: 'hang', skip: 1 })],
  [
    'reading the approver’s rights',
    (here, project) => here.googleFault({ path: reads(project), kind: 'hang', times: 1 }),
  ],
  [
    'running the check again',
    (here, project) =>
      here.googleFault({ service: 'container', path: `/projects/${project}/`, kind: 'hang', times: 1 }),
  ],
  [
    'reading the policy to write it',
    (here, project, before) => here.googleFault({ path: reads(project), kind: 'hang', times: 1, after: before - 1 }),
  ],
  ['write sent, not done', (here, project) => here.googleFault({ path: writes(project), kind: 'hang', times: 1 })],
  [
    'verifying',
    (here, project) =>
      here.googleFault({ service: 'container', path: `/projects/${project}/`, kind: 'hang', times: 1, after: 1 }),
  ],
];

type AtRedis = readonly [step: string, command: (id: string) => RegExp, when: 'before' | 'after'];
const moves = (move: string) => (id: string) => new RegExp(`"approval":"${id}","index":[^{}]*"move":"${move}"`);
const APPLYING: readonly AtRedis[] = [
  ['not claimed yet', moves('claim'), 'before'],
  ['claimed, no answer', moves('claim'), 'after'],
  ['granted, not on record', moves('apply'), 'before'],
  ['on record, no answer', moves('apply'), 'after'],
  ['verification not queued', id => new RegExp(`verify-${id}`), 'before'],
  ['verification queued, no answer', id => new RegExp(`verify-${id}`), 'after'],
  ['applied, job not completed', id => new RegExp(`remediate:completed[^]*apply-${id}`), 'before'],
  ['passes, not on record', moves('verify'), 'before'],
  ['verified, no answer', moves('verify'), 'after'],
];
const REVOKING: readonly AtRedis[] = [
  ['revocation not claimed', moves('claim-revocation'), 'before'],
  ['revocation claimed, no answer', moves('claim-revocation'), 'after'],
  ['taken back, not on record', moves('finish-revocation'), 'before'],
  ['revoked, no answer', moves('finish-revocation'), 'after'],
];

const COUNT = Math.max(HELD_OUTSIDE.length + 1, APPLYING.length + REVOKING.length);
const options = { world: () => brokenProjects(COUNT), rateLimits: false } as const;
const outside = useSystem(options);

it('held by Slack or Google, killed -9, taken over by another process', async () => {
  const here = outside();
  const [first, ...others] = await offered(here, HELD_OUTSIDE.length + 1);
  if (!first) throw new Error('no card');
  const { approver } = here.people;
  await here.press(approver, first);
  await here.reaches(first.value, 'verified');
  const calls = here.google.cloud.calls().calls.filter(({ caller }) => caller.startsWith(REMEDIATOR));
  const written = calls.findIndex(({ path }) => path.includes(writes(brokenProject(1))));
  const readsBefore = calls.slice(0, written).filter(({ path }) => path.includes(reads(brokenProject(1)))).length;

  // The diagnoses have read the same clusters.
  await here.services.diagnose.kill();
  for (const [i, [step, arm]] of HELD_OUTSIDE.entries()) {
    const button = others[i];
    if (!button) throw new Error(`no card for ${step}`);
    const reached = arm(here, brokenProject(i + 2), readsBefore);
    await here.press(approver, button);
    await until(`held: ${step}`, reached);
  }
  await here.services.remediate.kill();
  here.slack.world.faults.clear();
  here.google.cloud.faults.clear();
  await here.services.remediate.start();
  const outcomes = await Promise.all(others.map((button, i) => granted(here, button, i + 2)));
  rows.push(...HELD_OUTSIDE.map(([step], i) => ({ step, killed: 'worker', outcome: outcomes[i] ?? '' })));
  await recordedOnce(here);
}, 90_000);

it('held at Redis, killed -9, taken over by another process', async () => {
  let proxy: RedisProxy | undefined;
  const here = await startSystem({
    ...options,
    redisUrl: async url => {
      proxy = await RedisProxy.start(url);
      return proxy.url;
    },
  });
  let keepLogs = true;
  try {
    const buttons = await offered(here, APPLYING.length + REVOKING.length);
    const { approver } = here.people;
    const revoked = buttons.slice(APPLYING.length);
    await Promise.all(revoked.map(button => here.press(approver, button)));
    await Promise.all(revoked.map(({ value }) => here.reaches(value, 'verified')));
    const steps = [...APPLYING, ...REVOKING];
    for (const [i, [step, command, when]] of steps.entries()) {
      const button = buttons[i];
      if (!button) throw new Error(`no card for ${step}`);
      const held = proxy?.hold({ command: command(button.value), when });
      if (i < APPLYING.length) await here.press(approver, button);
      else await revoke(here, button);
      await Promise.race([held, until(`held: ${step}`, () => false, 15_000)]);
      await here.services.remediate.restart();
    }
    const outcomes = await Promise.all(
      buttons.map((button, i) => (i < APPLYING.length ? granted : takenBack)(here, button, i + 1)),
    );
    rows.push(...steps.map(([step], i) => ({ step, killed: 'worker', outcome: outcomes[i] ?? '' })));
    await recordedOnce(here);
    keepLogs = false;
  } finally {
    await here.stop({ keepLogs });
    await proxy?.close();
  }
}, 120_000);

/** Diagnoses this many projects, each in a channel of its own; gives the Approve button of each. */
async function offered(here: System, count: number): Promise<Button[]> {
  const channels = Array.from({ length: count }, (_, i) => here.addChannel(`crash-${i + 1}`));
  await Promise.all(
    channels.map((channel, i) => here.type(`diagnose ${brokenCluster(i + 1)} --only node-sa-permissions`, { channel })),
  );
  const buttons = await Promise.all(
    channels.map(channel => until(`the card in ${channel}`, () => here.buttons('approve', channel)[0])),
  );
  await until('the mirrors', () => here.messages(here.approvalsChannel).length === count);
  return buttons;
}

async function revoke(here: System, { value, channel }: Button): Promise<void> {
  const { approver } = here.people;
  const button = await until('a Revoke button', () =>
    here.buttons('revoke', channel).find(button => button.value === value),
  );
  await here.press(approver, button);
  await until('the modal', () => here.modal(approver));
  await here.submit(approver, { reason: 'Taken back' });
}

const successfulWrites = (here: System, project: string) =>
  here.google.cloud.calls().calls.filter(({ path, status }) => path.includes(writes(project)) && status === 200).length;

async function granted(here: System, { value, channel }: Button, n: number): Promise<string> {
  const { events } = await here.reaches(value, 'verified');
  expect(here.holders(brokenProject(n), nodeRole).filter(member => member === brokenMember(n))).toHaveLength(1);
  expect(successfulWrites(here, brokenProject(n))).toBe(1);
  expect(events.filter(({ move }) => move === 'apply')).toHaveLength(1);
  await shown(here, channel, value, 'Verified');
  return 'granted once, verified';
}

async function takenBack(here: System, { value, channel }: Button, n: number): Promise<string> {
  const { events } = await here.reaches(value, 'revoked');
  expect(here.holders(brokenProject(n), nodeRole)).not.toContain(brokenMember(n));
  expect(successfulWrites(here, brokenProject(n))).toBe(2);
  expect(events.filter(({ move }) => move === 'finish-revocation')).toHaveLength(1);
  await shown(here, channel, value, 'Revoked');
  return 'taken back once';
}

/** Both cards say it. */
async function shown(here: System, channel: string, id: string, what: string): Promise<void> {
  const { thread, approvalsChannel } = (await here.approval(id)).cards;
  for (const ref of [thread, approvalsChannel]) {
    await until(`the card of ${id} in ${channel} says ${what}`, () =>
      JSON.stringify(here.slack.workspace.message(ref?.channel ?? '', ref?.ts ?? '')).includes(what),
    );
  }
}

/** The chain is whole, and nothing is in it or in Slack twice. */
async function recordedOnce(here: System): Promise<void> {
  const entries = await here.audit();
  const counts = new Map<string, number>();
  for (const { action, approval } of entries) {
    const key = `${approval} ${action}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const once = [...counts].filter(([key]) => !key.includes('claim'));
  expect(once.filter(([, count]) => count > 1)).toEqual([]);
  const channels = [...here.slack.workspace.channels.keys()];
  const keys = channels.flatMap(channel => here.keys(channel));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  expect(here.slack.world.ledger.violations).toEqual([]);
}
