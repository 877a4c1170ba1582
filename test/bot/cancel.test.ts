/** Who may stop a running diagnosis: who asked for it, and the approvers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mayCancel } from '../../src/approvals/cancellation.ts';
import type { Interaction } from '../../src/bot/interaction.ts';
import { cancelledBy } from '../../src/store/cancellations.ts';
import { reportWithApproval, seen, startWorld, typeCommand, type World, whispers } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());

async function runningJob() {
  const { reports } = world.bot.services;
  const approval = await reportWithApproval(world);
  const job = await reports.job(approval.signed.plan.reportId);
  if (!job) throw new Error('the report has its job');
  const running = { ...job, id: `${job.id}-running` };
  await reports.saveJob(running);
  return running;
}

it('who asked, and an approver; nobody else', async () => {
  const { requester, approver, withoutRights } = world.slack.slack.users;
  const { deciding, config } = world.bot.services;
  const job = await runningJob();
  const interaction = (user: string): Interaction => ({ user, team: '', triggerId: '', language: 'en', trace: 't' });
  const may = (user: string) => mayCancel(deciding, config.projects, interaction(user), job);
  expect(await Promise.all([requester, approver, withoutRights, 'U0NOBODY'].map(may))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('whoever may not is told so alone, and nothing is stopped', async () => {
  const { requester, withoutRights } = world.slack.slack.users;
  const job = await runningJob();
  await typeCommand(world, `cancel ${job.id}`, withoutRights);
  await seen(world, () => whispers(world, withoutRights).find(text => text.includes(`Only <@${requester}>`)));
  expect(await cancelledBy(world.store, job.id)).toBeUndefined();
  await typeCommand(world, `cancel ${job.id}`, requester);
  await seen(world, () => whispers(world, requester).find(text => text.includes('Stopping ')));
  expect(await cancelledBy(world.store, job.id)).toBe(requester);
});
