import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleAllows } from '../../../sandbox/google/kubernetes/rbac.ts';
import type { ApiServer } from '../../../sandbox/google/kubernetes/server.ts';
import { call, manifest, startWorld } from './world.ts';

const rbac = 'rbac.authorization.k8s.io/v1';
const role = (namespace: string, name: string, rules: object[]) =>
  manifest(rbac, 'Role', { name, namespace }, { rules });
const binding = (namespace: string, name: string, roleKind: string, roleName: string, subject: object) =>
  manifest(
    rbac,
    'RoleBinding',
    { name, namespace },
    { roleRef: { kind: roleKind, name: roleName }, subjects: [subject] },
  );
const user = (name: string) => ({ kind: 'User', name });

describe('one rule', () => {
  const asked = {
    verb: 'get',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: 'shop',
    name: 'p',
  };
  const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: [], nonResourceURLs: [] };
  const path = { ...asked, path: '/healthz/etcd' };
  it.each([
    ['the same', rule, asked, true],
    ['another verb', rule, { ...asked, verb: 'list' }, false],
    ['any verb', { ...rule, verbs: ['*'] }, { ...asked, verb: 'list' }, true],
    ['another group', rule, { ...asked, group: 'apps' }, false],
    ['any group', { ...rule, apiGroups: ['*'] }, { ...asked, group: 'apps' }, true],
    ['a subresource is not its resource', rule, { ...asked, subresource: 'log' }, false],
    ['the subresource', { ...rule, resources: ['pods/log'] }, { ...asked, subresource: 'log' }, true],
    ['any subresource of that name', { ...rule, resources: ['*/log'] }, { ...asked, subresource: 'log' }, true],
    ['any resource', { ...rule, resources: ['*'] }, { ...asked, subresource: 'log' }, true],
    ['its name', { ...rule, resourceNames: ['p'] }, asked, true],
    ['another name', { ...rule, resourceNames: ['q'] }, asked, false],
    ['a list has no name', { ...rule, resourceNames: ['p'] }, { ...asked, name: '' }, false],
    ['a path is no resource', rule, path, false],
    ['a path', { ...rule, nonResourceURLs: ['/healthz/etcd'] }, path, true],
    ['a path by its beginning', { ...rule, nonResourceURLs: ['/healthz/*'] }, path, true],
    ['another path', { ...rule, nonResourceURLs: ['/livez/*'] }, path, false],
  ])('%s', (_name, given, question, allowed) => {
    expect(ruleAllows(given, question)).toBe(allowed);
  });
});

