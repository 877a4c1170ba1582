import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/approvals/approval.ts';
import { createAuditLog } from '../../src/approvals/audit.ts';
import { redactDeep } from '../../src/explain/redact.ts';
import {
  act,
  blockOf,
  click,
  jobsOf,
  PLAN_KEY,
  reportWithApproval,
  seen,
  shown,
  startWorld,
  type World,
  whispers,
} from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.store.flushall();
  world.slack.workspace.ephemerals.length = 0;
  world.slack.workspace.modals.clear();
  world.slack.world.limits.reset();
});

const users = () => world.slack.slack.users;
const told = (user: string, part: string) => seen(world, () => whispers(world, user).find(text => text.includes(part)));
const bothCards = (approval: Approval, part: string) =>
  seen(world, () => {
    const { thread, approvalsChannel } = approval.cards;
    return [thread, approvalsChannel].every(ref => shown(world, ref).includes(part)) || undefined;
  });
const refusals = async () => {
  const audit = createAuditLog({ redis: world.store, planKey: PLAN_KEY, redact: redactDeep });
  const lines: { event: { action: string; refusal?: string } }[] = [];
  for await (const line of audit.lines()) lines.push(JSON.parse(line));
  return lines.map(({ event }) => event.refusal).filter(code => code !== undefined);
};
async function reason(user: string, text: string) {
  const view = await seen(world, () => world.slack.workspace.modals.get(user)?.at(-1));
  const values = { reason: { reason: { type: 'plain_text_input', value: text } } };
  return act(world, 'submit', { user, view_id: view.id, values });
}
/** As the worker does it. */
async function applied(approval: Approval): Promise<Approval> {
  const { store } = world.bot.services;
  const { count } = await store.claim(approval);
  return (await store.settle(approval, 'apply', count)).approval;
}

