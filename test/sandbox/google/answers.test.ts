import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokens } from '../../../sandbox/scenarios/base.ts';
import defaultScenario from '../../../sandbox/scenarios/default.ts';
import { at, type Client, start } from './client.ts';

let cloud: Client;
beforeAll(async () => {
  cloud = await start(defaultScenario.world());
});
afterAll(() => cloud.close());

const { owner, diagnoser, requester } = tokens;
const cluster = 'v1/projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';
const account = 'v1/projects/sandbox-1/serviceAccounts/node-b@sandbox-1.iam.gserviceaccount.com';
const policyOf = (name: string): string => `v3/${name}:getIamPolicy`;
const version3 = { options: { requestedPolicyVersion: 3 } };

type Expected = { status: number; [path: string]: unknown };

const table: [string, string, string, string, unknown, Expected][] = [
  ['no token', '', 'GET', cluster, undefined, { status: 401, 'error.status': 'UNAUTHENTICATED' }],
  ['a token nobody holds', 'ya29.x', 'GET', cluster, undefined, { status: 401, 'error.code': 401 }],
  ['__proto__ as a token', '__proto__', 'GET', cluster, undefined, { status: 401 }],
  [
    'a cluster',
    owner,
    'GET',
    cluster,
    undefined,
    {
      status: 200,
      name: 'cluster-x',
      'nodePools.1.name': 'pool-b',
      'workloadIdentityConfig.workloadPool': 'sandbox-1.svc.id.goog',
    },
  ],
  [
    'a cluster under zones',
    owner,
    'GET',
    cluster.replace('locations', 'zones'),
    undefined,
    { status: 200, name: 'cluster-x' },
  ],
  [
    'clusters everywhere',
    owner,
    'GET',
    'v1/projects/sandbox-1/locations/-/clusters',
    undefined,
    { status: 200, 'clusters.length': 3 },
  ],
  [
    'clusters of one region',
    owner,
    'GET',
    'v1/projects/123456789012/locations/us-central1/clusters',
    undefined,
    { status: 200, 'clusters.length': 1 },
  ],
  [
    'clusters of an empty region',
    owner,
    'GET',
    'v1/projects/sandbox-1/locations/asia-east1/clusters',
    undefined,
    { status: 200, clusters: undefined },
  ],
  [
    'a missing cluster',
    owner,
    'GET',
    `${cluster}y`,
    undefined,
    { status: 404, 'error.message': 'Not found: projects/sandbox-1/locations/asia-northeast1/clusters/cluster-xy.' },
  ],
  [
    'a cluster of a mistyped project',
    owner,
    'GET',
    cluster.replace('sandbox-1', 'sandbox-11'),
    undefined,
    {
      status: 403,
      'error.message':
        'Required "container.clusters.get" permission(s) for "projects/sandbox-11/locations/asia-northeast1/clusters/cluster-x".',
      'error.details.1.metadata': undefined,
    },
  ],
  [
    'an update by who may only look',
    requester,
    'PUT',
    cluster,
    { update: {} },
    { status: 403, 'error.details.1.reason': 'IAM_PERMISSION_DENIED' },
  ],
  [
    'a node pool',
    owner,
    'GET',
    `${cluster}/nodePools/pool-b`,
    undefined,
    { status: 200, 'config.serviceAccount': 'node-b@sandbox-1.iam.gserviceaccount.com' },
  ],
  ['a missing node pool', owner, 'GET', `${cluster}/nodePools/pool-z`, undefined, { status: 404 }],
  [
    'the project, v1',
    owner,
    'GET',
    'v1/projects/sandbox-1',
    undefined,
    { status: 200, projectNumber: '123456789012', lifecycleState: 'ACTIVE', 'parent.type': 'folder' },
  ],
  [
    'the project, v3, by number',
    owner,
    'GET',
    'v3/projects/123456789012',
    undefined,
    { status: 200, name: 'projects/123456789012', parent: 'folders/222222222222', state: 'ACTIVE' },
  ],
  [
    'a missing project',
    owner,
    'GET',
    'v3/projects/nope',
    undefined,
    {
      status: 403,
      'error.details.0.metadata.permission': 'resourcemanager.projects.get',
      'error.details.0.metadata.resource': 'projects/nope',
    },
  ],
  [
    'ancestry',
    diagnoser,
    'POST',
    'v1/projects/sandbox-1:getAncestry',
    {},
    {
      status: 200,
      'ancestor.0.resourceId.id': 'sandbox-1',
      'ancestor.1.resourceId.type': 'folder',
      'ancestor.2.resourceId.type': 'organization',
    },
  ],
  [
    'the project policy for the diagnoser',
    diagnoser,
    'POST',
    policyOf('projects/sandbox-1'),
    version3,
    { status: 200, version: 3 },
  ],
  [
    'the folder policy for the diagnoser',
    diagnoser,
    'POST',
    policyOf('folders/222222222222'),
    version3,
    { status: 200, 'bindings.0.role': 'roles/container.defaultNodeServiceAccount' },
  ],
  [
    'the organization policy for the diagnoser',
    diagnoser,
    'POST',
    policyOf('organizations/111111111111'),
    version3,
    { status: 200 },
  ],
  [
    'the project policy for alice',
    requester,
    'POST',
    policyOf('projects/sandbox-1'),
    version3,
    { status: 403, 'error.details.0.metadata.permission': 'resourcemanager.projects.getIamPolicy' },
  ],
  [
    'a policy version that is none',
    owner,
    'POST',
    policyOf('projects/sandbox-1'),
    { options: { requestedPolicyVersion: 2 } },
    { status: 400 },
  ],
  [
    'no right to set, told apart',
    diagnoser,
    'POST',
    'v3/projects/sandbox-1:setIamPolicy',
    { policy: {} },
    { status: 403 },
  ],
  [
    'own permissions',
    requester,
    'POST',
    'v3/projects/sandbox-1:testIamPermissions',
    { permissions: ['container.clusters.get', 'container.clusters.update'] },
    { status: 200, permissions: ['container.clusters.get'] },
  ],
  [
    'a service account',
    diagnoser,
    'GET',
    account,
    undefined,
    { status: 200, email: 'node-b@sandbox-1.iam.gserviceaccount.com', disabled: undefined },
  ],
  [
    'a missing account in its project',
    diagnoser,
    'GET',
    account.replace('node-b', 'node-z'),
    undefined,
    { status: 404, 'error.status': 'NOT_FOUND' },
  ],
  [
    'a missing account under projects/-',
    diagnoser,
    'GET',
    account.replace('projects/sandbox-1', 'projects/-').replace('node-b@', 'node-z@'),
    undefined,
    { status: 403, 'error.details.0.metadata.permission': 'iam.serviceAccounts.get' },
  ],
  [
    'an account policy, by alice',
    requester,
    'POST',
    `${account}:getIamPolicy?options.requestedPolicyVersion=3`,
    undefined,
    { status: 403 },
  ],
  [
    'an account policy',
    diagnoser,
    'POST',
    `${account}:getIamPolicy?options.requestedPolicyVersion=3`,
    undefined,
    { status: 200, etag: expect.any(String), 'bindings.0.role': undefined, version: undefined },
  ],
  [
    'a predefined role, by anybody',
    requester,
    'GET',
    'v1/roles/container.defaultNodeServiceAccount',
    undefined,
    { status: 200, stage: 'GA', 'includedPermissions.length': 6 },
  ],
  [
    'a missing role',
    owner,
    'GET',
    'v1/roles/container.nope',
    undefined,
    { status: 404, 'error.message': 'The role named roles/container.nope was not found.' },
  ],
  [
    'a custom role',
    diagnoser,
    'GET',
    'v1/projects/sandbox-1/roles/nodeMinimal',
    undefined,
    { status: 200, 'includedPermissions.length': 6 },
  ],
  [
    'a custom role of the organization',
    diagnoser,
    'GET',
    'v1/organizations/111111111111/roles/gkeAuthDiagnoser',
    undefined,
    { status: 200 },
  ],
  ['a custom role, by alice', requester, 'GET', 'v1/projects/sandbox-1/roles/nodeMinimal', undefined, { status: 403 }],
  [
    'services',
    diagnoser,
    'GET',
    'v1/projects/sandbox-1/services:batchGet?names=projects/sandbox-1/services/container.googleapis.com&names=projects/sandbox-1/services/iam.googleapis.com',
    undefined,
    {
      status: 200,
      'services.0.state': 'ENABLED',
      'services.1.name': 'projects/123456789012/services/iam.googleapis.com',
    },
  ],
  [
    'a service that is none',
    diagnoser,
    'GET',
    'v1/projects/sandbox-1/services/nope.googleapis.com',
    undefined,
    { status: 403, 'error.details.0.reason': 'SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED' },
  ],
  [
    'services, by alice',
    requester,
    'GET',
    'v1/projects/sandbox-1/services',
    undefined,
    { status: 403, 'error.details.1.reason': 'AUTH_PERMISSION_DENIED' },
  ],
  [
    'recommendations',
    diagnoser,
    'GET',
    'v1/projects/sandbox-1/locations/asia-northeast1/recommenders/google.container.DiagnosisRecommender/recommendations',
    undefined,
    { status: 200, recommendations: undefined },
  ],
  [
    'an organization policy',
    diagnoser,
    'GET',
    'v2/projects/sandbox-1/policies/iam.automaticIamGrantsForDefaultServiceAccounts:getEffectivePolicy',
    undefined,
    { status: 200, 'spec.rules.0.enforce': false },
  ],
  [
    'the same, the older way',
    diagnoser,
    'POST',
    'v1/projects/sandbox-1:getEffectiveOrgPolicy',
    { constraint: 'constraints/iam.automaticIamGrantsForDefaultServiceAccounts' },
    { status: 200, booleanPolicy: {} },
  ],
  [
    'deny policies',
    diagnoser,
    'GET',
    'v2/policies/cloudresourcemanager.googleapis.com%2Fprojects%2F123456789012/denypolicies',
    undefined,
    { status: 200, policies: undefined },
  ],
  ['log entries', diagnoser, 'POST', 'v2/entries:list', { resourceNames: ['projects/sandbox-1'] }, { status: 200 }],
  [
    'a token of another account, by alice',
    requester,
    'POST',
    'v1/projects/-/serviceAccounts/node-b@sandbox-1.iam.gserviceaccount.com:generateAccessToken',
    { scope: ['x'] },
    { status: 403, 'error.details.0.metadata.permission': 'iam.serviceAccounts.getAccessToken' },
  ],
  [
    'a token that is none',
    '',
    'GET',
    'tokeninfo?access_token=ya29.x',
    undefined,
    { status: 400, error: 'invalid_token' },
  ],
  ['a token', '', 'GET', `tokeninfo?access_token=${requester}`, undefined, { status: 200, email: 'alice@example.com' }],
  [
    'an unknown route',
    owner,
    'GET',
    'v1/projects/sandbox-1/unicorns',
    undefined,
    { status: 501, 'error.status': 'UNIMPLEMENTED' },
  ],
];

