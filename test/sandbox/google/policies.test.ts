import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { baseWorld, tokens } from '../../../sandbox/scenarios/base.ts';
import { type Answer, at, type Client, start } from './client.ts';

type Binding = { role: string; members: string[]; condition?: { title: string; expression: string } };
type Policy = { version?: number; etag?: string; bindings?: Binding[] };

let cloud: Client;
let node: string;
beforeEach(async () => {
  const { world, project } = baseWorld();
  node = `serviceAccount:${project.serviceAccount('node-a')}`;
  cloud = await start(world.world);
});
afterEach(() => cloud.close());

const name = 'v3/projects/sandbox-1';
const viewer = 'roles/container.clusterViewer';
const ended = { title: 'until 2030', expression: 'request.time < timestamp("2030-01-01T00:00:00Z")' };

async function read(requestedPolicyVersion?: number): Promise<Policy> {
  const options = requestedPolicyVersion === undefined ? {} : { requestedPolicyVersion };
  return (await cloud.call(tokens.owner, 'POST', `${name}:getIamPolicy`, { options })).body as Policy;
}

function write(policy: Policy, token: string = tokens.owner): Promise<Answer> {
  return cloud.call(token, 'POST', `${name}:setIamPolicy`, { policy });
}

async function add(binding: Binding, change: Partial<Policy> = {}, token?: string): Promise<Answer> {
  const policy = await read(3);
  return write({ ...policy, version: 3, bindings: [...(policy.bindings ?? []), binding], ...change }, token);
}

describe('etags', () => {
  test('a stale etag is rejected, and nothing is written', async () => {
    const before = await read(3);
    expect((await add({ role: viewer, members: [node] })).status).toBe(200);
    const after = await read(3);
    expect(after.etag).not.toBe(before.etag);
    const refused = await write({ ...before, version: 3 });
    expect([refused.status, at(refused.body, 'error.status')]).toEqual([409, 'ABORTED']);
    expect(await read(3)).toEqual(after);
  });

  test('are compared as bytes, whatever the padding and the base64 alphabet', async () => {
    const policy = await read(3);
    const etag = String(policy.etag).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
    expect(etag).not.toBe(policy.etag);
    expect((await write({ ...policy, version: 3, etag })).status).toBe(200);
  });

  test('without an etag the last writer wins', async () => {
    const { bindings } = await read(3);
    expect((await write({ version: 3, bindings })).status).toBe(200);
  });
});

describe('versions', () => {
  beforeEach(async () => {
    expect((await add({ role: viewer, members: [node], condition: ended })).status).toBe(200);
  });
  const shown = (policy: Policy): Binding[] =>
    (policy.bindings ?? []).filter(binding => binding.role.startsWith(viewer) && binding.members.includes(node));

  test('version 3 includes conditions', async () => {
    const policy = await read(3);
    expect(policy.version).toBe(3);
    expect(shown(policy)).toEqual([{ role: viewer, members: [node], condition: ended }]);
  });

  test.each([undefined, 1])('version %s has an unusable role name instead of the condition', async version => {
    const policy = await read(version);
    expect(policy.version).toBe(1);
    expect(shown(policy)).toEqual([
      { role: expect.stringMatching(/^roles\/container\.clusterViewer_withcond_[0-9a-f]{20}$/), members: [node] },
    ]);
    expect((await write({ ...policy, version: 3 })).status).toBe(400);
  });

  test('a policy with conditions requires version 3', async () => {
    const policy = await read(3);
    expect((await write({ ...policy, version: 1 })).status).toBe(400);
  });

  test('without etag, version 1 loses the conditions', async () => {
    const { bindings = [] } = await read(3);
    expect((await write({ version: 1, bindings: bindings.filter(binding => !binding.condition) })).status).toBe(200);
    expect((await read(3)).version).toBe(1);
  });
});

test('bindings with the same role and condition are merged, sorted, without duplicates', async () => {
  await add({ role: viewer, members: [node, 'user:zed@example.com', node] });
  const { bindings = [] } = await read(3);
  expect(bindings.filter(binding => binding.role === viewer)).toEqual([
    { role: viewer, members: [node, 'user:alice@example.com', 'user:zed@example.com'] },
  ]);
});

const members = (count: number, kind = 'user'): string[] =>
  Array.from({ length: count }, (_, index) => `${kind}:m${index}@example.com`);

