/** caller-clusters-get, cluster-auth-401 and kubeconfig-auth-plugin: who calls, and with what. */
import { expect, test } from 'vitest';
import { callerClustersGet } from '../../../src/diagnosis/checks/callers/caller-clusters-get.ts';
import { clusterAuth401 } from '../../../src/diagnosis/checks/callers/cluster-auth-401.ts';
import { kubeconfigAuthPlugin } from '../../../src/diagnosis/checks/callers/kubeconfig-auth-plugin.ts';
import type { CheckRequest } from '../../../src/diagnosis/checks/check.ts';
import { callerOf } from '../../../src/diagnosis/iam/kubernetes-access.ts';
import type { Answer } from '../../../src/diagnosis/iam/model.ts';
import { cluster, findingOf, health, iam, unknown } from './facts.ts';
import { realRole } from './policies.ts';

const DNS = { dnsEndpoint: { host: 'gke-1.europe-west1.gke.goog', external: true } };
const DISABLED: Answer = { state: 'missing', because: { kind: 'principal-disabled' } };
const GET = ['container.clusters.get'];
const symptom = (problem: string): Partial<CheckRequest> => ({
  symptom: { problem, entities: {}, at: '2026-01-01T00:00:00Z' },
});

test.each([
  ['holds it', {}, iam(GET), 'pass', 0],
  ['lacks it', {}, iam('missing'), 'fail', 1],
  ['lacks connect on a DNS endpoint', DNS, iam(GET), 'fail', 1],
  ['holds both on a DNS endpoint', DNS, iam([...GET, 'container.clusters.connect']), 'pass', 0],
  ['is disabled: no role helps', {}, iam(DISABLED), 'fail', 0],
] as const)('a caller who %s', (_, more, access, status, remedies) => {
  const finding = findingOf(
    callerClustersGet,
    { cluster: cluster(more), caller: callerOf('a@example.com') },
    { access, request: { principal: 'a@example.com' } },
  );
  expect(finding.status).toBe(status);
  expect(finding.remedies ?? []).toHaveLength(remedies);
});

test('a summary of what IAM allows inside', () => {
  const access = iam([...GET, 'container.pods.list', 'container.pods.getLogs']);
  const finding = findingOf(
    callerClustersGet,
    { cluster: cluster(), caller: callerOf('a@example.com') },
    { access, request: { principal: 'a@example.com' } },
  );
  expect(finding.detail.en).toContain('see Pods, read logs; RBAC may allow more');
});

test.each([
  ['nobody is named', undefined, {}, 'not-applicable'],
  ['an error that names nobody', undefined, symptom('caller-clusters-get'), 'unknown'],
  ['a service account of the cluster', 'system:serviceaccount:ns:ksa', {}, 'not-applicable'],
  ['a number that could not be resolved', '112233445566778899001', {}, 'unknown'],
] as const)('%s: %s', (_, who, request, status) => {
  const caller = who === undefined ? undefined : callerOf(who);
  const asked = { ...request, ...(who ? { principal: who } : {}) };
  expect(findingOf(callerClustersGet, { cluster: cluster(), caller }, { request: asked }).status).toBe(status);
});

test.each([
  ['our own success proves nothing of theirs', {}, undefined, iam('granted'), 'unknown'],
  ['the account lacks access', {}, 'a@example.com', iam('missing'), 'fail'],
  ['the account has access: it is the token', {}, 'a@example.com', iam('granted'), 'unknown'],
  ['the cluster is not up yet', { status: 'PROVISIONING' }, undefined, iam('granted'), 'warn'],
  ['RECONCILING serves', { status: 'RECONCILING' }, undefined, iam('granted'), 'unknown'],
] as const)('401, %s: %s', (_, more, who, access, status) => {
  const caller = who ? callerOf(who) : undefined;
  const facts = { cluster: cluster(more), caller, health: health('answers') };
  const finding = findingOf(clusterAuth401, facts, { access, request: symptom('cluster-auth-401') });
  expect(finding.status).toBe(status);
  if (status === 'unknown') expect(finding.detail.en).toContain('tokeninfo');
});

