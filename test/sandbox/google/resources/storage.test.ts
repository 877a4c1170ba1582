import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProjectBuilder } from '../../../../sandbox/google/build/project.ts';
import { type Answer, at, type Client, start } from '../client.ts';
import { resourceWorld, tokens } from './world.ts';

type Policy = { version?: number; etag?: string; bindings: { role: string; members: string[]; condition?: unknown }[] };

let cloud: Client;
let app: string;
let project: ProjectBuilder;
beforeEach(async () => {
  const arranged = resourceWorld();
  ({ project } = arranged);
  app = arranged.app;
  project.bucket('plain', {
    uniformBucketLevelAccess: false,
    objects: {
      shared: { content: 'x', acl: [{ entity: `user-${app}`, role: 'READER' }] },
      open: { content: 'x', acl: [{ entity: 'allUsers', role: 'READER' }] },
      closed: { content: 'x' },
    },
  });
  project.bucket('sealed', { publicAccessPrevention: 'enforced' });
  project.bucket('uniform', { objects: { shared: { acl: [{ entity: 'allUsers', role: 'READER' }] } } });
  project.bucket('public', {
    bindings: [{ role: 'roles/storage.objectViewer', members: ['allUsers'] }],
    objects: { file: { content: '{"a":1}' } },
  });
  cloud = await start(arranged.world.world);
});
afterEach(() => cloud.close());

const read = (bucket: string, version?: number, token: string = tokens.admin): Promise<Answer> =>
  cloud.call(token, 'GET', `storage/v1/b/${bucket}/iam${version ? `?optionsRequestedPolicyVersion=${version}` : ''}`);

const condition = { title: 't', expression: 'request.time < timestamp("2099-01-01T00:00:00Z")' };

async function add(bucket: string, member: string, more: { condition?: typeof condition } = {}): Promise<Answer> {
  const policy = (await read(bucket, 3)).body as unknown as Policy;
  const bindings = [...policy.bindings, { role: 'roles/storage.objectViewer', members: [member], ...more }];
  return cloud.call(tokens.admin, 'PUT', `storage/v1/b/${bucket}/iam`, { ...policy, version: 3, bindings });
}

const user = 'user:zed@example.com';

describe('policies', () => {
  test('a new bucket grants the basic roles of its project, and says what it is', async () => {
    const { body } = await read('reports', 3);
    expect(body).toMatchObject({ kind: 'storage#policy', resourceId: 'projects/_/buckets/reports', version: 1 });
    expect((body as unknown as Policy).bindings).toContainEqual({
      role: 'roles/storage.legacyBucketReader',
      members: ['projectViewer:acme-1'],
    });
  });

  test('a policy with conditions is refused to who asks for less than version 3', async () => {
    expect((await read('reports')).status).toBe(200);
    expect((await add('reports', user, { condition })).status).toBe(200);
    for (const version of [undefined, 1]) {
      const { status, body } = await read('reports', version);
      expect([status, at(body, 'error.message')]).toEqual([
        400,
        'Requested policy version (1) cannot be less than the existing policy version (3).',
      ]);
    }
    expect((await read('reports', 3)).body.version).toBe(3);
  });

  test('conditions need uniform bucket-level access', async () => {
    const { status, body } = await add('plain', user, { condition });
    expect([status, at(body, 'error.errors.0.reason')]).toEqual([412, 'conditionNotMet']);
    expect((await add('plain', user)).status).toBe(200);
  });

  test.each(['allUsers', 'allAuthenticatedUsers'])('%s is refused where public access is prevented', async member => {
    const { status, body } = await add('sealed', member);
    expect([status, at(body, 'error.message')]).toEqual([
      412,
      expect.stringMatching(/public access prevention is enforced/),
    ]);
    expect((await add('reports', member)).status).toBe(200);
    expect((await add('sealed', user)).status).toBe(200);
  });

  test('holders of a basic role are members in buckets, and nowhere else', async () => {
    expect((await add('reports', 'projectViewer:acme-1')).status).toBe(200);
    const elsewhere = await cloud.call(tokens.admin, 'POST', 'v1/projects/acme-1/topics/orders:setIamPolicy', {
      policy: { bindings: [{ role: 'roles/pubsub.viewer', members: ['projectViewer:acme-1'] }] },
    });
    expect(elsewhere.status).toBe(400);
  });

  test.each([
    ['roles/storage.legacyBucketReader', 200],
    ['roles/storage.objectAdmin', 200],
    ['roles/viewer', 400],
    ['roles/pubsub.viewer', 400],
  ])('a bucket takes %s: %i', async (role, expected) => {
    const policy = (await read('reports', 3)).body as unknown as Policy;
    const bindings = [...policy.bindings, { role, members: [user] }];
    const { status } = await cloud.call(tokens.admin, 'PUT', 'storage/v1/b/reports/iam', { ...policy, bindings });
    expect(status).toBe(expected);
  });

  test('a legacy role is for buckets, not for projects', async () => {
    const set = (role: string): Promise<Answer> =>
      cloud.call(tokens.admin, 'POST', 'v3/projects/acme-1:setIamPolicy', {
        policy: { bindings: [{ role, members: [user] }] },
      });
    expect((await set('roles/storage.legacyBucketReader')).status).toBe(400);
    expect((await set('roles/storage.objectViewer')).status).toBe(200);
  });

  test('a POST is not how a bucket’s policy is written', async () => {
    expect((await cloud.call(tokens.admin, 'POST', 'storage/v1/b/reports/iam', { bindings: [] })).status).toBe(501);
  });
});