test.each<[string, Binding, RegExp]>([
  [
    'an unknown account',
    { role: viewer, members: ['serviceAccount:no@sandbox-1.iam.gserviceaccount.com'] },
    /Service account no@.* does not exist/,
  ],
  [
    'an unknown user',
    { role: viewer, members: ['user:zed@elsewhere.test'] },
    /User zed@elsewhere\.test does not exist/,
  ],
  [
    'a pool that no cluster made',
    { role: viewer, members: ['serviceAccount:sandbox-1.svc.id.goog[a/b]'] },
    /Identity Pool does not exist \(sandbox-1\.svc\.id\.goog\)/,
  ],
  [
    'the same, as principal',
    {
      role: viewer,
      members: [
        'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/sandbox-1.svc.id.goog/subject/ns/a/sa/b',
      ],
    },
    /Identity Pool does not exist/,
  ],
  ['everybody', { role: viewer, members: ['allUsers'] }, /not allowed/],
  ['no kind of member', { role: viewer, members: ['zed@example.com'] }, /unknown type/],
  ['an unknown role', { role: 'roles/nope', members: ['user:zed@example.com'] }, /Role roles\/nope is not supported/],
  ['a condition on a basic role', { role: 'roles/viewer', members: [], condition: ended }, /basic role/],
  [
    'a condition that is none',
    { role: viewer, members: [], condition: { title: 'x', expression: 'request.time <' } },
    /compilation failed/,
  ],
  ['1,501 members', { role: viewer, members: members(1_501) }, /larger than the maximum allowed size 1500/],
  ['251 groups', { role: viewer, members: members(251, 'group') }, /larger than the maximum allowed size 250/],
])('%s: 400', async (_, binding, message) => {
  const answer = await add(binding);
  expect([answer.status, at(answer.body, 'error.message')]).toEqual([400, expect.stringMatching(message)]);
});

test('members outside the permitted customers are rejected under iam.allowedPolicyMemberDomains', async () => {
  const organization = cloud.cloud.world.organizations['organizations/111111111111'];
  Object.assign(organization?.orgPolicies ?? {}, {
    'iam.allowedPolicyMemberDomains': [{ values: { allowedValues: ['C0other'] } }],
  });
  const answer = await add({ role: viewer, members: ['user:zed@example.com'] });
  expect([answer.status, at(answer.body, 'error.status')]).toEqual([400, 'FAILED_PRECONDITION']);
  expect((await add({ role: viewer, members: [node] })).status).toBe(200);
});

describe('the remediator grants only its roles', () => {
  test.each([
    ['roles/container.defaultNodeServiceAccount', 200],
    ['roles/container.clusterViewer', 200],
    ['roles/container.admin', 403],
    ['roles/owner', 403],
  ])('%s: %i', async (role, status) => {
    expect((await add({ role, members: [node] }, {}, tokens.remediator)).status).toBe(status);
  });

  test('and on service accounts only roles/iam.workloadIdentityUser', async () => {
    Object.assign(cloud.cloud.world.projects['sandbox-1'] ?? {}, { workloadIdentityPool: true });
    const path = 'v1/projects/sandbox-1/serviceAccounts/node-a@sandbox-1.iam.gserviceaccount.com:setIamPolicy';
    const set = (role: string): Promise<Answer> =>
      cloud.call(tokens.remediator, 'POST', path, {
        policy: { bindings: [{ role, members: ['serviceAccount:sandbox-1.svc.id.goog[a/b]'] }] },
      });
    expect((await set('roles/iam.workloadIdentityUser')).status).toBe(200);
    expect((await set('roles/iam.serviceAccountTokenCreator')).status).toBe(403);
  });
});

test('fifty concurrent writers with retries: no binding is lost', async () => {
  const writer = async (index: number): Promise<void> => {
    for (;;) {
      const { status } = await add({ role: viewer, members: [`user:w${index}@example.com`] });
      if (status === 200) return;
      expect(status).toBe(409);
    }
  };
  await Promise.all(Array.from({ length: 50 }, (_, index) => writer(index)));
  const { bindings = [] } = await read(3);
  const all = bindings.find(binding => binding.role === viewer)?.members ?? [];
  expect(all.filter(member => member.startsWith('user:w'))).toHaveLength(50);
});

test('a deleted account stays in policies as a deleted member, and undeleting restores its bindings', async () => {
  await add({ role: viewer, members: [node] });
  const path = 'v1/projects/sandbox-1/serviceAccounts/node-a@sandbox-1.iam.gserviceaccount.com';
  const { body } = await cloud.call(tokens.owner, 'GET', path);
  const uniqueId = String(body.uniqueId);
  const held = async (): Promise<string[]> => (await read(3)).bindings?.find(b => b.role === viewer)?.members ?? [];
  expect((await cloud.call(tokens.owner, 'DELETE', path)).status).toBe(200);
  expect(await held()).toContain(`deleted:${node}?uid=${uniqueId}`);
  expect((await cloud.call(tokens.owner, 'GET', path)).status).toBe(404);
  expect(
    (await cloud.call(tokens.owner, 'POST', `v1/projects/sandbox-1/serviceAccounts/${uniqueId}:undelete`)).status,
  ).toBe(200);
  expect(await held()).toContain(node);
});
