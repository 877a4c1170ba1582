import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectBuilder } from '../../../sandbox/google/build/project.ts';
import { WorldBuilder } from '../../../sandbox/google/build/world.ts';
import { at, type Client, start } from './client.ts';

/** Who asks, what makes it so, and whether they may `container.clusters.get` in the project. */
const table: [string, (world: WorldBuilder, project: ProjectBuilder, email: string) => void, boolean][] = [
  ['nothing', () => undefined, false],
  ['a role on the project', (_, project, email) => project.bind('roles/container.viewer', `user:${email}`), true],
  [
    'the email in other letters',
    (_, project, email) => project.bind('roles/container.viewer', `user:${email.toUpperCase()}`),
    true,
  ],
  ['a look-alike', (_, project, email) => project.bind('roles/container.viewer', `user:x${email}`), false],
  [
    'the wrong kind of member',
    (_, project, email) => project.bind('roles/container.viewer', `serviceAccount:${email}`),
    false,
  ],
  [
    'a role without the permission',
    (_, project, email) => project.bind('roles/logging.viewer', `user:${email}`),
    false,
  ],
  ['the folder', (world, _, email) => world.bindOnFolder('roles/container.viewer', `user:${email}`), true],
  ['the organization', (world, _, email) => world.bindOnOrganization('roles/container.viewer', `user:${email}`), true],
  ['the domain', (_, project) => project.bind('roles/container.viewer', 'domain:inside.example.com'), true],
  [
    'another project',
    (world, _, email) =>
      void world.project('sandbox-2', '222222222222').bind('roles/container.viewer', `user:${email}`),
    false,
  ],
  [
    'a group',
    (world, project, email) => {
      world.group('viewers@example.com', [email]);
      project.bind('roles/container.viewer', 'group:viewers@example.com');
    },
    true,
  ],
  [
    'a group in a group',
    (world, project, email) => {
      world.group('inner@example.com', [email]).group('outer@example.com', ['inner@example.com']);
      project.bind('roles/container.viewer', 'group:outer@example.com');
    },
    true,
  ],
  [
    'groups in a ring',
    (world, project) => {
      world.group('a@example.com', ['b@example.com']).group('b@example.com', ['a@example.com']);
      project.bind('roles/container.viewer', 'group:a@example.com');
    },
    false,
  ],
  [
    'a custom role',
    (_, project, email) => project.bind(project.role('mine', ['container.clusters.get']), `user:${email}`),
    true,
  ],
  [
    'a disabled custom role',
    (_, project, email) =>
      project.bind(project.role('off', ['container.clusters.get'], { stage: 'DISABLED' }), `user:${email}`),
    false,
  ],
  [
    'a deleted custom role',
    (_, project, email) =>
      project.bind(project.role('gone', ['container.clusters.get'], { deleted: true }), `user:${email}`),
    false,
  ],
  [
    'a role of the organization',
    (world, project, email) => project.bind(world.organizationRole('org', ['container.clusters.get']), `user:${email}`),
    true,
  ],
  [
    'a condition in force',
    (_, project, email) =>
      project.bind('roles/container.viewer', `user:${email}`, {
        title: 't',
        expression: 'request.time < timestamp("2099-01-01T00:00:00Z")',
      }),
    true,
  ],
  [
    'an expired condition',
    (_, project, email) =>
      project.bind('roles/container.viewer', `user:${email}`, {
        title: 't',
        expression: 'request.time < timestamp("2020-01-01T00:00:00Z")',
      }),
    false,
  ],
  [
    'a condition that nobody can decide',
    (_, project, email) =>
      project.bind('roles/container.viewer', `user:${email}`, {
        title: 't',
        expression: '"x" in request.auth.access_levels',
      }),
    false,
  ],
  [
    'a deny policy',
    (_, project, email) =>
      project.bind('roles/container.viewer', `user:${email}`).deny('no', {
        deniedPrincipals: [`principal://goog/subject/${email}`],
        deniedPermissions: ['container.googleapis.com/clusters.get'],
      }),
    false,
  ],
  [
    'a deny policy for everybody else',
    (_, project, email) =>
      project.bind('roles/container.viewer', `user:${email}`).deny('no', {
        deniedPrincipals: ['principalSet://goog/public:all'],
        exceptionPrincipals: [`principal://goog/subject/${email}`],
        deniedPermissions: ['container.googleapis.com/clusters.*'],
      }),
    true,
  ],
  [
    'a deny policy on the organization',
    (world, project, email) => {
      project.bind('roles/container.viewer', `user:${email}`);
      world.organization.denyPolicies.push({
        id: 'no',
        uid: 'u',
        etag: 'AAAA',
        rules: [
          {
            denyRule: {
              deniedPrincipals: ['principalSet://goog/public:all'],
              deniedPermissions: ['container.googleapis.com/*'],
            },
          },
        ],
      });
    },
    false,
  ],
];

describe.each(table)('%s', (_, arrange, expected) => {
  let cloud: Client;
  beforeAll(async () => {
    const world = new WorldBuilder();
    const project = world.project('p-1', '111111111111').cluster({ name: 'c', withoutApiServer: true });
    world.token('token', 'zed@inside.example.com');
    arrange(world, project, 'zed@inside.example.com');
    cloud = await start(world.world);
  });
  afterAll(() => cloud.close());

  test(expected ? 'has the permission' : 'does not have the permission', async () => {
    const { status } = await cloud.call('token', 'GET', 'v1/projects/p-1/locations/asia-northeast1/clusters/c');
    expect(status).toBe(expected ? 200 : 403);
  });
});

describe('unusable accounts, APIs and quota projects', () => {
  let cloud: Client;
  let project: ProjectBuilder;
  beforeAll(async () => {
    const world = new WorldBuilder();
    project = world.project('p-1', '111111111111');
    world
      .token('fine', project.serviceAccount('fine', { roles: ['roles/viewer'] }))
      .token('disabled', project.serviceAccount('disabled', { roles: ['roles/viewer'], disabled: true }))
      .token('deleted', project.serviceAccount('deleted', { roles: ['roles/viewer'], deleted: true }))
      .token('expired', 'zed@example.com', -1);
    cloud = await start(world.world);
  });
  afterAll(() => cloud.close());

  test.each([
    ['fine', 200],
    ['disabled', 403],
    ['deleted', 403],
    ['expired', 401],
  ])('%s: %i', async (token, status) => {
    expect((await cloud.call(token, 'GET', 'v1/projects/p-1')).status).toBe(status);
  });

  test('a disabled API answers SERVICE_DISABLED with its project', async () => {
    project.disable('container.googleapis.com');
    const { status, body } = await cloud.call('fine', 'GET', 'v1/projects/p-1/locations/-/clusters');
    expect([status, at(body, 'error.details.1.reason'), at(body, 'error.details.1.metadata.consumer')]).toEqual([
      403,
      'SERVICE_DISABLED',
      'projects/111111111111',
    ]);
    expect(at(body, 'error.message')).toMatch(
      /^Kubernetes Engine API has not been used in project 111111111111 before or it is disabled/,
    );
  });

  test('a quota project that the caller may not use is rejected', async () => {
    const response = await fetch(`${cloud.url}v1/projects/p-1`, {
      headers: { authorization: 'Bearer fine', 'x-goog-user-project': 'somebody-elses' },
    });
    expect([response.status, at(await response.json(), 'error.details.0.reason')]).toEqual([
      403,
      'USER_PROJECT_DENIED',
    ]);
  });
});
