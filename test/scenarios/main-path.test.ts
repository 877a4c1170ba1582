/** The main job, end to end: command → queue → worker → threaded report → approval → role granted and verified → revoked. */
import { expect, it } from 'vitest';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';

const system = useSystem();
const ROLE = 'roles/container.defaultNodeServiceAccount';
const MEMBER = 'serviceAccount:node-b@sandbox-1.iam.gserviceaccount.com';

it('a command ends as a threaded report, and Approve as a verified grant; Revoke takes it back', async () => {
  const here = system();
  const { requester, approver } = here.people;
  const before = structuredClone(here.google.cloud.world.projects['sandbox-1']?.policy.bindings ?? []);

  const typed = await here.type('diagnose cluster-x');
  expect(typed.tookMs).toBeLessThan(3_000);
  const parent = await until('the verdict', () => here.parents().find(({ text }) => text.startsWith('❌')));
  expect(parent.text).toContain('1 problem in cluster-x');
  const [first] = await until('the thread', () => here.buttons('approve').length > 0 && here.replies(parent));
  expect(first?.text).toMatch(/^❌ The nodes of pool-b can't write logs/);

  const button = here.buttons('approve').find(({ message }) => message.ts === first?.ts);
  if (!button) throw new Error('the failure has no Approve button');
  expect(await here.press(requester, button)).toMatchObject({ ok: true });
  const refused = await until('a refusal', () => here.whispers(requester).at(-1)?.text.includes('own request'));
  expect(refused).toBe(true);
  expect(here.holders('sandbox-1', ROLE)).not.toContain(MEMBER);

  expect(await here.press(approver, button)).toMatchObject({ ok: true });
  const verified = await here.reaches(button.value, 'verified');
  expect(verified.events.map(({ move }) => move)).toEqual(['open', 'approve', 'claim', 'apply', 'verify']);
  expect(here.holders('sandbox-1', ROLE)).toContain(MEMBER);
  const after = here.google.cloud.world.projects['sandbox-1']?.policy.bindings ?? [];
  for (const binding of before) {
    expect(after).toContainEqual(
      expect.objectContaining({ role: binding.role, members: expect.arrayContaining(binding.members) }),
    );
  }
  const shows = (channel: string, text: string) =>
    until(`the card in ${channel} says ${text}`, () => JSON.stringify(here.messages(channel)).includes(text));
  await Promise.all([shows(here.channel, 'Verified'), shows(here.approvalsChannel, 'Verified')]);

  const [revoke] = await until('a Revoke button', () => here.buttons('revoke'));
  if (!revoke) throw new Error('no Revoke button');
  await here.press(approver, revoke);
  await until('the modal', () => here.modal(approver));
  expect(await here.submit(approver, { reason: 'Not needed any more' })).toMatchObject({ ok: true });
  await here.reaches(button.value, 'revoked');
  expect(here.holders('sandbox-1', ROLE)).not.toContain(MEMBER);
  await until('the card says so', () => JSON.stringify(here.messages()).includes('Revoked by'));

  const actions = (await here.audit()).map(({ action }) => action);
  expect(actions).toEqual(
    expect.arrayContaining([
      'approval.refused',
      'approval.approve',
      'approval.apply',
      'approval.verify',
      'approval.revoke',
    ]),
  );
  expect(here.slack.world.ledger.violations).toEqual([]);
  const keys = [...here.keys(), ...here.keys(here.approvalsChannel)];
  expect(new Set(keys).size).toBe(keys.length);
});
