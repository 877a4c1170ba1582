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
  expect(byHand('gcloud', 'auth', 'login')).not.toHaveProperty('undo');
});
