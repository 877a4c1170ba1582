/**
 * Calls through both of Google's libraries, against the simulated Google Cloud: whatever goes wrong is one kind of error, what
 * passes by itself is sent again, and every request is counted.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/google/faults.ts';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import { healthyWorld, projectId, tokens } from '../../sandbox/scenarios/base.ts';
import { Endpoints } from '../../src/google/endpoints.ts';
import { identityOfToken } from '../../src/google/identity.ts';
import { createReads, type GoogleReads, type ReadsOptions } from '../../src/google/reads.ts';
import { createWrites } from '../../src/google/writes.ts';
import { CLUSTER } from '../scenarios/terminal.ts';

let google: Google;
beforeAll(async () => {
  google = await startGoogle({ world: healthyWorld().world.world });
});
afterAll(() => google.close());
afterEach(() => google.cloud.faults.clear());

const SERVICES = ['CONTAINER', 'IAM', 'CLOUDRESOURCEMANAGER', 'CONNECTGATEWAY'];

function identity(token: string = tokens.owner) {
  const env = Object.fromEntries(SERVICES.map(name => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, google.url]));
  return identityOfToken(token, { env: {}, endpoints: new Endpoints(env) });
}

const open = (options: Partial<ReadsOptions> = {}) =>
  createReads({ identity: identity(), expect: 'nothing', ...options });

/** One call of each library, and one that reads by POST. */
const CALLS: readonly (readonly [service: string, name: string, call: (reads: GoogleReads) => Promise<unknown>])[] = [
  ['container', '@google-cloud/container', reads => reads.getCluster(CLUSTER)],
  ['iam', 'googleapis', reads => reads.getRole('roles/viewer')],
  ['cloudresourcemanager', 'googleapis, by POST', reads => reads.getPolicy(`projects/${projectId}`)],
  ['container', 'by URL', reads => reads.listClusters(`projects/${projectId}/locations/-`, 'clusters(name)')],
];

describe.each(CALLS)('%s, through %s', (service, _name, call) => {
  const attempted = async (fault: Fault, options: Partial<ReadsOptions> = {}) => {
    google.cloud.faults.add({ service, ...fault });
    const reads = await open(options);
    const outcome = await call(reads).catch((error: unknown) => error);
    return { outcome, requests: reads.calls()[service] };
  };

  test('an answer is counted once', async () => {
    const reads = await open();
    expect(await call(reads)).toBeTypeOf('object');
    expect(reads.calls()).toEqual({ [service]: 1 });
  });

  test.each<[string, Fault]>([
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['a dropped connection', { kind: 'drop' }],
  ])('%s passes by itself: two requests, one answer', async (_, fault) => {
    const { outcome, requests } = await attempted({ ...fault, times: 1 });
    expect(outcome).not.toBeInstanceOf(Error);
    expect(requests).toBe(2);
  });

  test.each([400, 401, 403, 404, 409, 412])('%i does not: one request', async status => {
    const { outcome, requests } = await attempted({ status });
    expect(outcome).toMatchObject({ name: 'GoogleApiError', kind: 'http', status, service });
    expect(requests).toBe(1);
  });

  test('a 503 that stays is an error after four requests', async () => {
    const { outcome, requests } = await attempted({ status: 503 });
    expect(outcome).toMatchObject({ kind: 'http', status: 503 });
    expect(requests).toBe(4);
  });

  test('no request is sent before Retry-After is over', async () => {
    const started = performance.now();
    const { outcome, requests } = await attempted({ status: 429, headers: { 'retry-after': '1' }, times: 1 });
    expect(outcome).not.toBeInstanceOf(Error);
    expect(requests).toBe(2);
    expect(performance.now() - started).toBeGreaterThanOrEqual(1_000);
  });

  test('a refusal keeps what Google says of it', async () => {
    const details = [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'SERVICE_DISABLED',
        domain: 'googleapis.com',
        metadata: { service: 'x.googleapis.com', consumer: 'projects/12' },
      },
    ];
    const error = { code: 403, message: 'X API has not been used.', status: 'PERMISSION_DENIED', details };
    const { outcome } = await attempted({ status: 403, body: { error } });
    expect(outcome).toMatchObject({
      status: 403,
      code: 'PERMISSION_DENIED',
      reason: 'SERVICE_DISABLED',
      metadata: { service: 'x.googleapis.com', consumer: 'projects/12' },
      message: 'X API has not been used.',
    });
  });

  test.each<[string, Fault]>([
    ['a page with status 200', { kind: 'html', status: 200 }],
    ['nothing', { kind: 'empty', status: 200 }],
    ['a list', { status: 200, body: [] }],
    ['a text', { status: 200, body: '"text"' }],
  ])('%s is no answer, and asked for once', async (_, fault) => {
    const { outcome, requests } = await attempted(fault);
    expect(outcome).toMatchObject({ name: 'GoogleApiError', kind: 'malformed', service });
    expect(requests).toBe(1);
  });

  test('a page with status 502 is what stands before Google', async () => {
    const { outcome } = await attempted({ kind: 'html', status: 502 });
    expect(outcome).toMatchObject({ kind: 'http', status: 502 });
    expect(String(outcome)).not.toContain('<');
  });

  test('an answer that never comes is a timeout', async () => {
    const { outcome, requests } = await attempted({ kind: 'hang' }, { attemptMs: 100 });
    expect(outcome).toMatchObject({ kind: 'timeout', service });
    expect(requests).toBe(1);
  });

  test('whoever stops the work gets the reason back, also while an attempt waits for its turn', async () => {
    const stop = new AbortController();
    google.cloud.faults.add({ service, status: 503, headers: { 'retry-after': '20' } });
    const reads = await open({ signal: stop.signal });
    const asked = call(reads);
    setTimeout(() => stop.abort(new Error('somebody said stop')), 100);
    await expect(asked).rejects.toThrow('somebody said stop');
    expect(reads.calls()).toEqual({ [service]: 1 });
  });
});

