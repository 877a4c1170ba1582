/** How little a report asks of Slack: one call for one without problems, three for one with two; progress only where it takes long. */
import { expect, it } from 'vitest';
import { type System, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';

const system = useSystem({ rateLimits: false });

/** Calls that Slack counts while a diagnosis runs and everything is delivered, by method. */
async function calls(here: System, diagnose: () => Promise<unknown>): Promise<Record<string, number>> {
  here.slack.world.ledger.reset();
  await diagnose();
  await here.delivered();
  return { ...here.slack.world.ledger.calls };
}
const parentIn = (here: System, channel: string, sign: RegExp) =>
  until('the verdict', () => here.parents(channel).find(({ text }) => sign.test(text)));

it('no problem: one call; two problems: three, the mirror included', async () => {
  const here = system();
  const [warm, fine, broken] = ['warm', 'fine', 'broken'].map(name => here.addChannel(name));
  if (!warm || !fine || !broken) throw new Error('no channels');
  // People, groups and handles are looked up once in ten minutes.
  await here.type('diagnose cluster-x', { channel: warm });
  await parentIn(here, warm, /^❌/);
  await here.delivered();
  const healthy = 'diagnose sandbox-1/us-central1/cluster-healthy --only node-sa-permissions';
  expect(
    await calls(here, async () => {
      await here.type(healthy, { channel: fine });
      await parentIn(here, fine, /^✅/);
    }),
  ).toEqual({ 'chat.postMessage': 1 });
  expect(
    await calls(here, async () => {
      await here.type('diagnose cluster-x', { channel: broken });
      await until('both cards and both mirrors', () => here.buttons('approve', broken).length === 2);
    }),
  ).toEqual({ 'chat.postMessage': 3 });
  const [parent] = here.parents(broken);
  if (!parent) throw new Error('no parent');
  expect(here.replies(parent, broken)).toHaveLength(1);
});

it('both problems of one message are decided on their own, and both their cards show it', async () => {
  const here = system();
  const channel = here.addChannel('two-cards');
  await here.type('diagnose cluster-x', { channel });
  const [first, second] = await until('both cards', () => {
    const buttons = here.buttons('approve', channel);
    return buttons.length === 2 && buttons;
  });
  if (!first || !second) throw new Error('no cards');
  expect(first.message.ts).toBe(second.message.ts);
  await here.press(here.people.approver, first);
  await here.reaches(first.value, 'verified');
  await here.cardsSay(first.value, 'Verified');
  expect(here.buttons('approve', channel).map(({ value }) => value)).toEqual([second.value]);
  const [revoke] = await until('a Revoke button', () => here.buttons('revoke', channel));
  const [deny] = here.buttons('deny', channel);
  if (!revoke || !deny) throw new Error('no buttons');
  await here.press(here.people.approver, deny);
  await until('the modal', () => here.modal(here.people.approver));
  await here.submit(here.people.approver, { reason: 'another way' });
  await here.cardsSay(second.value, 'another way');
  expect(here.shown({ channel, ts: first.message.ts })).toContain('Verified');
});

it('one that takes long: progress after 3 s, then at most every 3 s, and the verdict in the same message', async () => {
  const here = system();
  const channel = here.addChannel('long');
  here.googleFault({ service: 'cloudresourcemanager', path: 'sandbox-1:getIamPolicy', delay: 7_500, times: 1 });
  const started = Date.now();
  const found = await calls(here, async () => {
    await here.type('diagnose cluster-x --only node-sa-permissions', { channel });
    await until('its progress', () => here.parents(channel)[0]);
    expect(Date.now() - started).toBeGreaterThan(2_900);
    await parentIn(here, channel, /^(❌|⚠️|✅)/);
  });
  expect(found['chat.update']).toBeLessThanOrEqual(3);
  expect(here.parents(channel)).toHaveLength(1);
});
