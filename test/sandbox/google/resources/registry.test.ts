import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, type Client, start } from '../client.ts';
import { resourceWorld, tokens } from './world.ts';

let cloud: Client;
beforeAll(async () => {
  const { world, project } = resourceWorld();
  const reader = [{ role: 'roles/artifactregistry.reader', members: ['user:puller@example.com'] }];
  world.token('puller', 'puller@example.com');
  project.repository('web', { location: 'europe-west1', bindings: reader });
  project.repository('open', {
    location: 'us',
    bindings: [{ role: 'roles/artifactregistry.reader', members: ['allUsers'] }],
  });
  project.repository('gcr.io', { location: 'us', bindings: reader });
  project.repository('mirror', {
    mode: 'REMOTE_REPOSITORY',
    fields: { remoteRepositoryConfig: { dockerRepository: { publicRepository: 'DOCKER_HUB' } } },
  });
  project.registrySettings({ legacyRedirectionState: 'REDIRECTION_FROM_GCR_IO_FINALIZED' });
  world.project('acme-2', '444444444444').bind('roles/viewer', 'user:reader@example.com');
  cloud = await start(world.world);
});
afterAll(() => cloud.close());

async function pull(host: string, image: string, authorization?: string): Promise<{ status: number; body: unknown }> {
  const query = new URLSearchParams({ service: host, scope: `repository:${image}:pull` });
  const response = await fetch(`${cloud.url}v2/token?${query}`, { headers: authorization ? { authorization } : {} });
  return { status: response.status, body: await response.json() };
}

const password = (token: string): string => `Basic ${Buffer.from(`oauth2accesstoken:${token}`).toString('base64')}`;

describe('the token endpoint of a registry', () => {
  test.each<[string, string, string, string | undefined, number]>([
    ['by a grant on the repository', 'europe-west1-docker.pkg.dev', 'acme-1/web/app', password('puller'), 200],
    ['with the token as bearer', 'europe-west1-docker.pkg.dev', 'acme-1/web/app', 'Bearer puller', 200],
    ['another repository', 'europe-west1-docker.pkg.dev', 'acme-1/apps/app', password('puller'), 403],
    ['the same name elsewhere', 'us-docker.pkg.dev', 'acme-1/web/app', password('puller'), 403],
    ['an old host', 'gcr.io', 'acme-1/app', password('puller'), 200],
    ['another old host', 'eu.gcr.io', 'acme-1/app', password('puller'), 403],
    ['an open repository', 'us-docker.pkg.dev', 'acme-1/open/app', undefined, 200],
    ['a closed one, by nobody', 'europe-west1-docker.pkg.dev', 'acme-1/web/app', undefined, 403],
  ])('%s', async (_, host, image, authorization, expected) => {
    expect((await pull(host, image, authorization)).status).toBe(expected);
  });

  test('says what was missing where', async () => {
    const { body } = await pull('europe-west1-docker.pkg.dev', 'acme-1/apps/web', password('puller'));
    expect(body).toEqual({
      errors: [
        {
          code: 'DENIED',
          message:
            'Permission "artifactregistry.repositories.downloadArtifacts" denied on resource "projects/acme-1/locations/europe-west1/repositories/apps" (or it may not exist)',
        },
      ],
    });
    const anonymous = await pull('europe-west1-docker.pkg.dev', 'acme-1/nope/web');
    expect(at(anonymous.body, 'errors.0.message')).toMatch(
      /^Unauthenticated request\. Unauthenticated requests do not have permission/,
    );
  });
});

test('repositories say their mode', async () => {
  const { body } = await cloud.call(tokens.reader, 'GET', 'v1/projects/acme-1/locations/asia-northeast1/repositories');
  expect(body.repositories).toEqual([
    expect.objectContaining({
      mode: 'REMOTE_REPOSITORY',
      remoteRepositoryConfig: { dockerRepository: { publicRepository: 'DOCKER_HUB' } },
    }),
  ]);
});

test('settings of a project: where requests to gcr.io go', async () => {
  const settings = (project: string, token: string) =>
    cloud.call(token, 'GET', `v1/projects/${project}/projectSettings`);
  expect((await settings('acme-1', tokens.reader)).body).toEqual({
    name: 'projects/acme-1/projectSettings',
    legacyRedirectionState: 'REDIRECTION_FROM_GCR_IO_FINALIZED',
  });
  expect((await settings('acme-2', tokens.reader)).body).toEqual({ name: 'projects/acme-2/projectSettings' });
  expect((await settings('acme-1', tokens.nobody)).status).toBe(403);
});

test('an API that is off says so, whoever asks', async () => {
  const { world, project } = resourceWorld();
  project.disable('artifactregistry.googleapis.com');
  const mine = await start(world.world);
  const path = 'v1/projects/acme-1/locations/europe-west1/repositories/apps';
  const { status, body } = await mine.call(tokens.admin, 'GET', path);
  expect([status, at(body, 'error.details.1.reason')]).toEqual([403, 'SERVICE_DISABLED']);
  await mine.close();
});
