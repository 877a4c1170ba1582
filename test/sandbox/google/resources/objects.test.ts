import { expect, test } from 'vitest';
import { type Arrange, asked, future, on } from './arranged.ts';
import { projectNumber } from './world.ts';

const bucket = '//storage.googleapis.com/projects/_/buckets/reports';
const viewer = 'roles/storage.objectViewer';
const past = on('request.time < timestamp("2020-01-01T00:00:00Z")');

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

test.each(onObject)('an object, by %s', async (_, arrange, expected) => {
  const status = await asked(arrange, cloud => cloud.call('token-app', 'GET', 'storage/v1/b/reports/o/daily%2F1.csv'));
  expect(status).toBe(expected ? 200 : 403);
});