test.each(table)('%s', async (_, token, method, path, body, { status, ...fields }) => {
  const answer = await cloud.call(token, method, path, body);
  expect({
    status: answer.status,
    ...Object.fromEntries(Object.keys(fields).map(key => [key, at(answer.body, key)])),
  }).toEqual({
    status,
    ...fields,
  });
});

test.each(['__proto__', 'constructor', 'a%2Fb', '%', '%E0%A4%A', '..', 'x'.repeat(300)])(
  'names such as %s are only names',
  async name => {
    const paths = [
      `v1/projects/${name}`,
      `v1/projects/${name}/locations/${name}/clusters/${name}`,
      `v1/projects/sandbox-1/locations/asia-northeast1/clusters/${name}`,
      `v1/projects/sandbox-1/serviceAccounts/${name}`,
      `v1/projects/sandbox-1/roles/${name}`,
      `v1/roles/${name}`,
      `v1/projects/sandbox-1/services/${name}`,
      `v3/folders/${name}`,
    ];
    for (const path of paths) {
      const { status } = await cloud.call(owner, 'GET', path);
      expect([200, 403, 404, 501], path).toContain(status);
    }
  },
);

test('a body that is not JSON is rejected', async () => {
  const response = await fetch(`${cloud.url}v3/projects/sandbox-1:getIamPolicy`, {
    method: 'POST',
    headers: { authorization: `Bearer ${owner}` },
    body: '{',
  });
  expect(response.status).toBe(400);
});

