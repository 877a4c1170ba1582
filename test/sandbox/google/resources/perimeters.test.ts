import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, at, type Client, start } from '../client.ts';
import { projectNumber, resourceWorld, tokens } from './world.ts';

const policy = 'accessPolicies/987654';
const insider = 'reader@example.com';

let cloud: Client;
beforeAll(async () => {
  const { world, project } = resourceWorld();
  world
    .project('acme-2', '444444444444')
    .bind('roles/viewer', 'user:admin@example.com')
    .bind('roles/pubsub.admin', 'user:admin@example.com')
    .topic('free');
  project.bind('roles/storage.admin', `user:${insider}`);
  world.accessPolicy('987654', {
    perimeters: {
      prod: {
        projects: [projectNumber],
        services: ['storage.googleapis.com', 'pubsub.googleapis.com'],
        accessLevels: ['corp'],
        ingressPolicies: [
          {
            ingressFrom: { identities: [`user:${insider}`], sources: [{ accessLevel: '*' }] },
            ingressTo: {
              resources: ['*'],
              operations: [{ serviceName: 'storage.googleapis.com', methodSelectors: [{ method: '*' }] }],
            },
          },
        ],
      },
      tried: { projects: [projectNumber], services: ['bigquery.googleapis.com'], dryRun: true },
    },
    accessLevels: { corp: { basic: { conditions: [{ ipSubnetworks: ['203.0.113.0/24'] }] } } },
  });
  world
    .token('access', 'access@example.com')
    .bindOnOrganization('roles/accesscontextmanager.policyReader', 'user:access@example.com');
  cloud = await start(world.world);
});
afterAll(() => cloud.close());

describe('a perimeter', () => {
  const bucket = (token: string): Promise<Answer> => cloud.call(token, 'GET', 'storage/v1/b/reports');

  test('refuses whoever comes from outside, in Google’s words, with an id', async () => {
    const { status, body } = await bucket(tokens.admin);
    const uid = at(body, 'error.details.1.metadata.uid');
    expect([status, at(body, 'error.message')]).toEqual([
      403,
      `Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: ${uid}`,
    ]);
    expect(at(body, 'error.details.1.reason')).toBe('SECURITY_POLICY_VIOLATED');
  });

  test('writes the refusal to the log of its project, under that id', async () => {
    const uid = at((await bucket(tokens.admin)).body, 'error.details.1.metadata.uid');
    const project = cloud.cloud.world.projects['acme-1'];
    const entry = project?.logEntries.find(one => at(one, 'protoPayload.metadata.vpcServiceControlsUniqueId') === uid);
    expect(entry).toMatchObject({
      logName: 'projects/acme-1/logs/cloudaudit.googleapis.com%2Fpolicy',
      protoPayload: {
        methodName: 'storage.buckets.get',
        authenticationInfo: { principalEmail: 'admin@example.com' },
        metadata: { securityPolicyInfo: { servicePerimeterName: `${policy}/servicePerimeters/prod` } },
      },
    });
  });

  test.each<[string, string, string, number]>([
    ['lets in whom a rule for ingress names', tokens.reader, 'storage/v1/b/reports', 200],
    ['for the services that the rule names', tokens.reader, 'v1/projects/acme-1/topics/orders', 403],
    ['does not guard other services', tokens.admin, 'v1/projects/acme-1/secrets/db', 200],
    ['only tries what its dry run says', tokens.admin, 'bigquery/v2/projects/acme-1/datasets/sales', 200],
    ['does not guard other projects', tokens.admin, 'v1/projects/acme-2/topics/free', 200],
  ])('%s', async (_, token, path, expected) => {
    expect((await cloud.call(token, 'GET', path)).status).toBe(expected);
  });
});

describe('Access Context Manager', () => {
  test('shows policies, perimeters and levels to who may read them in the organization', async () => {
    const { body } = await cloud.call('access', 'GET', 'v1/accessPolicies?parent=organizations/111111111111');
    expect(body.accessPolicies).toEqual([
      expect.objectContaining({ name: policy, parent: 'organizations/111111111111' }),
    ]);
    const perimeters = await cloud.call('access', 'GET', `v1/${policy}/servicePerimeters`);
    expect(perimeters.body.servicePerimeters).toEqual([
      expect.objectContaining({
        name: `${policy}/servicePerimeters/prod`,
        status: expect.objectContaining({
          resources: [`projects/${projectNumber}`],
          accessLevels: [`${policy}/accessLevels/corp`],
        }),
      }),
      expect.objectContaining({ useExplicitDryRunSpec: true, spec: expect.anything() }),
    ]);
    expect((await cloud.call('access', 'GET', `v1/${policy}/accessLevels/corp`)).status).toBe(200);
    expect((await cloud.call('access', 'GET', `v1/${policy}/servicePerimeters/nope`)).status).toBe(404);
  });

  test.each(['v1/accessPolicies?parent=organizations/111111111111', `v1/${policy}`, `v1/${policy}/servicePerimeters`])(
    '%s, by others: 403',
    async path => {
      // A role on a project says nothing about the organization's policies.
      expect((await cloud.call(tokens.admin, 'GET', path)).status).toBe(403);
      expect((await cloud.call(tokens.nobody, 'GET', path)).status).toBe(403);
    },
  );
});