describe('a SubjectAccessReview about another user', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startWorld([
      role('shop', 'pod-reader', [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }]),
      binding('shop', 'role', 'Role', 'pod-reader', user('by-role')),
      binding('shop', 'view', 'ClusterRole', 'view', user('viewer')),
      binding('shop', 'edit', 'ClusterRole', 'edit', user('editor')),
      binding('shop', 'admin', 'ClusterRole', 'admin', user('administrator')),
      binding('shop', 'group', 'ClusterRole', 'view', { kind: 'Group', name: 'team@example.com' }),
      binding('shop', 'account', 'ClusterRole', 'view', { kind: 'ServiceAccount', name: 'robot', namespace: 'tools' }),
      binding('shop', 'gone', 'Role', 'no-such-role', user('by-missing-role')),
      manifest(
        rbac,
        'ClusterRoleBinding',
        { name: 'root' },
        {
          roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [user('root')],
        },
      ),
      manifest(
        rbac,
        'ClusterRole',
        { name: 'crontabs', labels: { [`${rbac.split('/')[0]}/aggregate-to-view`]: 'true' } },
        {
          rules: [{ apiGroups: ['stable.example.com'], resources: ['crontabs'], verbs: ['list'] }],
        },
      ),
    ]);
  });
  afterAll(() => server.close());

  const question = (verb: string, resource: string, namespace = 'shop', group = '') => ({
    verb,
    resource,
    namespace,
    group,
  });
  it.each([
    ['by-role', question('list', 'pods'), true],
    ['by-role', question('list', 'pods', 'other'), false],
    ['by-role', question('list', 'pods', ''), false],
    ['By-Role', question('list', 'pods'), false],
    ['by-missing-role', question('list', 'pods'), false],
    ['viewer', question('watch', 'configmaps'), true],
    ['viewer', question('get', 'secrets'), false],
    ['viewer', question('list', 'roles', 'shop', 'rbac.authorization.k8s.io'), false],
    ['viewer', question('list', 'networkpolicies', 'shop', 'networking.k8s.io'), true],
    ['viewer', question('list', 'crontabs', 'shop', 'stable.example.com'), true],
    ['viewer', question('create', 'pods'), false],
    ['editor', question('get', 'secrets'), true],
    ['editor', question('create', 'deployments', 'shop', 'apps'), true],
    ['editor', question('list', 'crontabs', 'shop', 'stable.example.com'), true],
    ['editor', question('create', 'roles', 'shop', 'rbac.authorization.k8s.io'), false],
    ['administrator', question('create', 'rolebindings', 'shop', 'rbac.authorization.k8s.io'), true],
    ['administrator', question('create', 'rolebindings', 'other', 'rbac.authorization.k8s.io'), false],
    ['root', question('delete', 'nodes', ''), true],
    ['system:serviceaccount:tools:robot', question('list', 'pods'), true],
    ['system:serviceaccount:shop:robot', question('list', 'pods'), false],
    ['reader@example.com', question('list', 'pods'), false],
  ])('%s: %o: %s', async (name, resourceAttributes, allowed) => {
    const { body } = await call(server, '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      token: 'owner',
      method: 'POST',
      body: { spec: { user: name, groups: ['system:authenticated'], resourceAttributes } },
    });
    expect(body.status).toMatchObject({ allowed });
  });

  it('groups apply', async () => {
    const resourceAttributes = question('list', 'pods');
    const { body } = await call(server, '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      token: 'owner',
      method: 'POST',
      body: { spec: { user: 'anyone', groups: ['team@example.com'], resourceAttributes } },
    });
    expect(body.status).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "group/shop" of ClusterRole "view" to Group "team@example.com"',
    });
  });

  it('a review about oneself includes IAM', async () => {
    const spec = {
      user: 'owner@example.com',
      groups: ['system:authenticated'],
      resourceAttributes: question('list', 'pods'),
    };
    const { body } = await call(server, '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      token: 'owner',
      method: 'POST',
      body: { spec },
    });
    expect(body.status).toEqual({ allowed: true, reason: 'access granted by IAM permissions.' });
  });
});

describe('the IAM permission in the message of a denial', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startWorld([manifest('cloud.google.com/v1', 'ComputeClass', { name: 'spot' }, { spec: {} })]);
  });
  afterAll(() => server.close());

  it.each([
    ['GET', '/api/v1/pods', 'pods.list'],
    ['GET', '/api/v1/namespaces/shop/pods/p', 'pods.get'],
    ['GET', '/api/v1/namespaces/shop/pods/p/log', 'pods.getLogs'],
    ['POST', '/api/v1/namespaces/shop/pods/p/exec', 'pods.exec'],
    ['POST', '/api/v1/namespaces/shop/pods/p/portforward', 'pods.portForward'],
    ['GET', '/api/v1/namespaces/shop/configmaps?watch=true', 'configMaps.list'],
    ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/d', 'deployments.update'],
    ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/d/status', 'deployments.updateStatus'],
    ['DELETE', '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies', 'networkPolicies.delete'],
    ['POST', '/api/v1/namespaces/shop/serviceaccounts/k/token', 'serviceAccounts.createToken'],
    ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', 'clusterRoleBindings.list'],
    ['GET', '/apis/cloud.google.com/v1/computeclasses', 'thirdPartyObjects.list'],
    ['PATCH', '/apis/cloud.google.com/v1/computeclasses/spot', 'thirdPartyObjects.update'],
  ])('%s %s: container.%s', async (method, path, permission) => {
    const { status, body } = await call(server, path, { token: 'stranger', method });
    expect(status).toBe(403);
    expect(body.message).toContain(`: requires one of ["container.${permission}"] permission(s).`);
  });

  it('custom resources need the permissions of thirdPartyObjects', async () => {
    const { body } = await call(server, '/apis/cloud.google.com/v1/computeclasses', { token: 'reader' });
    expect(body).toMatchObject({ kind: 'ComputeClassList', items: [{ metadata: { name: 'spot' } }] });
  });
});

