/** What is written for a workload: once, resumed, refused where the world changed, and taken back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import { healthyWorld, tokens } from '../../sandbox/scenarios/base.ts';
import type { Remedy } from '../../src/contracts/report.ts';
import type { Text } from '../../src/contracts/text.ts';
import { planRemedy, writingOf } from '../../src/remedies/index.ts';
import { type CloudWrites, openWrites } from '../../src/remedies/open.ts';
import type { Applied, ApplyContext } from '../../src/remedies/remedy.ts';
import { googleEnvironment } from '../cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'workload-remedies-'));
const token = join(folder, 'token');
writeFileSync(token, tokens.remediator);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLACE = { project: 'sandbox-1', location: 'asia-northeast1', cluster: 'cluster-x' };
const CLUSTER = 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x';
const ACCOUNT = 'projects/sandbox-1/serviceAccounts/checkout@sandbox-1.iam.gserviceaccount.com';
const USER = 'roles/iam.workloadIdentityUser';

let google: Google;
let writes: CloudWrites;
const said: Text[] = [];

beforeEach(async () => {
  const { world, project } = healthyWorld({
    workloadIdentity: false,
    nodePools: [{ name: 'pool-a', metadataMode: 'GCE_METADATA' }],
  });
  project.serviceAccount('other');
  google = await startGoogle({ world: world.world });
  writes = await openWrites({ env: googleEnvironment(google.url, token) });
  said.length = 0;
});
afterEach(() => google.close());

type Asked = Pick<Remedy, 'kind' | 'params'>;

const context = (more: Partial<ApplyContext> = {}): ApplyContext => ({
  google: writes,
  approval: 'approval-1',
  signal: AbortSignal.timeout(20_000),
  onProgress: text => said.push(text),
  ...more,
});
const apply = (remedy: Asked, more?: Partial<ApplyContext>) => writingOf(remedy).apply(context(more));
const revoke = (remedy: Asked, more?: Partial<ApplyContext>): Promise<Applied> => {
  const { revoke: undo } = writingOf(remedy);
  if (!undo) throw new Error(`${remedy.kind} can’t be taken back`);
  return undo(context(more));
};
const operations = () => google.cloud.world.operations.filter(({ service }) => service.startsWith('container')).length;

describe('grant-service-account-role', () => {
  const member = 'serviceAccount:sandbox-1.svc.id.goog[shop/cart]';
  const remedy: Asked = { kind: 'grant-service-account-role', params: { serviceAccount: ACCOUNT, member, role: USER } };
  const bindings = async () => (await writes.readPolicy(ACCOUNT)).bindings ?? [];

  beforeEach(() => {
    const project = google.cloud.world.projects['sandbox-1'];
    if (project) project.workloadIdentityPool = true;
  });

  test('once, beside whoever is there, and only it is taken back', async () => {
    const before = await bindings();
    expect(await apply(remedy)).toMatchObject({ changed: true });
    expect(await apply(remedy)).toMatchObject({ changed: false });
    expect(await bindings()).toEqual([
      { role: USER, members: [member, 'serviceAccount:sandbox-1.svc.id.goog[shop/checkout]'] },
    ]);
    expect(await revoke(remedy)).toMatchObject({ changed: true });
    expect(await bindings()).toEqual(before);
  });

  test('for a time: under a condition of its own', async () => {
    const endsAt = new Date(Date.now() + 3_600_000);
    await apply(remedy, { endsAt });
    expect(await bindings()).toContainEqual({
      role: USER,
      members: [member],
      condition: expect.objectContaining({ expression: `request.time < timestamp("${endsAt.toISOString()}")` }),
    });
  });

  test('own authority is asked on the account, not on its project', () => {
    expect(writingOf(remedy).authority()).toEqual({
      permission: 'iam.serviceAccounts.setIamPolicy',
      resource: ACCOUNT,
    });
  });
});

describe('annotate-service-account', () => {
  const previous = 'checkout@sandbox-1.iam.gserviceaccount.com';
  const iamServiceAccount = 'other@sandbox-1.iam.gserviceaccount.com';
  const params = { ...PLACE, namespace: 'shop', name: 'checkout', iamServiceAccount, previous };
  const remedy: Asked = { kind: 'annotate-service-account', params };
  const annotation = async () => {
    const account = await (await writes.kubernetes(CLUSTER)).readServiceAccount('shop', 'checkout');
    return account?.metadata.annotations['iam.gke.io/gcp-service-account'];
  };

  test('set once, and put back as it was', async () => {
    expect(await apply(remedy)).toMatchObject({ changed: true });
    expect(await annotation()).toBe(iamServiceAccount);
    expect(await apply(remedy)).toMatchObject({ changed: false });
    await revoke(remedy);
    expect(await annotation()).toBe(previous);
  });

  test('another value that somebody set in the meantime stays', async () => {
    const stale: Asked = { ...remedy, params: { ...params, previous: 'somebody@sandbox-1.iam.gserviceaccount.com' } };
    await expect(apply(stale)).rejects.toMatchObject({ code: 'changed' });
    expect(await annotation()).toBe(previous);
  });

  test('a service account that is gone', async () => {
    await expect(apply({ ...remedy, params: { ...params, name: 'gone' } })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('what GKE does in a long operation', () => {
  const turnOn: Asked = {
    kind: 'enable-workload-identity',
    params: { ...PLACE, workloadPool: 'sandbox-1.svc.id.goog' },
  };
  const withoutMode: Asked = { kind: 'set-node-metadata-mode', params: { ...PLACE, nodePool: 'pool-a' } };
  const setMode: Asked = { ...withoutMode, params: { ...withoutMode.params, previous: 'GCE_METADATA' } };
  const pools = `${CLUSTER}/nodePools`;
  const wanted = { workloadMetadataConfig: { mode: 'GKE_METADATA' } };
  const pool = async () => (await writes.getCluster(CLUSTER)).workloadIdentityConfig?.workloadPool;
  const mode = async () => (await writes.getCluster(CLUSTER)).nodePools[0]?.config?.workloadMetadataConfig?.mode;

  test('Workload Identity, then the node pool; repeated, nothing is begun again', async () => {
    expect(await apply(turnOn)).toMatchObject({ changed: true, after: ['workloadPool: sandbox-1.svc.id.goog'] });
    expect(await pool()).toBe('sandbox-1.svc.id.goog');
    expect(await mode()).toBe('GCE_METADATA');
    expect(said.length).toBeGreaterThan(0);
    expect(await apply(setMode)).toMatchObject({ changed: true, before: ['GCE_METADATA'], after: ['GKE_METADATA'] });
    expect(await mode()).toBe('GKE_METADATA');
    const begun = operations();
    expect(await apply(turnOn)).toMatchObject({ changed: false });
    expect(await apply(setMode)).toMatchObject({ changed: false });
    expect(operations()).toBe(begun);
    expect(await revoke(setMode)).toMatchObject({ changed: true });
    expect(await mode()).toBe('GCE_METADATA');
  });

  test('undo takes the mode away where none was set', async () => {
    await apply(turnOn);
    await apply(withoutMode);
    expect(await revoke(withoutMode)).toMatchObject({ changed: true, before: ['GKE_METADATA'] });
    expect(await mode()).toBe('MODE_UNSPECIFIED');
    const begun = operations();
    expect(await revoke(withoutMode)).toMatchObject({ changed: false });
    expect(operations()).toBe(begun);
  });

  test('an API that does not take a mode away gets the one that means the same', async () => {
    await apply(turnOn);
    await apply(withoutMode);
    google.cloud.faults.add({ service: 'container', method: 'PUT', status: 400, times: 1 });
    expect(await revoke(withoutMode)).toMatchObject({ changed: true, after: ['GCE_METADATA'] });
    expect(await mode()).toBe('GCE_METADATA');
  });

  test('a mode that was set is not replaced by another one if GKE refuses to restore it', async () => {
    await apply(turnOn);
    await apply(setMode);
    google.cloud.faults.add({ service: 'container', method: 'PUT', status: 400, times: 1 });
    await expect(revoke(setMode)).rejects.toMatchObject({ status: 400 });
    expect(await mode()).toBe('GKE_METADATA');
  });

  test('an update of a node pool, an UPGRADE_NODES, is followed after a crash', async () => {
    await apply(turnOn);
    const { operationType } = await writes.updateNodePool(`${pools}/pool-a`, wanted);
    const begun = operations();
    expect(await apply(setMode)).toMatchObject({ changed: true });
    expect([operationType, operations(), await mode()]).toEqual(['UPGRADE_NODES', begun, 'GKE_METADATA']);
  });

  test('another change of the pool is waited for, and then the mode is set', async () => {
    await apply(turnOn);
    await writes.updateNodePool(`${pools}/pool-a`, { nodeVersion: '-' });
    const begun = operations();
    expect(await apply(setMode)).toMatchObject({ changed: true });
    expect([operations(), await mode()]).toEqual([begun + 1, 'GKE_METADATA']);
  });

  test('another change of the pool that fails is no reason to give up', async () => {
    await apply(turnOn);
    const project = google.cloud.world.projects['sandbox-1'];
    const bindings = project?.policy.bindings ?? [];
    if (project) project.policy.bindings = bindings.filter(({ role }) => !role.endsWith('container.serviceAgent'));
    await writes.updateNodePool(`${pools}/pool-a`, { nodeVersion: '-' });
    if (project) project.policy.bindings = bindings;
    expect(await apply(setMode)).toMatchObject({ changed: true });
    expect(await mode()).toBe('GKE_METADATA');
  });

  test('whoever takes it up after a crash follows the operation that runs', async () => {
    const update = { desiredWorkloadIdentityConfig: { workloadPool: 'sandbox-1.svc.id.goog' } };
    await writes.updateCluster(CLUSTER, update);
    expect(await apply(turnOn)).toMatchObject({ changed: true });
    expect(operations()).toBe(1);
  });

  test('an operation that fails is refused with GKE’s reason', async () => {
    const project = google.cloud.world.projects['sandbox-1'];
    if (project)
      project.policy.bindings = project.policy.bindings.filter(({ role }) => !role.endsWith('container.serviceAgent'));
    await expect(apply(turnOn)).rejects.toMatchObject({
      code: 'operation-failed',
      text: { en: expect.stringContaining('DeployPatch failed') },
    });
  });
});

describe('manifest', () => {
  const access = {
    answer: () => ({ state: 'missing', because: { kind: 'no-binding' } }) as const,
    policy: () => {
      throw new Error('not asked');
    },
    role: () => undefined,
  };
  const plan = (object: object, purpose = 'metadata-host') =>
    planRemedy(
      {
        kind: 'manifest',
        params: {
          purpose,
          resource: `${CLUSTER}/k8s/namespaces/shop/x/y`,
          before: [],
          after: ['+ y'],
          objects: [object],
        },
      },
      { access, missing: [] },
      'en',
    );

  test('what can be changed in place is applied by one command with the text in it', () => {
    const { command, manifest, risk, change } = plan({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'shop' },
    });
    expect(command).toBe(
      `kubectl apply --server-side --field-manager=gke-auth --force-conflicts -f - <<'EOF'\n${manifest}EOF`,
    );
    expect(manifest).toBe('apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\n  namespace: shop\n');
    expect(risk).toBe('manual');
    expect(change?.disrupts).toBeTruthy();
  });

  test('a Pod that nothing makes is replaced by hand', () => {
    const { command } = plan({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'once', namespace: 'shop' } });
    expect(command).toContain('kubectl replace --force --filename once.yaml');
  });

  test('it is never written by us', () => {
    expect(() =>
      writingOf({
        kind: 'manifest',
        params: plan({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'once' } }).params,
      }),
    ).toThrow();
  });
});
