import { once } from 'node:events';
import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SlackSandbox } from '../../../sandbox/slack/main.ts';
import { control, first, httpApp, nextChange, socketApp, start } from './simulated.ts';

let slack: SlackSandbox;
const apps: App[] = [];

beforeEach(async () => {
  slack = await start();
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map(app => app.stop()));
  await slack.close();
});

const users = () => slack.slack.users;
const command = () =>
  control(slack, 'command', { user: users().requester, channel: slack.slack.channel, text: '/gke-auth help' });

async function socket(configure: (app: App) => void, reconnectMs?: number) {
  const started = await socketApp(slack, configure, reconnectMs);
  apps.push(started.app);
  return started;
}

const acknowledge = (app: App) => app.command('/gke-auth', async ({ ack }) => ack());

describe('the acknowledgement within three seconds', () => {
  test('no connection: the user gets an error at once', async () => {
    expect(await command()).toMatchObject({ ok: false, message: '/gke-auth failed with the error "dispatch_failed"' });
  });

  test('no acknowledgement: the user gets an error after three seconds', async () => {
    await socket(app => app.command('/gke-auth', async () => {}));
    const began = performance.now();
    expect(await command()).toMatchObject({ ok: false, error: 'operation_timeout' });
    expect(performance.now() - began).toBeGreaterThan(2900);
    expect(slack.workspace.ephemerals).toMatchObject([
      { to: users().requester, user: 'USLACKBOT', text: '/gke-auth failed with the error "operation_timeout"' },
    ]);
    expect(slack.world.ledger.violations).toMatchObject([{ kind: 'operation_timeout' }]);
  });
});

describe('Socket Mode', () => {
  test('each envelope goes to one of the connections, in turn; with everyConnection to all', async () => {
    const got = [0, 0];
    for (const index of got.keys()) {
      await socket(app =>
        app.command('/gke-auth', async ({ ack }) => {
          got[index] = (got[index] ?? 0) + 1;
          await ack();
        }),
      );
    }
    for (let i = 0; i < 4; i += 1) await command();
    expect(got).toEqual([2, 2]);
    await control(slack, 'switches', { everyConnection: true });
    await command();
    await expect.poll(() => got).toEqual([3, 3]);
  });

  test.each(['warning', 'refresh_requested', 'link_disabled', 'too_many_websockets', 'drop'])(
    'after %s the app reconnects and gets the next command',
    async reason => {
      const { receiver } = await socket(acknowledge, 500);
      const back = new Promise(resolve => receiver.client.once('connected', resolve));
      expect(await control(slack, 'disconnect', { reason })).toMatchObject({ told: 1 });
      await back;
      expect(await command()).toMatchObject({ ok: true });
    },
  );

  /** A client that is connected, and the first message that it got. */
  async function connect(url = socketUrl()): Promise<{ client: WebSocket; hello: unknown }> {
    const client = new WebSocket(url);
    const [data] = await once(client, 'message');
    return { client, hello: JSON.parse(String(data)) };
  }

  const socketUrl = () => `ws${slack.page.slice(4, -1)}${slack.world.socketMode.ticket()}`;

  test('a ticket is valid for one connection; without one the connection is refused', async () => {
    const url = socketUrl();
    const { client, hello } = await connect(url);
    expect(hello).toMatchObject({
      type: 'hello',
      num_connections: 1,
      connection_info: { app_id: 'A0GKEAUTH1' },
    });
    for (const refused of [url, url.replace(/ticket=\w+/, '')]) {
      expect(await once(new WebSocket(refused), 'error')).toMatchObject([{ message: expect.stringContaining('401') }]);
    }
    client.close();
    await once(client, 'close');
    await expect.poll(() => slack.world.socketMode.connected).toBe(false);
  });

  test('the server pings a new client, and answers its pings', async () => {
    const client = new WebSocket(socketUrl());
    expect(String(await once(client, 'ping'))).toBe('Ping from sandbox');
    client.ping('are you there');
    expect(String(await once(client, 'pong'))).toBe('are you there');
    client.terminate();
  });

  test.each([
    ['binary data', Buffer.from('x'), 1003],
    ['a message larger than 16 MB', 'x'.repeat(16 * 1024 * 1024 + 1), 1009],
  ])('%s closes the connection', async (_name, message, code) => {
    const { client } = await connect();
    client.send(message);
    expect(await once(client, 'close')).toMatchObject([code, expect.anything()]);
    await expect.poll(() => slack.world.socketMode.connected).toBe(false);
  });

  test('text that is not an acknowledgement leaves the connection open', async () => {
    const { client } = await connect();
    for (const text of ['not JSON', '{}', '{"envelope_id":"unknown"}']) client.send(text);
    client.ping('still there');
    expect(String(await once(client, 'pong'))).toBe('still there');
    expect(slack.world.socketMode.connected).toBe(true);
    client.terminate();
  });

  test('only the app-level token in the header opens connections', async () => {
    const open = (headers: Record<string, string>, body = '') =>
      fetch(`${slack.slackApi}apps.connections.open`, { method: 'POST', headers, body }).then(response =>
        response.json(),
      );
    const { appToken, botToken } = slack.slack;
    expect(await open({ authorization: `Bearer ${appToken}` })).toMatchObject({
      ok: true,
      url: expect.stringMatching(/^ws:/),
    });
    expect(await open({ authorization: `Bearer ${botToken}` })).toMatchObject({ error: 'not_allowed_token_type' });
    expect(await open({ 'content-type': 'application/x-www-form-urlencoded' }, `token=${appToken}`)).toMatchObject({
      error: 'not_authed',
    });
  });

  test('messages of any length arrive complete', async () => {
    let got = '';
    await socket(app =>
      app.command('/gke-auth', async ({ ack, command: { text } }) => {
        got = text;
        await ack({ text: 'x'.repeat(70_000) });
      }),
    );
    const long = 'y'.repeat(70_000);
    await control(slack, 'command', {
      user: users().requester,
      channel: slack.slack.channel,
      text: `/gke-auth ${long}`,
    });
    expect(got).toBe(long);
    expect(first(slack.workspace.ephemerals).text).toHaveLength(40_000);
  });
});