describe('privilege escalation prevention', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startWorld([
      manifest('v1', 'Namespace', { name: 'shop' }),
      role('shop', 'mine', [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }]),
      role('shop', 'secrets', [{ apiGroups: [''], resources: ['secrets'], verbs: ['list', 'get'] }]),
      binding('shop', 'mine', 'Role', 'mine', user('granter@example.com')),
    ]);
  });
  afterAll(() => server.close());

  const post = (token: string, resource: string, body: object) =>
    call(server, `/apis/${rbac}/namespaces/shop/${resource}`, { token, method: 'POST', body });
  const bindingOf = (name: string, kind: string, to: string) => binding('shop', name, kind, to, user('x@example.com'));

  it('a role with permissions that the caller has', async () => {
    const { status } = await post(
      'granter',
      'roles',
      role('shop', 'a', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
    );
    expect(status).toBe(201);
  });

  it('a role with further permissions', async () => {
    const rules = [
      { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'delete'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['s'], verbs: ['get'] },
    ];
    const { status, body } = await post('granter', 'roles', role('shop', 'b', rules));
    expect(status).toBe(403);
    expect(body.message).toBe(
      'roles.rbac.authorization.k8s.io "b" is forbidden: user "granter@example.com" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}\n' +
        '{APIGroups:[""], Resources:["pods/log"], Verbs:["get" "delete"]}\n' +
        '{APIGroups:[""], Resources:["secrets"], ResourceNames:["s"], Verbs:["get"]}',
    );
  });

  it('a binding to a role whose permissions the caller has', async () => {
    expect((await post('granter', 'rolebindings', bindingOf('c', 'Role', 'mine'))).status).toBe(201);
  });

  it('a binding to a role with further permissions', async () => {
    const { status, body } = await post('granter', 'rolebindings', bindingOf('d', 'Role', 'secrets'));
    expect(status).toBe(403);
    expect(body.message).toMatch(
      /^rolebindings\.rbac\.authorization\.k8s\.io "d" is forbidden: user "granter@example\.com"/,
    );
    expect(body.message).toContain('{APIGroups:[""], Resources:["secrets"], Verbs:["list" "get"]}');
  });

  it('a binding to a role that does not exist', async () => {
    const { status, body } = await post('granter', 'rolebindings', bindingOf('e', 'Role', 'none'));
    expect([status, body.message]).toEqual([404, 'roles.rbac.authorization.k8s.io "none" not found']);
  });

  it('container.clusterRoles.bind applies to cluster roles, not to roles', async () => {
    expect((await post('binder', 'rolebindings', bindingOf('f', 'ClusterRole', 'cluster-admin'))).status).toBe(201);
    expect((await post('binder', 'rolebindings', bindingOf('g', 'Role', 'secrets'))).status).toBe(403);
  });

  it('a role that gets further permissions by an update', async () => {
    const path = `/apis/${rbac}/namespaces/shop/roles/mine`;
    const patch = (rules: object[]) =>
      call(server, path, {
        token: 'granter',
        method: 'PATCH',
        body: { rules },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    expect((await patch([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }])).status).toBe(403);
    expect((await patch([{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'get'] }])).status).toBe(200);
  });
});
