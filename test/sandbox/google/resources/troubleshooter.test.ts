import { afterEach, describe, expect, test } from 'vitest';
import type { ProjectBuilder } from '../../../../sandbox/google/build/project.ts';
import type { WorldBuilder } from '../../../../sandbox/google/build/world.ts';
import { type Answer, at, type Client, start } from '../client.ts';
import { projectNumber, resourceWorld } from './world.ts';

const bucket = '//storage.googleapis.com/projects/_/buckets/reports';
const queue = '//pubsub.googleapis.com/projects/acme-1/topics/orders';
const app = 'app@acme-1.iam.gserviceaccount.com';
const member = `serviceAccount:${app}`;
const viewer = 'roles/storage.objectViewer';

let cloud: Client | undefined;
afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

type Arrange = (world: WorldBuilder, project: ProjectBuilder) => unknown;

/** Asks as somebody who may read all policies, and boundaries where `boundaries` says so. */
async function ask(
  arrange: Arrange,
  version: string,
  tuple: { fullResourceName?: string; permission?: string } = {},
  options: { caller?: string; boundaries?: boolean } = {},
): Promise<Answer> {
  const { world, project } = resourceWorld();
  world
    .token('asker', 'asker@example.com')
    .bindOnOrganization('roles/iam.securityReviewer', 'user:asker@example.com')
    .bindOnOrganization('roles/iam.denyReviewer', 'user:asker@example.com');
  if (options.boundaries) world.bindOnOrganization('roles/iam.principalAccessBoundaryViewer', 'user:asker@example.com');
  arrange(world, project);
  cloud = await start(world.world);
  return cloud.call(options.caller ?? 'asker', 'POST', `${version}/iam:troubleshoot`, {
    accessTuple: { principal: app, fullResourceName: bucket, permission: 'storage.objects.get', ...tuple },
  });
}

describe('v3 on a bucket', () => {
  test.each<[string, Arrange, string]>([
    ['nothing', () => undefined, 'CANNOT_ACCESS'],
    ['the bucket', (_, project) => project.bindOnResource(bucket, viewer, member), 'CAN_ACCESS'],
    ['the project', (_, project) => project.bind(viewer, member), 'CAN_ACCESS'],
    ['the organization', world => world.bindOnOrganization(viewer, member), 'CAN_ACCESS'],
    ['a basic role of the project', (_, project) => project.bind('roles/viewer', member), 'CAN_ACCESS'],
    [
      'a hidden group on the bucket',
      (world, project) => {
        world.group('hidden@example.com', [app], { hidden: true });
        project.bindOnResource(bucket, viewer, 'group:hidden@example.com');
      },
      'UNKNOWN_INFO',
    ],
    [
      'a condition that nobody can decide',
      (_, project) =>
        project.bindOnResource(bucket, viewer, member, { title: 't', expression: '"x" in request.auth.access_levels' }),
      'UNKNOWN_CONDITIONAL',
    ],
    [
      'a deny policy',
      (_, project) =>
        project.bindOnResource(bucket, viewer, member).deny('no', {
          deniedPrincipals: ['principalSet://goog/public:all'],
          deniedPermissions: ['storage.googleapis.com/objects.get'],
        }),
      'CANNOT_ACCESS',
    ],
  ])('%s: %s', async (_, arrange, expected) => {
    const { status, body } = await ask(arrange, 'v3');
    expect([status, body.overallAccessState]).toEqual([200, expected]);
    expect(at(body, 'allowPolicyExplanation.explainedPolicies.0.fullResourceName')).toBe(bucket);
    expect(body).not.toHaveProperty('pabPolicyExplanation');
  });

  test('the same by the other form of the permission, and by the older versions', async () => {
    const granted: Arrange = (_, project) => project.bindOnResource(bucket, viewer, member);
    const { body } = await ask(granted, 'v3', { permission: 'storage.googleapis.com/objects.get' });
    expect(body.overallAccessState).toBe('CAN_ACCESS');
    expect((await ask(granted, 'v1')).body.access).toBe('GRANTED');
  });

  test('a caller who may not read the bucket’s policy learns nothing', async () => {
    const granted: Arrange = (_, project) => project.bindOnResource(bucket, viewer, member);
    const { body } = await ask(granted, 'v3', {}, { caller: 'token-nobody' });
    expect(body.overallAccessState).toBe('UNKNOWN_INFO');
  });

  test.each(['pubsub.topics.publish', 'logging.logEntries.create'])(
    '%s does not apply to a bucket',
    async permission => {
      expect((await ask(() => undefined, 'v3', { permission })).status).toBe(400);
    },
  );
});

test('policies of Pub/Sub resources are not looked at', async () => {
  const publish = { fullResourceName: queue, permission: 'pubsub.topics.publish' };
  const onTopic = await ask(
    (_, project) => project.bindOnResource(queue, 'roles/pubsub.publisher', member),
    'v3',
    publish,
  );
  expect(onTopic.body.overallAccessState).toBe('CANNOT_ACCESS');
  await cloud?.close();
  const onProject = await ask((_, project) => project.bind('roles/pubsub.publisher', member), 'v3', publish);
  expect(onProject.body.overallAccessState).toBe('CAN_ACCESS');
});

