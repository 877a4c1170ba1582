/** Races for one approval, and for one policy: one decision, one grant, and nobody else's binding is ever lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Button } from '../system/slack-hands.ts';
import { type System, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import {
  brokenMember,
  brokenProject,
  brokenProjects,
  LOCATION,
  nodeRole,
  oneProjectManyAccounts,
} from '../system/worlds.ts';

const SHORT_LIVED = [5, 6, 7];
const system = useSystem({
  world: () => brokenProjects(7),
  rateLimits: false,
  config: {
    approvals: `
  approvers: { userGroups: [S0GKEADM01] }
  rules: [${SHORT_LIVED.map(n => `{ match: { project: ${brokenProject(n)} }, expireAfter: 2s }`).join(', ')}]`,
  },
});

const grants = (here: System, n: number) =>
  here.holders(brokenProject(n), nodeRole).filter(member => member === brokenMember(n)).length;
const writes = (here: System, n: number) =>
  here.google.cloud.calls().calls.filter(({ path }) => path.includes(`${brokenProject(n)}:setIamPolicy`)).length;
const count = (approval: { events: readonly { move: string }[] }, name: string) =>
  approval.events.filter(({ move }) => move === name).length;

it('two approvers at the same moment: one approval, one grant', async () => {
  const here = system();
  const { approver, secondApprover } = here.people;
  const button = await here.offer(1, here.addChannel('two-approvers'));
  await Promise.all([here.press(approver, button), here.press(secondApprover, button)]);
  const approval = await here.reaches(button.value, 'verified');
  expect([count(approval, 'approve'), count(approval, 'apply'), grants(here, 1), writes(here, 1)]).toEqual([
    1, 1, 1, 1,
  ]);
  await until('the one who was too late is told', () =>
    [approver, secondApprover].some(user => here.whispers(user).some(({ channel }) => channel === button.channel)),
  );
});

it('a double click on both cards: one approval, one grant', async () => {
  const here = system();
  const { approver } = here.people;
  const button = await here.offer(2, here.addChannel('double-click'));
  const mirror = here.buttons('approve', here.approvalsChannel).find(({ value }) => value === button.value);
  if (!mirror) throw new Error('no mirror');
  await Promise.all([button, button, mirror, mirror].map(each => here.press(approver, each)));
  const approval = await here.reaches(button.value, 'verified');
  expect([count(approval, 'approve'), count(approval, 'apply'), grants(here, 2), writes(here, 2)]).toEqual([
    1, 1, 1, 1,
  ]);
});

it.each([3, 4])('approve against deny (project %i): one of them, and what is granted agrees', async n => {
  const here = system();
  const { approver, secondApprover } = here.people;
  const channel = here.addChannel(`approve-or-deny-${n}`);
  const button = await here.offer(n, channel);
  const [deny] = here.buttons('deny', channel);
  if (!deny) throw new Error('no Deny button');
  await here.press(secondApprover, deny);
  await until('the modal', () => here.modal(secondApprover));
  await Promise.all([here.press(approver, button), here.submit(secondApprover, { reason: 'No' })]);
  const end = await until('it ends', async () => {
    const approval = await here.approval(button.value);
    return ['verified', 'denied'].includes(approval.state) && approval;
  });
  const approved = end.state === 'verified';
  expect([count(end, 'approve'), count(end, 'deny')]).toEqual(approved ? [1, 0] : [0, 1]);
  expect(grants(here, n)).toBe(approved ? 1 : 0);
});

// Side by side, each in its own project and channel: they wait for their moment.
it.concurrent.each([
  [5, -60],
  [6, 0],
  [7, 40],
])(
  'a click at the moment of expiry (project %i, %i ms): decided or expired, and what is granted agrees',
  async (n, ms) => {
    const here = system();
    const button = await here.offer(n, here.addChannel(`expiry-${n}`));
    const { signed } = await here.approval(button.value);
    await sleep(Math.max(0, Date.parse(signed.plan.expiresAt) + ms - Date.now()));
    await here.press(here.people.approver, button);
    const end = await until('it ends', async () => {
      const approval = await here.approval(button.value);
      return ['verified', 'expired'].includes(approval.state) && approval;
    });
    expect(grants(here, n)).toBe(end.state === 'verified' ? 1 : 0);
    if (end.state === 'verified') {
      const began = end.events.find(({ move }) => move === 'claim')?.at ?? Number.POSITIVE_INFINITY;
      expect(began).toBeLessThan(Date.parse(signed.plan.expiresAt));
    }
  },
);

const WRITERS = 50;
const crowd = useSystem({ world: () => oneProjectManyAccounts(WRITERS), rateLimits: false });

it('50 grants to one policy by two workers, with a foreign writer in between: every binding of everybody is there', async () => {
  const here = crowd();
  const { approver } = here.people;
  const second = here.another('remediate', 'second-remediator').start();
  const before = structuredClone(here.google.cloud.world.projects['sandbox-1']?.policy.bindings ?? []);
  const channels = Array.from({ length: WRITERS }, (_, i) => here.addChannel(`crowd-${i + 1}`));
  const offered = (channel: string) =>
    until(`the card in ${channel}`, () => here.buttons('approve', channel)[0], 60_000);
  const diagnosed = channels.map(async (channel, i): Promise<Button> => {
    const cluster = `sandbox-1/${LOCATION}/cluster-${i + 1}`;
    await here.type(`diagnose ${cluster} --only node-sa-permissions`, { channel });
    return offered(channel);
  });
  const buttons = await Promise.all(diagnosed);
  await second;

  const foreign: string[] = [];
  let writing = true;
  const foreignWriter = (async () => {
    while (writing) {
      const member = `user:someone-${foreign.length}@example.com`;
      await fetch(`${here.google.url}_sandbox/bindings`, {
        method: 'POST',
        body: JSON.stringify({ resource: 'projects/sandbox-1', role: 'roles/logging.viewer', member }),
      });
      foreign.push(member);
      await sleep(50);
    }
  })();
  await Promise.all(buttons.map(button => here.press(approver, button)));
  try {
    await Promise.all(buttons.map(({ value }) => here.reaches(value, 'verified', 60_000)));
  } finally {
    writing = false;
    await foreignWriter;
  }

  const holders = here.holders('sandbox-1', nodeRole);
  const granted = Array.from(
    { length: WRITERS },
    (_, i) => `serviceAccount:nodes-${i + 1}@sandbox-1.iam.gserviceaccount.com`,
  );
  expect(holders).toEqual(expect.arrayContaining(granted));
  expect(new Set(holders).size).toBe(holders.length);
  expect(here.holders('sandbox-1', 'roles/logging.viewer')).toEqual(expect.arrayContaining(foreign));
  const after = here.google.cloud.world.projects['sandbox-1']?.policy.bindings ?? [];
  for (const { role, members, condition } of before) {
    expect(
      after
        .filter(binding => binding.role === role && binding.condition?.title === condition?.title)
        .flatMap(({ members }) => members),
    ).toEqual(expect.arrayContaining(members));
  }
  await here.audit();
}, 90_000);