describe('Approve', () => {
  it('by an approver: queued for the remediating worker, and both cards show it', async () => {
    const approval = await reportWithApproval(world);
    expect(await click(world, approval, 'approve', users().approver)).toMatchObject({ ok: true });
    await bothCards(approval, `Approved by <@${users().approver}>`);
    expect(await jobsOf(world, 'remediate')).toMatchObject([{ kind: 'apply', approval: approval.id }]);
    expect(whispers(world, users().approver)).toEqual([]);
    expect(shown(world, approval.cards.thread)).not.toContain('"action_id":"approve"');
  });

  it.each([
    ['requester', "You can't approve your own request. @gke-admins can.", 'own-request'],
    ['withoutRights', 'Only members of @gke-admins may approve this.', 'not-approver'],
  ] as const)('by %s: refused to that person alone, and on record', async (who, says, code) => {
    const approval = await reportWithApproval(world);
    await click(world, approval, 'approve', users()[who]);
    await told(users()[who], says);
    expect(await refusals()).toEqual([code]);
    expect(await jobsOf(world, 'remediate')).toEqual([]);
  });

  it.each([
    ['guest', 'guest'],
    ['external', 'external'],
    ['bot', 'bot'],
    ['deactivated', 'deactivated'],
  ] as const)('by a %s, although in the group: refused', async (who, code) => {
    const approval = await reportWithApproval(world);
    const payload = {
      type: 'block_actions',
      user: { id: users()[who] },
      team: { id: world.slack.slack.team },
      channel: { id: approval.cards.thread?.channel },
      container: { type: 'message', message_ts: approval.cards.thread?.ts, channel_id: approval.cards.thread?.channel },
      trigger_id: `forged.${who}`,
      actions: [{ type: 'button', action_id: 'approve', block_id: 'b', value: approval.id }],
    };
    await act(world, 'user-group', { id: world.slack.slack.userGroup, users: [users().approver, users()[who]] });
    await world.slack.world.delivery.send('interactive', payload);
    while ((await refusals()).length === 0) await new Promise(resolve => setTimeout(resolve, 20));
    expect(await refusals()).toEqual([code]);
    await act(world, 'user-group', {
      id: world.slack.slack.userGroup,
      users: [users().approver, users().secondApprover],
    });
  });

  it('with a forged value, or a plan altered in Redis: refused', async () => {
    const approval = await reportWithApproval(world);
    await click(world, approval, 'approve', users().approver, { value: 'nothing-like-it' });
    await told(users().approver, 'There is no such approval');
    const key = `{gke-auth}:approval:${approval.id}`;
    const fields = await world.store.hgetall(key);
    for (const [field, text] of Object.entries(fields)) {
      if (text.includes('roles/container'))
        await world.store.hset(key, field, text.replaceAll('defaultNodeServiceAccount', 'admin'));
    }
    await click(world, approval, 'approve', users().approver);
    await told(users().approver, 'somebody changed it');
    expect(await refusals()).toEqual(['not-found', 'altered']);
  });

  it('while Slack does not tell the group: nothing is decided', async () => {
    const approval = await reportWithApproval(world);
    await act(world, 'faults', { method: 'usergroups.users.list', kind: 'http_error', status: 500, times: 10 });
    await click(world, approval, 'approve', users().approver);
    await told(users().approver, "Slack didn't answer");
    await fetch(`${world.slack.page}_sandbox/slack/faults`, { method: 'DELETE' });
    expect((await world.bot.services.store.get(approval.id))?.state).toBe('pending');
  });

  it('after expiry: refused, and the card says so', async () => {
    const approval = await reportWithApproval(world, { expiresAt: new Date(Date.now() - 1_000).toISOString() });
    await click(world, approval, 'approve', users().approver);
    await bothCards(approval, 'Expired');
    expect(await refusals()).toEqual(['expired']);
  });

  it('twice at once by two approvers: once', async () => {
    const approval = await reportWithApproval(world);
    await Promise.all([users().approver, users().secondApprover].map(user => click(world, approval, 'approve', user)));
    await bothCards(approval, 'Approved by');
    await seen(world, () =>
      [users().approver, users().secondApprover]
        .flatMap(user => whispers(world, user))
        .find(text => text.includes('Already')),
    );
    expect(await jobsOf(world, 'remediate')).toHaveLength(1);
  });

  it('of a disruptive change: first a modal that says what restarts', async () => {
    const approval = await reportWithApproval(world, {
      remedy: {
        kind: 'recreate-node-pool',
        risk: 'disruptive',
        params: {},
        command:
          'gcloud projects add-iam-policy-binding prod-1 --member=serviceAccount:node-b@prod-1.iam.gserviceaccount.com --role=roles/container.defaultNodeServiceAccount --condition=None',
        change: { resource: 'projects/prod-1', before: [], after: [], disrupts: 'every Pod of pool-b' },
      },
    });
    const { channel = '', ts = '' } = approval.cards.approvalsChannel ?? {};
    const user = users().approver;
    await act(world, 'action', {
      user,
      channel,
      message_ts: ts,
      action_id: 'approve',
      block_id: blockOf(world, channel, ts, 'approve'),
    });
    const view = await seen(world, () => world.slack.workspace.modals.get(user)?.at(-1));
    expect(JSON.stringify(view.blocks)).toContain('every Pod of pool-b');
    expect((await world.bot.services.store.get(approval.id))?.state).toBe('pending');
    expect(await act(world, 'submit', { user, view_id: view.id, values: {} })).toMatchObject({ ok: false });
    const option = { text: { type: 'plain_text', text: 'I know what this interrupts' }, value: 'yes' };
    await act(world, 'submit', {
      user,
      view_id: view.id,
      values: { understood: { understood: { type: 'checkboxes', selected_options: [option] } } },
    });
    await told(user, '1 of 2');
    const { approvalsChannel } = approval.cards;
    await seen(world, () => shown(world, approvalsChannel).includes('1 of 2 approvals') || undefined);
  });
});

