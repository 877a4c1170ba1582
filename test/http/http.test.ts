/** One HTTP exchange, against real servers: packed answers, too large ones, ones that never come, and the way through a proxy. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../sandbox/google/kubernetes/certificates.ts';
import { type Exchange, send } from '../../src/http/http.ts';
import { startProxy } from './behind-proxy.ts';

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

test('a certificate has to be of the CA that is given, directly and through a proxy', async () => {
  const [own, other] = await Promise.all([createAuthority(), createAuthority()]);
  const { certificate: cert, privateKey: key } = await issueServerCertificate(own);
  const server = createSecureServer({ cert, key }, (_, response) => response.end('it is me'));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = new URL(`https://127.0.0.1:${port}/`);
  const proxy = await startProxy();
  try {
    for (const env of [{}, { HTTPS_PROXY: proxy.url }]) {
      expect(await send(exchange(url, { ca: own.certificate, env }))).toMatchObject({ body: 'it is me' });
      for (const ca of [other.certificate, undefined]) {
        await expect(send(exchange(url, { ca, env }))).rejects.toMatchObject({
          connected: false,
          timedOut: false,
          root: { code: expect.stringMatching(/CERT|SIGNATURE/) },
        });
      }
    }
    expect(new Set(proxy.asked)).toEqual(new Set([`127.0.0.1:${port}`]));
  } finally {
    proxy.stop();
  }
});

test('a connection that does not come to stand has a deadline of its own', async () => {
  const silent = createTcpServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  // It takes connections and says nothing: there is no TLS.
  const url = new URL(`https://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
  const sent = send(exchange(url, { connectMs: 50 }));
  await expect(sent).rejects.toMatchObject({ timedOut: true, connected: false });
  silent.close();
});

test('a proxy that opens no tunnel: there was no connection', async () => {
  const { server, url } = await serve(() => {});
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
  const env = { HTTPS_PROXY: `http://${url.host}` };
  const sent = send(exchange(new URL('https://iam.googleapis.invalid/'), { env }));
  await expect(sent).rejects.toMatchObject({ connected: false, root: { message: expect.stringContaining('407') } });
});