test('lists are paginated', async () => {
  const names: unknown[] = [];
  let pageToken = '';
  do {
    const { body } = await cloud.call(
      diagnoser,
      'GET',
      `v1/projects/sandbox-1/serviceAccounts?pageSize=4&pageToken=${pageToken}`,
    );
    const accounts = body.accounts as { email: string }[];
    expect(accounts.length).toBeLessThanOrEqual(4);
    names.push(...accounts.map(({ email }) => email));
    pageToken = String(body.nextPageToken ?? '');
  } while (pageToken);
  expect(new Set(names).size).toBe(Object.keys(cloud.cloud.world.projects['sandbox-1']?.serviceAccounts ?? {}).length);
});

test('impersonation returns a token of the account', async () => {
  const email = 'gke-auth-diagnoser@sandbox-1.iam.gserviceaccount.com';
  const { body } = await cloud.call(owner, 'POST', `v1/projects/-/serviceAccounts/${email}:generateAccessToken`, {
    scope: ['https://www.googleapis.com/auth/cloud-platform'],
    lifetime: '600s',
  });
  const token = String(body.accessToken);
  expect((await cloud.call(token, 'POST', policyOf('projects/sandbox-1'), version3)).status).toBe(200);
  expect((await cloud.call(token, 'POST', 'v3/projects/sandbox-1:setIamPolicy', { policy: {} })).status).toBe(403);
});

