import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiServer } from '../../../sandbox/google/kubernetes/server.ts';
import { call, manifest, pod, startWorld } from './world.ts';

interface Page {
  metadata: { continue?: string; remainingItemCount?: number };
  items: { metadata: { name: string; namespace: string } }[];
}

async function page(server: ApiServer, path: string): Promise<Page> {
  const { status, text } = await call(server, path, { token: 'owner' });
  expect(status).toBe(200);
  return JSON.parse(text);
}

describe('lists', () => {
  let server: ApiServer;
  beforeAll(async () => {
    const many = <T>(count: number, make: (index: number) => T) =>
      Array.from({ length: count }, (_, index) => make(index));
    server = await startWorld([
      ...many(5000, index => pod(`p-${String(index).padStart(4, '0')}`, `ns-${index % 10}`)),
      // Ten namespaces and the four of the system bring a default account each.
      ...many(3001 - 14, index =>
        manifest('v1', 'ServiceAccount', { name: `k-${index}`, namespace: `ns-${index % 10}` }),
      ),
      ...many(500, index =>
        manifest(
          'networking.k8s.io/v1',
          'NetworkPolicy',
          { name: `n-${index}`, namespace: 'ns-0' },
          { spec: { podSelector: {} } },
        ),
      ),
    ]);
  });
  afterAll(() => server.close());

  it('pages of a list contain every object once, in order', async () => {
    const names: string[] = [];
    const remaining: (number | undefined)[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const { metadata, items }: Page = await page(server, `/api/v1/pods?limit=2000&continue=${next}`);
      names.push(...items.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`));
      remaining.push(metadata.remainingItemCount);
      next = metadata.continue;
    }
    expect(remaining).toEqual([3000, 1000, undefined]);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toHaveLength(5000);
  });

  it('remainingItemCount gives the number of service accounts', async () => {
    const { metadata, items } = await page(server, '/api/v1/serviceaccounts?limit=1');
    expect(items.length + (metadata.remainingItemCount ?? 0)).toBe(3001);
  });

  it('a selector filters, and leaves out remainingItemCount', async () => {
    const { items } = await page(server, '/api/v1/pods?labelSelector=app%20in%20(p-0001,p-0002),app!=p-0002');
    expect(items.map(item => item.metadata.name)).toEqual(['p-0001']);
    const byField = await page(server, '/api/v1/pods?fieldSelector=metadata.namespace%3Dns-3&limit=1');
    expect([byField.items.length, byField.metadata.remainingItemCount]).toEqual([1, undefined]);
    expect(byField.metadata.continue).toBeDefined();
  });

  it('one namespace', async () => {
    expect((await page(server, '/apis/networking.k8s.io/v1/namespaces/ns-0/networkpolicies')).items).toHaveLength(500);
    expect((await page(server, '/apis/networking.k8s.io/v1/namespaces/ns-1/networkpolicies')).items).toHaveLength(0);
  });

  it.each(['continue=%25%25', 'labelSelector=a%20b'])('rejects %s', async query => {
    expect((await call(server, `/api/v1/pods?${query}`, { token: 'owner' })).status).toBe(400);
  });
});

describe('objects', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startWorld([manifest('v1', 'Namespace', { name: 'shop' })]);
  });
  afterAll(() => server.close());

  const accounts = '/api/v1/namespaces/shop/serviceaccounts';
  const send = (method: string, path: string, body?: unknown, type = 'application/json') =>
    call(server, path, { token: 'owner', method, body, headers: body === undefined ? {} : { 'content-type': type } });
  const failure = async (answer: ReturnType<typeof send>) => {
    const { status, body } = await answer;
    return [status, body.reason, body.message];
  };

  it('get a uid and a resourceVersion when they are created', async () => {
    const { status, body } = await send('POST', accounts, manifest('v1', 'ServiceAccount', { name: 'a' }));
    expect(status).toBe(201);
    expect(body.metadata).toEqual({
      name: 'a',
      namespace: 'shop',
      uid: expect.stringMatching(/^[\da-f-]{36}$/),
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      resourceVersion: expect.stringMatching(/^\d+$/),
    });
  });

  it('can’t be created twice', async () => {
    await send('POST', accounts, manifest('v1', 'ServiceAccount', { name: 'b' }));
    expect(await failure(send('POST', accounts, manifest('v1', 'ServiceAccount', { name: 'b' })))).toEqual([
      409,
      'AlreadyExists',
      'serviceaccounts "b" already exists',
    ]);
  });

  it('can’t be created in a missing namespace', async () => {
    expect(await failure(send('POST', '/api/v1/namespaces/none/serviceaccounts', { metadata: { name: 'b' } }))).toEqual(
      [404, 'NotFound', 'namespaces "none" not found'],
    );
  });

  it('can’t be replaced with a stale resourceVersion', async () => {
    const { body } = await send('POST', accounts, manifest('v1', 'ServiceAccount', { name: 'c' }));
    const changed = { ...body, automountServiceAccountToken: false };
    expect((await send('PUT', `${accounts}/c`, changed)).status).toBe(200);
    expect(await failure(send('PUT', `${accounts}/c`, { ...changed, secrets: [] }))).toEqual([
      409,
      'Conflict',
      'Operation cannot be fulfilled on serviceaccounts "c": the object has been modified; please apply your changes to the latest version and try again',
    ]);
  });

  it.each([
    ['application/merge-patch+json', { metadata: { annotations: { k: 'v' } } }],
    ['application/strategic-merge-patch+json', { metadata: { annotations: { k: 'v' } } }],
    ['application/json-patch+json', [{ op: 'add', path: '/metadata/annotations', value: { k: 'v' } }]],
    ['application/apply-patch+yaml', { metadata: { annotations: { k: 'v' } } }],
  ])('are changed by %s', async (type, patch) => {
    await send('POST', accounts, manifest('v1', 'ServiceAccount', { name: 'd' }));
    const { status, body } = await send('PATCH', `${accounts}/d?fieldManager=t`, patch, type);
    expect([status, body.metadata]).toEqual([200, expect.objectContaining({ annotations: { k: 'v' } })]);
    await send('DELETE', `${accounts}/d`);
    expect(await failure(send('GET', `${accounts}/d`))).toEqual([404, 'NotFound', 'serviceaccounts "d" not found']);
  });

  it('do not change in a dry run', async () => {
    expect(
      (await send('POST', `${accounts}?dryRun=All`, manifest('v1', 'ServiceAccount', { name: 'dry' }))).status,
    ).toBe(201);
    expect((await send('GET', `${accounts}/dry`)).status).toBe(404);
  });

  it('can’t change the role of a binding', async () => {
    const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings';
    await send('POST', bindings, {
      metadata: { name: 'b' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [],
    });
    const [status, reason, message] = await failure(
      send('PATCH', `${bindings}/b`, { roleRef: { name: 'edit' } }, 'application/merge-patch+json'),
    );
    expect([status, reason]).toEqual([422, 'Invalid']);
    expect(message).toContain('cannot change roleRef');
  });

  it('are deleted with their namespace, including Pods of Deployments', async () => {
    await send('POST', '/api/v1/namespaces', manifest('v1', 'Namespace', { name: 'brief' }));
    const labels = { app: 'x' };
    await send('POST', '/apis/apps/v1/namespaces/brief/deployments', {
      metadata: { name: 'x' },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [] } },
      },
    });
    const inside = () => server.objects().filter(object => object.metadata.namespace === 'brief');
    expect(
      inside()
        .map(object => object.kind)
        .sort(),
    ).toEqual(['Deployment', 'Pod', 'Pod', 'ServiceAccount']);
    expect((await send('DELETE', '/api/v1/namespaces/brief')).status).toBe(200);
    expect(inside()).toEqual([]);
  });

  it.each([
    ['GET', '/api/v1/widgets', 404],
    ['GET', '/apis/example.com/v1/widgets', 404],
    ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', 400],
    ['GET', '/api/v1/namespaces/shop/pods/p/log', 501],
  ])('%s %s: %i', async (method, path, status) => {
    const answer = await send(method, path, method === 'POST' ? { spec: {} } : undefined);
    expect([answer.status, answer.body.kind, answer.body.code]).toEqual([status, 'Status', status]);
  });

  const policy = (egress: object) => ({ spec: { podSelector: {}, egress: [egress] } });
  const to = (ipBlock: object) => policy({ to: [{ ipBlock }] });
  const netpol = 'networking.k8s.io/v1/namespaces/shop/networkpolicies';
  const roles = 'rbac.authorization.k8s.io/v1/namespaces/shop/roles';
  const bindings = 'rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings';
  const view = { roleRef: { kind: 'ClusterRole', name: 'view' } };
  it.each([
    ['an e-mail address as a name', netpol, { metadata: { name: 'a@example.com' }, ...policy({}) }, 'metadata.name'],
    ['an address instead of a block', netpol, to({ cidr: '169.254.169.254' }), 'spec.egress[0].to[0].ipBlock.cidr'],
    ['an exception outside', netpol, to({ cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] }), 'ipBlock.except[0]'],
    ['a port that is none', netpol, policy({ ports: [{ port: 70000 }] }), 'spec.egress[0].ports[0].port'],
    ['a rule without verbs', roles, { rules: [{ apiGroups: [''], resources: ['pods'] }] }, 'rules[0].verbs'],
    ['a rule without groups', roles, { rules: [{ verbs: ['get'], resources: ['pods'] }] }, 'rules[0].apiGroups'],
    ['a binding to something else', bindings, { roleRef: { kind: 'Group', name: 'g' } }, 'roleRef.kind'],
    ['a subject without a name', bindings, { ...view, subjects: [{ kind: 'User' }] }, 'subjects[0].name'],
    [
      'an account of no namespace',
      bindings,
      { ...view, subjects: [{ kind: 'ServiceAccount', name: 'k' }] },
      'subjects[0].namespace',
    ],
  ])('are refused with %s', async (_name, path, fields, field) => {
    const [status, reason, message] = await failure(
      send('POST', `/apis/${path}`, { metadata: { name: 'x' }, ...fields }),
    );
    expect([status, reason]).toEqual([422, 'Invalid']);
    expect(message).toContain(`${field}: `);
  });

  it('of RBAC can have names with @', async () => {
    const name = 'view-a@example.com';
    const subjects = [{ kind: 'User', name: 'a@example.com' }];
    const { status, body } = await send('POST', `/apis/${bindings}`, { metadata: { name }, ...view, subjects });
    expect([status, body.subjects]).toEqual([201, [{ apiGroup: 'rbac.authorization.k8s.io', ...subjects[0] }]]);
  });

  it('have the same uid at each start, and a different one in another cluster', async () => {
    const uidsOf = async (options = {}) => {
      const started = await startWorld([manifest('v1', 'ServiceAccount', { name: 'k', namespace: 'shop' })], options);
      await started.close();
      return started.objects().map(object => object.metadata.uid);
    };
    const [first, second, other] = [
      await uidsOf(),
      await uidsOf(),
      await uidsOf({ cluster: 'projects/a/locations/b/clusters/c' }),
    ];
    expect(second).toEqual(first);
    expect(new Set([...first, ...other]).size).toBe(first.length * 2);
  });
});

describe('a custom resource in several versions', () => {
  let server: ApiServer;
  const entry = (version: string, name: string) =>
    manifest(
      `networking.istio.io/${version}`,
      'ServiceEntry',
      { name, namespace: 'shop' },
      { spec: { hosts: [name] } },
    );
  beforeAll(async () => {
    server = await startWorld([entry('v1beta1', 'metadata'), entry('v1', 'stripe')]);
  });
  afterAll(() => server.close());

  it.each(['v1', 'v1beta1', 'v1alpha3'])('%s serves every object in its own version', async version => {
    const { status, text } = await call(server, `/apis/networking.istio.io/${version}/namespaces/shop/serviceentries`, {
      token: 'owner',
    });
    const { items }: { items: { apiVersion: string; metadata: { name: string } }[] } = JSON.parse(text);
    expect(status).toBe(200);
    expect(items.map(({ apiVersion, metadata }) => `${apiVersion} ${metadata.name}`)).toEqual([
      `networking.istio.io/${version} metadata`,
      `networking.istio.io/${version} stripe`,
    ]);
  });

  it('a version that nobody serves is no path', async () => {
    const { status } = await call(server, '/apis/networking.istio.io/v2/serviceentries', { token: 'owner' });
    expect(status).toBe(404);
  });
});
