/** caller-clusters-get: what reaching a cluster takes, and which grant is offered (docs/domain/callers.md#caller-clusters-get). */
import { expect, test } from 'vitest';
import { callerClustersGet } from '../../../src/diagnosis/checks/callers/caller-clusters-get.ts';
import type { CheckRequest } from '../../../src/diagnosis/checks/check.ts';
import type { Access } from '../../../src/diagnosis/facts/access.ts';
import { known } from '../../../src/diagnosis/facts/fact.ts';
import type { Cluster } from '../../../src/diagnosis/facts/google/cluster.ts';
import { callerOf } from '../../../src/diagnosis/iam/kubernetes-access.ts';
import type { Answer, Doubt, Proof } from '../../../src/diagnosis/iam/model.ts';
import { CLUSTER, cluster, findingOf, iam, unknown } from './facts.ts';
import { realRole } from './policies.ts';

const HOST = 'gke-1.europe-west1.gke.goog';
const DNS = { dnsEndpoint: { host: HOST, external: true, kubernetesTokens: false } };
const NO_IP = { ipEndpoints: { enabled: false, public: false, authorizedNetworks: false } };
const project = known({ id: 'p', number: '123', state: 'ACTIVE' }, 'cloudresourcemanager projects.get');
const DISABLED: Answer = { state: 'missing', because: { kind: 'principal-disabled' } };
const GET = ['container.clusters.get'];
const symptom = (problem: string): Partial<CheckRequest> => ({
  symptom: { problem, entities: {}, at: '2026-01-01T00:00:00Z' },
});

const CONNECT = 'container.clusters.connect';
const byHost = (host: string, more: Record<string, string> = {}): Partial<CheckRequest> => ({
  symptom: { problem: 'caller-clusters-get', entities: { host, ...more }, at: '2026-01-01T00:00:00Z' },
});

// GKE, "About network isolation": get-credentials writes the IP endpoint; the DNS endpoint also takes connect.

// GKE, "About network isolation": get-credentials writes the IP endpoint; the DNS endpoint also takes connect.
test.each<[string, Partial<Cluster>, Partial<CheckRequest>, Access, string, string[], number]>([
  ['IP only, holds get', {}, {}, iam(GET), 'pass', [], 0],
  ['IP only, holds nothing', {}, {}, iam('missing'), 'fail', GET, 1],
  ['both open, holds get', DNS, {}, iam(GET), 'pass', [], 0],
  ['both open, holds connect without get', DNS, {}, iam([CONNECT]), 'fail', GET, 1],
  ['both open, the error came from the DNS endpoint', DNS, byHost(HOST), iam(GET), 'fail', [CONNECT], 1],
  ['both open, the error came from the address', DNS, byHost('203.0.113.10'), iam(GET), 'pass', [], 0],
  [
    'DNS endpoint closed to outside traffic',
    { dnsEndpoint: { host: HOST, external: false, kubernetesTokens: false } },
    {},
    iam(GET),
    'pass',
    [],
    0,
  ],
  ['DNS only, holds get', { ...DNS, ...NO_IP }, {}, iam(GET), 'fail', [CONNECT], 1],
  ['DNS only, holds both', { ...DNS, ...NO_IP }, {}, iam([...GET, CONNECT]), 'pass', [], 0],
  ['DNS only, holds nothing', { ...DNS, ...NO_IP }, {}, iam('missing'), 'fail', [...GET, CONNECT], 1],
  ['a disabled account: no role helps', {}, {}, iam(DISABLED), 'fail', GET, 0],
])('%s', (_, more, request, access, status, missing, remedies) => {
  const finding = findingOf(
    callerClustersGet,
    { cluster: cluster(more), caller: callerOf('a@example.com'), project },
    { access, request: { principal: 'a@example.com', ...request } },
  );
  expect(finding.status).toBe(status);
  expect(finding.missing?.permissions ?? []).toEqual(missing);
  expect(finding.remedies ?? []).toHaveLength(remedies);
});

