/** Who may call the page and the control routes: programs on this machine, and the browser that was given the link. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/main.ts';

let open: SlackSandbox;
let locked: SlackSandbox;
let google: Google;
beforeAll(async () => {
  [open, locked, google] = await Promise.all([
    startSlack({ manifest: null }),
    startSlack({ manifest: null, pageToken: 'token-of-this-start' }),
    startGoogle({ world: healthyWorld().world.world }),
  ]);
});
afterAll(() => Promise.all([open.close(), locked.close(), google.close()]));

type Headers = Record<string, string>;

/** As a browser or any program sends it; fetch() sets its own Host. */
function send(
  base: string,
  path: string,
  headers: Headers = {},
  method = 'GET',
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      new URL(path, base),
      { method, headers, setHost: headers.host === undefined },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    request.on('error', reject).end();
  });
}
const STATE = '_sandbox/slack/state';
const port = (base: string) => new URL(base).port;

describe('a program', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]'])('needs only the loopback host (%s)', async host => {
    for (const sandbox of [open, locked]) {
      const headers = { host: `${host}:${port(sandbox.page)}` };
      expect((await send(sandbox.page, STATE, headers)).status).toBe(200);
      expect((await send(sandbox.page, '', headers)).status).toBe(200);
    }
    const headers = { host: `${host}:${port(google.url)}` };
    expect((await send(google.url, '_sandbox/calls', headers)).status).toBe(200);
  });
});

describe('refused', () => {
  it.each<[string, Headers]>([
    ['a name that was rebound to this machine', { host: 'attacker.example:PORT' }],
    ['a name that begins like ours', { host: '127.0.0.1.attacker.example:PORT' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['an empty Host', { host: '' }],
    ['a page of another origin', { origin: 'https://attacker.example' }],
    ['a page of another port here', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
    ['our origin over https', { origin: 'https://127.0.0.1:PORT' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this site', { 'sec-fetch-site': 'same-site' }],
  ])('%s, on the page and on the control routes', async (_, headers) => {
    for (const [base, path] of [
      [open.page, STATE],
      [google.url, '_sandbox/calls'],
    ] as const) {
      const sent = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key, value.replace('PORT', port(base))]),
      );
      expect((await send(base, path, sent)).status).toBe(403);
      expect((await send(base, path, sent, 'POST')).status).toBe(403);
    }
  });

  it('does not keep a link on another page from opening this one, and no other page may frame it', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const page = await send(open.page, '', link);
    expect([page.status, page.headers['x-frame-options']]).toEqual([200, 'DENY']);
    expect((await send(open.page, STATE, link)).status).toBe(403);
  });

  it('does not touch what Slack’s own credentials guard', async () => {
    const { body } = await send(open.page, 'api/auth.test', { host: `slack.test:${port(open.page)}` }, 'POST');
    expect(JSON.parse(body)).toMatchObject({ ok: false, error: 'not_authed' });
  });
});

describe('a browser', () => {
  const browser = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };

  it('needs the token of this start, once: a cookie of this site remembers it', async () => {
    expect((await send(locked.page, '', browser)).body).toContain('npm start');
    expect((await send(locked.page, '?token=guessed', browser)).status).toBe(403);
    const opened = await send(locked.page, '?token=token-of-this-start', browser);
    expect(opened).toMatchObject({ status: 303, headers: { location: '/' } });
    const [set = ''] = opened.headers['set-cookie'] as string[];
    expect(set).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const cookie = set.split(';')[0] ?? '';
    expect((await send(locked.page, '', { ...browser, cookie })).status).toBe(200);
    expect((await send(locked.page, STATE, { 'sec-fetch-site': 'same-origin', cookie })).status).toBe(200);
    expect((await send(locked.page, STATE, { 'sec-fetch-site': 'same-origin' })).status).toBe(403);
    expect((await send(locked.page, STATE, { 'sec-fetch-site': 'cross-site', cookie })).status).toBe(403);
  });

  it('needs none where the sandbox was started without', async () => {
    expect((await send(open.page, '', browser)).status).toBe(200);
  });
});
