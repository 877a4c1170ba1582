/** Who may not decide is told so, alone, in their language, and it is on record; nothing is granted. */
import { describe, expect, it } from 'vitest';
import { keys } from '../../src/store/keys.ts';
import type { Button } from '../system/slack-hands.ts';
import { type System, useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenMember, brokenProject, brokenProjects, nodeRole } from '../system/worlds.ts';

const PARTNER_SHARED = 'C0SHARED01';
const SHORT_LIVED = 10;

const system = useSystem({
  world: () => brokenProjects(12),
  rateLimits: false,
  config: {
    approvals: `
  approvers: { userGroups: [S0GKEADM01] }
  rules: [{ match: { project: ${brokenProject(SHORT_LIVED)} }, expireAfter: 3s }]`,
  },
});

type Who = keyof System['people'];
interface Refusal {
  readonly title: string;
  readonly who: Who;
  /** What that person reads. */
  readonly says: RegExp;
  /** In the audit log. */
  readonly code: string;
  readonly channel?: string;
  /** What the button carries instead of the approval's id. */
  readonly value?: string;
  readonly before?: (here: System, button: Button) => Promise<unknown> | unknown;
}

const REFUSALS: readonly Refusal[] = [
  {
    title: 'the requester',
    who: 'requester',
    says: /can't approve your own request\. @gke-admins can/,
    code: 'own-request',
  },
  { title: 'someone not in the list', who: 'withoutRights', says: /Only members of @gke-admins/, code: 'not-approver' },
  {
    title: 'someone not in the list, in Japanese',
    who: 'japanese',
    says: /@gke-admins のメンバーだけ/,
    code: 'not-approver',
  },
  { title: 'a guest', who: 'guest', says: /Guests can't decide/, code: 'guest' },
  {
    title: 'someone external',
    who: 'external',
    says: /belong to another organization/,
    code: 'external',
    before: (here, { channel }) => here.post('membership', { channel, member: true, user: here.people.external }),
  },
  {
    title: 'in a channel shared with another organization',
    who: 'approver',
    says: /channel is shared with another organization/,
    code: 'shared-channel',
    channel: PARTNER_SHARED,
  },
  { title: 'a bot', who: 'bot', says: /Bots can't decide/, code: 'bot' },
  {
    title: 'after a denial',
    who: 'secondApprover',
    says: /[Dd]enied/,
    code: 'settled',
    before: async (here, button) => {
      const [deny] = here.buttons('deny', button.channel);
      if (!deny) throw new Error('no Deny button');
      await here.press(here.people.approver, deny);
      await until('the modal', () => here.modal(here.people.approver));
      await here.submit(here.people.approver, { reason: 'Not on a Friday' });
      await here.reaches(button.value, 'denied');
    },
  },
  {
    title: 'with the group look-up failing',
    who: 'approver',
    says: /couldn't look up .* so I decided nothing/,
    code: 'group-lookup-failed',
    before: here => here.fault({ method: 'usergroups.users.list', kind: 'http_error', times: 9 }),
  },
  {
    title: 'after expiry',
    who: 'approver',
    says: /[Ee]xpired|Too late/,
    code: 'expired',
    before: (here, button) => here.reaches(button.value, 'expired'),
  },
  {
    title: 'with a forged button value',
    who: 'approver',
    says: /There is no such approval/,
    code: 'not-found',
    value: 'forged',
  },
  {
    title: 'with a plan altered in Redis',
    who: 'approver',
    says: /doesn't match its signature/,
    code: 'altered',
    before: async (here, { value }) => {
      const line = await here.store.lindex(keys.events(value), 0);
      await here.store.lset(keys.events(value), 0, String(line).replaceAll(brokenMember(12), 'user:eve@example.com'));
    },
  },
];

describe('refused', () => {
  it.each(REFUSALS.map((refusal, i) => [refusal.title, refusal, i + 1] as const))('%s', async (_title, refusal, n) => {
    const here = system();
    const user = here.people[refusal.who];
    const channel = refusal.channel ?? here.addChannel(`refused-${n}`);
    const button = await here.offer(n, channel);
    await refusal.before?.(here, button);
    const answer = await here.press(user, button, refusal.value ? { value: refusal.value } : {});
    expect(answer).toMatchObject({ ok: true });
    await until(`${refusal.who} is told`, () =>
      here.whispers(user).some(({ channel: where, text }) => where === channel && refusal.says.test(text)),
    );
    here.slack.world.faults.clear();
    const approval = refusal.value ?? button.value;
    const [entry] = await until('it is on record', async () => {
      const entries = (await here.audit()).filter(({ refusal: code, approval: id }) => code && id === approval);
      return entries.length > 0 && entries;
    });
    expect(entry).toMatchObject({ action: 'approval.refused', refusal: refusal.code, who: { user } });
    expect(here.holders(brokenProject(n), nodeRole)).not.toContain(brokenMember(n));
  });

  it('and the refused see nothing in the channel; the audit chain is whole', async () => {
    const here = system();
    const channels = [...here.slack.workspace.channels.keys()];
    const texts = channels.flatMap(channel => here.messages(channel).map(({ text }) => text)).join('\n');
    expect(texts).not.toMatch(/can't decide|own request/);
    expect((await here.audit()).filter(({ action }) => action === 'approval.refused')).toHaveLength(REFUSALS.length);
    expect(here.slack.world.ledger.violations).toEqual([]);
  });
});
