import { afterEach, describe, expect, test } from 'vitest';
import { auditEntry, kubernetesDenial, perimeterDenial } from '../../../../sandbox/google/build/audit-log.ts';
import { type Answer, at, type Client, start } from '../client.ts';
import { projectId as project, projectNumber, resourceWorld, tokens } from './world.ts';

let cloud: Client | undefined;
afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

const app = 'app@acme-1.iam.gserviceaccount.com';
const storage = { project, service: 'storage.googleapis.com', principal: app, permission: 'storage.objects.get' };
const entries = [
  auditEntry({
    ...storage,
    log: 'data_access',
    minutesAgo: 5,
    method: 'storage.objects.get',
    resource: 'projects/_/buckets/reports/objects/x',
  }),
  auditEntry({
    project,
    minutesAgo: 10,
    service: 'secretmanager.googleapis.com',
    method: 'google.cloud.secretmanager.v1.SecretManagerService.DeleteSecret',
    subject: 'serviceAccount:acme-1.svc.id.goog[shop/checkout]',
    permission: 'secretmanager.secrets.delete',
    resource: 'projects/acme-1/secrets/db',
  }),
  auditEntry({
    ...storage,
    minutesAgo: 15,
    method: 'storage.buckets.update',
    resource: 'projects/_/buckets/reports',
    outcome: 'granted',
  }),
  kubernetesDenial({
    project,
    location: 'asia-northeast1',
    cluster: 'cluster-x',
    minutesAgo: 20,
    user: 'system:serviceaccount:shop:checkout',
    verb: 'create',
    resource: 'apps/deployments',
    namespace: 'shop',
  }),
  perimeterDenial({
    project,
    projectNumber,
    minutesAgo: 25,
    id: 'abc',
    service: 'storage.googleapis.com',
    method: 'storage.objects.get',
    principal: app,
    perimeter: 'accessPolicies/1/servicePerimeters/prod',
  }),
  auditEntry({
    ...storage,
    log: 'data_access',
    minutesAgo: 60 * 30,
    method: 'storage.objects.get',
    resource: 'projects/_/buckets/reports/objects/old',
  }),
];

async function list(filter: string, role = 'roles/logging.privateLogViewer'): Promise<Answer> {
  const arranged = resourceWorld();
  arranged.world.token('logs', 'logs@example.com');
  arranged.project.log(...entries).bind(role, 'user:logs@example.com');
  cloud = await start(arranged.world.world);
  return cloud.call('logs', 'POST', 'v2/entries:list', {
    resourceNames: [`projects/${project}`],
    filter,
    orderBy: 'timestamp desc',
  });
}

const methods = (answer: Answer): unknown[] =>
  ((answer.body.entries ?? []) as unknown[]).map(entry => at(entry, 'protoPayload.methodName'));

const log = (name: string): string => `log_id("cloudaudit.googleapis.com/${name}")`;
const since = `timestamp>="${new Date(Date.now() - 24 * 3_600_000).toISOString()}"`;
const denied = `(${log('activity')} OR ${log('data_access')} OR ${log('policy')}) protoPayload.status.code=7 ${since}`;

describe('denials', () => {
  test('of the last day, in all three logs', async () => {
    const answer = await list(denied);
    expect(methods(answer)).toEqual([
      'storage.objects.get',
      'google.cloud.secretmanager.v1.SecretManagerService.DeleteSecret',
      'io.k8s.apps.v1.deployments.create',
      'storage.objects.get',
    ]);
  });

  test('do not say that they are none: granted is absent', async () => {
    const answer = await list(denied);
    const authorization = at(answer.body, 'entries.0.protoPayload.authorizationInfo.0');
    expect(authorization).toEqual({
      resource: 'projects/_/buckets/reports/objects/x',
      permission: 'storage.objects.get',
    });
    const granted = await list('protoPayload.authorizationInfo.granted=true');
    expect(methods(granted)).toEqual(['storage.buckets.update']);
  });

  test('of a federated workload name its subject, and no email', async () => {
    const answer = await list('protoPayload.serviceName="secretmanager.googleapis.com"');
    expect(at(answer.body, 'entries.0.protoPayload.authenticationInfo')).toEqual({
      principalSubject: 'serviceAccount:acme-1.svc.id.goog[shop/checkout]',
    });
  });

  test('of a cluster', async () => {
    const answer = await list(
      'resource.type="k8s_cluster" protoPayload.serviceName="k8s.io" protoPayload.response.code=403',
    );
    expect(at(answer.body, 'entries.0.protoPayload.status.message')).toBe(
      'deployments.apps is forbidden: User "system:serviceaccount:shop:checkout" cannot create resource "deployments" in API group "apps" in the namespace "shop"',
    );
  });

  test('of a perimeter, by their id', async () => {
    const answer = await list('protoPayload.metadata.vpcServiceControlsUniqueId="abc"');
    expect(at(answer.body, 'entries.0.protoPayload.metadata')).toMatchObject({
      violationReason: 'NO_MATCHING_ACCESS_LEVEL',
      securityPolicyInfo: { servicePerimeterName: 'accessPolicies/1/servicePerimeters/prod' },
    });
    expect(methods(await list('protoPayload.metadata.vpcServiceControlsUniqueId="xyz"'))).toEqual([]);
  });

  test('in Data Access logs only for who may read private entries', async () => {
    expect(methods(await list(log('data_access'), 'roles/logging.viewer'))).toEqual([]);
    expect(methods(await list(log('activity'), 'roles/logging.viewer'))).toHaveLength(3);
    expect(methods(await list(log('data_access')))).toHaveLength(2);
  });

  test.each(['log_id("cloudaudit.googleapis.com/activity"', 'log_id(', 'log_id("a" OR "b")'])(
    '%s is no filter',
    async filter => {
      expect((await list(filter)).status).toBe(400);
    },
  );
});

test('which audit logs are on is in the project’s policy, and stays there', async () => {
  const arranged = resourceWorld();
  arranged.project.auditLogs('storage.googleapis.com', 'DATA_READ').bind('roles/owner', 'user:admin@example.com');
  cloud = await start(arranged.world.world);
  const call = (verb: string, body: unknown): Promise<Answer> =>
    (cloud as Client).call(tokens.admin, 'POST', `v3/projects/${project}:${verb}`, body);
  const wanted = [{ service: 'storage.googleapis.com', auditLogConfigs: [{ logType: 'DATA_READ' }] }];
  const { body: policy } = await call('getIamPolicy', { options: { requestedPolicyVersion: 3 } });
  expect(policy.auditConfigs).toEqual(wanted);
  const { auditConfigs: _, ...without } = policy;
  expect((await call('setIamPolicy', { policy: without })).body.auditConfigs).toEqual(wanted);
  const { etag } = (await call('getIamPolicy', {})).body;
  const cleared = await call('setIamPolicy', {
    policy: { ...without, etag, auditConfigs: [] },
    updateMask: 'bindings,etag,auditConfigs',
  });
  expect(cleared.body).not.toHaveProperty('auditConfigs');
});
