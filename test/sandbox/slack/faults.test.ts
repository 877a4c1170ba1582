import { WebAPIHTTPError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SlackSandbox } from '../../../sandbox/slack/main.ts';
import { clientOf, control, first, refusal, start } from './simulated.ts';

let slack: SlackSandbox;
let client: WebClient;
let clock = 1_790_000_000_000;

beforeAll(async () => {
  slack = await start({ now: () => clock });
  client = clientOf(slack);
});
afterAll(() => slack.close());
beforeEach(() => control(slack, 'reset', {}));

const channel = () => slack.slack.channel;

async function post(text = 'hello', more: object = {}): Promise<string> {
  const { ts } = await client.chat.postMessage({ channel: channel(), text, ...more });
  return ts ?? '';
}

describe('rate limits', () => {
  test('chat.postMessage: a short burst in a channel, then one a second', async () => {
    for (let i = 0; i < 5; i += 1) await post();
    await expect(post()).rejects.toBeInstanceOf(WebAPIRateLimitedError);
    await client.chat.postMessage({ channel: slack.slack.approvalsChannel, text: 'elsewhere' });
    clock += 1000;
    await post();
    expect(slack.world.ledger.violations).toMatchObject([{ kind: 'ratelimited', method: 'chat.postMessage' }]);
  });

  test('usergroups.users.list is tier 2: 20 a minute; Retry-After says when', async () => {
    const usergroup = slack.slack.userGroup;
    for (let i = 0; i < 20; i += 1) await client.usergroups.users.list({ usergroup });
    await expect(client.usergroups.users.list({ usergroup })).rejects.toMatchObject({ retryAfter: 3 });
    clock += 3000;
    await client.usergroups.users.list({ usergroup });
  });

  test('can be switched off', async () => {
    await control(slack, 'switches', { rateLimits: false });
    for (let i = 0; i < 20; i += 1) await post();
    expect(slack.world.ledger.calls['chat.postMessage']).toBe(20);
  });
});

describe('faults', () => {
  const texts = () => slack.workspace.list(channel()).map(message => message.text);

  test('a 5xx after the call took effect leaves the message posted', async () => {
    await control(slack, 'faults', { method: 'chat.postMessage', kind: 'http_error', status: 502, when: 'after' });
    await expect(post('twice?')).rejects.toBeInstanceOf(WebAPIHTTPError);
    expect(texts()).toEqual(['twice?']);
    await post('fine');
    expect(texts()).toEqual(['twice?', 'fine']);
  });

  test('a 5xx before it posts nothing', async () => {
    await control(slack, 'faults', { method: 'chat.postMessage', kind: 'http_error', skip: 1 });
    await post('first');
    await expect(post('second')).rejects.toBeInstanceOf(WebAPIHTTPError);
    expect(texts()).toEqual(['first']);
  });

  test('429 with Retry-After: a client that waits succeeds', async () => {
    await control(slack, 'faults', { method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 1, times: 2 });
    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    const patient = clientOf(slack, { rejectRateLimitedCalls: false, retryConfig: { retries: 1, minTimeout: 0 } });
    await patient.chat.postMessage({ channel: channel(), text: 'in the end' });
    expect(texts()).toEqual(['in the end']);
  });

  test('a hanging call ends at the client’s deadline, a dropped one fails at once', async () => {
    await control(slack, 'faults', { method: 'users.info', kind: 'hang' });
    await control(slack, 'faults', { method: 'auth.test', kind: 'drop' });
    const hasty = clientOf(slack, { timeout: 50 });
    await expect(hasty.users.info({ user: slack.slack.users.approver })).rejects.toThrow(/timeout/i);
    await expect(client.auth.test()).rejects.toThrow();
    await client.auth.test();
  });

  test('a fault can answer any Slack error', async () => {
    await control(slack, 'faults', { method: 'chat.update', kind: 'error', error: 'edit_window_closed' });
    const ts = await post();
    expect(await refusal(client.chat.update({ channel: channel(), ts, text: 'x' }))).toMatchObject({
      error: 'edit_window_closed',
    });
  });

  test('an invalid fault or switch is rejected with the allowed values', async () => {
    expect(await control(slack, 'faults', { method: 'x', kind: 'sulk' })).toMatchObject({
      ok: false,
      error: 'invalid_fault',
    });
    expect(await control(slack, 'switches', { userGroups: 'maybe' })).toMatchObject({ error: 'invalid_switch' });
  });
});

describe('files', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');

  test('an upload is stored, shared in the thread, and can be fetched', async () => {
    const parent = await post('parent');
    const upload = { channel_id: channel(), thread_ts: parent, filename: 'chain.svg', title: 'The chain', file: svg };
    await client.files.uploadV2(upload);
    const shared = first(slack.workspace.replies(channel(), parent));
    const file = first(shared.files);
    expect(file).toMatchObject({ title: 'The chain', mimetype: 'image/svg+xml', size: svg.length });
    const response = await fetch(file.url_private);
    expect(response.headers.get('content-type')).toBe('image/svg+xml');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(svg);
  });

  test('completing an upload without bytes is rejected', async () => {
    const { file_id: id = '' } = await client.files.getUploadURLExternal({ filename: 'a.txt', length: 3 });
    expect(await refusal(client.files.completeUploadExternal({ files: [{ id }] }))).toMatchObject({
      error: 'file_not_found',
    });
  });
});
