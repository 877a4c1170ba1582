/** Getting in, by clicks: a Role and its binding; a pool recreated although the worker is killed twice on the way. */
import { expect, it } from 'vitest';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { scenarioNamed } from './terminal.ts';

const locked = useSystem({ world: () => healthyWorld().world.world, rateLimits: false });

it('“why can’t alice list roles”: a Role and a binding, approved by a click, verified, taken back', async () => {
  const here = locked();
  const { approver } = here.people;
  const ours = () =>
    here.google.cloud.apiServers.all
      .flatMap(server => server.objects())
      .filter(({ metadata }) => metadata.name.startsWith('gke-auth-list-roles-alice'))
      .map(({ kind }) => kind)
      .sort();
  await here.type(`diagnose cluster-x ${scenarioNamed('rbac-forbidden').arguments?.join(' ')}`);
  const button = await until('the card', () => here.buttons('approve').at(-1));
  expect(await here.press(approver, button)).toMatchObject({ ok: true });
  await here.reaches(button.value, 'verified');
  expect(ours()).toEqual(['Role', 'RoleBinding']);

  const revoke = await until('a Revoke button', () => here.buttons('revoke').at(-1));
  await here.press(approver, revoke);
  await until('the modal', () => here.modal(approver));
  await here.submit(approver, { reason: 'Only for the incident' });
  await here.reaches(button.value, 'revoked');
  expect(ours()).toEqual([]);
});

const UNDERSTOOD = { type: 'plain_text', text: 'I understand what is interrupted' };

const recreated = useSystem({
  world: scenarioNamed('nodepool-requires-recreation').world,
  rateLimits: false,
  config: { approvals: '{ approvers: { emails: [bob@example.com, carol@example.com] }, requireOwnAuthority: false }' },
});

it('a pool is recreated by one operation, followed to its end over two kills of the worker', async () => {
  const here = recreated();
  const { google, services } = here;
  google.cloud.world.operationTimes = { pending: 0, running: 3_600_000 };
  await here.type('diagnose cluster-x --only nodepool-requires-recreation');
  const button = await until('the card', () => here.buttons('approve').at(-1));
  const { approver, secondApprover } = here.people;
  for (const person of [approver, secondApprover]) {
    await here.press(person, button);
    const view = await until('what restarts', () => here.modal(person));
    const tick = { understood: { type: 'checkboxes', selected_options: [{ text: UNDERSTOOD, value: 'yes' }] } };
    const answer = await here.post('submit', { user: person, view_id: view.id, values: { understood: tick } });
    expect(answer).toMatchObject({ ok: true });
  }
  const upgrades = () =>
    google.cloud.world.operations.filter(({ resource }) => resource?.operationType === 'UPGRADE_NODES');
  await until('the operation', () => upgrades().length > 0);
  for (const _ of [1, 2]) {
    await services.remediate.restart();
    const asked = google.cloud.calls().calls.length;
    const polls = () => google.cloud.calls().calls.slice(asked);
    await until('somebody follows it again', () => polls().some(({ path }) => /\/operations\/operation-/.test(path)));
    expect(upgrades()).toHaveLength(1);
  }
  const cards = () => JSON.stringify(here.messages());
  await until('the card says how far it is', () => /Recreating the nodes of [\w-]+.*RUNNING/.test(cards()));
  google.cloud.clock.advance(3_600_001);
  await here.reaches(button.value, 'verified');
  expect(upgrades()).toHaveLength(1);
}, 60_000);