describe('request URL', () => {
  async function http(configure: (app: App) => void, signingSecret?: string) {
    const { app, url } = await httpApp(slack, configure, signingSecret);
    apps.push(app);
    return control(slack, 'request-url', { url });
  }

  test('the app answers the challenge, accepts the signatures, and gets commands and clicks', async () => {
    const seen: unknown[] = [];
    const verified = await http(app => {
      app.command('/gke-auth', async ({ ack, client, command: { channel_id: channel } }) => {
        await ack('on it');
        const button = { type: 'button' as const, action_id: 'go', text: { type: 'plain_text' as const, text: 'Go' } };
        await client.chat.postMessage({
          channel,
          text: 'x',
          blocks: [{ type: 'actions', block_id: 'b', elements: [button] }],
        });
      });
      app.action('go', async ({ ack, body }) => {
        seen.push(body.user.id);
        await ack();
      });
    });
    expect(verified).toEqual({ verified: true });
    const posted = nextChange(slack, 'message');
    expect(await command()).toMatchObject({ ok: true, ack: { text: 'on it' } });
    await posted;
    const { ts } = first(slack.workspace.list(slack.slack.channel));
    const action = {
      user: users().approver,
      channel: slack.slack.channel,
      message_ts: ts,
      block_id: 'b',
      action_id: 'go',
    };
    expect(await control(slack, 'action', action)).toMatchObject({ ok: true });
    expect(seen).toEqual([users().approver]);
  });

  test('an app with another signing secret is not verified', async () => {
    expect(await http(acknowledge, 'another secret')).toEqual({ verified: false });
  });

  test('a failed event is retried, with retry headers', async () => {
    const attempts: unknown[] = [];
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => {
        const parsed: { challenge?: string } = JSON.parse(body);
        if (parsed.challenge === undefined) attempts.push(request.headers['x-slack-retry-num']);
        response.writeHead(attempts.length === 1 ? 500 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ challenge: parsed.challenge }));
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await control(slack, 'request-url', { url: `http://127.0.0.1:${port}/` });
    expect(await control(slack, 'home', { user: users().requester })).toMatchObject({ ok: false });
    await expect.poll(() => attempts).toEqual([undefined, '1']);
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
});

test('the page, its state, and unknown routes', async () => {
  expect(await control(slack, `state?user=${users().guest}`)).toMatchObject({
    user: { id: users().guest },
    commands: [{ command: '/gke-auth', usage_hint: 'diagnose <cluster>' }],
    shortcuts: [{ callback_id: 'diagnose_message' }],
  });
  expect(await control(slack, 'nothing')).toMatchObject({ ok: false, error: 'unknown_route' });
  expect((await fetch(`${slack.page}..%2fmain.ts`)).status).toBe(404);
});