describe('Deny and Revoke', () => {
  it('deny: asks why; cards, requester and approvers know', async () => {
    const approval = await reportWithApproval(world);
    await click(world, approval, 'deny', users().approver);
    expect(await reason(users().approver, 'use the <!channel> account')).toMatchObject({ ok: true });
    await bothCards(approval, 'use the &lt;!channel&gt; account');
    const { channel } = world.slack.slack;
    const notice = await seen(world, () =>
      world.slack.workspace.list(channel).find(message => message.text.startsWith(`<@${users().requester}> 🚫`)),
    );
    expect(notice.thread_ts).toBeDefined();
    expect([...new Set(notice.mentions.map(({ type }) => type))]).toEqual(['user']);
  });

  it('revoke: asks why; queued for the remediating worker', async () => {
    const pending = await reportWithApproval(world);
    await click(world, pending, 'approve', users().approver);
    await bothCards(pending, 'Approved by');
    const approval = await applied((await world.bot.services.store.get(pending.id)) ?? pending);
    await world.bot.services.cards.refresh(approval);
    await bothCards(pending, 'verifying');
    await click(world, pending, 'revoke', users().secondApprover);
    await reason(users().secondApprover, 'not needed any more');
    await bothCards(pending, `<@${users().secondApprover}> takes it back`);
    expect(await jobsOf(world, 'remediate')).toMatchObject([
      { kind: 'apply' },
      { kind: 'revoke', approval: approval.id },
    ]);
  });
});

describe('the other buttons of a report', () => {
  it('gcloud · Terraform: all of it, in a modal', async () => {
    const approval = await reportWithApproval(world);
    await click(world, approval, 'remedy_text', users().requester);
    const view = await seen(world, () => world.slack.workspace.modals.get(users().requester)?.at(-1));
    expect(JSON.stringify(view.blocks)).toContain('google_project_iam_member');
  });

  it('Run again and All results', async () => {
    const approval = await reportWithApproval(world);
    const stored = await world.bot.services.reports.report(approval.signed.plan.reportId);
    const { channel = '', ts = '' } = stored ?? {};
    const press = (action: string) =>
      act(world, 'action', {
        user: users().withoutRights,
        channel,
        message_ts: ts,
        action_id: action,
        block_id: blockOf(world, channel, ts, action),
      });
    await press('all_results');
    await seen(world, () => world.slack.workspace.modals.get(users().withoutRights)?.at(-1));
    await press('rerun');
    await told(users().withoutRights, 'Looking at');
    expect(await jobsOf(world, 'diagnose')).toMatchObject([
      { requester: { user: users().withoutRights }, request: { cluster: 'cluster-x' } },
    ]);
  });
});

describe('a Slack that has no user groups and tells little of people', () => {
  it('approvers come by email', async () => {
    const plain = await startWorld('emails: [bob@example.com]');
    const { slack, bot } = plain;
    for (const method of ['usergroups.list', 'usergroups.users.list', 'conversations.info']) {
      slack.world.faults.add({ method, kind: 'error', error: 'unknown_method', when: 'before', times: 1_000, skip: 0 });
    }
    const known = slack.workspace.users.get(slack.slack.users.approver);
    if (!known) throw new Error('Bob is there');
    const { id, profile } = known;
    slack.workspace.users.set(id, JSON.parse(JSON.stringify({ id, profile: { email: profile.email } })));
    const approval = await reportWithApproval(plain);
    await click(plain, approval, 'approve', slack.slack.users.withoutRights);
    await seen(plain, () => whispers(plain, slack.slack.users.withoutRights).find(text => text.includes('approvers')));
    await click(plain, approval, 'approve', id);
    await seen(plain, () => shown(plain, approval.cards.thread).includes('Approved by') || undefined);
    expect(await jobsOf(plain, 'remediate')).toHaveLength(1);
    expect((await bot.services.store.get(approval.id))?.state).toBe('approved');
    await plain.close();
  });
});
