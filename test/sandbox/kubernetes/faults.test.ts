import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiServer } from '../../../sandbox/google/kubernetes/server.ts';
import { call, startWorld } from './world.ts';

let server: ApiServer;
let latency = 0;
beforeEach(async () => {
  latency = 0;
  server = await startWorld([], { latencyMs: () => latency });
});
afterEach(() => server.close());

const namespaces = (options = {}) => call(server, '/api/v1/namespaces', { token: 'owner', ...options });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code,
  );

describe('authentication', () => {
  it.each([undefined, 'nobody'])('token %s: 401', async token => {
    const { status, text } = await namespaces({ token });
    expect(status).toBe(401);
    expect(JSON.parse(text)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    });
  });

  it('health checks need no token', async () => {
    expect(await call(server, '/livez')).toMatchObject({ status: 200, text: 'ok' });
  });

  it('a denial is a Status with the details of what was denied', async () => {
    const { status, body } = await call(server, '/api/v1/namespaces/shop/pods/p', { token: 'stranger' });
    expect([status, body.reason, body.details]).toEqual([403, 'Forbidden', { name: 'p', kind: 'pods' }]);
  });

  it('impersonation needs the permission to impersonate', async () => {
    const as = (token: string) => namespaces({ token, headers: { 'impersonate-user': 'ghost@example.com' } });
    expect((await as('stranger')).body.message).toBe(
      'users "ghost@example.com" is forbidden: User "stranger@example.com" cannot impersonate resource "users" in API group "" at the cluster scope: requires one of ["container.clusters.impersonate"] permission(s).',
    );
    expect((await as('owner')).body.message).toBe(
      'namespaces is forbidden: User "ghost@example.com" cannot list resource "namespaces" in API group "" at the cluster scope',
    );
  });
});

describe('failures', () => {
  it('down: connections are refused; up again: the same port answers', async () => {
    await namespaces();
    await server.setDown(true);
    expect(await codeOf(namespaces())).toBe('ECONNREFUSED');
    await server.setDown(false);
    expect((await namespaces()).status).toBe(200);
  });

  it('closed authorized networks: a connection opens, and nothing answers', async () => {
    server.setAuthorizedNetworks(false);
    const heard = await new Promise<string>(resolve => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write('hello'));
      socket.setTimeout(300, () => resolve('nothing'));
      socket.on('data', () => resolve('data'));
      socket.on('close', () => resolve('closed'));
    });
    expect(heard).toBe('nothing');
    server.setAuthorizedNetworks(true);
    expect((await namespaces()).status).toBe(200);
  });

  it('a rotated CA: a client with the old one does not trust the server', async () => {
    const old = server.caCertificate;
    await server.rotateCa();
    expect(await codeOf(namespaces({ ca: old }))).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET/);
    expect((await namespaces()).status).toBe(200);
  });

  it('latency delays each answer', async () => {
    latency = 120;
    const started = performance.now();
    await namespaces();
    expect(performance.now() - started).toBeGreaterThanOrEqual(115);
  });

  it('a fault applies to matching calls, `times` times', async () => {
    server.fault({ kind: 'status', code: 503, path: '/api/v1/namespaces', times: 2 });
    const statuses = [
      await namespaces(),
      await call(server, '/api/v1/pods', { token: 'owner' }),
      await namespaces(),
      await namespaces(),
    ];
    expect(statuses.map(answer => answer.status)).toEqual([503, 200, 503, 200]);
    expect(statuses[0]?.body).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable', code: 503 });
  });

  it('the page of the DNS endpoint', async () => {
    server.fault({ kind: 'html' });
    const { status, headers, text } = await namespaces();
    expect([status, headers['content-type']]).toEqual([403, 'text/html; charset=UTF-8']);
    expect(text).toContain('Error 403 (Forbidden)!!1');
    server.clearFaults();
    expect((await namespaces()).status).toBe(200);
  });

  it('malformed, empty, reset and hang', async () => {
    server.fault({ kind: 'malformed', times: 1 });
    const { status, text } = await namespaces();
    expect(status).toBe(200);
    expect(() => JSON.parse(text)).toThrow();
    server.fault({ kind: 'empty', times: 1 });
    expect((await namespaces()).text).toBe('');
    server.fault({ kind: 'reset', times: 1 });
    expect(await codeOf(namespaces())).toBe('ECONNRESET');
    server.fault({ kind: 'hang', times: 1 });
    expect(await Promise.race([namespaces(), new Promise(resolve => setTimeout(resolve, 300, 'silence'))])).toBe(
      'silence',
    );
  });
});

it('calls are recorded with their user', async () => {
  await namespaces();
  await call(server, '/api/v1/pods?limit=1');
  expect(server.calls()).toEqual([
    { method: 'GET', path: '/api/v1/namespaces', user: 'owner@example.com' },
    { method: 'GET', path: '/api/v1/pods?limit=1', user: '' },
  ]);
  server.resetCalls();
  expect(server.calls()).toEqual([]);
});
