/** Grants on single resources, written to a simulated Google Cloud: each service's own way, additive, repeatable, and taken back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import { baseWorld, tokens } from '../../sandbox/scenarios/base.ts';
import { writingOf } from '../../src/remedies/index.ts';
import { GrantResourceRole, manualResourceGrant } from '../../src/remedies/kinds/grant-resource-role.ts';
import { openWrites } from '../../src/remedies/open.ts';
import type { ApplyContext } from '../../src/remedies/remedy.ts';
import { googleEnvironment } from '../cli/program.ts';

const MEMBER = 'serviceAccount:app@sandbox-1.iam.gserviceaccount.com';
const OTHER = 'user:bob@example.com';
const P = 'projects/sandbox-1';

/** Each kind: its full name, a role, gcloud's command and Terraform's resource. */
const kinds = [
  [
    '//storage.googleapis.com/projects/_/buckets/receipts',
    'roles/storage.objectViewer',
    'gcloud storage buckets add-iam-policy-binding gs://receipts ',
    'google_storage_bucket_iam_member',
  ],
  [
    `//secretmanager.googleapis.com/${P}/secrets/db`,
    'roles/secretmanager.secretAccessor',
    'gcloud secrets add-iam-policy-binding db --project=sandbox-1 ',
    'google_secret_manager_secret_iam_member',
  ],
  [
    `//pubsub.googleapis.com/${P}/topics/orders`,
    'roles/pubsub.publisher',
    'gcloud pubsub topics add-iam-policy-binding orders --project=sandbox-1 ',
    'google_pubsub_topic_iam_member',
  ],
  [
    `//pubsub.googleapis.com/${P}/subscriptions/orders`,
    'roles/pubsub.subscriber',
    'gcloud pubsub subscriptions add-iam-policy-binding orders --project=sandbox-1 ',
    'google_pubsub_subscription_iam_member',
  ],
  [
    `//cloudkms.googleapis.com/${P}/locations/asia-northeast1/keyRings/app/cryptoKeys/data`,
    'roles/cloudkms.cryptoKeyEncrypter',
    'gcloud kms keys add-iam-policy-binding data --keyring=app --location=asia-northeast1 --project=sandbox-1 ',
    'google_kms_crypto_key_iam_member',
  ],
  [
    `//artifactregistry.googleapis.com/${P}/locations/asia-northeast1/repositories/apps`,
    'roles/artifactregistry.reader',
    'gcloud artifacts repositories add-iam-policy-binding apps --location=asia-northeast1 --project=sandbox-1 ',
    'google_artifact_registry_repository_iam_member',
  ],
  [
    `//spanner.googleapis.com/${P}/instances/main/databases/shop`,
    'roles/spanner.databaseReader',
    'gcloud spanner databases add-iam-policy-binding shop --instance=main --project=sandbox-1 ',
    'google_spanner_database_iam_member',
  ],
  [
    `//compute.googleapis.com/${P}/zones/asia-northeast1-a/disks/data`,
    'roles/compute.viewer',
    'gcloud compute disks add-iam-policy-binding data --zone=asia-northeast1-a --project=sandbox-1 ',
    'google_compute_disk_iam_member',
  ],
] as const;

let google: Google;
let folder: string;
let context: ApplyContext;
beforeAll(async () => {
  const { world, project } = baseWorld();
  project.serviceAccount('app');
  project.bucket('receipts', { bindings: [{ role: 'roles/storage.objectViewer', members: [OTHER] }] });
  project.secret('db');
  project.topic('orders', { bindings: [{ role: 'roles/pubsub.publisher', members: [OTHER] }] });
  project.subscription('orders', { topic: 'orders' });
  project.keyRing('app');
  project.key('data', { ring: 'app' });
  project.repository('apps', { location: 'asia-northeast1' });
  project.spannerInstance('main', { databases: { shop: {} } });
  project.disk('data', { zone: 'asia-northeast1-a' });
  [google, folder] = await Promise.all([
    startGoogle({ world: world.world }),
    mkdtemp(join(tmpdir(), 'gke-auth-resource-grant-')),
  ]);
  await writeFile(join(folder, 'token'), tokens.owner);
  const env = googleEnvironment(google.url, join(folder, 'token'));
  const signal = new AbortController().signal;
  context = { google: await openWrites({ env, signal }), approval: 'a1', signal };
});
afterAll(async () => {
  await google.close();
  await rm(folder, { recursive: true });
});