test.each<[string, Answer]>([
  ['lacks access: caller-clusters-get has the way out', { state: 'missing', because: { kind: 'no-binding' } }],
  ['is disabled', DISABLED],
  ['was deleted', { state: 'missing', because: { kind: 'principal-deleted' } }],
  [
    'is kept out by a deny policy',
    { state: 'missing', because: { kind: 'denied', policy: 'policies/x/denypolicies/y', level: 'projects/p' } },
  ],
])('401, an account that %s: no grant is offered', (_, answer) => {
  const facts = { cluster: cluster(), caller: callerOf('a@p.iam.gserviceaccount.com'), health: health('answers') };
  const finding = findingOf(clusterAuth401, facts, { access: iam(answer), request: symptom('cluster-auth-401') });
  expect(finding.status).toBe('fail');
  expect(finding.remedies ?? []).toEqual([]);
  expect(finding.detail.en).toContain('caller-clusters-get');
});

test('401: a state that this version doesn’t know says nothing', () => {
  const facts = { cluster: cluster({ status: 'STATUS_UNSPECIFIED' }), caller: undefined, health: health('answers') };
  expect(findingOf(clusterAuth401, facts, { request: symptom('cluster-auth-401') }).status).toBe('unknown');
});

test('a conditional deny policy: people look at it, nothing is granted', () => {
  const answer: Answer = {
    state: 'conditional',
    proof: { level: 'projects/p', role: 'roles/x', member: 'user:a@example.com' },
    deny: 'policies/cloudresourcemanager.googleapis.com%2Fprojects%2F1/denypolicies/guard',
  };
  const facts = { cluster: cluster(), caller: callerOf('a@example.com') };
  const finding = findingOf(callerClustersGet, facts, { access: iam(answer), request: { principal: 'a@example.com' } });
  expect(finding.status).toBe('warn');
  expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(['command']);
});

test('the plugin is judged by an error text alone', () => {
  expect(findingOf(kubeconfigAuthPlugin, { cluster: cluster() }).status).toBe('not-applicable');
  const finding = findingOf(
    kubeconfigAuthPlugin,
    { cluster: cluster() },
    { request: symptom('kubeconfig-auth-plugin') },
  );
  expect(finding.status).toBe('fail');
  expect(JSON.stringify(finding.remedies)).toContain('"components","install","gke-gcloud-auth-plugin"');
});

test.each([
  ['public', {}, undefined],
  ['private', { ipEndpoints: { enabled: true, public: false, authorizedNetworks: false } }, '--internal-ip'],
  ['DNS only', { ipEndpoints: { enabled: false, public: false, authorizedNetworks: false }, ...DNS }, '--dns-endpoint'],
])('credentials for a cluster that is %s', (_, more, flag) => {
  const finding = findingOf(
    kubeconfigAuthPlugin,
    { cluster: cluster(more) },
    { request: symptom('kubeconfig-auth-plugin') },
  );
  const words = finding.remedies?.[1]?.params.command;
  const flags = ['--internal-ip', '--dns-endpoint'].filter(one => Array.isArray(words) && words.includes(one));
  expect(flags).toEqual(flag ? [flag] : []);
});

test.each([callerClustersGet, clusterAuth401] as const)('a cluster that can’t be read leaves $id open', check => {
  const facts = { cluster: unknown('denied'), caller: undefined, health: unknown('denied') };
  expect(findingOf(check, facts, { request: symptom(check.id) }).status).toBe('unknown');
});

test.each([
  ['container.clusters.update', ['container.clusters.get'], 'roles/container.clusterAdmin'],
  ['container.clusters.list', ['container.clusters.get'], 'roles/container.clusterViewer'],
  ['container.clusters.create', [], 'roles/container.clusterAdmin'],
  ['container.unheardOf.ever', ['container.clusters.get'], undefined],
])('an error that asks for %s, of somebody who holds %j: %s is offered', (permission, held, role) => {
  const asked: Partial<CheckRequest> = {
    principal: 'a@example.com',
    symptom: { problem: 'caller-clusters-get', entities: { permission }, at: '2026-01-01T00:00:00Z' },
  };
  const access = { ...iam(held), role: realRole };
  const facts = { cluster: cluster(), caller: callerOf('a@example.com') };
  const finding = findingOf(callerClustersGet, facts, { request: asked, access });
  expect(finding.status).toBe('fail');
  expect(finding.missing?.permissions).toContain(permission);
  expect((finding.remedies ?? []).map(({ params }) => params.role)).toEqual(role ? [role] : []);
});