test.each<[string, Partial<Cluster>, Access, RegExp, boolean]>([
  ['both open, without connect: what --dns-endpoint would take is said', DNS, iam(GET), /--dns-endpoint/, true],
  ['both open, with connect', DNS, iam([...GET, CONNECT]), /--dns-endpoint/, false],
  ['IP only', {}, iam(GET), /--dns-endpoint/, false],
  ['no endpoint takes clients', NO_IP, iam(GET), /no endpoint for clients/, true],
  ['the DNS endpoint takes them', { ...NO_IP, ...DNS }, iam([...GET, CONNECT]), /no endpoint for clients/, false],
])('%s', (_, more, access, says, expected) => {
  const facts = { cluster: cluster(more), caller: callerOf('a@example.com'), project };
  const finding = findingOf(callerClustersGet, facts, { access, request: { principal: 'a@example.com' } });
  expect(finding.status).toBe('pass');
  expect(says.test(finding.detail.en)).toBe(expected);
});

test.each([
  ['get is what the API server wants', [], /get-credentials/],
  ['connect is what the DNS endpoint wants', GET, /^The DNS endpoint/],
])('the effect is of what is missing: %s', (_, held, says) => {
  const facts = { cluster: cluster({ ...DNS, ...NO_IP }), caller: callerOf('a@example.com'), project };
  const finding = findingOf(callerClustersGet, facts, { access: iam(held), request: { principal: 'a@example.com' } });
  expect(finding.effect?.en).toMatch(says);
});

/** Answers of their own for some permissions; the others are missing. */
const by = (answers: Readonly<Record<string, Answer>>): Access => ({
  ...iam('missing'),
  answer: asked =>
    ('permission' in asked && answers[asked.permission]) || { state: 'missing', because: { kind: 'no-binding' } },
});
const PROOF = { level: 'projects/p', role: 'roles/container.clusterViewer', member: 'user:a@example.com' };
const CONDITIONAL: Answer = { state: 'conditional', proof: { ...PROOF, condition: { expression: 'x.y' } } };
const NAMED: Answer = { ...CONDITIONAL, namesTarget: true };
const GRANTED: Answer = { state: 'granted', proof: PROOF };
const doubtful = (...doubts: Doubt[]): Answer => ({ state: 'unknown', doubts });
const GROUP: Doubt = { kind: 'group', level: 'projects/p', role: 'roles/viewer', member: 'group:g@example.com' };
const FOLDER: Doubt = { kind: 'policy', level: 'folders/1', fact: unknown('denied') };
const OWN: Doubt = { kind: 'policy', level: 'projects/p', fact: unknown('denied') };
const DENY_RULE: Doubt = { kind: 'deny', level: 'projects/p', policy: 'policies/x/denypolicies/y' };
const BOUNDARY: Answer = {
  state: 'missing',
  because: { kind: 'boundary', policies: ['organizations/1/locations/global/principalAccessBoundaryPolicies/home'] },
};

// A grant is offered only where it can do no more than what is missing.
test.each<[string, Answer, Answer, string, string[]]>([
  [
    'one of two is missing',
    GRANTED,
    { state: 'missing', because: { kind: 'no-binding' } },
    'fail',
    ['grant-project-role'],
  ],
  [
    'one is missing, the other under a condition',
    CONDITIONAL,
    { state: 'missing', because: { kind: 'no-binding' } },
    'fail',
    [],
  ],
  ['one is under a condition', GRANTED, CONDITIONAL, 'warn', []],
  ['both under a condition on this cluster', NAMED, NAMED, 'warn', []],
  ['one may come from a group', GRANTED, doubtful(GROUP), 'unknown', ['grant-project-role']],
  [
    'one may come from a group or an unread folder',
    GRANTED,
    doubtful(GROUP, FOLDER),
    'unknown',
    ['grant-project-role'],
  ],
  ['one of the doubts is the project’s own policy', GRANTED, doubtful(GROUP, OWN), 'unknown', []],
  ['one of the doubts is a deny rule', GRANTED, doubtful(GROUP, DENY_RULE), 'unknown', []],
  ['harmless doubts of one, a harmful one of the other', doubtful(OWN), doubtful(GROUP), 'unknown', []],
  ['harmless doubts of one, the other under a condition', CONDITIONAL, doubtful(GROUP), 'unknown', []],
  [
    'harmless doubts of one, the other missing',
    doubtful(GROUP),
    { state: 'missing', because: { kind: 'no-binding' } },
    'fail',
    ['grant-project-role'],
  ],
  ['outside a boundary', BOUNDARY, BOUNDARY, 'fail', ['command']],
])('%s', (_, get, connect, status, kinds) => {
  const access = by({ 'container.clusters.get': get, [CONNECT]: connect });
  const facts = { cluster: cluster({ ...DNS, ...NO_IP }), caller: callerOf('a@example.com'), project };
  const finding = findingOf(callerClustersGet, facts, { access, request: { principal: 'a@example.com' } });
  expect(finding.status).toBe(status);
  expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(kinds);
  for (const { kind, doubt } of finding.remedies ?? []) {
    if (kind === 'grant-project-role') expect(doubt !== undefined).toBe(status === 'unknown');
  }
});

