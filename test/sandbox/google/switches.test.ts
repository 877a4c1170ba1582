import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tokens } from '../../../sandbox/scenarios/base.ts';
import defaultScenario from '../../../sandbox/scenarios/default.ts';
import { at, type Client, start } from './client.ts';

let cloud: Client;
beforeEach(async () => {
  cloud = await start(defaultScenario.world());
});
afterEach(() => cloud.close());

const project = 'v3/projects/sandbox-1';
const read = (path = project) => cloud.call(tokens.owner, 'GET', path);
const bare = (path = project) => fetch(`${cloud.url}${path}`, { headers: { authorization: `Bearer ${tokens.owner}` } });

test('calls are counted by service and listed, until they are reset', async () => {
  await read();
  await read('v1/projects/sandbox-1/locations/-/clusters');
  await read('v1/projects/sandbox-1/unicorns');
  const calls = await cloud.control('GET', 'calls');
  expect(calls).toMatchObject({ total: 3, byService: { cloudresourcemanager: 1, container: 1, unknown: 1 } });
  expect(at(calls, 'calls.0')).toMatchObject({
    method: 'GET',
    path: `/${project}`,
    caller: 'owner@example.com',
    status: 200,
  });
  expect(at(await cloud.control('GET', 'unknown'), 'unknown.0.path')).toBe('/v1/projects/sandbox-1/unicorns');
  await cloud.control('DELETE', 'calls');
  expect(await cloud.control('GET', 'calls')).toEqual({ total: 0, byService: {}, calls: [] });
});

test('latency delays each call independently', async () => {
  await cloud.control('PUT', 'latency', { ms: 100 });
  const start = performance.now();
  await Promise.all(Array.from({ length: 100 }, () => read()));
  const took = performance.now() - start;
  expect(took).toBeGreaterThanOrEqual(99);
  expect(took).toBeLessThan(1_000);
});

describe('faults', () => {
  test('apply to matching calls, `times` times, after `after` calls', async () => {
    await cloud.control('POST', 'faults', {
      service: 'cloudresourcemanager',
      path: 'sandbox-1',
      after: 1,
      times: 2,
      status: 429,
    });
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await read()).status);
    expect(statuses).toEqual([200, 429, 429, 200]);
    expect((await read('v1/projects/sandbox-1/locations/-/clusters')).status).toBe(200);
  });

  test.each([
    [{ status: 503 }, 503, /"UNAVAILABLE"/],
    [{ kind: 'html' }, 200, /^<!DOCTYPE html>/],
    [{ kind: 'empty' }, 200, /^$/],
    [{ kind: 'truncated' }, 200, /^\{\s+"name"[^}]*$/],
    [{ status: 200, body: { state: 'FROM_THE_FUTURE' } }, 200, /FROM_THE_FUTURE/],
    [{ status: 200, body: '[' }, 200, /^\[$/],
  ])('%j', async (fault, status, text) => {
    await cloud.control('POST', 'faults', fault);
    const response = await bare();
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(text);
  });

  test('huge', async () => {
    await cloud.control('POST', 'faults', { kind: 'huge' });
    expect((await (await bare()).arrayBuffer()).byteLength).toBeGreaterThan(64 * 1024 * 1024);
  });

  test('drop and hang', async () => {
    await cloud.control('POST', 'faults', { kind: 'drop', times: 1 });
    await expect(bare()).rejects.toThrow();
    await cloud.control('POST', 'faults', { kind: 'hang', times: 1 });
    await expect(fetch(`${cloud.url}${project}`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect((await read()).status).toBe(200);
  });

  test('dropAfter: the call is processed, the answer is lost', async () => {
    await cloud.control('POST', 'faults', { kind: 'dropAfter', path: ':disable' });
    const path = 'v1/projects/sandbox-1/serviceAccounts/node-b@sandbox-1.iam.gserviceaccount.com';
    await expect(cloud.call(tokens.owner, 'POST', `${path}:disable`)).rejects.toThrow();
    await cloud.control('DELETE', 'faults');
    expect((await read(path)).body.disabled).toBe(true);
  });
});

test('a snapshot restores everything, including the objects of clusters', async () => {
  const { world } = await cloud.control('GET', 'state');
  await cloud.control('POST', 'bindings', {
    resource: 'projects/sandbox-1',
    role: 'roles/viewer',
    member: 'user:zed@example.com',
  });
  const policy = async (): Promise<unknown> =>
    (await cloud.call(tokens.owner, 'POST', `${project}:getIamPolicy`, { options: { requestedPolicyVersion: 3 } }))
      .body;
  const changed = await policy();
  await cloud.control('PUT', 'state', { world });
  expect(JSON.stringify(changed)).toContain('zed@example.com');
  expect(JSON.stringify(await policy())).not.toContain('zed@example.com');
  const { body } = await read('v1/projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x');
  expect(body.endpoint).toBe(
    cloud.cloud.apiServers.all.find(server => server.cluster.endsWith('cluster-x'))?.url.slice(8),
  );
});

test('a binding of another writer changes the etag, and can be removed', async () => {
  const etag = async (): Promise<unknown> =>
    (await cloud.call(tokens.owner, 'POST', `${project}:getIamPolicy`)).body.etag;
  const before = await etag();
  const binding = { resource: 'projects/sandbox-1', role: 'roles/viewer', member: 'user:zed@example.com' };
  await cloud.control('POST', 'bindings', binding);
  expect(await etag()).not.toBe(before);
  await cloud.control('DELETE', 'bindings', binding);
  expect(await cloud.control('POST', 'bindings', { ...binding, resource: 'projects/nope' })).toHaveProperty('error');
});

test('tokens and conditions expire in simulated time', async () => {
  const { token } = await cloud.control('POST', 'tokens', { email: 'owner@example.com', expiresIn: '10m' });
  expect((await cloud.call(String(token), 'GET', project)).status).toBe(200);
  await cloud.control('POST', 'clock', { advance: '11m' });
  expect((await cloud.call(String(token), 'GET', project)).status).toBe(401);
});

test('a cluster that is down refuses connections', async () => {
  const cluster = 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';
  const { endpoint } = (await read(`v1/${cluster}`)).body;
  const answers = (): Promise<boolean> =>
    fetch(`https://${String(endpoint)}/version`).then(
      () => true,
      error => !/ECONNREFUSED/.test(JSON.stringify(error.cause?.code ?? '')),
    );
  expect(await answers()).toBe(true);
  await cloud.control('POST', 'clusters', { cluster, down: true });
  expect(await answers()).toBe(false);
  await cloud.control('POST', 'clusters', { cluster, down: false });
  expect(await answers()).toBe(true);
});
