/** cluster-auth-401, kubeconfig-auth-plugin and the tokens of Kubernetes service accounts: who calls, and with what. */
import { expect, test } from 'vitest';
import { callerClustersGet } from '../../../src/diagnosis/checks/callers/caller-clusters-get.ts';
import { clusterAuth401 } from '../../../src/diagnosis/checks/callers/cluster-auth-401.ts';
import { kubeconfigAuthPlugin } from '../../../src/diagnosis/checks/callers/kubeconfig-auth-plugin.ts';
import type { CheckRequest } from '../../../src/diagnosis/checks/check.ts';
import { known } from '../../../src/diagnosis/facts/fact.ts';
import type { Cluster } from '../../../src/diagnosis/facts/google/cluster.ts';
import { callerOf } from '../../../src/diagnosis/iam/kubernetes-access.ts';
import type { Answer } from '../../../src/diagnosis/iam/model.ts';
import { cluster, findingOf, health, iam, unknown } from './facts.ts';

const HOST = 'gke-1.europe-west1.gke.goog';
const DNS = { dnsEndpoint: { host: HOST, external: true, kubernetesTokens: false } };
const NO_IP = { ipEndpoints: { enabled: false, public: false, authorizedNetworks: false } };
const project = known({ id: 'p', number: '123', state: 'ACTIVE' }, 'cloudresourcemanager projects.get');
const DISABLED: Answer = { state: 'missing', because: { kind: 'principal-disabled' } };
const _GET = ['container.clusters.get'];
const symptom = (problem: string): Partial<CheckRequest> => ({
  symptom: { problem, entities: {}, at: '2026-01-01T00:00:00Z' },
});

const _CONNECT = 'container.clusters.connect';
const byHost = (host: string, more: Record<string, string> = {}): Partial<CheckRequest> => ({
  symptom: { problem: 'caller-clusters-get', entities: { host, ...more }, at: '2026-01-01T00:00:00Z' },
});

// GKE, "About network isolation": get-credentials writes the IP endpoint; the DNS endpoint also takes connect.

const KSA = 'system:serviceaccount:ci:deployer';
const TOKENS = { dnsEndpoint: { host: HOST, external: true, kubernetesTokens: true } };

// GKE, DNSEndpointConfig.enableK8sTokensViaDns.
test.each<[string, Partial<Cluster>, Partial<CheckRequest>, string, string]>([
  ['DNS only, its tokens are off', { ...DNS, ...NO_IP }, {}, 'warn', 'fail'],
  ['DNS only, its tokens are on', { ...TOKENS, ...NO_IP }, {}, 'not-applicable', 'unknown'],
  ['both open', DNS, {}, 'not-applicable', 'unknown'],
  ['both open, the error came from the DNS endpoint', DNS, byHost(HOST), 'not-applicable', 'fail'],
  ['both open, the error came from the DNS endpoint, tokens on', TOKENS, byHost(HOST), 'not-applicable', 'unknown'],
  ['IP only', {}, {}, 'not-applicable', 'unknown'],
])('a Kubernetes token, %s', (_, more, request, reach, login) => {
  const facts = { cluster: cluster(more), caller: callerOf(KSA), project, health: health('answers') };
  const asked = { principal: KSA, ...request };
  const found = [
    findingOf(callerClustersGet, facts, { request: asked }),
    findingOf(clusterAuth401, facts, { request: asked }),
  ];
  expect(found.map(({ status }) => status)).toEqual([reach, login]);
  for (const { status, detail, remedies } of found) {
    const refused = status === 'warn' || status === 'fail';
    expect(/enableK8sTokensViaDns/.test(detail.en)).toBe(refused);
    expect(JSON.stringify(remedies ?? []).includes('--enable-k8s-tokens-via-dns')).toBe(refused);
  }
});

test.each<[string, Partial<Cluster>, string, string]>([
  ['at the DNS endpoint, its tokens are off', DNS, HOST, 'warn'],
  ['at the DNS endpoint, its tokens are on', TOKENS, HOST, 'unknown'],
  ['at the address', DNS, '203.0.113.10', 'unknown'],
])('a 401 of nobody in particular %s', (_, more, host, status) => {
  const facts = { cluster: cluster(more), caller: undefined, health: health('answers') };
  const finding = findingOf(clusterAuth401, facts, { request: byHost(host) });
  expect(finding.status).toBe(status);
  expect(/enableK8sTokensViaDns/.test(finding.detail.en)).toBe(status === 'warn');
  expect(finding.detail.en).toContain('tokeninfo');
});

test('a person at the DNS endpoint is not told of Kubernetes tokens', () => {
  const facts = {
    cluster: cluster({ ...DNS, ...NO_IP }),
    caller: callerOf('a@example.com'),
    health: health('answers'),
  };
  const finding = findingOf(clusterAuth401, facts, { access: iam('granted'), request: byHost(HOST) });
  expect(finding.status).toBe('unknown');
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

const PRIVATE = { ipEndpoints: { enabled: true, public: false, authorizedNetworks: false } };
const CLOSED_DNS = { dnsEndpoint: { host: HOST, external: false, kubernetesTokens: false } };

// gcloud container clusters get-credentials: --internal-ip fails where the IP endpoints are off.
test.each<[string, Partial<Cluster>, string | undefined]>([
  ['public', {}, undefined],
  ['public, with a DNS endpoint', DNS, undefined],
  ['private', PRIVATE, '--internal-ip'],
  ['private, with a DNS endpoint', { ...PRIVATE, ...DNS }, '--dns-endpoint'],
  ['private, with a closed DNS endpoint', { ...PRIVATE, ...CLOSED_DNS }, '--internal-ip'],
  ['DNS only', { ...NO_IP, ...DNS }, '--dns-endpoint'],
  ['DNS only, closed', { ...NO_IP, ...CLOSED_DNS }, '--dns-endpoint'],
  ['without endpoints', NO_IP, undefined],
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
  const facts = { cluster: unknown('denied'), caller: undefined, health: unknown('denied'), project };
  expect(findingOf(check, facts, { request: symptom(check.id) }).status).toBe('unknown');
});
