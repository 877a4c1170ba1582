import { expect, test } from 'vitest';
import type { ProjectBuilder } from '../../../../sandbox/google/build/project.ts';
import type { WorldBuilder } from '../../../../sandbox/google/build/world.ts';
import { type Client, start } from '../client.ts';
import { projectNumber, resourceWorld } from './world.ts';

type Arrange = (arranged: { world: WorldBuilder; project: ProjectBuilder; member: string; app: string }) => void;

const bucket = '//storage.googleapis.com/projects/_/buckets/reports';
const viewer = 'roles/storage.objectViewer';
const future = { title: 't', expression: 'request.time < timestamp("2099-01-01T00:00:00Z")' };
const past = { title: 't', expression: 'request.time < timestamp("2020-01-01T00:00:00Z")' };
const on = (expression: string): { title: string; expression: string } => ({ title: 't', expression });

/** What makes it so, and whether `app` may then read the object daily/1.csv of the bucket reports. */
const onObject: [string, Arrange, boolean][] = [
  ['nothing', () => undefined, false],
  ['the bucket', ({ project, member }) => project.bindOnResource(bucket, viewer, member), true],
  [
    'the managed folder',
    ({ project, member }) => project.bindOnResource(`${bucket}/managedFolders/daily/`, viewer, member),
    true,
  ],
  [
    'another managed folder',
    ({ project, member }) => {
      const other = project.bucket('other', { managedFolders: { 'daily/': {} } });
      project.bindOnResource(`${other}/managedFolders/daily/`, viewer, member);
    },
    false,
  ],
  [
    'a folder whose name only looks alike',
    ({ project, member }) => {
      project.bucket('reports', {
        objects: { 'daily/1.csv': {} },
        managedFolders: { 'dail/': { bindings: [{ role: viewer, members: [member] }] } },
      });
    },
    false,
  ],
  ['the project', ({ project, member }) => project.bind(viewer, member), true],
  ['the folder', ({ world, member }) => world.bindOnFolder(viewer, member), true],
  ['the organization', ({ world, member }) => world.bindOnOrganization(viewer, member), true],
  ['another project', ({ world, member }) => world.project('acme-2', '444444444444').bind(viewer, member), false],
  [
    'another bucket',
    ({ project, member }) => project.bucket('other', { bindings: [{ role: viewer, members: [member] }] }),
    false,
  ],
  [
    'a role without the permission',
    ({ project, member }) => project.bindOnResource(bucket, 'roles/storage.bucketViewer', member),
    false,
  ],
  [
    'a legacy role of the object',
    ({ project, member }) => project.bindOnResource(bucket, 'roles/storage.legacyObjectReader', member),
    true,
  ],
  [
    'a legacy role of the bucket',
    ({ project, member }) => project.bindOnResource(bucket, 'roles/storage.legacyBucketReader', member),
    false,
  ],
  [
    'Viewer on the project, by the bucket’s projectViewer',
    ({ project, member }) => project.bind('roles/viewer', member),
    true,
  ],
  [
    'Viewer on a project that the bucket does not name',
    ({ world, project, member }) => {
      project.unbindOnResource(bucket, 'roles/storage.legacyObjectReader');
      project.bindOnResource(bucket, 'roles/storage.legacyObjectReader', 'projectViewer:acme-2');
      world.project('acme-2', '444444444444');
      project.bind('roles/viewer', member);
    },
    false,
  ],
  [
    'Viewer on the project, without projectViewer on the bucket',
    ({ project, member }) => {
      project.bucket('reports', { defaultBindings: false, objects: { 'daily/1.csv': {} } });
      project.bind('roles/viewer', member);
    },
    false,
  ],
  [
    'Viewer on the project by a group',
    ({ world, project, app }) => {
      world.group('readers@example.com', [app]);
      project.bind('roles/viewer', 'group:readers@example.com');
    },
    true,
  ],
  [
    'Editor alone is not projectViewer, but projectEditor',
    ({ project, member }) => project.bind('roles/editor', member),
    true,
  ],
  ['everybody', ({ project }) => project.bindOnResource(bucket, viewer, 'allUsers'), true],
  [
    'everybody who is signed in',
    ({ project }) => project.bindOnResource(bucket, viewer, 'allAuthenticatedUsers'),
    true,
  ],
  ['a condition in force', ({ project, member }) => project.bindOnResource(bucket, viewer, member, future), true],
  ['a condition that ended', ({ project, member }) => project.bindOnResource(bucket, viewer, member, past), false],
  [
    'a condition on the object’s name',
    ({ project, member }) =>
      project.bind(viewer, member, on('resource.name.startsWith("projects/_/buckets/reports/objects/daily/")')),
    true,
  ],
  [
    'a condition on another object’s name',
    ({ project, member }) =>
      project.bind(viewer, member, on('resource.name.startsWith("projects/_/buckets/reports/objects/secret/")')),
    false,
  ],
  [
    'a condition on the type',
    ({ project, member }) => project.bind(viewer, member, on('resource.type == "storage.googleapis.com/Object"')),
    true,
  ],
  [
    'a condition on another type',
    ({ project, member }) => project.bind(viewer, member, on('resource.type == "storage.googleapis.com/Bucket"')),
    false,
  ],
  [
    'a deny policy of the project',
    ({ project, member, app }) =>
      project.bindOnResource(bucket, viewer, member).deny('no', {
        deniedPrincipals: [`principal://iam.googleapis.com/projects/-/serviceAccounts/${app}`],
        deniedPermissions: ['storage.googleapis.com/objects.get'],
      }),
    false,
  ],
  [
    'a deny policy for another permission',
    ({ project, member }) =>
      project.bindOnResource(bucket, viewer, member).deny('no', {
        deniedPrincipals: ['principalSet://goog/public:all'],
        deniedPermissions: ['storage.googleapis.com/objects.delete'],
      }),
    true,
  ],
  [
    'a boundary that holds the project',
    ({ world, project, member }) => {
      project.bindOnResource(bucket, viewer, member);
      world.accessBoundary('b', {
        members: [member],
        resources: [`//cloudresourcemanager.googleapis.com/projects/${projectNumber}`],
      });
    },
    true,
  ],
  [
    'a boundary that does not',
    ({ world, project, member }) => {
      project.bindOnResource(bucket, viewer, member);
      world.accessBoundary('b', {
        members: [member],
        resources: ['//cloudresourcemanager.googleapis.com/projects/other'],
      });
    },
    false,
  ],
  [
    'a boundary of somebody else',
    ({ world, project, member }) => {
      project.bindOnResource(bucket, viewer, member);
      world.accessBoundary('b', { members: ['user:zed@example.com'], resources: [] });
    },
    true,
  ],
  [
    'a disabled account',
    ({ project, member, app }) => {
      project.bindOnResource(bucket, viewer, member);
      project.disableAccount(app);
    },
    false,
  ],
];

