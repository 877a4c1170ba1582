import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SlackSandbox } from '../../../sandbox/slack/main.ts';
import { card, type Echo, modal, plain, startEcho } from './echo.ts';
import { clientOf, control, first, nextChange } from './simulated.ts';

let echo: Echo;
let slack: SlackSandbox;

beforeAll(async () => {
  echo = await startEcho();
  slack = echo.slack;
});
afterAll(() => echo.close());
beforeEach(() => echo.reset());

describe('buttons', () => {
  test('block_actions carries actor, container, message and value; respond() replaces the message', async () => {
    const ts = await echo.postCard();
    const replaced = nextChange(slack, 'message');
    expect(await echo.click(echo.people.approver, ts, 'approve')).toMatchObject({ ok: true });
    expect(echo.last()).toMatchObject({
      type: 'block_actions',
      user: { id: echo.people.approver, team_id: slack.slack.team },
      container: { type: 'message', message_ts: ts, channel_id: slack.slack.channel, is_ephemeral: false },
      channel: { id: slack.slack.channel },
      message: { ts, blocks: card.blocks },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'decide', value: 'a-1', style: 'primary' }],
    });
    await replaced;
    expect(slack.workspace.message(slack.slack.channel, ts)?.text).toBe('replaced');
  });

  test('a second person can still click an element that the update removed', async () => {
    const ts = await echo.postCard();
    const replaced = nextChange(slack, 'message');
    await echo.click(echo.people.approver, ts, 'approve');
    await replaced;
    expect(await echo.click(echo.people.secondApprover, ts, 'approve')).toMatchObject({ ok: true });
    expect(echo.last()).toMatchObject({ user: { id: echo.people.secondApprover }, actions: [{ value: 'a-1' }] });
  });

  test('menus send the whole option; an option that is not in the menu is rejected', async () => {
    const ts = await echo.postCard();
    await echo.click(echo.people.approver, ts, 'menu', { selected_option: { value: 'gcloud' } });
    expect(echo.last()).toMatchObject({ actions: [{ selected_option: { text: plain('gcloud'), value: 'gcloud' } }] });
    expect(await echo.click(echo.people.approver, ts, 'menu', { selected_option: { value: 'rm' } })).toMatchObject({
      error: 'option_not_found',
    });
    expect(await echo.click(echo.people.approver, ts, 'launch')).toMatchObject({ error: 'action_not_found' });
  });

  test('a person outside the channel can’t click; an external person in a shared channel can', async () => {
    const ts = await echo.postCard();
    expect(await echo.click(echo.people.external, ts, 'approve')).toMatchObject({ error: 'channel_not_found' });
    const shared = await echo.postCard('C0SHARED01');
    await echo.click(echo.people.external, shared, 'approve', { channel: 'C0SHARED01' });
    expect(echo.last()).toMatchObject({
      user: { id: echo.people.external, team_id: 'T0PARTNER1' },
      team: { id: slack.slack.team },
    });
  });

  test('in an ephemeral message', async () => {
    const client = clientOf(slack);
    const user = echo.people.requester;
    const whispered = await client.chat.postEphemeral({
      channel: slack.slack.channel,
      user,
      ...card,
    });
    const id = whispered.message_ts;
    const replaced = nextChange(slack, 'ephemeral');
    await control(slack, 'action', {
      user,
      channel: slack.slack.channel,
      ephemeral: id,
      block_id: 'decide',
      action_id: 'approve',
    });
    expect(echo.last()).toMatchObject({ container: { is_ephemeral: true, message_ts: id } });
    await replaced;
    expect(slack.workspace.ephemerals).toMatchObject([{ id, text: 'replaced' }]);
  });
});

describe('modals', () => {
  const user = () => echo.people.approver;
  const stack = () => slack.workspace.modals.get(user()) ?? [];
  const top = () => first(stack().slice(-1));
  const submit = (value: string | null) =>
    control(slack, 'submit', {
      user: user(),
      view_id: top().id,
      values: { why: { text: { type: 'plain_text_input', value } } },
    });

  async function openModal(): Promise<void> {
    const opened = nextChange(slack, 'view_opened');
    await echo.click(user(), await echo.postCard(), 'deny');
    await opened;
  }

  test('submitting sends the state to the app and closes the modal', async () => {
    await openModal();
    const id = top().id;
    expect(await submit('because')).toMatchObject({ ok: true });
    expect(echo.last()).toMatchObject({
      type: 'view_submission',
      user: { id: user() },
      view: { id, callback_id: 'reason', state: { values: { why: { text: { value: 'because' } } } } },
    });
    expect(stack()).toEqual([]);
  });

  test("Slack's own errors come first, then the app's; the modal stays open", async () => {
    await openModal();
    expect(await submit(null)).toMatchObject({ ok: false, errors: { why: 'Please complete this required field.' } });
    expect(await submit('x'.repeat(21))).toMatchObject({
      ok: false,
      errors: { why: 'Must be at most 20 characters.' },
    });
    expect(await submit('no')).toMatchObject({ ok: false, errors: { why: 'Say more.' } });
    expect(stack()).toHaveLength(1);
  });

  test('update, push and clear', async () => {
    await openModal();
    await submit('update');
    expect(stack().map(view => view.title?.text)).toEqual(['Updated']);
    await submit('push');
    expect(stack().map(view => view.title?.text)).toEqual(['Updated', 'Pushed']);
    expect(top()).toMatchObject({ previous_view_id: first(stack()).id, root_view_id: first(stack()).id });
    await submit('push');
    expect(await submit('push')).toMatchObject({ ok: false, error: 'push_limit_reached' });
    await submit('clear');
    expect(stack()).toEqual([]);
  });

  test('views.update needs the current hash', async () => {
    await openModal();
    const { id, hash } = top();
    const client = clientOf(slack);
    const updated = await client.views.update({ view_id: id, hash, view: modal('Loaded', { notify_on_close: true }) });
    expect(updated.view).toMatchObject({ id, title: plain('Loaded') });
    const stale = client.views.update({ view_id: id, hash, view: modal('Again') });
    await expect(stale).rejects.toMatchObject({ data: { error: 'hash_conflict' } });
    expect(await control(slack, 'close', { user: user(), view_id: id })).toMatchObject({ ok: true });
    expect(echo.last()).toMatchObject({ type: 'view_closed', view: { id } });
  });

  test('external selects load options from the app', async () => {
    await openModal();
    const block = {
      type: 'input',
      block_id: 'c',
      label: plain('Cluster'),
      element: { type: 'external_select', action_id: 'cluster' },
    };
    await clientOf(slack).apiCall('views.update', { view_id: top().id, view: { ...modal('Pick'), blocks: [block] } });
    const ask = { user: user(), view_id: top().id, block_id: 'c', action_id: 'cluster', value: 'clus' };
    expect(await control(slack, 'options', ask)).toMatchObject({ ok: true, options: [{ value: 'clus-1' }] });
    expect(echo.last()).toMatchObject({ type: 'block_suggestion', value: 'clus' });
  });
});
