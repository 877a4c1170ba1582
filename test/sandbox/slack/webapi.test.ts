import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SlackSandbox } from '../../../sandbox/slack/main.ts';
import { clientOf, control, refusal, start } from './simulated.ts';

let slack: SlackSandbox;
let client: WebClient;
const clock = 1_790_000_000_000;

beforeAll(async () => {
  slack = await start({ now: () => clock });
  client = clientOf(slack);
});
afterAll(() => slack.close());
beforeEach(() => control(slack, 'reset', {}));

const channel = () => slack.slack.channel;
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

async function post(text = 'hello', more: object = {}): Promise<string> {
  const { ts } = await client.chat.postMessage({ channel: channel(), text, ...more });
  return ts ?? '';
}

describe('tokens and scopes', () => {
  test('auth.test identifies the app', async () => {
    expect(await client.auth.test()).toMatchObject({ ok: true, team_id: slack.slack.team, user_id: 'U0GKEAUTH1' });
  });

  test.each([
    ['', 'not_authed'],
    ['xoxb-wrong', 'invalid_auth'],
    ['xapp-1-A0GKEAUTH1-sandbox', 'not_allowed_token_type'],
  ])('token "%s" is refused with %s', async (token, error) => {
    const other = new WebClient(token, { slackApiUrl: slack.slackApi, retryConfig: { retries: 0 } });
    expect(await refusal(other.auth.test())).toMatchObject({ error });
  });

  test('a missing scope is reported with the needed and the provided scopes', async () => {
    const answer = await refusal(client.reactions.add({ channel: channel(), timestamp: '1.1', name: 'eyes' }));
    expect(answer).toMatchObject({ error: 'missing_scope', needed: 'reactions:write' });
    expect(answer.provided).toContain('chat:write');
  });

  test('an unknown method is counted as a violation', async () => {
    expect(await refusal(client.apiCall('chat.shout'))).toMatchObject({ error: 'unknown_method' });
    expect(slack.world.ledger.violations).toMatchObject([{ kind: 'unknown_method', method: 'chat.shout' }]);
  });

  test('JSON bodies work like forms', async () => {
    const response = await fetch(`${slack.slackApi}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.slack.botToken}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ channel: channel(), text: 'x', blocks: [section('y')] }),
    });
    expect(await response.json()).toMatchObject({ ok: true, message: { blocks: [{ type: 'section' }] } });
  });
});

describe('posting', () => {
  test('invalid blocks are rejected with JSON pointers', async () => {
    const blocks = [section('x'.repeat(3001))];
    const answer = await refusal(client.chat.postMessage({ channel: channel(), text: 't', blocks }));
    const complaint = 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]';
    expect(answer.error).toBe('invalid_blocks');
    expect(answer.errors).toContain(complaint);
    expect(answer.response_metadata).toMatchObject({ messages: expect.arrayContaining([`[ERROR] ${complaint}`]) });
  });

  test.each([
    ['no text', { text: '' }, 'no_text'],
    ['blocks that are no list', { text: 'x', blocks: '{"type":"section"}' }, 'invalid_blocks_format'],
    ['a channel that is not there', { channel: 'C0NOWHERE1', text: 'x' }, 'channel_not_found'],
    ['a private channel without the app', { channel: 'C0SECRET01', text: 'x' }, 'channel_not_found'],
    ['a public channel without the app', { channel: 'C0GENERAL1', text: 'x' }, 'not_in_channel'],
    ['metadata without a type', { text: 'x', metadata: { event_payload: {} } }, 'invalid_metadata_schema'],
    [
      'metadata nested too deep',
      { text: 'x', metadata: { event_type: 't', event_payload: { a: { b: { c: 1 } } } } },
      'invalid_metadata_schema',
    ],
  ])('%s', async (_name, args, error) => {
    expect(await refusal(client.apiCall('chat.postMessage', { channel: channel(), ...args }))).toMatchObject({ error });
  });

  test('text is truncated to 40,000 characters', async () => {
    const ts = await post('x'.repeat(40_001));
    expect(slack.workspace.message(channel(), ts)?.text).toHaveLength(40_000);
  });

  test('mentions are recorded, escaped text is not', async () => {
    const ping = await post('<!channel>');
    const quiet = await post('&lt;!channel&gt;');
    expect(slack.workspace.message(channel(), ping)?.mentions).toEqual([{ type: 'channel' }]);
    expect(slack.workspace.message(channel(), quiet)?.mentions).toEqual([]);
  });

  test('a reply to a deleted message becomes a top-level message', async () => {
    const parent = await post('parent');
    await client.chat.delete({ channel: channel(), ts: parent });
    const reply = await client.chat.postMessage({ channel: channel(), text: 'reply', thread_ts: parent });
    expect(reply.message).not.toHaveProperty('thread_ts');
  });

  test('a deleted parent with replies leaves a tombstone that can be replied to but not updated', async () => {
    const parent = await post('parent');
    await post('reply', { thread_ts: parent });
    await control(slack, 'delete-message', { channel: channel(), ts: parent });
    expect(slack.workspace.message(channel(), parent)).toMatchObject({ subtype: 'tombstone' });
    expect(await refusal(client.chat.update({ channel: channel(), ts: parent, text: 'x' }))).toMatchObject({
      error: 'message_not_found',
    });
    const late = await post('late', { thread_ts: parent });
    expect(slack.workspace.message(channel(), late)?.thread_ts).toBe(parent);
  });

  test('client_msg_id de-duplicates only with clientMsgIdDedupe', async () => {
    const id = { client_msg_id: 'one' };
    expect(await post('x', id)).not.toBe(await post('x', id));
    await control(slack, 'switches', { clientMsgIdDedupe: true });
    const other = { client_msg_id: 'two' };
    expect(await post('x', other)).toBe(await post('x', other));
  });

  test('ephemeral messages go to members only, and only the recipient sees them', async () => {
    const { guest, external } = slack.slack.users;
    await client.chat.postEphemeral({ channel: channel(), user: guest, text: 'psst' });
    expect(slack.workspace.ephemerals).toMatchObject([{ to: guest, text: 'psst' }]);
    const outsider = client.chat.postEphemeral({ channel: channel(), user: external, text: 'psst' });
    expect(await refusal(outsider)).toMatchObject({ error: 'user_not_in_channel' });
  });
});

describe('updating', () => {
  test('text without blocks removes the blocks; blocks without text keep the text', async () => {
    const ts = await post('old', { blocks: [section('block')] });
    await client.chat.update({ channel: channel(), ts, blocks: [section('new block')] });
    expect(slack.workspace.message(channel(), ts)).toMatchObject({ text: 'old' });
    expect(slack.workspace.message(channel(), ts)?.edited).toBeUndefined();
    await client.chat.update({ channel: channel(), ts, text: 'new' });
    expect(slack.workspace.message(channel(), ts)).toMatchObject({ text: 'new', blocks: undefined });
    expect(slack.workspace.message(channel(), ts)?.edited).toBeDefined();
  });

  test.each([
    ['too long', { text: 'x'.repeat(4001) }, 'msg_too_long'],
    ['nothing given', {}, 'no_text'],
    ['not there', { ts: '1700000000.000000', text: 'x' }, 'message_not_found'],
  ])('%s', async (_name, args, error) => {
    const ts = await post();
    expect(await refusal(client.apiCall('chat.update', { channel: channel(), ts, ...args }))).toMatchObject({ error });
  });

  test("another author's message can't be updated", async () => {
    const { ts } = await control(slack, 'message', {
      user: slack.slack.users.requester,
      channel: channel(),
      text: 'hi',
    });
    const call = client.chat.update({ channel: channel(), ts: String(ts), text: 'x' });
    expect(await refusal(call)).toMatchObject({ error: 'cant_update_message' });
  });
});

describe('reading', () => {
  test('replies include metadata on request only', async () => {
    const metadata = { event_type: 'report', event_payload: { key: 'k1' } };
    const parent = await post('parent');
    await post('reply', { thread_ts: parent, metadata });
    const ask = { channel: channel(), ts: parent };
    expect((await client.conversations.replies(ask)).messages?.[1]).not.toHaveProperty('metadata');
    const full = await client.conversations.replies({ ...ask, include_all_metadata: true });
    expect(full.messages?.[1]).toMatchObject({ text: 'reply', thread_ts: parent, metadata });
    expect(full.messages?.[0]).toMatchObject({ reply_count: 1 });
  });

  test('history is paginated, newest first, without replies', async () => {
    const sent = [await post('1'), await post('2'), await post('3')];
    await post('reply', { thread_ts: sent[0] });
    const page = await client.conversations.history({ channel: channel(), limit: 2 });
    expect(page.messages?.map(message => message.text)).toEqual(['3', '2']);
    const cursor = page.response_metadata?.next_cursor;
    const rest = await client.conversations.history({ channel: channel(), limit: 2, cursor });
    expect(rest.messages?.map(message => message.text)).toEqual(['1']);
  });

  test('people: locale on request; guests and external people are marked', async () => {
    const { japanese, guest, external } = slack.slack.users;
    expect((await client.users.info({ user: japanese })).user).not.toHaveProperty('locale');
    expect((await client.users.info({ user: japanese, include_locale: true })).user?.locale).toBe('ja-JP');
    expect((await client.users.info({ user: guest })).user?.is_restricted).toBe(true);
    const eve = (await client.users.info({ user: external })).user;
    expect(eve).toMatchObject({ team_id: 'T0PARTNER1', is_stranger: false });
    expect((await client.users.lookupByEmail({ email: 'BOB@example.com' })).user?.id).toBe(slack.slack.users.approver);
    expect(await refusal(client.users.lookupByEmail({ email: 'x@example.com' }))).toMatchObject({
      error: 'users_not_found',
    });
  });

  test('without the scope there is no email; with sparseUsers there are few fields', async () => {
    const user = slack.slack.users.approver;
    await control(slack, 'switches', { sparseUsers: true });
    const sparse = (await client.users.info({ user })).user;
    expect(sparse).toMatchObject({ id: user, profile: { email: 'bob@example.com' } });
    expect(sparse).not.toHaveProperty('team_id');
    await control(slack, 'scopes', { scopes: ['users:read'] });
    expect((await client.users.info({ user })).user?.profile).not.toHaveProperty('email');
  });

  test.each(['plan_upgrade_required', 'unknown_method'])('user groups can be missing: %s', async error => {
    const usergroup = slack.slack.userGroup;
    const { approver, secondApprover } = slack.slack.users;
    expect((await client.usergroups.users.list({ usergroup })).users).toEqual([approver, secondApprover]);
    await control(slack, 'switches', { userGroups: error });
    expect(await refusal(client.usergroups.users.list({ usergroup }))).toMatchObject({ error });
  });
});
