import { describe, expect, test } from 'vitest';
import { rbacForbidden as check } from '../../../src/diagnosis/checks/callers/rbac-forbidden.ts';
import type { CheckRequest } from '../../../src/diagnosis/checks/check.ts';
import { known, type Unknown } from '../../../src/diagnosis/facts/fact.ts';
import { accessRequest, callerOf } from '../../../src/diagnosis/iam/kubernetes-access.ts';
import type { Answer } from '../../../src/diagnosis/iam/model.ts';
import { cluster, findingOf, iam, unknown } from './facts.ts';

const ALICE: Partial<CheckRequest> = {
  principal: 'alice@example.com',
  verb: 'list',
  resource: 'roles',
  namespace: 'kube-system',
};
const review = (allowed: boolean) => known({ allowed, denied: false }, 'kubernetes subjectAccessReviews.create');
const HIDDEN: Answer = {
  state: 'unknown',
  doubts: [{ kind: 'group', level: 'projects/p', role: 'roles/x', member: 'group:g@example.com' }],
};
const CONDITIONAL: Answer = {
  state: 'conditional',
  proof: { level: 'projects/p', role: 'roles/x', member: 'user:alice@example.com', condition: { expression: 'x' } },
};

function run(
  request: Partial<CheckRequest>,
  rbac: ReturnType<typeof review> | Unknown,
  access = iam('missing'),
  groupsForRbac = false,
) {
  const caller = accessRequest(request)?.caller;
  return findingOf(check, { cluster: cluster({ groupsForRbac }), caller, review: rbac }, { request, access });
}

test.each([
  ['RBAC allows', review(true), iam('missing'), 'pass'],
  ['IAM allows', review(false), iam(['container.roles.list']), 'pass'],
  ['neither', review(false), iam('missing'), 'fail'],
  ['another permission in IAM', review(false), iam(['container.roles.get', 'container.clusters.get']), 'fail'],
  ['a group that can’t be seen', review(false), iam(HIDDEN), 'unknown'],
  ['a condition', review(false), iam(CONDITIONAL), 'warn'],
  ['no review, IAM allows', unknown('denied'), iam(['container.roles.list']), 'pass'],
  ['no review, IAM does not', unknown('denied'), iam('missing'), 'unknown'],
] as const)('%s: %s', (_, rbac, access, status) => {
  expect(run(ALICE, rbac, access).status).toBe(status);
});

test.each(['principal-disabled', 'principal-deleted'] as const)('an account that is %s asks in vain', kind => {
  const request = { ...ALICE, principal: 'ci@p.iam.gserviceaccount.com' };
  for (const allowed of [true, false]) {
    const finding = run(request, review(allowed), iam({ state: 'missing', because: { kind } }), true);
    expect(finding).toMatchObject({ status: 'fail', remedies: [] });
    expect(finding.detail.en).toContain('ci@p.iam.gserviceaccount.com');
  }
});

test('bindings to Google groups are not seen where the cluster looks at groups', () => {
  const finding = run(ALICE, review(false), iam('missing'), true);
  expect(finding.status).toBe('unknown');
  expect(finding.remedies).toMatchObject([{ kind: 'create-role-binding', doubt: expect.anything() }]);
});

test.each([
  ['list', 'roles', ['container.roles.list']],
  ['patch', 'deployments.apps', ['container.deployments.update']],
  ['get', 'pods/log', ['container.pods.getLogs']],
  ['create', 'pods/exec', ['container.pods.exec']],
  ['watch', 'networkpolicies', ['container.networkPolicies.list']],
  ['get', 'deployments/scale', ['container.deployments.getScale']],
  ['list', 'widgets.example.com', ['container.thirdPartyObjects.list']],
  ['patch', 'widgets.example.com/status', ['container.thirdPartyObjects.update']],
  ['get', 'backendconfigs.cloud.google.com', ['container.backendConfigs.get']],
  ['create', 'rolebindings.rbac.authorization.k8s.io', ['container.roleBindings.create']],
])('%s %s asks IAM for %j', (verb, resource, permissions) => {
  expect(accessRequest({ principal: 'alice@example.com', verb, resource })?.permissions).toEqual(permissions);
});

