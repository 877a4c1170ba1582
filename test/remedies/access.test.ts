/** Role bindings and recreated pools, written to a simulated cluster; each can be repeated and ends the same. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import type { World } from '../../sandbox/google/world.ts';
import { healthyWorld, tokens } from '../../sandbox/scenarios/base.ts';
import { ChangeRefusedError } from '../../src/remedies/apply/refused.ts';
import { writingOf } from '../../src/remedies/index.ts';
import { createRoleBinding, manifestsOf } from '../../src/remedies/kinds/create-role-binding.ts';
import { recreateNodePool } from '../../src/remedies/kinds/recreate-node-pool.ts';
import { type CloudWrites, openWrites } from '../../src/remedies/open.ts';
import type { ApplyContext } from '../../src/remedies/remedy.ts';

const place = { project: 'sandbox-1', location: 'asia-northeast1', cluster: 'cluster-x' };
const cluster = 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map(end => end()));
});

interface Here {
  readonly google: Google;
  readonly writes: CloudWrites;
  readonly told: string[];
  context(signal?: AbortSignal): ApplyContext;
}

async function start(world: World): Promise<Here> {
  const google = await startGoogle({ world });
  const folder = await mkdtemp(join(tmpdir(), 'remedies-'));
  ends.push(
    () => google.close(),
    () => rm(folder, { recursive: true }),
  );
  const file = join(folder, 'token');
  await writeFile(file, tokens.remediator);
  const env = {
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: google.url,
  };
  const writes = await openWrites({ env });
  const told: string[] = [];
  const context = (signal = new AbortController().signal): ApplyContext => ({
    google: writes,
    approval: 'a1',
    signal,
    onProgress: text => told.push(text.en),
  });
  return { google, writes, told, context };
}

const objects = ({ google }: Here, kind: string) =>
  (google.cloud.apiServers.all.find(server => server.cluster === cluster)?.objects() ?? []).filter(
    one => one.kind === kind && one.metadata.name.startsWith('gke-auth-'),
  );

const listRoles = {
  ...place,
  namespace: 'kube-system',
  subject: { kind: 'User' as const, name: 'alice@example.com' },
  role: { rule: { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['list'] } },
};

test('a Role and its binding are made once, found again, and taken back whole', async () => {
  const here = await start(healthyWorld().world.world);
  const writing = writingOf({ kind: 'create-role-binding', params: listRoles });
  expect(await writing.apply(here.context())).toMatchObject({ changed: true, before: [] });
  expect(await writing.apply(here.context())).toMatchObject({ changed: false });
  const [role] = objects(here, 'Role');
  const [binding] = objects(here, 'RoleBinding');
  expect(role).toMatchObject({ rules: [listRoles.role.rule], metadata: { namespace: 'kube-system' } });
  expect(binding).toMatchObject({
    roleRef: { kind: 'Role', name: role?.metadata.name },
    subjects: [{ kind: 'User', name: 'alice@example.com' }],
  });
  await writing.revoke?.(here.context());
  expect([...objects(here, 'Role'), ...objects(here, 'RoleBinding')]).toEqual([]);
  await writing.revoke?.(here.context());
});

test.each([
  ['Role', { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }],
  ['RoleBinding', { subjects: [{ kind: 'User', name: 'eve@example.com', apiGroup: 'rbac.authorization.k8s.io' }] }],
])('a %s of this name with other content, made by somebody else before us, is refused', async (kind, content) => {
  const here = await start(healthyWorld().world.world);
  const { role, binding } = manifestsOf(listRoles);
  const before = kind === 'Role' ? role : binding;
  if (!before) throw new Error('there is a role');
  const writes = await here.writes.kubernetes(cluster);
  await writes.createRbac({ ...before, ...content });
  const refused = await writingOf({ kind: 'create-role-binding', params: listRoles })
    .apply(here.context())
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: 'ChangeRefusedError', code: 'name-taken' });
});

test('in the whole cluster, to view: a ClusterRoleBinding and nothing else', async () => {
  const here = await start(healthyWorld().world.world);
  const { namespace: _, ...everywhere } = listRoles;
  const params = { ...everywhere, role: { clusterRole: 'view' as const } };
  await writingOf({ kind: 'create-role-binding', params }).apply(here.context());
  expect(objects(here, 'ClusterRoleBinding')).toMatchObject([{ roleRef: { kind: 'ClusterRole', name: 'view' } }]);
  expect(objects(here, 'ClusterRole')).toEqual([]);
});

test('an answer that got lost is asked for again: still one Role, one binding', async () => {
  const here = await start(healthyWorld().world.world);
  here.google.cloud.apiServers.fault({ kind: 'reset', method: 'POST', times: 1 });
  const applied = await writingOf({ kind: 'create-role-binding', params: listRoles }).apply(here.context());
  expect(applied.changed).toBe(true);
  expect(objects(here, 'Role')).toHaveLength(1);
  expect(objects(here, 'RoleBinding')).toHaveLength(1);
});

test('without bind and escalate the refusal says so', async () => {
  const { world, project } = healthyWorld();
  const role = project.project.roles['projects/sandbox-1/roles/gkeAuthRemediator'];
  if (!role) throw new Error('the world has no role of the remediator');
  role.includedPermissions = role.includedPermissions.filter(one => !/\.(bind|escalate)$/.test(one));
  const here = await start(world.world);
  const refused = await writingOf({ kind: 'create-role-binding', params: listRoles })
    .apply(here.context())
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ChangeRefusedError);
  expect(refused).toMatchObject({
    code: 'escalation',
    text: { en: expect.stringContaining('container.roles.escalate') },
  });
  expect(objects(here, 'Role')).toEqual([]);
});

test.each([
  ['user', { kind: 'User', name: "o'neil@example.com" }, `'--user=o'\\''neil@example.com'`],
  ['group', { kind: 'Group', name: 'ops@example.com' }, '--group=ops@example.com'],
  ['service account', { kind: 'ServiceAccount', name: 'ci', namespace: 'build' }, '--serviceaccount=build:ci'],
] as const)('the command binds a %s', (_, subject, flag) => {
  const planned = createRoleBinding.plan({ ...listRoles, subject }, { access: NOT_READ, missing: [] });
  expect(planned.command).toContain(flag);
  expect(planned.manifest).toContain(`kind: ${subject.kind}`);
  expect(planned.undo).toMatch(/^kubectl delete rolebinding .* && kubectl delete role /);
});

const NOT_READ = {
  answer: () => {
    throw new Error('a role binding asks nothing of IAM');
  },
  policy: () => {
    throw new Error('a role binding asks nothing of IAM');
  },
  role: () => undefined,
};

/** GKE asks for it after the nodes of the world were created. */
const poolB = { ...place, nodePool: 'pool-b', version: '-', since: new Date(Date.now() - 1_000).toISOString() };
const upgrades = ({ google }: Here) =>
  google.cloud.world.operations.filter(({ resource }) => resource?.operationType === 'UPGRADE_NODES');