describe('the form of answers', () => {
  test.each<[string, string, unknown, (reads: GoogleReads) => Promise<unknown>, string]>([
    ['container', 'a number for a name', { name: 7 }, reads => reads.getCluster(CLUSTER), 'unexpected form'],
    ['container', 'a text for node pools', { nodePools: 'x' }, reads => reads.getCluster(CLUSTER), 'unexpected form'],
    [
      'container',
      'a number for a name in a list',
      { clusters: [{ name: 'a' }, { name: 7 }] },
      reads => reads.listClusters(`projects/${projectId}/locations/-`, 'clusters(name)'),
      'at clusters.1.name',
    ],
    [
      'iam',
      'a text for permissions',
      { includedPermissions: 'iam.roles.get' },
      reads => reads.getRole('roles/viewer'),
      'at includedPermissions',
    ],
    [
      'cloudresourcemanager',
      'a number for bindings',
      { bindings: 5 },
      reads => reads.getPolicy(`projects/${projectId}`),
      'at bindings',
    ],
    [
      'cloudresourcemanager',
      'null among members',
      { bindings: [{ role: 'r', members: [null] }] },
      reads => reads.getPolicy(`projects/${projectId}`),
      'at bindings.0.members.0',
    ],
  ])('%s: %s is malformed, and the message says where', async (service, _, body, call, where) => {
    google.cloud.faults.add({ service, status: 200, body });
    const error: unknown = await call(await open()).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'GoogleApiError', kind: 'malformed', service });
    expect(String(error)).toContain(where);
  });

  test('values of enums that nobody knows yet, and fields that are new, are no failures', async () => {
    const body = {
      name: 'c',
      status: 'HIBERNATING',
      nodePools: [{ name: 'p', status: 'ASLEEP', config: { workloadMetadataConfig: { mode: 'NEW_MODE' } } }],
      somethingNew: { a: 1 },
    };
    google.cloud.faults.add({ service: 'container', status: 200, body, times: 1 });
    expect(await (await open()).getCluster(CLUSTER)).toMatchObject({ name: 'c', nodePools: [{ name: 'p' }] });
    google.cloud.faults.add({ service: 'container', status: 200, body: { clusters: [body] }, times: 1 });
    const { clusters } = await (await open()).listClusters(`projects/${projectId}/locations/-`, 'clusters');
    expect(clusters).toMatchObject([{ status: 'HIBERNATING' }]);
  });

  test('null is as good as nothing', async () => {
    google.cloud.faults.add({ service: 'iam', status: 200, body: { includedPermissions: null, deleted: null } });
    expect(await (await open()).getRole('roles/viewer')).toMatchObject({ includedPermissions: null });
  });
});

describe('writes', () => {
  test.each([500, 503, 429])('a write that %i answers is not sent again', async status => {
    const writes = await createWrites({ identity: identity() });
    const policy = await writes.readPolicy(`projects/${projectId}`);
    google.cloud.faults.add({ path: ':setIamPolicy', status });
    google.cloud.resetCalls();
    await expect(writes.writePolicy(`projects/${projectId}`, policy)).rejects.toMatchObject({ status });
    expect(google.cloud.calls().calls).toHaveLength(1);
  });

  test('a read before it is', async () => {
    const writes = await createWrites({ identity: identity() });
    google.cloud.faults.add({ path: ':getIamPolicy', status: 503, times: 1 });
    expect(await writes.readPolicy(`projects/${projectId}`)).toMatchObject({ etag: expect.any(String) });
  });

  test('fields of a binding that we don’t know are written back', async () => {
    const writes = await createWrites({ identity: identity() });
    const bindings = [{ role: 'roles/viewer', members: ['user:a@example.com'], bindingId: 'b1' }];
    google.cloud.faults.add({ path: ':getIamPolicy', status: 200, body: { etag: 'e', bindings }, times: 1 });
    expect((await writes.readPolicy(`projects/${projectId}`)).bindings).toEqual(bindings);
  });
});