test('the permission that a message names is asked, whatever the map says', () => {
  const entities = {
    principal: 'a@example.com',
    verb: 'get',
    kubernetesResource: 'backendconfigs',
    permission: 'container.backendConfigs.get',
  };
  const asked = accessRequest({
    symptom: { problem: 'rbac-forbidden', entities: { ...entities, apiGroup: 'cloud.google.com' }, at: '' },
  });
  expect(asked?.permissions).toEqual(['container.backendConfigs.get']);
});

test.each([
  ['alice@example.com', { user: 'alice@example.com', member: 'user:alice@example.com', kind: 'user' }],
  ['Alice@example.com', { user: 'Alice@example.com', member: 'user:Alice@example.com' }],
  ['ci@p.iam.gserviceaccount.com', { user: 'ci@p.iam.gserviceaccount.com', kind: 'service-account' }],
  [
    'serviceAccount:p.svc.id.goog[ns/ksa]',
    { user: 'serviceAccount:p.svc.id.goog[ns/ksa]', member: 'serviceAccount:p.svc.id.goog[ns/ksa]' },
  ],
  [
    'system:serviceaccount:ns:ksa',
    {
      member: undefined,
      kind: 'kubernetes-service-account',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:ns'],
    },
  ],
  [
    'group:ops@example.com',
    { user: undefined, groups: ['ops@example.com'], subject: { kind: 'Group', name: 'ops@example.com' } },
  ],
  [
    '112233445566778899001',
    { user: '112233445566778899001', kind: 'numeric', subject: { kind: 'User', name: '112233445566778899001' } },
  ],
])('%s is known to a cluster', (principal, expected) => {
  const caller = accessRequest({ principal, verb: 'list', resource: 'pods' })?.caller;
  expect({ member: undefined, user: undefined, ...caller }).toMatchObject(expected);
});

test.each([
  [
    'view, in the namespace',
    { ...ALICE, resource: 'pods' },
    { namespace: 'kube-system', role: { clusterRole: 'view' } },
  ],
  [
    'a role of its own for what view lacks',
    ALICE,
    { role: { rule: { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['list'] } } },
  ],
  [
    'no Secrets by view',
    { ...ALICE, resource: 'secrets' },
    { role: { rule: { apiGroups: [''], resources: ['secrets'], verbs: ['list'] } } },
  ],
  ['the whole cluster only where it was asked', { ...ALICE, resource: 'nodes' }, { namespace: undefined }],
  [
    'a service account of the cluster',
    { ...ALICE, principal: 'system:serviceaccount:ns:ksa' },
    { subject: { kind: 'ServiceAccount', name: 'ksa', namespace: 'ns' } },
  ],
])('offers %s', (_, request, params) => {
  const [remedy] = run(request, review(false)).remedies ?? [];
  expect(remedy?.kind).toBe('create-role-binding');
  expect({ namespace: undefined, ...remedy?.params }).toMatchObject(params);
});

const FOLDER_DOUBT: Answer = {
  state: 'unknown',
  doubts: [{ kind: 'policy', level: 'folders/1', fact: unknown('denied') }],
};
const MIXED_DOUBTS: Answer = {
  state: 'unknown',
  doubts: [
    { kind: 'group', level: 'projects/p', role: 'roles/x', member: 'group:g@example.com' },
    { kind: 'policy', level: 'projects/p', fact: unknown('denied') },
  ],
};

test.each<[string, Answer, string, number]>([
  ['missing', { state: 'missing', because: { kind: 'no-binding' } }, 'fail', 1],
  ['perhaps by a group', HIDDEN, 'unknown', 1],
  ['perhaps on a folder', FOLDER_DOUBT, 'unknown', 1],
  ['perhaps by a group or the unread policy of the project', MIXED_DOUBTS, 'unknown', 0],
  ['under a condition', CONDITIONAL, 'warn', 0],
  ['under a condition on the cluster', { ...CONDITIONAL, namesTarget: true }, 'warn', 0],
])('IAM grants it %s: what is offered', (_, answer, status, offered) => {
  const finding = run(ALICE, review(false), iam(answer));
  expect(finding.status).toBe(status);
  expect(finding.remedies ?? []).toHaveLength(offered);
  for (const { doubt } of finding.remedies ?? []) expect(doubt !== undefined).toBe(status === 'unknown');
  if (answer.state === 'conditional') expect(finding.detail.en).toContain('No grant is offered');
});

