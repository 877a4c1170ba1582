import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProjectBuilder } from '../../../sandbox/google/build/project.ts';
import { baseWorld, tokens } from '../../../sandbox/scenarios/base.ts';
import { type Answer, at, type Client, start } from './client.ts';

let cloud: Client;
let project: ProjectBuilder;
beforeEach(async () => {
  const base = baseWorld();
  project = base.project.cluster({
    name: 'cluster-x',
    version: '1.33.5-gke.1201000',
    workloadIdentity: false,
    withoutApiServer: true,
    nodePools: [{ name: 'pool-a', version: '1.32.1-gke.1', metadataMode: null }, { name: 'pool-b' }],
  });
  cloud = await start(base.world.world);
  await cloud.control('POST', 'clock', { frozen: true });
  await cloud.control('PUT', 'operations', { pending: '10s', running: '5m' });
});
afterEach(() => cloud.close());

const location = 'v1/projects/sandbox-1/locations/asia-northeast1';
const cluster = `${location}/clusters/cluster-x`;
const get = async (path: string): Promise<Answer['body']> => (await cloud.call(tokens.owner, 'GET', path)).body;
const update = (body: unknown, path = cluster): Promise<Answer> => cloud.call(tokens.remediator, 'PUT', path, body);
const advance = (time: string): Promise<unknown> => cloud.control('POST', 'clock', { advance: time });

test('an operation is PENDING, RUNNING and DONE in simulated time, and takes effect when it completes', async () => {
  const { status, body } = await update({ update: { desiredNodePoolId: 'pool-a', desiredNodeVersion: '-' } });
  expect([status, body.operationType, body.status]).toEqual([200, 'UPGRADE_NODES', 'PENDING']);
  expect(body.targetLink).toMatch(/\/clusters\/cluster-x\/nodePools\/pool-a$/);
  const operation = `${location}/operations/${String(body.name)}`;
  await advance('11s');
  expect((await get(operation)).status).toBe('RUNNING');
  expect((await get(`${cluster}/nodePools/pool-a`)).status).toBe('RECONCILING');
  await advance('5m');
  expect(await get(operation)).toMatchObject({ status: 'DONE', endTime: expect.any(String) });
  expect(await get(`${cluster}/nodePools/pool-a`)).toMatchObject({ status: 'RUNNING', version: '1.33.5-gke.1201000' });
});

test('a cluster runs one operation at a time', async () => {
  const first = await update({ update: { desiredNodePoolId: 'pool-a', desiredNodeVersion: '-' } });
  const second = await update({ update: { desiredNodePoolId: 'pool-b', desiredNodeVersion: '-' } });
  expect([second.status, at(second.body, 'error.status')]).toEqual([400, 'FAILED_PRECONDITION']);
  expect(at(second.body, 'error.message')).toContain(String(first.body.name));
  expect(at(await get(`${location}/operations`), 'operations.length')).toBe(1);
});

test('enabling Workload Identity creates the pool, and then its members exist', async () => {
  const grant = (): Promise<Answer> =>
    cloud.call(tokens.owner, 'POST', `v1/projects/sandbox-1/serviceAccounts/${project.computeAccount}:setIamPolicy`, {
      policy: {
        bindings: [{ role: 'roles/iam.workloadIdentityUser', members: ['serviceAccount:sandbox-1.svc.id.goog[a/b]'] }],
      },
    });
  expect((await grant()).status).toBe(400);
  const wrong = await update({ update: { desiredWorkloadIdentityConfig: { workloadPool: 'other.svc.id.goog' } } });
  expect(wrong.status).toBe(400);
  await update({ update: { desiredWorkloadIdentityConfig: { workloadPool: 'sandbox-1.svc.id.goog' } } });
  await advance('1h');
  expect(await get(cluster)).toMatchObject({ workloadIdentityConfig: { workloadPool: 'sandbox-1.svc.id.goog' } });
  expect((await grant()).status).toBe(200);
  const metadata = await update({ workloadMetadataConfig: { mode: 'GKE_METADATA' } }, `${cluster}/nodePools/pool-a`);
  expect(metadata.status).toBe(200);
  await advance('1h');
  expect(at(await get(`${cluster}/nodePools/pool-a`), 'config.workloadMetadataConfig.mode')).toBe('GKE_METADATA');
  expect(at(await get(`${cluster}/nodePools/pool-a`), 'config.oauthScopes.length')).toBe(1);
});

test('without the service agent’s role an update ends in DeployPatch failed and changes nothing', async () => {
  project.unbind('roles/container.serviceAgent');
  const { body } = await update({
    update: { desiredWorkloadIdentityConfig: { workloadPool: 'sandbox-1.svc.id.goog' } },
  });
  await advance('1h');
  const operation = await get(`${location}/operations/${String(body.name)}`);
  expect(at(operation, 'error.message')).toBe('DeployPatch failed');
  expect((await get(cluster)).workloadIdentityConfig).toBeUndefined();
});

