import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, at, type Client, start } from '../client.ts';
import { type Kind, kinds, projectId, resourceWorld, tokens } from './world.ts';

type Binding = { role: string; members: string[]; condition?: { title: string; expression: string } };
type Policy = { version?: number; etag?: string; bindings?: Binding[] };

let cloud: Client;
let app: string;
beforeAll(async () => {
  const arranged = resourceWorld();
  app = `serviceAccount:${arranged.app}`;
  cloud = await start(arranged.world.world);
});
afterAll(() => cloud.close());

function read({ read: [method, path] }: Kind, token: string = tokens.admin): Promise<Answer> {
  const body = method === 'POST' ? { options: { requestedPolicyVersion: 3 } } : undefined;
  return cloud.call(token, method, path, body);
}

function write({ write: [method, path], bare }: Kind, policy: Policy, token: string = tokens.admin): Promise<Answer> {
  return cloud.call(token, method, path, bare ? policy : { policy });
}

async function change(kind: Kind, edit: (bindings: Binding[]) => Binding[], token?: string): Promise<Answer> {
  const policy = (await read(kind)).body as Policy;
  return write(kind, { ...policy, version: 3, bindings: edit(policy.bindings ?? []) }, token);
}

describe.each(kinds.map(kind => [kind.kind, kind] as const))('%s', (_, kind) => {
  const binding = (condition?: Binding['condition']): Binding => ({
    role: kind.role,
    members: [app],
    ...(condition && { condition }),
  });

  test('the resource is got by who may', async () => {
    expect((await cloud.call(tokens.admin, 'GET', kind.get ?? '')).status).toBe(200);
    expect((await cloud.call(tokens.nobody, 'GET', kind.get ?? '')).status).toBe(403);
  });

  test('its policy is read, changed and read again', async () => {
    const before = (await read(kind)).body as Policy;
    expect(before.etag).toEqual(expect.any(String));
    const written = await change(kind, bindings => [...bindings, binding()]);
    expect(written.status).toBe(200);
    const after = (await read(kind)).body as Policy;
    expect(after.bindings).toContainEqual(binding());
    expect(after.etag).not.toBe(before.etag);
    expect((written.body as Policy).etag).toBe(after.etag);
  });

  test('a stale etag is refused, and nothing is written', async () => {
    const before = (await read(kind)).body as Policy;
    await change(kind, bindings => [...bindings, { role: kind.role, members: ['user:zed@example.com'] }]);
    const after = (await read(kind)).body as Policy;
    const refused = await write(kind, { ...before, version: 3, bindings: [] });
    expect(refused.status).toBe(kind.stale);
    expect((await read(kind)).body).toEqual(after);
  });

  test('a condition comes and goes, and needs version 3', async () => {
    const condition = { title: 'until 2030', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' };
    expect((await change(kind, bindings => [...bindings, binding(condition)])).status).toBe(200);
    const policy = (await read(kind)).body as Policy;
    expect(policy.version).toBe(3);
    expect(policy.bindings).toContainEqual(binding(condition));
    expect((await write(kind, { ...policy, version: 1 })).status).toBe(400);
    expect((await change(kind, bindings => bindings.filter(one => !one.condition))).status).toBe(200);
    expect(((await read(kind)).body as Policy).version).toBe(1);
  });

  test('who may not read it is told so in the words of the service', async () => {
    const { status, body } = await read(kind, tokens.nobody);
    expect([status, at(body, 'error.message')]).toEqual([403, expect.stringMatching(kind.denied)]);
    expect((await change(kind, bindings => bindings, tokens.nobody)).status).toBe(403);
  });

  test('who may read may not write', async () => {
    expect((await read(kind, tokens.reader)).status).toBe(200);
    expect((await change(kind, bindings => bindings, tokens.reader)).status).toBe(403);
  });

  test('what is not there is not found by who may look, and denied to others', async () => {
    const [path, text] = kind.missing;
    const { status, body } = await cloud.call(tokens.admin, 'GET', path);
    expect([status, at(body, 'error.message')]).toEqual([404, expect.stringMatching(text)]);
    const hidden = kind.kind === 'bucket' ? 404 : 403;
    expect((await cloud.call(tokens.nobody, 'GET', path)).status).toBe(hidden);
  });

  test.each([
    ['a role of another service', { role: 'roles/container.viewer', members: ['user:zed@example.com'] }],
    ['no role at all', { role: 'roles/nope', members: ['user:zed@example.com'] }],
    ['an account that is not there', { role: '', members: [`serviceAccount:no@${projectId}.iam.gserviceaccount.com`] }],
  ])('%s is refused', async (_name, wrong) => {
    const answer = await change(kind, bindings => [...bindings, { ...wrong, role: wrong.role || kind.role }]);
    expect(answer.status).toBe(400);
  });
});

test('every kind of resource has a route for testIamPermissions', async () => {
  for (const kind of kinds) {
    const permission = kind.fullName.startsWith('//storage') ? 'storage.objects.get' : undefined;
    const path = kind.bare
      ? `${kind.write[1]}/testPermissions?permissions=${permission}`
      : kind.write[1].replace('setIamPolicy', 'testIamPermissions');
    const answer = await cloud.call(
      tokens.nobody,
      kind.bare ? 'GET' : 'POST',
      path,
      kind.bare ? undefined : { permissions: ['x.y.z'] },
    );
    expect([kind.kind, answer.status, answer.body.permissions]).toEqual([kind.kind, 200, undefined]);
  }
});

test('testIamPermissions says what the caller holds, no more', async () => {
  const { body } = await cloud.call(tokens.reader, 'POST', `v1/projects/${projectId}/secrets/db:testIamPermissions`, {
    permissions: ['secretmanager.secrets.get', 'secretmanager.versions.access'],
  });
  expect(body).toEqual({ permissions: ['secretmanager.secrets.get'] });
});

test('a snapshot holds resources, and a world without any is one too', async () => {
  const { world } = await cloud.control('GET', 'state');
  const bucket = 'storage/v1/b/reports/iam?optionsRequestedPolicyVersion=3';
  const before = (await cloud.call(tokens.admin, 'GET', bucket)).body;
  const copy = structuredClone(world) as { projects: { [id: string]: { resources?: unknown } } };
  for (const project of Object.values(copy.projects)) delete project.resources;
  await cloud.control('PUT', 'state', { world: copy });
  expect((await cloud.call(tokens.admin, 'GET', bucket)).status).toBe(404);
  await cloud.control('PUT', 'state', { world });
  expect((await cloud.call(tokens.admin, 'GET', bucket)).body).toEqual(before);
});

test('a foreign writer changes a resource’s policy behind everybody’s back', async () => {
  const [kind] = kinds;
  const before = (await read(kind as Kind)).body as Policy;
  const binding = { resource: kind?.fullName, role: 'roles/storage.objectAdmin', member: 'user:zed@example.com' };
  await cloud.control('POST', 'bindings', binding);
  const after = (await read(kind as Kind)).body as Policy;
  expect(after.bindings).toContainEqual({ role: binding.role, members: [binding.member] });
  expect(after.etag).not.toBe(before.etag);
  await cloud.control('DELETE', 'bindings', binding);
  expect(((await read(kind as Kind)).body as Policy).bindings).toEqual(before.bindings);
});

describe('a grantor who is limited to some roles', () => {
  const limited = 'token-limited';
  const expression = (role: string): string =>
    `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['${role}'])`;

  test.each(kinds.map(kind => [kind.kind, kind] as const))('%s', async (_, kind) => {
    const { world, project } = resourceWorld();
    world.token(limited, 'limited@example.com');
    project
      .bind('roles/iam.securityReviewer', 'user:limited@example.com')
      .bind('roles/iam.securityAdmin', 'user:limited@example.com', {
        title: 'limited',
        expression: expression(kind.role),
      });
    const mine = await start(world.world);
    try {
      const [method, path] = kind.read;
      const body = method === 'POST' ? { options: { requestedPolicyVersion: 3 } } : undefined;
      const policy = (await mine.call(limited, method, path, body)).body as Policy;
      const set = async (role: string): Promise<number> => {
        const next = {
          ...policy,
          version: 3,
          bindings: [...(policy.bindings ?? []), { role, members: ['user:zed@example.com'] }],
        };
        return (await mine.call(limited, kind.write[0], kind.write[1], kind.bare ? next : { policy: next })).status;
      };
      // Services that don't know the attribute refuse every request of a limited grantor.
      const knows = ['//storage', '//secretmanager', '//cloudkms', '//compute'];
      const allowed = knows.some(beginning => kind.fullName.startsWith(beginning));
      expect(await set('roles/iam.securityReviewer')).toBe(403);
      expect(await set(kind.role)).toBe(allowed ? 200 : 403);
    } finally {
      await mine.close();
    }
  });
});
