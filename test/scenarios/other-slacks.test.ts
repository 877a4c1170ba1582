/** A Slack without user groups, with few fields, that sends each envelope to every connection: the program works unchanged. */
import { expect, it } from 'vitest';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenMember, brokenProject, brokenProjects, nodeRole } from '../system/worlds.ts';

const system = useSystem({
  world: () => brokenProjects(2),
  rateLimits: false,
  config: { approvals: '{ approvers: { emails: [bob@example.com] } }' },
});

it('approvers come by email; a command and a click that reach two bots count once', async () => {
  const here = system();
  const { approver } = here.people;
  Object.assign(here.slack.world.switches, { userGroups: 'unknown_method', sparseUsers: true, everyConnection: true });
  await here.another('bot', 'second-bot').start();
  await until('two connections', () => here.slack.world.socketMode.connections.length === 2);
  const channel = here.addChannel('other-slack');
  const button = await here.offer(1, channel);
  expect(here.parents(channel)).toHaveLength(1);
  await here.press(approver, button);
  const { events } = await here.reaches(button.value, 'verified');
  expect(events.filter(({ move }) => move === 'approve')).toHaveLength(1);
  expect(here.holders(brokenProject(1), nodeRole).filter(member => member === brokenMember(1))).toHaveLength(1);
  const actions = (await here.audit()).map(({ action }) => action);
  expect(actions.filter(action => action === 'approval.approve')).toHaveLength(1);
  expect(actions).not.toContain('approval.refused');
  const keys = [...here.keys(channel), ...here.keys(here.approvalsChannel)];
  expect(new Set(keys).size).toBe(keys.length);
});