test('no unconditional grant beside a condition, and the finding says why', () => {
  const access = by({ 'container.clusters.get': NAMED });
  const facts = { cluster: cluster({ ...DNS, ...NO_IP }), caller: callerOf('a@example.com'), project };
  const finding = findingOf(callerClustersGet, facts, { access, request: { principal: 'a@example.com' } });
  expect(finding.status).toBe('fail');
  expect(finding.detail.en).toContain('No grant is offered');
});

test('conditions see the cluster by every name that it may have', () => {
  const facts = { cluster: cluster(), caller: callerOf('a@example.com'), project };
  const asked = callerClustersGet.questions?.(facts, { cluster: CLUSTER, project: 'p' }) ?? [];
  for (const question of asked) {
    if (!('permission' in question)) throw new Error('only permissions are asked about');
    expect(question.target?.names).toEqual([CLUSTER, CLUSTER.replace('projects/p', 'projects/123')]);
  }
  const symptoms = byHost('', { permission: 'container.clusters.list' });
  const onProject = callerClustersGet.questions?.(facts, { cluster: CLUSTER, project: 'p', ...symptoms }) ?? [];
  const list = onProject.find(
    question => 'permission' in question && question.permission === 'container.clusters.list',
  );
  expect(list).toBeDefined();
  expect(list).not.toHaveProperty('target');
});

test('a grant that ends says when', () => {
  const until = new Date('2031-03-04T00:00:00Z');
  const facts = { cluster: cluster(), caller: callerOf('a@example.com'), project };
  const say = (proof: Proof) =>
    findingOf(callerClustersGet, facts, {
      access: iam({ state: 'granted', proof }),
      request: { principal: 'a@example.com' },
    }).detail.en;
  expect(say({ ...PROOF, until })).toContain('2031-03-04');
  expect(say(PROOF)).not.toContain('ends on');
});

test.each([
  ['read', {}, false],
  ['unread', { boundariesUnread: true }, true],
])('what could still block the access is said: boundaries %s', (_, open, said) => {
  const facts = { cluster: cluster(), caller: callerOf('a@example.com'), project };
  const access = iam({ state: 'granted', proof: PROOF, ...open });
  const finding = findingOf(callerClustersGet, facts, { access, request: { principal: 'a@example.com' } });
  expect(finding.status).toBe('pass');
  expect(/Principal access boundary policies were not read/.test(finding.detail.en)).toBe(said);
});

test('a summary of what IAM allows inside', () => {
  const access = iam([...GET, 'container.pods.list', 'container.pods.getLogs']);
  const finding = findingOf(
    callerClustersGet,
    { cluster: cluster(), caller: callerOf('a@example.com'), project },
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
  expect(findingOf(callerClustersGet, { cluster: cluster(), caller, project }, { request: asked }).status).toBe(status);
});

test('a conditional deny policy: people look at it, nothing is granted', () => {
  const answer: Answer = {
    state: 'conditional',
    proof: { level: 'projects/p', role: 'roles/x', member: 'user:a@example.com' },
    deny: 'policies/cloudresourcemanager.googleapis.com%2Fprojects%2F1/denypolicies/guard',
  };
  const facts = { cluster: cluster(), caller: callerOf('a@example.com'), project };
  const finding = findingOf(callerClustersGet, facts, { access: iam(answer), request: { principal: 'a@example.com' } });
  expect(finding.status).toBe('warn');
  expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(['command']);
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
  const facts = { cluster: cluster(), caller: callerOf('a@example.com'), project };
  const finding = findingOf(callerClustersGet, facts, { request: asked, access });
  expect(finding.status).toBe('fail');
  expect(finding.missing?.permissions).toContain(permission);
  expect((finding.remedies ?? []).map(({ params }) => params.role)).toEqual(role ? [role] : []);
});
