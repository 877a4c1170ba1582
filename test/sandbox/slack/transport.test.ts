import { connect } from 'node:net';
import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

async function socket(configure: (app: App) => void) {
  const started = await socketApp(slack, configure);
  apps.push(started.app);
  return started;
}

const acknowledge = (app: App) => app.command('/gke-auth', async ({ ack }) => ack());

describe('the three seconds', () => {
  test('no connection: the user is told at once', async () => {
    expect(await command()).toMatchObject({ ok: false, message: '/gke-auth failed with the error "dispatch_failed"' });
  });

  test('no acknowledgement: the user is told after three seconds', async () => {
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
  test('each envelope goes to one of the connections, in turn; or to all where the switch says so', async () => {
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
    'after %s the app comes back and gets the next command',
    async reason => {
      const { receiver } = await socket(acknowledge);
      const back = new Promise(resolve => receiver.client.once('connected', resolve));
      expect(await control(slack, 'disconnect', { reason })).toMatchObject({ told: 1 });
      await back;
      expect(await command()).toMatchObject({ ok: true });
    },
  );

  test('a ticket is good for one connection; without one there is none', async () => {
    const url = `ws${slack.page.slice(4, -1)}${slack.world.socketMode.ticket()}`;
    const one = new WebSocket(url);
    const hello = new Promise<MessageEvent>(resolve => one.addEventListener('message', resolve, { once: true }));
    expect(JSON.parse(String((await hello).data))).toMatchObject({
      type: 'hello',
      num_connections: 1,
      connection_info: { app_id: 'A0GKEAUTH1' },
    });
    const two = new WebSocket(url);
    await new Promise(resolve => two.addEventListener('error', resolve, { once: true }));
    const closed = new Promise(resolve => one.addEventListener('close', resolve, { once: true }));
    one.close();
    await closed;
  });

  test('the app-level token opens connections, and only from the header', async () => {
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
});

describe('RFC 6455', () => {
  /** A masked client frame. */
  function frame(opcode: number, text: string, final = true): Buffer {
    const payload = Buffer.from(text);
    const header = Buffer.from([(final ? 0x80 : 0) | opcode, 0x80 | payload.length, 1, 2, 3, 4]);
    return Buffer.concat([header, payload.map((byte, index) => byte ^ ((index % 4) + 1))]);
  }

  /** Shakes hands over bare TCP; gives the socket and all bytes after the server's headers. */
  async function raw() {
    const { port } = new URL(slack.page);
    const tcp = connect(Number(port), '127.0.0.1');
    let bytes = Buffer.alloc(0);
    tcp.on('data', chunk => {
      bytes = Buffer.concat([bytes, chunk]);
    });
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    tcp.write(
      `GET ${slack.world.socketMode.ticket()} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    await expect.poll(() => bytes.toString('latin1')).toContain('"hello"');
    return { tcp, text: () => bytes.toString('latin1'), bytes: () => bytes };
  }

  test("the handshake's answer is the RFC's example", async () => {
    const { tcp, text } = await raw();
    expect(text()).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    tcp.destroy();
  });

  test('pings are answered, fragments put together, also when they come byte by byte', async () => {
    const { tcp, bytes } = await raw();
    tcp.write(frame(0x9, 'are you there'));
    await expect.poll(() => bytes().includes(Buffer.from([0x8a, 13, ...Buffer.from('are you there')]))).toBe(true);
    const answered = command();
    await expect.poll(() => slack.world.socketMode.sent.length).toBe(1);
    const ack = JSON.stringify({
      envelope_id: first(slack.world.socketMode.sent).envelope_id,
      payload: { text: 'hi' },
    });
    const stream = Buffer.concat([frame(0x1, ack.slice(0, 20), false), frame(0x9, 'x'), frame(0x0, ack.slice(20))]);
    for (const byte of stream) tcp.write(Buffer.from([byte]));
    expect(await answered).toMatchObject({ ok: true, ack: { text: 'hi' } });
    tcp.destroy();
  });

  test.each([
    ['an unmasked frame', Buffer.from([0x81, 1, 0x78]), 1002],
    ['a binary frame', frame(0x2, 'x'), 1003],
    ['a frame larger than 16 MB', Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
  ])('%s ends the connection', async (_name, bad, code) => {
    const { tcp, bytes } = await raw();
    const ended = new Promise(resolve => tcp.on('end', resolve));
    tcp.write(bad);
    await ended;
    expect(bytes().subarray(-4)).toEqual(Buffer.from([0x88, 2, code >> 8, code & 0xff]));
    expect(slack.world.socketMode.connected).toBe(false);
  });

  test('messages of any length arrive whole', async () => {
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

  test('the challenge is answered, signatures hold, commands and clicks arrive', async () => {
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

  test('an app with another secret refuses everything', async () => {
    expect(await http(acknowledge, 'another secret')).toEqual({ verified: false });
  });

  test('an event that fails comes again, marked as a retry', async () => {
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

test('the page, its state and every route that is not there', async () => {
  expect(await control(slack, `state?user=${users().guest}`)).toMatchObject({
    user: { id: users().guest },
    commands: [{ command: '/gke-auth', usage_hint: 'diagnose <cluster>' }],
    shortcuts: [{ callback_id: 'diagnose_message' }],
  });
  expect(await control(slack, 'nothing')).toMatchObject({ ok: false, error: 'unknown_route' });
  expect((await fetch(`${slack.page}..%2fmain.ts`)).status).toBe(404);
});