async function asked(arrange: Arrange, call: (cloud: Client) => Promise<{ status: number }>): Promise<number> {
  const { world, project, app } = resourceWorld();
  arrange({ world, project, app, member: `serviceAccount:${app}` });
  const cloud = await start(world.world);
  try {
    return (await call(cloud)).status;
  } finally {
    await cloud.close();
  }
}

test.each(onObject)('an object, by %s', async (_, arrange, expected) => {
  const status = await asked(arrange, cloud => cloud.call('token-app', 'GET', 'storage/v1/b/reports/o/daily%2F1.csv'));
  expect(status).toBe(expected ? 200 : 403);
});

const p = 'projects/acme-1';
const ring = `//cloudkms.googleapis.com/${p}/locations/asia-northeast1/keyRings/gke`;
const queue = `//pubsub.googleapis.com/${p}/topics/orders`;
const uses = 'roles/cloudkms.cryptoKeyEncrypterDecrypter';
const encrypt = `v1/${p}/locations/asia-northeast1/keyRings/gke/cryptoKeys/etcd:encrypt`;

/** A call, what makes it possible, and its status. */
const elsewhere: [string, [string, string, unknown?], Arrange, number][] = [
  [
    'a key, by its ring',
    ['POST', encrypt, { plaintext: 'eA==' }],
    ({ project, member }) => project.bindOnResource(ring, uses, member),
    200,
  ],
  [
    'a key, by itself',
    ['POST', encrypt, {}],
    ({ project, member }) => project.bindOnResource(`${ring}/cryptoKeys/etcd`, uses, member),
    200,
  ],
  [
    'a key, by another key',
    ['POST', encrypt, {}],
    ({ project, member }) => project.bindOnResource(project.key('other', { ring: 'gke' }), uses, member),
    403,
  ],
  [
    'a key that is off',
    ['POST', encrypt, {}],
    ({ project, member }) =>
      project.bindOnResource(project.key('etcd', { ring: 'gke', state: 'DISABLED' }), uses, member),
    400,
  ],
  [
    'a database, by its instance',
    ['POST', `v1/${p}/instances/main/databases/shop/sessions`, {}],
    ({ project, member }) =>
      project.bindOnResource(`//spanner.googleapis.com/${p}/instances/main`, 'roles/spanner.databaseReader', member),
    200,
  ],
  [
    'a table, by its dataset’s access list',
    ['GET', `bigquery/v2/${p}/datasets/sales/tables/orders`],
    ({ project, app }) =>
      project.dataset('sales', { access: [{ role: 'READER', userByEmail: app }], tables: { orders: {} } }),
    200,
  ],
  [
    'a table, by nothing',
    ['GET', `bigquery/v2/${p}/datasets/sales/tables/orders`],
    ({ project }) =>
      project.dataset('sales', {
        access: [{ role: 'READER', userByEmail: 'zed@example.com' }],
        tables: { orders: {} },
      }),
    403,
  ],
  [
    'a table, by projectReaders',
    ['GET', `bigquery/v2/${p}/datasets/sales/tables/orders`],
    ({ project, member }) => project.bind('roles/viewer', member),
    200,
  ],
  [
    'a version of a secret, by the secret',
    ['GET', `v1/${p}/secrets/db/versions/1:access`],
    ({ project, member }) =>
      project.bindOnResource(
        `//secretmanager.googleapis.com/${p}/secrets/db`,
        'roles/secretmanager.secretAccessor',
        member,
      ),
    200,
  ],
  [
    'a version that a condition names, by the number of the project',
    ['GET', `v1/${p}/secrets/db/versions/1:access`],
    ({ project, member }) =>
      project.bind(
        'roles/secretmanager.secretAccessor',
        member,
        on(`resource.name.startsWith("projects/${projectNumber}/secrets/db/")`),
      ),
    200,
  ],
  [
    'a version that is disabled',
    ['GET', `v1/${p}/secrets/db/versions/latest:access`],
    ({ project, member }) => project.bind('roles/secretmanager.secretAccessor', member),
    400,
  ],
  [
    'a topic, by itself',
    ['POST', `v1/${p}/topics/orders:publish`, { messages: [{}] }],
    ({ project, member }) => project.bindOnResource(queue, 'roles/pubsub.publisher', member),
    200,
  ],
  [
    'a topic, by a condition on its name, which Pub/Sub does not tell',
    ['POST', `v1/${p}/topics/orders:publish`, { messages: [{}] }],
    ({ project, member }) =>
      project.bind('roles/pubsub.publisher', member, on('resource.name.startsWith("projects/acme-1/topics/")')),
    403,
  ],
  [
    'a topic, by a condition on time',
    ['POST', `v1/${p}/topics/orders:publish`, { messages: [{}] }],
    ({ project, member }) => project.bind('roles/pubsub.publisher', member, future),
    200,
  ],
  [
    'a subscription is not its topic',
    ['POST', `v1/${p}/subscriptions/orders-worker:pull`, {}],
    ({ project, member }) => project.bindOnResource(queue, 'roles/pubsub.subscriber', member),
    403,
  ],
];

test.each(elsewhere)('%s', async (_, [method, path, body], arrange, expected) => {
  expect(await asked(arrange, cloud => cloud.call('token-app', method, path, body))).toBe(expected);
});
