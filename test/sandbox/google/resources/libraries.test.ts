import { google } from 'googleapis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, start } from '../client.ts';
import { projectId, resourceWorld, tokens } from './world.ts';

let cloud: Client;
let options: { rootUrl: string; headers: { authorization: string }; retry: false };
beforeAll(async () => {
  const { world, project } = resourceWorld();
  project.bind('roles/iam.workloadIdentityPoolViewer', 'user:admin@example.com');
  project.workloadIdentityPool('github', { providers: { actions: {} } });
  world.deniedRequest('id-1', {
    principal: 'zed@example.com',
    permission: 'storage.objects.get',
    fullResourceName: '//storage.googleapis.com/projects/_/buckets/reports',
    notFound: 0,
  });
  cloud = await start(world.world);
  options = { rootUrl: cloud.url, headers: { authorization: `Bearer ${tokens.admin}` }, retry: false };
});
afterAll(() => cloud.close());

const p = `projects/${projectId}`;
const key = `${p}/locations/asia-northeast1/keyRings/gke/cryptoKeys/etcd`;
const zone = 'asia-northeast1-a';
const version3 = { 'options.requestedPolicyVersion': 3 };
const body3 = { options: { requestedPolicyVersion: 3 } };

/** What Google's own library asks, and a field of the answer. */
const calls: [string, () => Promise<{ data: unknown }>, string][] = [
  ['a bucket', () => google.storage('v1').buckets.get({ bucket: 'reports' }, options), 'iamConfiguration'],
  [
    'its policy',
    () => google.storage('v1').buckets.getIamPolicy({ bucket: 'reports', optionsRequestedPolicyVersion: 3 }, options),
    'bindings',
  ],
  [
    'the policy of a managed folder, whose name has a slash',
    () => google.storage('v1').managedFolders.getIamPolicy({ bucket: 'reports', managedFolder: 'daily/' }, options),
    'etag',
  ],
  [
    'an object',
    () => google.storage('v1').objects.get({ bucket: 'reports', object: 'daily/1.csv' }, options),
    'mediaLink',
  ],
  [
    'a secret’s policy',
    () =>
      google.secretmanager('v1').projects.secrets.getIamPolicy({ resource: `${p}/secrets/db`, ...version3 }, options),
    'etag',
  ],
  [
    'a topic’s policy',
    () => google.pubsub('v1').projects.topics.getIamPolicy({ resource: `${p}/topics/orders`, ...version3 }, options),
    'etag',
  ],
  [
    'a key’s policy',
    () =>
      google
        .cloudkms('v1')
        .projects.locations.keyRings.cryptoKeys.getIamPolicy({ resource: key, ...version3 }, options),
    'etag',
  ],
  ['a key', () => google.cloudkms('v1').projects.locations.keyRings.cryptoKeys.get({ name: key }, options), 'primary'],
  [
    'a repository’s policy',
    () =>
      google
        .artifactregistry('v1')
        .projects.locations.repositories.getIamPolicy(
          { resource: `${p}/locations/europe-west1/repositories/apps`, ...version3 },
          options,
        ),
    'etag',
  ],
  [
    'a project’s registry settings',
    () => google.artifactregistry('v1').projects.getProjectSettings({ name: `${p}/projectSettings` }, options),
    'name',
  ],
  [
    'a Spanner database’s policy',
    () =>
      google
        .spanner('v1')
        .projects.instances.databases.getIamPolicy(
          { resource: `${p}/instances/main/databases/shop`, requestBody: body3 },
          options,
        ),
    'etag',
  ],
  [
    'a DNS zone’s policy',
    () =>
      google
        .dns('v1')
        .managedZones.getIamPolicy(
          { resource: `${p}/locations/global/managedZones/example`, requestBody: body3 },
          options,
        ),
    'etag',
  ],
  [
    'a dataset’s access list',
    () =>
      google
        .bigquery('v2')
        .datasets.get({ projectId, datasetId: 'sales', accessPolicyVersion: 3, datasetView: 'ACL' }, options),
    'access',
  ],
  [
    'a table’s policy',
    () =>
      google
        .bigquery('v2')
        .tables.getIamPolicy({ resource: `${p}/datasets/sales/tables/orders`, requestBody: body3 }, options),
    'etag',
  ],
  [
    'a subnetwork’s policy',
    () =>
      google
        .compute('v1')
        .subnetworks.getIamPolicy(
          { project: projectId, region: 'asia-northeast1', resource: 'nodes', optionsRequestedPolicyVersion: 3 },
          options,
        ),
    'etag',
  ],
  [
    'a disk’s policy',
    () => google.compute('v1').disks.getIamPolicy({ project: projectId, zone, resource: 'data' }, options),
    'etag',
  ],
  [
    'a provider of a workload identity pool',
    () =>
      google
        .iam('v1')
        .projects.locations.workloadIdentityPools.providers.get(
          { name: `${p}/locations/global/workloadIdentityPools/github/providers/actions` },
          options,
        ),
    'oidc',
  ],
  [
    'the roles that a bucket takes',
    () =>
      google
        .iam('v1')
        .roles.queryGrantableRoles(
          { requestBody: { fullResourceName: '//storage.googleapis.com/projects/_/buckets/reports' } },
          options,
        ),
    'roles',
  ],
  [
    'an explanation with boundaries',
    () =>
      google.policytroubleshooter('v3beta').iam.troubleshoot(
        {
          requestBody: {
            accessTuple: {
              principal: 'zed@example.com',
              permission: 'storage.objects.get',
              fullResourceName: '//storage.googleapis.com/projects/_/buckets/reports',
            },
          },
        },
        options,
      ),
    'pabPolicyExplanation',
  ],
  [
    'an explanation of an error',
    () =>
      google.policytroubleshooter('v3beta').iam.troubleshootError({ requestBody: { errorInfoId: 'id-1' } }, options),
    'accessContext',
  ],
];

describe('Google’s library, unchanged, reads', () => {
  test.each(calls)('%s', async (_, call, field) => {
    const { data } = await call();
    expect(data).toHaveProperty(field);
  });

  test('and nothing that the sandbox does not know', async () => {
    expect(await cloud.control('GET', 'unknown')).toEqual({ unknown: [] });
  });
});

test('it writes a bucket’s policy by PUT', async () => {
  const storage = google.storage('v1');
  const { data } = await storage.buckets.getIamPolicy({ bucket: 'reports', optionsRequestedPolicyVersion: 3 }, options);
  const bindings = [...(data.bindings ?? []), { role: 'roles/storage.objectUser', members: ['user:zed@example.com'] }];
  const written = await storage.buckets.setIamPolicy(
    { bucket: 'reports', requestBody: { ...data, version: 3, bindings } },
    options,
  );
  expect(written.data.bindings).toContainEqual(bindings.at(-1));
  const stale = storage.buckets.setIamPolicy({ bucket: 'reports', requestBody: { ...data, bindings } }, options);
  await expect(stale).rejects.toMatchObject({ status: 412 });
});