const membersOf = async (resource: string, role: string) =>
  ((await context.google.readPolicy(resource)).bindings ?? [])
    .filter(binding => binding.role === role)
    .flatMap(({ members = [], condition }) => members.map(member => (condition ? `${member} until` : member)))
    .sort();

describe.each(kinds)('%s', (resource, role, command, terraform) => {
  const writing = writingOf({ kind: 'grant-resource-role', params: { resource, member: MEMBER, role } });

  test('is granted beside what is there, once, and taken back', async () => {
    const before = await membersOf(resource, role);
    expect(before).not.toContain(MEMBER);
    expect(await writing.apply(context)).toMatchObject({ changed: true, after: [...before, MEMBER] });
    expect(await membersOf(resource, role)).toEqual([...before, MEMBER].sort());
    expect(await writing.apply(context)).toMatchObject({ changed: false });
    expect(await writing.revoke?.(context)).toMatchObject({ changed: true });
    expect(await membersOf(resource, role)).toEqual(before);
  });

  test('is written by hand with gcloud and Terraform', () => {
    const steps = manualResourceGrant({ resource, member: MEMBER, role });
    expect(steps.command).toContain(command);
    expect(steps.command).toContain(`--member=${MEMBER} --role=${role}`);
    expect(steps.undo).toContain('remove-iam-policy-binding');
    expect(steps.terraform).toContain(`resource "${terraform}"`);
  });
});

test('a grant for a time carries its end where the service takes conditions', async () => {
  const endsAt = new Date('2030-01-01T00:00:00Z');
  const grant = async (resource: string, role: string) => {
    const writing = writingOf({ kind: 'grant-resource-role', params: { resource, member: MEMBER, role } });
    await writing.apply({ ...context, endsAt });
    const members = await membersOf(resource, role);
    await writing.revoke?.({ ...context, endsAt });
    return members;
  };
  const [bucket, , topic] = kinds;
  expect(await grant(bucket[0], bucket[1])).toContain(`${MEMBER} until`);
  expect(await grant(topic[0], topic[1])).toContain(MEMBER);
  expect(await membersOf(topic[0], topic[1])).toEqual([OTHER]);
});

test('the remediator may grant only the roles that its condition names', async () => {
  await writeFile(join(folder, 'remediator'), tokens.remediator);
  const env = googleEnvironment(google.url, join(folder, 'remediator'));
  const limited = { ...context, google: await openWrites({ env, signal: context.signal }) };
  const grant = (resource: string, role: string) =>
    writingOf({ kind: 'grant-resource-role', params: { resource, member: MEMBER, role } }).apply(limited);
  const [bucket, secret, topic] = kinds;
  expect(await grant(bucket[0], bucket[1])).toMatchObject({ changed: true });
  expect(await grant(secret[0], secret[1])).toMatchObject({ changed: true });
  await expect(grant(bucket[0], 'roles/storage.objectAdmin')).rejects.toMatchObject({ status: 403 });
  await expect(grant(topic[0], topic[1])).rejects.toMatchObject({ status: 403 });
});

test('another writer’s binding is never lost', async () => {
  const resource = kinds[2][0];
  const role = kinds[2][1];
  const grants = ['carol', 'alice'].map(name =>
    writingOf({
      kind: 'grant-resource-role',
      params: { resource, member: `user:${name}@example.com`, role },
    }).apply(context),
  );
  await Promise.all(grants);
  expect(await membersOf(resource, role)).toEqual(['user:alice@example.com', OTHER, 'user:carol@example.com'].sort());
});

test.each([
  '//bigquery.googleapis.com/projects/sandbox-1/datasets/sales',
  '//bigquery.googleapis.com/projects/sandbox-1/datasets/sales/tables/orders',
  '//storage.googleapis.com/projects/_/buckets/receipts/objects/a',
  '//sqladmin.googleapis.com/projects/sandbox-1/instances/main',
  '//cloudresourcemanager.googleapis.com/projects/sandbox-1',
  'gs://receipts',
  'projects/sandbox-1/topics/orders',
])('%s is refused', resource => {
  expect(GrantResourceRole.safeParse({ resource, member: MEMBER, role: 'roles/viewer' }).success).toBe(false);
});