describe('v3beta', () => {
  const granted: Arrange = (_, project) => project.bindOnResource(bucket, viewer, member);
  const inside = `//cloudresourcemanager.googleapis.com/projects/${projectNumber}`;

  test.each<[string, Arrange, string, string]>([
    ['no boundary', () => undefined, 'PAB_ACCESS_STATE_NOT_ENFORCED', 'CAN_ACCESS'],
    [
      'one that holds the project',
      world => world.accessBoundary('b', { members: [member], resources: [inside] }),
      'PAB_ACCESS_STATE_ALLOWED',
      'CAN_ACCESS',
    ],
    [
      'one that holds the folder',
      world =>
        world.accessBoundary('b', {
          members: [member],
          resources: ['//cloudresourcemanager.googleapis.com/folders/222222222222'],
        }),
      'PAB_ACCESS_STATE_ALLOWED',
      'CAN_ACCESS',
    ],
    [
      'one that holds another project',
      world =>
        world.accessBoundary('b', {
          members: [member],
          resources: ['//cloudresourcemanager.googleapis.com/projects/other'],
        }),
      'PAB_ACCESS_STATE_NOT_ALLOWED',
      'CANNOT_ACCESS',
    ],
    [
      'two of which one holds it',
      world =>
        world
          .accessBoundary('a', { members: [member], resources: [] })
          .accessBoundary('b', { members: [member], resources: [inside] }),
      'PAB_ACCESS_STATE_ALLOWED',
      'CAN_ACCESS',
    ],
    [
      'one of somebody else',
      world => world.accessBoundary('b', { resources: [], members: ['user:zed@example.com'] }),
      'PAB_ACCESS_STATE_NOT_ENFORCED',
      'CAN_ACCESS',
    ],
    [
      'one that restricts operations',
      world => world.accessBoundary('b', { members: [member], resources: [inside], operations: true }),
      'PAB_ACCESS_STATE_UNKNOWN_INFO',
      'UNKNOWN_INFO',
    ],
  ])('%s: %s', async (_, arrange, state, expected) => {
    const both: Arrange = (world, project) => {
      granted(world, project);
      arrange(world, project);
    };
    const { body } = await ask(both, 'v3beta', {}, { boundaries: true });
    expect(at(body, 'pabPolicyExplanation.principalAccessBoundaryAccessState')).toBe(state);
    expect(body.overallAccessState).toBe(expected);
  });

  test('a boundary that decides nothing says why', async () => {
    const { body } = await ask(
      world => world.accessBoundary('b', { members: [member], resources: [inside], operations: true }),
      'v3beta',
      {},
      { boundaries: true },
    );
    const rule = 'pabPolicyExplanation.explainedBindingsAndPolicies.0.explainedPolicy.explainedRules.0';
    expect(at(body, `${rule}.pabUnsupportedFeatures`)).toEqual(['OPERATION']);
    expect(at(body, `${rule}.explainedResources.0.resource`)).toBe(inside);
  });

  test('who may not read boundaries learns that much, and no more', async () => {
    const { body } = await ask(granted, 'v3beta');
    expect(body.pabPolicyExplanation).toEqual({ principalAccessBoundaryAccessState: 'PAB_ACCESS_STATE_UNKNOWN_INFO' });
    expect(body.overallAccessState).toBe('UNKNOWN_INFO');
  });
});

describe('troubleshootError', () => {
  const id = 'ChYIARISCgASDgoA';
  const request = {
    principal: app,
    permission: 'storage.objects.get',
    fullResourceName: `${bucket}/objects/2.csv`,
  };

  async function world(options: {
    notFound?: number;
    granted?: boolean;
  }): Promise<(errorInfoId?: string) => Promise<Answer>> {
    const arranged = resourceWorld();
    arranged.world
      .token('asker', 'asker@example.com')
      .bindOnOrganization('roles/iam.securityReviewer', 'user:asker@example.com')
      .bindOnOrganization('roles/iam.principalAccessBoundaryViewer', 'user:asker@example.com')
      .deniedRequest(id, { ...request, ...(options.notFound !== undefined && { notFound: options.notFound }) });
    if (options.granted) arranged.project.bindOnResource(bucket, viewer, member);
    const started = await start(arranged.world.world);
    cloud = started;
    return (errorInfoId = id) => started.call('asker', 'POST', 'v3beta/iam:troubleshootError', { errorInfoId });
  }

  test('is not found at first, then explained', async () => {
    const askError = await world({});
    const first = await askError();
    expect([first.status, at(first.body, 'error.status')]).toEqual([404, 'NOT_FOUND']);
    const { status, body } = await askError();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      overallAccessState: 'CANNOT_ACCESS',
      accessContext: {
        principal: app,
        permission: 'storage.objects.get',
        name: 'projects/_/buckets/reports/objects/2.csv',
        parent: bucket,
      },
      allowPolicyExplanation: { allowAccessState: 'ALLOW_ACCESS_STATE_NOT_GRANTED' },
    });
  });

  test('says how it is now, not how it was', async () => {
    const askError = await world({ notFound: 0, granted: true });
    expect((await askError()).body.overallAccessState).toBe('CAN_ACCESS');
  });

  test('stays unknown as long as the world says, and for ids that nobody gave', async () => {
    const askError = await world({ notFound: 3 });
    const statuses = [await askError(), await askError(), await askError(), await askError()].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([404, 404, 404, 200]);
    expect((await askError('other')).status).toBe(404);
    expect((await askError('')).status).toBe(400);
  });
});