// All of them are needed: GKE asks IAM for each verb of its own.
const EVERY = ['get', 'list', 'create', 'update', 'delete'].map(verb => `container.pods.${verb}`);
test.each<[string, readonly string[], string]>([
  ['all of them', EVERY, 'pass'],
  ['all but one', EVERY.slice(1), 'fail'],
  ['one of them', EVERY.slice(0, 1), 'fail'],
])('verb *: IAM grants %s', (_, held, status) => {
  const finding = run({ ...ALICE, verb: '*', resource: 'pods' }, review(false), iam(held));
  expect(finding.status).toBe(status);
});

// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
describe('impersonation', () => {
  const IMPERSONATE = 'container.clusters.impersonate';
  const ask = (resource: string) => ({
    principal: 'alice@example.com',
    verb: 'impersonate',
    resource,
    namespace: 'shop',
  });

  test.each([
    ['users', { group: '', plural: 'users' }, undefined],
    ['groups', { group: '', plural: 'groups' }, undefined],
    ['serviceaccounts', { group: '', plural: 'serviceaccounts' }, 'shop'],
  ])('of %s is asked of the core group and of one IAM permission', (resource, expected, namespace) => {
    const asked = accessRequest(ask(resource));
    expect(asked?.resource).toMatchObject(expected);
    expect(asked?.namespace).toBe(namespace);
    expect(asked?.permissions).toEqual([IMPERSONATE]);
  });

  test.each(['get', 'list'])('%s users is no request that a cluster knows', verb => {
    expect(accessRequest({ ...ask('users'), verb })).toBeUndefined();
  });

  test('named by an error text', () => {
    const entities = { principal: 'alice@example.com', verb: 'impersonate', kubernetesResource: 'users', apiGroup: '' };
    expect(accessRequest({ symptom: { problem: 'rbac-forbidden', entities, at: '' } })?.resource.plural).toBe('users');
  });

  test.each([
    ['IAM allows', review(false), iam([IMPERSONATE]), 'pass', []],
    ['RBAC allows', review(true), iam('missing'), 'pass', []],
    ['neither', review(false), iam('missing'), 'fail', ['command', 'command']],
    ['another permission of IAM', review(false), iam(['container.clusters.get']), 'fail', ['command', 'command']],
  ] as const)('%s: %s', (_, rbac, access, status, kinds) => {
    const finding = run(ask('users'), rbac, access);
    expect(finding.status).toBe(status);
    expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(kinds);
    for (const { params } of finding.remedies ?? []) expect(JSON.stringify(params)).not.toContain('system:');
  });

  test('is never bound without a name', () => {
    const [role] = run(ask('groups'), review(false)).remedies ?? [];
    expect(role?.params.command).toContain('--resource-name=NAME');
  });

  test.each(['bind', 'escalate'])('nor is %s', verb => {
    const [role] = run({ ...ALICE, verb }, review(false)).remedies ?? [];
    expect(role?.params.command).toContain('--resource=roles.rbac.authorization.k8s.io');
  });
});

// https://cloud.google.com/kubernetes-engine/docs/best-practices/rbac
test.each([
  ['system:anonymous', /no valid credential/],
  ['system:unauthenticated', /no valid credential/],
  ['group:system:authenticated', /every Google account/],
  ['system:authenticated', /every Google account/],
  ['group:system:masters', /identity of Kubernetes itself/],
  ['system:node:gke-1', /identity of Kubernetes itself/],
])('nothing is bound to %s', (principal, says) => {
  expect(callerOf(principal)).toBeUndefined();
  const facts = { cluster: cluster(), caller: callerOf(principal), review: undefined };
  for (const request of [{ ...ALICE, principal }, symptomOf(principal)]) {
    const finding = findingOf(check, facts, { request });
    expect(finding.status).toBe('not-applicable');
    expect(finding.remedies ?? []).toEqual([]);
    expect(finding.detail.en).toMatch(says);
  }
});

test('a Kubernetes service account is nobody of the kind', () => {
  expect(callerOf('system:serviceaccount:ns:ksa')).toBeDefined();
});

function symptomOf(principal: string): Partial<CheckRequest> {
  const entities = { principal, verb: 'list', kubernetesResource: 'pods', namespace: 'shop' };
  return { symptom: { problem: 'rbac-forbidden', entities, at: '2026-01-01T00:00:00Z' } };
}

test('a bare name that is none of Kubernetes’ own is not guessed at', () => {
  const request = { ...ALICE, resource: 'widgets' };
  const finding = findingOf(check, { cluster: cluster(), caller: undefined, review: undefined }, { request });
  expect(finding.status).toBe('unknown');
});