test('enabling an API is an operation; enabling the container API creates its agents and grants their roles', async () => {
  project.disable('iamcredentials.googleapis.com');
  const path = 'v1/projects/sandbox-1/services/iamcredentials.googleapis.com';
  const { body } = await cloud.call(tokens.remediator, 'POST', `${path}:enable`, {});
  expect(body.done).toBeUndefined();
  expect((await get(path)).state).toBe('DISABLED');
  await advance('1h');
  expect(await get(`v1/${String(body.name)}`)).toMatchObject({
    done: true,
    response: { service: { state: 'ENABLED' } },
  });
  expect((await get(path)).state).toBe('ENABLED');
  expect((await cloud.call(tokens.remediator, 'POST', `${path}:enable`, {})).body.done).toBe(true);
});

test('IAM rejects an agent until its identity is generated', async () => {
  const email = project.agents.gke.replace('serviceAccount:', '');
  project.unbind('roles/container.serviceAgent');
  project.project.serviceAgents = project.project.serviceAgents.filter(agent => agent !== email);
  const grant = async (): Promise<Answer> => {
    const { body } = await cloud.call(tokens.owner, 'POST', 'v3/projects/sandbox-1:getIamPolicy', {
      options: { requestedPolicyVersion: 3 },
    });
    const bindings = [
      ...(body.bindings as unknown[]),
      { role: 'roles/container.serviceAgent', members: [project.agents.gke] },
    ];
    return cloud.call(tokens.owner, 'POST', 'v3/projects/sandbox-1:setIamPolicy', {
      policy: { ...body, version: 3, bindings },
    });
  };
  expect(at((await grant()).body, 'error.message')).toBe(`Service account ${email} does not exist.`);
  const made = await cloud.call(
    tokens.owner,
    'POST',
    'v1beta1/projects/123456789012/services/container.googleapis.com:generateServiceIdentity',
  );
  expect(at(made.body, 'response.email')).toBe(email);
  expect((await grant()).status).toBe(200);
});

test('a node pool is created with the defaults of the service, and deleted', async () => {
  const create = (name: string): Promise<Answer> =>
    cloud.call(tokens.remediator, 'POST', `${cluster}/nodePools`, {
      nodePool: { name, config: { serviceAccount: 'node-new@sandbox-1.iam.gserviceaccount.com' } },
    });
  expect((await create('pool-a')).status).toBe(409);
  expect((await create('Not a name')).status).toBe(400);
  expect((await create('pool-new')).body.operationType).toBe('CREATE_NODE_POOL');
  await advance('1h');
  expect(await get(`${cluster}/nodePools/pool-new`)).toMatchObject({
    status: 'RUNNING',
    version: '1.33.5-gke.1201000',
    config: { serviceAccount: 'node-new@sandbox-1.iam.gserviceaccount.com', imageType: 'COS_CONTAINERD' },
  });
  await cloud.call(tokens.remediator, 'DELETE', `${cluster}/nodePools/pool-a`);
  expect((await get(`${cluster}/nodePools/pool-a`)).status).toBe('STOPPING');
  await advance('1h');
  expect(at(await get(`${cluster}/nodePools/pool-a`), 'error.code')).toBe(404);
});

test('most updates of a node pool are UPGRADE_NODES, that of its metadata mode too', async () => {
  await update({ update: { desiredWorkloadIdentityConfig: { workloadPool: 'sandbox-1.svc.id.goog' } } });
  await advance('6m');
  const mode = { workloadMetadataConfig: { mode: 'GKE_METADATA' } };
  const { status, body } = await update(mode, `${cluster}/nodePools/pool-a`);
  expect([status, body.operationType]).toEqual([200, 'UPGRADE_NODES']);
  await advance('6m');
  expect(await get(`${cluster}/nodePools/pool-a`)).toMatchObject({ config: mode, version: '1.32.1-gke.1' });
});

test('an upgrade to the version that a pool has gives it new nodes, and leaves those of other pools', async () => {
  const base = baseWorld();
  base.project.cluster({ name: 'with-nodes', nodePools: [{ name: 'pool-a' }, { name: 'pool-b' }] });
  const other = await start(base.world.world);
  const created = (): { [pool: string]: string | undefined } =>
    Object.fromEntries(
      other.cloud.apiServers.all
        .flatMap(server => server.objects())
        .filter(({ kind }) => kind === 'Node')
        .map(({ metadata }) => [metadata.labels?.['cloud.google.com/gke-nodepool'], metadata.creationTimestamp]),
    );
  try {
    const before = created();
    await other.control('PUT', 'operations', { pending: '10s', running: '5m' });
    const recreate = { update: { desiredNodePoolId: 'pool-a', desiredNodeVersion: '-' } };
    const { body } = await other.call(tokens.remediator, 'PUT', `${location}/clusters/with-nodes`, recreate);
    expect([body.operationType, created()]).toEqual(['UPGRADE_NODES', before]);
    await other.control('POST', 'clock', { advance: '6m' });
    await other.call(tokens.owner, 'GET', `${location}/clusters/with-nodes`);
    expect(created()['pool-b']).toBe(before['pool-b']);
    expect(Date.parse(created()['pool-a'] ?? '')).toBeGreaterThan(Date.parse(before['pool-a'] ?? ''));
  } finally {
    await other.close();
  }
});
