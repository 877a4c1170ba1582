/** How little a report asks of Slack: one call for one without problems, three for one with two; progress only where it takes long. */
import { expect, it } from 'vitest';
import { baseWorld } from '../../sandbox/scenarios/base.ts';
import { type System, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { LOCATION } from '../system/worlds.ts';

/** A cluster with nothing wrong, and one whose two node accounts lack their role: two problems, two fixes. */
function twoProblems() {
  const { world, project } = baseWorld();
  project.bind('roles/container.clusterViewer', 'user:alice@example.com');
  const pool = (name: string, roles: string[]) => ({
    name,
    serviceAccount: project.serviceAccount(`nodes-${name}`, { roles }),
  });
  const cluster = { location: LOCATION, withoutApiServer: true };
  const fine = [pool('fine', ['roles/container.defaultNodeServiceAccount'])];
  project.cluster({ ...cluster, name: 'cluster-fine', nodePools: fine });
  project.cluster({ ...cluster, name: 'cluster-broken', nodePools: [pool('a', []), pool('b', [])] });
  return world.world;
}

/** One that diagnoses, one that remediates. */
const WORKERS = 2;

const system = useSystem({ world: twoProblems, rateLimits: false });
const only = (cluster: string) => `diagnose sandbox-1/${LOCATION}/${cluster} --only node-sa-permissions`;

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
  let handles = 0;
  const besidesHandles = async (diagnose: () => Promise<unknown>) => {
    const { 'usergroups.list': lookedUp = 0, ...others } = await calls(here, diagnose);
    handles += lookedUp;
    return others;
  };
  // People and groups are looked up once in ten minutes.
  await besidesHandles(async () => {
    await here.type(only('cluster-broken'), { channel: warm });
    await until('both cards', () => here.buttons('approve', warm).length === 2);
  });
  expect(
    await besidesHandles(async () => {
      await here.type(only('cluster-fine'), { channel: fine });
      await parentIn(here, fine, /^✅/);
    }),
  ).toEqual({ 'chat.postMessage': 1 });
  expect(
    await besidesHandles(async () => {
      await here.type(only('cluster-broken'), { channel: broken });
      await until('both cards and both mirrors', () => here.buttons('approve', broken).length === 2);
    }),
  ).toEqual({ 'chat.postMessage': 3 });
  // Each worker delivers, and looks handles up once.
  expect(handles).toBeLessThanOrEqual(WORKERS);
  const [parent] = here.parents(broken);
  if (!parent) throw new Error('no parent');
  expect(here.replies(parent, broken)).toHaveLength(1);
});

it('both problems of one message are decided on their own, and both their cards show it', async () => {
  const here = system();
  const channel = here.addChannel('two-cards');
  await here.type(only('cluster-broken'), { channel });
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
    await here.type(only('cluster-broken'), { channel });
    await until('its progress', () => here.parents(channel)[0]);
    expect(Date.now() - started).toBeGreaterThan(2_900);
    await parentIn(here, channel, /^(❌|⚠️|✅)/);
  });
  expect(found['chat.update']).toBeLessThanOrEqual(3);
  expect(here.parents(channel)).toHaveLength(1);
});
