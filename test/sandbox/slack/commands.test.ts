import { WebAPIPlatformError } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SlackSandbox } from '../../../sandbox/slack/main.ts';
import { type Echo, modal, startEcho } from './echo.ts';
import { clientOf, control, first, nextChange } from './simulated.ts';

let echo: Echo;
let slack: SlackSandbox;

beforeAll(async () => {
  echo = await startEcho();
  slack = echo.slack;
});
afterAll(() => echo.close());
beforeEach(() => echo.reset());

describe('slash commands', () => {
  test('Bolt gets the payload; its acknowledgement is an ephemeral answer', async () => {
    expect(await echo.command('/gke-auth diagnose cluster-x')).toMatchObject({ ok: true });
    expect(echo.last()).toMatchObject({
      command: '/gke-auth',
      text: 'diagnose cluster-x',
      user_id: echo.people.requester,
      channel_id: slack.slack.channel,
      channel_name: 'gke-help',
      team_id: slack.slack.team,
      is_enterprise_install: 'false',
    });
    expect(slack.workspace.ephemerals).toMatchObject([
      { to: echo.people.requester, text: 'Looking at diagnose cluster-x' },
    ]);
    expect(slack.workspace.list(slack.slack.channel)).toEqual([]);
  });

  test('people, channels and special characters are escaped', async () => {
    await echo.command('/gke-auth diagnose <x> --for @bob in #general a&b');
    expect(echo.last().text).toBe('diagnose &lt;x&gt; --for <@U0BOB00001|bob> in <#C0GENERAL1|general> a&amp;b');
  });

  test('Slack rejects commands in threads, unknown commands, and commands of external people', async () => {
    const ts = await echo.postCard();
    expect(await echo.command('/gke-auth help', { thread_ts: ts })).toMatchObject({
      ok: false,
      message: '/gke-auth is not supported in threads. Sorry!',
    });
    expect(await echo.command('/nope')).toMatchObject({ ok: false, error: 'unknown_command' });
    const shared = { user: echo.people.external, channel: 'C0SHARED01' };
    expect(await echo.command('/gke-auth help', shared)).toMatchObject({ ok: false, error: 'unknown_command' });
    expect(echo.received).toEqual([]);
  });

  test('an answer that Slack rejects is shown as an error', async () => {
    expect(await echo.command('/gke-auth broken')).toMatchObject({ ok: false, error: 'invalid_command_response' });
  });

  test('the response_url works without membership of the app, five times, for thirty minutes', async () => {
    const answered = nextChange(slack, 'ephemeral');
    await echo.command('/gke-auth respond', { channel: 'C0GENERAL1' });
    await answered;
    expect(slack.workspace.ephemerals).toMatchObject([{ channel: 'C0GENERAL1', text: 'from the response_url' }]);
    const url = String(echo.last().response_url);
    const use = () =>
      fetch(url, {
        method: 'POST',
        body: JSON.stringify({ text: 'x' }),
        headers: { 'content-type': 'application/json' },
      });
    for (let i = 0; i < 4; i += 1) expect((await use()).status).toBe(200);
    const sixth = await use();
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }]);
    await echo.command('/gke-auth help');
    echo.advance(30 * 60_000 + 1);
    const late = await fetch(String(echo.last().response_url), { method: 'POST', body: '{"text":"x"}' });
    expect(await late.json()).toEqual({ ok: false, error: 'expired_url' });
  });
});

describe('triggers', () => {
  async function open(trigger: string): Promise<string> {
    try {
      await clientOf(slack).views.open({ trigger_id: trigger, view: modal('T') });
      return 'opened';
    } catch (error) {
      if (error instanceof WebAPIPlatformError) return error.data.error;
      throw error;
    }
  }

  test('can be used once, within three seconds', async () => {
    await echo.command('/gke-auth help');
    const fresh = String(echo.last().trigger_id);
    expect([await open(fresh), await open(fresh)]).toEqual(['opened', 'exchanged_trigger_id']);
    await echo.command('/gke-auth help');
    echo.advance(3001);
    expect(await open(String(echo.last().trigger_id))).toBe('expired_trigger_id');
    expect(await open('nonsense')).toBe('invalid_trigger_id');
  });
});

describe('shortcuts and Home', () => {
  test('a message shortcut sends the message', async () => {
    const { requester } = echo.people;
    const channel = 'C0GENERAL1';
    const { ts } = await control(slack, 'message', { user: requester, channel, text: 'ERROR: 403' });
    await control(slack, 'shortcut', { user: requester, channel, message_ts: ts, callback_id: 'diagnose_message' });
    expect(echo.last()).toMatchObject({
      type: 'message_action',
      message: { text: 'ERROR: 403' },
      channel: { id: channel },
    });
  });

  test('opening and publishing the Home tab', async () => {
    const published = nextChange(slack, 'home');
    expect(await control(slack, 'home', { user: echo.people.requester })).toMatchObject({ ok: true });
    expect(await published).toMatchObject({ user: echo.people.requester, view: { type: 'home' } });
    await control(slack, 'switches', { homeTab: false });
    const view = { type: 'home' as const, blocks: [] };
    const refused = clientOf(slack).views.publish({ user_id: echo.people.requester, view });
    await expect(refused).rejects.toMatchObject({ data: { error: 'not_enabled' } });
  });
});

test('the event stream sends each person only the changes that they can see', async () => {
  const abort = new AbortController();
  const response = await fetch(`${slack.page}_sandbox/slack/events?user=${echo.people.guest}`, {
    signal: abort.signal,
  });
  const reader = first(response.body ? [response.body.getReader()] : []);
  const client = clientOf(slack);
  await client.chat.postMessage({ channel: slack.slack.approvalsChannel, text: 'secret' });
  await client.chat.postEphemeral({
    channel: slack.slack.channel,
    user: echo.people.requester,
    text: 'not for guests',
  });
  await client.chat.postMessage({ channel: slack.slack.channel, text: 'for all' });
  let seen = '';
  while (!seen.includes('for all')) seen += Buffer.from((await reader.read()).value ?? []).toString();
  abort.abort();
  expect(seen).toContain('event: change\ndata: {"kind":"message"');
  expect(seen).not.toContain('secret');
  expect(seen).not.toContain('not for guests');
});
