/** One HTTP exchange, against real servers: packed answers, too large ones, ones that never come, and the way through a proxy. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { type Exchange, send } from '../../src/http/http.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<{ server: Server; url: URL }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { server, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?q=1`) };
}

const exchange = (url: URL, over: Partial<Exchange> = {}): Exchange => ({
  url,
  method: 'GET',
  headers: {},
  attemptMs: 5_000,
  maxBytes: 1_000,
  ...over,
});

test('a request arrives as it was made, and its answer as it was given', async () => {
  const { url } = await serve(async (request, response) => {
    const sent = (await request.toArray()).join('');
    response.writeHead(418, { 'retry-after': '7' }).end(`${request.method} ${request.url} ${sent}`);
  });
  const { status, headers, body } = await send(exchange(url, { method: 'POST', body: '{"a":"あ"}' }));
  expect({ status, body }).toEqual({ status: 418, body: 'POST /path?q=1 {"a":"あ"}' });
  expect(headers['retry-after']).toBe('7');
});

test('a packed answer is unpacked', async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"ok":true}'));
  });
  expect((await send(exchange(url))).body).toBe('{"ok":true}');
});

test.each([
  ['as it comes', false],
  ['packed', true],
])('an answer that is too large, %s, is none', async (_, packed) => {
  const { url } = await serve((_request, response) => {
    const body = 'x'.repeat(100_000);
    if (packed) response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
    else response.end(body);
  });
  await expect(send(exchange(url))).rejects.toMatchObject({ name: 'BrokenConnectionError', timedOut: false });
});

test('an answer that never comes is a deadline, and a stop is the stop’s own reason', async () => {
  const { url } = await serve(() => {});
  await expect(send(exchange(url, { attemptMs: 20 }))).rejects.toMatchObject({ timedOut: true, connected: true });
  const stop = new AbortController();
  const asked = send(exchange(url, { signal: stop.signal }));
  stop.abort(new Error('somebody said stop'));
  await expect(asked).rejects.toThrow('somebody said stop');
});

test('an answer that breaks off is none', async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    setImmediate(() => response.destroy());
  });
  await expect(send(exchange(url))).rejects.toMatchObject({ name: 'BrokenConnectionError', connected: true });
});

test('where nobody listens, there was no connection', async () => {
  const { server, url } = await serve(() => {});
  server.close();
  await once(server, 'close');
  await expect(send(exchange(url))).rejects.toMatchObject({ connected: false, cause: { code: 'ECONNREFUSED' } });
});

test('HTTPS_PROXY is the way to Google, NO_PROXY the exception', async () => {
  const { server, url } = await serve(() => {});
  const asked: (string | undefined)[] = [];
  server.on('connect', (request, socket) => {
    asked.push(request.url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const proxy = `http://${url.host}`;
  const google = new URL('https://container.googleapis.invalid/v1/projects/p');
  await expect(send(exchange(google, { env: { HTTPS_PROXY: proxy } }))).rejects.toMatchObject({ connected: false });
  expect(asked).toEqual(['container.googleapis.invalid:443']);
  const other = new URL('https://iam.googleapis.invalid/v1/roles');
  await expect(send(exchange(other, { env: { HTTPS_PROXY: proxy, NO_PROXY: '.invalid' } }))).rejects.toThrow();
  expect(asked).toHaveLength(1);
});
