/** What a plan shows of a change is the same in every language: names and states, no sentences. */
import { expect, test } from 'vitest';
import { planRemedy } from '../../src/remedies/index.ts';
import { policies } from '../diagnosis/checks/policies.ts';

const pool = { project: 'p-12345', location: 'asia-northeast1', cluster: 'cluster-x', nodePool: 'pool-a' };
const serviceAccount = 'projects/p-12345/serviceAccounts/node@p-12345.iam.gserviceaccount.com';
const plan = (request: Parameters<typeof planRemedy>[0], language: 'en' | 'ja' = 'en') =>
  planRemedy(request, { access: policies({}), missing: [] }, language);

test.each([
  ['set-node-metadata-mode', pool],
  ['enable-service-account', { serviceAccount }],
  ['enable-service-account', { serviceAccount, uniqueId: '100000000000000000063' }],
  ['recreate-node-pool', { ...pool, version: '-' }],
  ['recreate-node-pool', { ...pool, version: '1.33.5-gke.1201000' }],
  ['enable-service', { project: 'p-12345', service: 'compute.googleapis.com' }],
] as const)('%s', (kind, params) => {
  const [english, japanese] = [plan({ kind, params }).change, plan({ kind, params }, 'ja').change];
  const shown = [...(english?.before ?? []), ...(english?.after ?? [])];
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.join('\n')).not.toMatch(/[a-z]+ [a-z]+ [a-z]+/i);
  expect([...(japanese?.before ?? []), ...(japanese?.after ?? [])]).toEqual(shown);
});

test('a disabled account is enabled by Terraform too; one of Google’s own is no resource of Terraform’s', () => {
  expect(plan({ kind: 'enable-service-account', params: { serviceAccount } }).terraform).toBe(
    [
      'import {',
      '  to = google_service_account.node',
      '  id = "projects/p-12345/serviceAccounts/node@p-12345.iam.gserviceaccount.com"',
      '}',
      '',
      'resource "google_service_account" "node" {',
      '  project    = "p-12345"',
      '  account_id = "node"',
      '  disabled   = false',
      '}',
    ].join('\n'),
  );
  const compute = 'projects/p-12345/serviceAccounts/123456789012-compute@developer.gserviceaccount.com';
  expect(plan({ kind: 'enable-service-account', params: { serviceAccount: compute } }).terraform).toBeUndefined();
  const deleted = { serviceAccount, uniqueId: '100000000000000000063' };
  expect(plan({ kind: 'enable-service-account', params: deleted }).terraform).toBeUndefined();
});

// gcloud iam service-accounts undelete takes the unique id, and is no beta command any more.
test('a deleted account is restored by its unique id, and never deleted once more', () => {
  const { command, undo } = plan({
    kind: 'enable-service-account',
    params: { serviceAccount, uniqueId: '100000000000000000063' },
  });
  expect(command).toBe('gcloud iam service-accounts undelete 100000000000000000063 --project=p-12345');
  expect(undo).toBe('gcloud iam service-accounts disable node@p-12345.iam.gserviceaccount.com --project=p-12345');
});

// https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_service
test('an API that Terraform enables stays on when the resource goes', () => {
  const { terraform } = plan({ kind: 'enable-service', params: { project: 'p-12345', service: 'iam.googleapis.com' } });
  expect(terraform?.split('\n')).toContain('  disable_on_destroy = false');
});

test.each([
  ['compute.googleapis.com', false],
  ['container.googleapis.com', false],
  ['logging.googleapis.com', true],
])('%s can be disabled again: %s', (service, undone) => {
  expect(plan({ kind: 'enable-service', params: { project: 'p-12345', service } }).undo !== undefined).toBe(undone);
});

test('the undo of a metadata mode restores what was there', () => {
  const kind = 'set-node-metadata-mode';
  const gce = plan({ kind, params: { ...pool, previous: 'GCE_METADATA' } });
  expect(gce.undo).toBe(gce.command.replace('GKE_METADATA', 'GCE_METADATA'));
  expect(gce.change?.before).toEqual(['workloadMetadataConfig.mode: GCE_METADATA']);
  const unset = plan({ kind, params: pool });
  expect(unset.undo).toContain('--request=PUT');
  expect(unset.undo).toContain(`'--data={"workloadMetadataConfig":{"mode":"MODE_UNSPECIFIED"}}'`);
  expect(unset.undo).toContain('/locations/asia-northeast1/clusters/cluster-x/nodePools/pool-a');
  expect(JSON.stringify(unset)).not.toContain('GCE_METADATA');
});