test.each([
  ['node-a', 'CAN_ACCESS'],
  ['node-b', 'CANNOT_ACCESS'],
  ['node-c', 'CAN_ACCESS'],
  ['node-d', 'UNKNOWN_CONDITIONAL'],
  ['node-e', 'CAN_ACCESS'],
])('Policy Troubleshooter on %s: %s', async (id, expected) => {
  const { body } = await cloud.call(diagnoser, 'POST', 'v3/iam:troubleshoot', {
    accessTuple: {
      principal: `${id}@sandbox-1.iam.gserviceaccount.com`,
      fullResourceName: '//cloudresourcemanager.googleapis.com/projects/sandbox-1',
      permission: 'logging.logEntries.create',
    },
  });
  expect(body.overallAccessState).toBe(expected);
});

test('Policy Troubleshooter is limited to what its caller may read, and rejects federated principals', async () => {
  const ask = (token: string, principal: string) =>
    cloud.call(token, 'POST', 'v3/iam:troubleshoot', {
      accessTuple: {
        principal,
        fullResourceName: '//cloudresourcemanager.googleapis.com/projects/sandbox-1',
        permission: 'logging.logEntries.create',
      },
    });
  expect((await ask(requester, 'node-b@sandbox-1.iam.gserviceaccount.com')).body.overallAccessState).toBe(
    'UNKNOWN_INFO',
  );
  expect((await ask(owner, 'principal://iam.googleapis.com/x')).status).toBe(400);
});
