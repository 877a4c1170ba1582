import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Client, start } from '../client.ts';
import { projectNumber, resourceWorld, tokens } from './world.ts';

const bucket = '//storage.googleapis.com/projects/_/buckets/reports';

let cloud: Client;
let member: string;
beforeAll(async () => {
  const { world, project, app } = resourceWorld();
  member = `serviceAccount:${app}`;
  project
    .bind('roles/logging.logWriter', member)
    .bindOnResource(bucket, 'roles/storage.objectViewer', member)
    .bind(project.role('readers', ['storage.objects.get']), member);
  world
    .bindOnOrganization('roles/browser', member)
    .project('acme-2', '444444444444')
    .bind('roles/monitoring.viewer', member);
  world.token('asset', 'asset@example.com').bindOnOrganization('roles/cloudasset.viewer', 'user:asset@example.com');
  cloud = await start(world.world);
});
afterAll(() => cloud.close());

describe('searchAllIamPolicies', () => {
  const search = (scope: string, query: string, more = '', token = 'asset'): Promise<Answer> =>
    cloud.call(token, 'GET', `v1/${scope}:searchAllIamPolicies?query=${encodeURIComponent(query)}${more}`);
  type Result = { resource: string; assetType: string; project?: string; policy: { bindings: { role: string }[] } };
  const found = async (scope: string, query: string, more = ''): Promise<[string, string[]][]> =>
    (((await search(scope, query, more)).body.results ?? []) as Result[]).map(({ resource, policy }) => [
      resource.replace('//cloudresourcemanager.googleapis.com/', ''),
      policy.bindings.map(({ role }) => role),
    ]);

  test('finds a member wherever it has a role, and shows those bindings only', async () => {
    expect(await found('organizations/111111111111', `policy:"${member}"`)).toEqual([
      ['organizations/111111111111', ['roles/browser']],
      ['projects/acme-1', ['roles/logging.logWriter', 'projects/acme-1/roles/readers']],
      [bucket, ['roles/storage.objectViewer']],
      ['projects/acme-2', ['roles/monitoring.viewer']],
    ]);
  });

  test('a narrower scope, a type, a role', async () => {
    expect(await found('projects/acme-2', `policy:"${member}"`)).toEqual([
      ['projects/acme-2', ['roles/monitoring.viewer']],
    ]);
    const buckets = '&assetTypes=storage.googleapis.com/Bucket';
    expect(await found(`projects/${projectNumber}`, `policy:"${member}"`, buckets)).toHaveLength(1);
    expect(await found('projects/acme-1', 'policy:roles/storage.objectViewer')).toEqual([
      [bucket, ['roles/storage.objectViewer']],
    ]);
  });

  test('says where a policy is set', async () => {
    const { body } = await search('projects/acme-1', 'policy:roles/storage.objectViewer');
    expect(body.results).toEqual([
      expect.objectContaining({
        resource: bucket,
        assetType: 'storage.googleapis.com/Bucket',
        project: `projects/${projectNumber}`,
        folders: ['folders/222222222222'],
        organization: 'organizations/111111111111',
      }),
    ]);
  });

  test('roles that the caller may not read drop out of a search for a permission', async () => {
    const query = `policy.role.permissions:storage.objects.get policy:"${member}"`;
    expect(await found('projects/acme-1', query)).toEqual([[bucket, ['roles/storage.objectViewer']]]);
  });

  test('is denied to who may not search there', async () => {
    expect((await search('projects/acme-1', '', '', tokens.nobody)).status).toBe(403);
    expect((await search('organizations/111111111111', 'policy:roles/nope')).body).toEqual({});
  });
});

describe('queryGrantableRoles', () => {
  const roles = async (fullResourceName: string): Promise<string[]> => {
    const { body } = await cloud.call(tokens.nobody, 'POST', 'v1/roles:queryGrantableRoles', {
      fullResourceName,
      pageSize: 1_000,
    });
    return (body.roles as { name: string }[]).map(({ name }) => name);
  };

  test.each([
    [
      bucket,
      ['roles/storage.objectViewer', 'roles/storage.legacyBucketReader', 'roles/run.builder'],
      ['roles/viewer', 'roles/pubsub.viewer', 'roles/container.viewer'],
    ],
    [
      '//secretmanager.googleapis.com/projects/333333333333/secrets/db',
      ['roles/secretmanager.secretAccessor', 'roles/owner'],
      ['roles/storage.admin'],
    ],
    [
      '//pubsub.googleapis.com/projects/acme-1/topics/orders',
      ['roles/pubsub.publisher'],
      ['roles/pubsub.subscriber-x', 'roles/secretmanager.admin'],
    ],
    [
      '//artifactregistry.googleapis.com/projects/acme-1/locations/europe-west1/repositories/apps',
      ['roles/artifactregistry.reader', 'roles/run.builder'],
      ['roles/storage.objectViewer'],
    ],
    [
      '//cloudkms.googleapis.com/projects/acme-1/locations/l/keyRings/r/cryptoKeys/k',
      ['roles/cloudkms.cryptoKeyEncrypterDecrypter'],
      ['roles/spanner.admin'],
    ],
    [
      '//compute.googleapis.com/projects/acme-1/regions/r/subnetworks/nodes',
      ['roles/compute.networkUser'],
      ['roles/dns.admin'],
    ],
    [
      '//cloudresourcemanager.googleapis.com/projects/acme-1',
      ['roles/storage.objectViewer', 'roles/viewer'],
      ['roles/storage.legacyBucketReader', 'roles/container.defaultNodeServiceAgent'],
    ],
  ])('%s takes these and not those', async (name, some, none) => {
    const found = await roles(name);
    expect(found).toEqual(expect.arrayContaining(some));
    expect(found.filter(role => none.includes(role))).toEqual([]);
  });

  test('a role’s stage shows', async () => {
    const { body } = await cloud.call(tokens.nobody, 'GET', 'v1/roles/storage.bucketViewer');
    expect(body).toMatchObject({ stage: 'BETA', includedPermissions: ['storage.buckets.get', 'storage.buckets.list'] });
    expect((await cloud.call(tokens.nobody, 'GET', 'v1/roles/storage.objectViewer')).body.stage).toBe('GA');
  });
});