test('a change of the metadata mode warns of both that Google’s pages say', () => {
  const disrupts = plan({ kind: 'set-node-metadata-mode', params: pool }).change?.disrupts;
  expect(disrupts).toMatch(/changes its identity at once.*whether the nodes are recreated/s);
});

const byHand = (...command: string[]) => plan({ kind: 'command', params: { command } });

test('a grant by hand has its opposite and its Terraform, but for a role that only the reader knows', () => {
  const words = [
    '--member=serviceAccount:1@cloudservices.gserviceaccount.com',
    '--role=roles/editor',
    '--condition=None',
  ];
  const { command, undo, terraform } = byHand('gcloud', 'projects', 'add-iam-policy-binding', 'p-12345', ...words);
  expect(undo).toBe(command.replace('add-iam', 'remove-iam'));
  expect(terraform).toMatch(/^resource "google_project_iam_member" "editor_\w+" \{\n {2}project = "p-12345"/);
  const open = byHand(
    'gcloud',
    'projects',
    'add-iam-policy-binding',
    'p-12345',
    '--member=user:a@b.example',
    '--role=ROLE',
  );
  expect(open).not.toHaveProperty('undo');
});

test('what a command makes, its opposite deletes', () => {
  const place = ['--cluster=cluster-x', '--location=us-central1', '--project=p-12345'];
  expect(byHand('gcloud', 'container', 'node-pools', 'create', 'new', ...place, '--scopes=cloud-platform').undo).toBe(
    `gcloud container node-pools delete new ${place.join(' ')}`,
  );
  expect(byHand('kubectl', 'create', 'serviceaccount', 'checkout', '--namespace=shop').undo).toBe(
    'kubectl delete serviceaccount checkout --namespace=shop',
  );
  expect(
    byHand('kubectl', 'create', 'clusterrolebinding', 'x', '--clusterrole=x', '--user=alice@example.com').undo,
  ).toBe('kubectl delete clusterrolebinding x');
  expect(byHand('gcloud', 'auth', 'login')).not.toHaveProperty('undo');
  const update = ['gcloud', 'container', 'clusters', 'update', 'c', '--location=l', '--enable-k8s-tokens-via-dns'];
  expect(byHand(...update).undo).toBe('gcloud container clusters update c --location=l --no-enable-k8s-tokens-via-dns');
});

// https://cloud.google.com/sdk/gcloud/reference/compute/networks/subnets/add-iam-policy-binding
test('a grant on a subnet is taken back on the subnet', () => {
  const member = 'serviceAccount:1@cloudservices.gserviceaccount.com';
  const { command, undo, terraform } = byHand(
    ...['gcloud', 'compute', 'networks', 'subnets', 'add-iam-policy-binding', 'gke', '--project=host'],
    ...['--region=europe-west1', `--member=${member}`, '--role=roles/compute.networkUser'],
  );
  expect(undo).toBe(command.replace('add-iam', 'remove-iam'));
  for (const line of [
    /^resource "google_compute_subnetwork_iam_member"/,
    /subnetwork = "gke"/,
    /region +=/,
    /project +=/,
  ]) {
    expect(terraform).toMatch(line);
  }
});

// https://cloud.google.com/kubernetes-engine/docs/best-practices/rbac
test.each<[string, object]>([
  ['everybody', { subject: { kind: 'User', name: 'system:anonymous' } }],
  ['every Google account', { subject: { kind: 'Group', name: 'system:authenticated' } }],
  ['cluster administrators', { subject: { kind: 'Group', name: 'system:masters' } }],
  ['whoever may impersonate', { role: { rule: { apiGroups: [''], resources: ['users'], verbs: ['impersonate'] } } }],
  ['whoever may escalate', { role: { rule: { apiGroups: [''], resources: ['roles'], verbs: ['escalate'] } } }],
  ['whoever may bind', { role: { rule: { apiGroups: [''], resources: ['roles'], verbs: ['bind'] } } }],
])('no binding for %s', (_, changed) => {
  const params = {
    project: 'p-12345',
    location: 'asia-northeast1',
    cluster: 'cluster-x',
    subject: { kind: 'User', name: 'alice@example.com' },
    role: { clusterRole: 'view' },
  };
  expect(() => plan({ kind: 'create-role-binding', params })).not.toThrow();
  expect(() => plan({ kind: 'create-role-binding', params: { ...params, ...changed } })).toThrow();
});