describe('objects', () => {
  const object = (bucket: string, name: string, token: string): Promise<Answer> =>
    cloud.call(token, 'GET', `storage/v1/b/${bucket}/o/${name}`);

  test('the refusal names the caller, the permission and what it is about', async () => {
    const { status, body } = await object('reports', 'daily%2F1.csv', tokens.nobody);
    const message =
      "nobody@example.com does not have storage.objects.get access to the Google Cloud Storage object. Permission 'storage.objects.get' denied on resource (or it may not exist).";
    expect([status, body]).toEqual([
      403,
      { error: { code: 403, message, errors: [{ message, domain: 'global', reason: 'forbidden' }] } },
    ]);
  });

  test.each([
    ['plain', 'shared', 200],
    ['plain', 'open', 200],
    ['plain', 'closed', 403],
    ['uniform', 'shared', 403],
  ])('access control lists count where access is not uniform: %s/%s', async (bucket, name, expected) => {
    expect((await object(bucket, name, 'token-app')).status).toBe(expected);
  });

  test.each([
    ['public', 'file', 200],
    ['plain', 'open', 200],
    ['reports', 'daily%2F1.csv', 401],
  ])('nobody in particular reads %s/%s: %i', async (bucket, name, expected) => {
    const { status, body } = await object(bucket, name, '');
    expect(status).toBe(expected);
    if (expected === 401)
      expect(at(body, 'error.message')).toMatch(/^Anonymous caller does not have storage\.objects\.get/);
  });

  test('a token that is none is not nobody', async () => {
    expect((await object('public', 'file', 'ya29.no-such-token')).status).toBe(401);
  });

  test('the content of an object', async () => {
    expect((await object('public', 'file?alt=media', tokens.admin)).body).toEqual({ a: 1 });
    expect((await object('public', 'file', tokens.admin)).body).not.toHaveProperty('content');
  });

  test('an object that is not there: 404 for who may look', async () => {
    const { status, body } = await object('reports', 'nope', tokens.admin);
    expect([status, at(body, 'error.message')]).toEqual([404, 'No such object: reports/nope']);
    expect((await object('reports', 'nope', tokens.nobody)).status).toBe(403);
  });

  test('upload, list and delete', async () => {
    const path = 'upload/storage/v1/b/reports/o?uploadType=media&name=new.txt';
    expect((await cloud.call(tokens.nobody, 'POST', path, {})).status).toBe(403);
    expect((await cloud.call(tokens.admin, 'POST', path, {})).status).toBe(200);
    const { body } = await cloud.call(tokens.admin, 'GET', 'storage/v1/b/reports/o');
    expect((body.items as { name: string }[]).map(({ name }) => name)).toEqual(['daily/1.csv', 'new.txt']);
    expect((await cloud.call(tokens.admin, 'DELETE', 'storage/v1/b/reports/o/new.txt')).status).toBe(200);
    expect((await object('reports', 'new.txt', tokens.admin)).status).toBe(404);
  });
});

test('buckets of a project, by who may list them', async () => {
  const list = (token: string): Promise<Answer> => cloud.call(token, 'GET', 'storage/v1/b?project=acme-1');
  expect((await list(tokens.reader)).body.items).toHaveLength(5);
  expect((await list(tokens.nobody)).status).toBe(403);
});

test('a deleted account leaves its mark in policies of resources too', async () => {
  await add('reports', `serviceAccount:${app}`);
  project.bind('roles/iam.serviceAccountAdmin', 'user:admin@example.com');
  await cloud.call(tokens.admin, 'DELETE', `v1/projects/acme-1/serviceAccounts/${app}`);
  const members = ((await read('reports', 3)).body as unknown as Policy).bindings.flatMap(binding => binding.members);
  expect(members).toContainEqual(expect.stringMatching(new RegExp(`^deleted:serviceAccount:${app}\\?uid=\\d+$`)));
});