test('a pool is recreated by one operation, followed to its end', async () => {
  const { world } = healthyWorld();
  const here = await start(world.world);
  const applied = await writingOf({ kind: 'recreate-node-pool', params: poolB }).apply(here.context());
  expect(applied.changed).toBe(true);
  expect(upgrades(here)).toHaveLength(1);
  expect(here.told[0]).toMatch(/^Recreating the nodes of pool-b: (PENDING|RUNNING)/);
});

test('whoever is stopped on the way is followed by one who finds the same operation, running or done', async () => {
  const { world } = healthyWorld();
  world.world.operationTimes = { pending: 0, running: 3_600_000 };
  const here = await start(world.world);
  const { apply } = writingOf({ kind: 'recreate-node-pool', params: poolB });
  for (const _ of [1, 2]) {
    const killed = new AbortController();
    const stopped = apply({ ...here.context(killed.signal), onProgress: () => killed.abort(new Error('killed')) });
    await expect(stopped).rejects.toThrow();
    expect(upgrades(here)).toHaveLength(1);
  }
  here.google.cloud.clock.advance(3_600_001);
  expect(await apply(here.context())).toMatchObject({ changed: true });
  expect(await apply(here.context())).toMatchObject({ changed: true });
  expect(upgrades(here)).toHaveLength(1);
});

/** An update of pool-b that replaces no node in this world. */
const change = ({ writes }: Here) =>
  writes.updateNodePool(`${cluster}/nodePools/pool-b`, { workloadMetadataConfig: { mode: 'GKE_METADATA' } });
const ofPool = ({ google }: Here, pool: string) =>
  google.cloud.world.operations.filter(({ resource }) => String(resource?.targetLink).endsWith(`/nodePools/${pool}`));
const recreations = (here: Here) => ofPool(here, 'pool-b').filter(one => one.change?.recreatesNodesOf === 'pool-b');

test('another change of the pool is followed to its end, and then the nodes are recreated', async () => {
  const here = await start(healthyWorld().world.world);
  await change(here);
  const applied = await writingOf({ kind: 'recreate-node-pool', params: poolB }).apply(here.context());
  const [own] = recreations(here);
  expect([ofPool(here, 'pool-b').length, recreations(here).length]).toEqual([2, 1]);
  expect(applied.after[0]).toContain(own?.name.split('/').at(-1));
});

test('another change of the pool since, which is done, is no recreation', async () => {
  const here = await start(healthyWorld().world.world);
  await change(here);
  here.google.cloud.clock.advance(3_600_000);
  await writingOf({ kind: 'recreate-node-pool', params: poolB }).apply(here.context());
  expect(recreations(here)).toHaveLength(1);
});

test('where the nodes can’t be read, an operation counts as the recreation: nothing is drained twice', async () => {
  const here = await start(healthyWorld().world.world);
  here.google.cloud.apiServers.fault({ kind: 'status', code: 403, path: '/api/v1/nodes' });
  await change(here);
  const applied = await writingOf({ kind: 'recreate-node-pool', params: poolB }).apply(here.context());
  expect(applied.changed).toBe(true);
  expect(recreations(here)).toEqual([]);
});

test('an answer that got lost is looked for among the new operations only', async () => {
  const here = await start(healthyWorld().world.world);
  await change(here);
  here.google.cloud.clock.advance(3_600_000);
  here.google.cloud.faults.add({ service: 'container', method: 'PUT', kind: 'dropAfter', times: 1 });
  await writingOf({ kind: 'recreate-node-pool', params: poolB }).apply(here.context());
  expect(recreations(here)).toHaveLength(1);
});

test('an operation that fails is told with GKE’s reason', async () => {
  const { world, project } = healthyWorld();
  project.unbind('roles/container.serviceAgent');
  const here = await start(world.world);
  const failed = await writingOf({ kind: 'recreate-node-pool', params: poolB })
    .apply(here.context())
    .catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: 'operation-failed',
    text: { en: expect.stringContaining('DeployPatch failed') },
  });
});

test('a skewed pool is recreated at its own version', () => {
  const planned = recreateNodePool.plan({ ...poolB, version: '1.32.1-gke.1' }, { access: NOT_READ, missing: [] });
  expect(planned.command).toContain('--cluster-version=1.32.1-gke.1');
  expect(planned.undo).toBeUndefined();
  expect(planned.change?.disrupts?.en).toContain('drained');
});
