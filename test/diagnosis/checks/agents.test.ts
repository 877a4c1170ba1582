/** Google's agents and their roles (docs/domain/agents.md), decided by the engine on policies as tables say them. */
import { describe, expect, test } from 'vitest';
import { agentGkeNodeAgent } from '../../../src/diagnosis/checks/agents/agent-gke-node-agent.ts';
import { agentGkeServiceAgent } from '../../../src/diagnosis/checks/agents/agent-gke-service-agent.ts';
import { agentGoogleApisEditor } from '../../../src/diagnosis/checks/agents/agent-google-apis-editor.ts';
import { known } from '../../../src/diagnosis/facts/fact.ts';
import type { Cluster } from '../../../src/diagnosis/facts/google/cluster.ts';
import type { Binding } from '../../../src/diagnosis/iam/model.ts';
import { planRemedy } from '../../../src/remedies/index.ts';
import { CLUSTER, cluster, findingOf, unknown } from './facts.ts';
import { policies, realRole } from './policies.ts';

const project = known({ id: 'p', number: '1', state: 'ACTIVE' }, 'cloudresourcemanager projects.get');
const GKE = 'serviceAccount:service-1@container-engine-robot.iam.gserviceaccount.com';
const NODE = 'serviceAccount:service-1@gcp-sa-gkenode.iam.gserviceaccount.com';
const APIS = 'serviceAccount:1@cloudservices.gserviceaccount.com';
const CORP = { title: 'corp', expression: '"corp" in request.auth.access_levels' };
const ENDED = { expression: 'request.time < timestamp("2024-01-01T00:00:00Z")' };

const agents = [
  { check: agentGkeServiceAgent, member: GKE, role: 'roles/container.serviceAgent', kind: 'grant-project-role' },
  {
    check: agentGkeNodeAgent,
    member: NODE,
    role: 'roles/container.defaultNodeServiceAgent',
    kind: 'grant-project-role',
  },
  { check: agentGoogleApisEditor, member: APIS, role: 'roles/editor', kind: 'command' },
] as const;

function clusters(...more: Partial<Cluster>[]) {
  return known(
    more.map(one => {
      const fact = cluster(one);
      if (!fact.known) throw new Error('a cluster is known');
      return fact.value;
    }),
    'container clusters.list',
  );
}

const one = clusters({});

describe.each(agents)('$check.id', ({ check, member, role, kind }) => {
  const run = (bindings: readonly Binding[] | 'unreadable', more: Parameters<typeof policies>[0] = {}) =>
    findingOf(
      check,
      { clusters: one, project },
      { access: policies({ policies: { 'projects/p': bindings }, ...more }) },
    );

  test.each<[string, readonly Binding[] | 'unreadable', string, boolean]>([
    ['bound', [{ role, members: [member] }], 'pass', false],
    ['not bound', [], 'fail', true],
    ['bound for somebody who is called much alike', [{ role, members: [`${member}.example.com`] }], 'fail', true],
    ['bound for the account that was deleted', [{ role, members: [`deleted:${member}?uid=7`] }], 'fail', true],
    ['bound until last year', [{ role, members: [member], condition: ENDED }], 'fail', true],
    ['bound under a condition that can’t be decided', [{ role, members: [member], condition: CORP }], 'warn', false],
    ['bound to a group', [{ role, members: ['group:agents@example.com'] }], 'unknown', true],
    ['in a policy that can’t be read', 'unreadable', 'unknown', false],
  ])('%s: %s', (_, bindings, status, offered) => {
    const finding = run(bindings);
    expect(finding.status).toBe(status);
    expect(finding.subject).toBe('projects/p');
    expect((finding.remedies ?? []).map(remedy => remedy.kind)).toEqual(offered ? [kind] : []);
    // What is missing is a role, which isn't one of the permissions that a report names; the remedy has it.
    expect(finding.missing).toBeUndefined();
    if (status === 'fail') expect(`${finding.detail.en} ${JSON.stringify(finding.remedies)}`).toContain(role);
    if (offered && status !== 'fail') expect(finding.remedies?.[0]?.doubt).toBeDefined();
    if (status === 'warn') expect(finding.detail.en).toContain('No grant is offered');
    expect(finding.evidence.length).toBeGreaterThan(0);
  });

  test('a custom role with all that the role gives is as good; one permission less is not', () => {
    const real = realRole(role);
    if (!real.known) throw new Error(`${role} is unknown`);
    const all = [...real.value.permissions];
    const custom = [{ role: 'projects/p/roles/mine', members: [member] }];
    expect(run(custom, { policies: { 'projects/p': custom }, roles: { 'projects/p/roles/mine': all } }).status).toBe(
      'pass',
    );
    const short = { 'projects/p/roles/mine': all.slice(1) };
    expect(run(custom, { policies: { 'projects/p': custom }, roles: short }).status).toBe('fail');
  });

  test('without the project’s number the agent has no name', () => {
    const facts = { clusters: one, project: unknown('denied', { permission: 'resourcemanager.projects.get' }) };
    expect(findingOf(check, facts, { access: policies({}) })).toMatchObject({
      status: 'unknown',
      subject: 'projects/p',
    });
  });
});

test.each(agents.filter(({ kind }) => kind === 'grant-project-role'))(
  '$check.id: all that the role gives is what is missing',
  ({ check, role }) => {
    const access = policies({ policies: { 'projects/p': [] } });
    const [request] = findingOf(check, { clusters: one, project }, { access }).remedies ?? [];
    if (!request) throw new Error('nothing is offered');
    const { params, change } = planRemedy(request, { access, missing: [] }, 'en');
    expect(params.role).toBe(role);
    expect(change?.adds?.length).toBeGreaterThan(0);
    expect(change?.extra).toBe(0);
  },
);

test('a role that may be held by a group is not missing for certain', () => {
  const binding = { role: 'roles/container.serviceAgent', members: ['group:agents@example.com'] };
  const access = policies({ policies: { 'projects/p': [binding] } });
  const [request] = findingOf(agentGkeServiceAgent, { clusters: one, project }, { access }).remedies ?? [];
  if (!request) throw new Error('nothing is offered');
  const { change } = planRemedy(request, { access, missing: [] }, 'en');
  expect(change?.extra).toBe(change?.adds?.length);
});

test('Editor is never offered by a button', () => {
  const { remedies } = findingOf(agentGoogleApisEditor, { clusters: one, project }, { access: policies({}) });
  expect(remedies?.map(({ kind }) => kind)).toEqual(['command']);
});

test('a headline begins as a sentence does', () => {
  const { headline } = findingOf(agentGoogleApisEditor, { clusters: one, project }, { access: policies({}) });
  expect(headline?.en).toBe('The Google APIs service agent lacks its role');
});

test('a project without clusters needs no Editor for the Google APIs agent', () => {
  const finding = findingOf(agentGoogleApisEditor, { clusters: clusters(), project }, { access: policies({}) });
  expect(finding.status).toBe('not-applicable');
});

test('whether there are clusters isn’t known: a missing Editor isn’t proven to matter', () => {
  const finding = findingOf(
    agentGoogleApisEditor,
    { clusters: unknown('denied', { source: 'container clusters.list' }), project },
    { access: policies({}) },
  );
  expect(finding).toMatchObject({ status: 'unknown', remedies: [{ kind: 'command' }] });
  expect(finding.evidence.map(({ source }) => source)).toContain('container clusters.list');
});

describe('agent-gke-service-agent: what clusters say', () => {
  const held = { 'projects/p': [{ role: 'roles/container.serviceAgent', members: [GKE] }] };
  const shared = { network: 'projects/host/global/networks/n' };
  const hostUser = { role: 'roles/container.hostServiceAgentUser', members: [GKE] };

  test('GKE_SERVICE_ACCOUNT_DELETED fails, whatever is bound, on any cluster of the project', () => {
    const conditions = [{ code: 'GKE_SERVICE_ACCOUNT_DELETED', message: '' }];
    const facts = { clusters: clusters({}, { resource: `${CLUSTER}2`, conditions }), project };
    const finding = findingOf(agentGkeServiceAgent, facts, { access: policies({ policies: held }) });
    expect(finding.status).toBe('fail');
    expect(finding.remedies).toHaveLength(1);
  });

  test('a deleted agent and a shared network: both grants are offered', () => {
    const conditions = [{ code: 'GKE_SERVICE_ACCOUNT_DELETED', message: '' }];
    const facts = { clusters: clusters({ ...shared, conditions }), project };
    for (const bindings of [held, {}]) {
      const finding = findingOf(agentGkeServiceAgent, facts, { access: policies({ policies: bindings }) });
      expect((finding.remedies ?? []).map(({ params }) => params.project).sort()).toEqual(['host', 'p']);
    }
  });

  test.each([
    ['its own network', {}, held, 'pass', []],
    ['its own network, by number', { network: 'projects/1/global/networks/n' }, held, 'pass', []],
    ['a shared network that it may use', shared, { ...held, 'projects/host': [hostUser] }, 'pass', []],
    ['a shared network that it may not use', shared, held, 'fail', ['host']],
    ['neither its role nor the shared network', shared, {}, 'fail', ['p', 'host']],
    [
      'a shared network whose policy can’t be read',
      shared,
      { ...held, 'projects/host': 'unreadable' as const },
      'unknown',
      [],
    ],
    [
      'a shared network under a condition',
      shared,
      { ...held, 'projects/host': [{ ...hostUser, condition: CORP }] },
      'warn',
      [],
    ],
    [
      'a shared network, perhaps by a group',
      shared,
      { ...held, 'projects/host': [{ ...hostUser, members: ['group:agents@example.com'] }] },
      'unknown',
      ['host'],
    ],
  ])('%s', (_, network, bindings, status, grantedOn) => {
    const facts = { clusters: clusters(network), project };
    const finding = findingOf(agentGkeServiceAgent, facts, { access: policies({ policies: bindings }) });
    expect(finding.status).toBe(status);
    expect((finding.remedies ?? []).map(({ params }) => params.project)).toEqual(grantedOn);
    for (const { params } of finding.remedies ?? []) {
      expect(params.member).toBe(GKE);
      // GKE's own role gives over a thousand permissions: never on a host project.
      expect(params.role === 'roles/container.serviceAgent').toBe(params.project === 'p');
    }
  });

  test('what the subnets of a host take, and who makes its firewall rules, is said', () => {
    const facts = { clusters: clusters(shared), project };
    const { detail } = findingOf(agentGkeServiceAgent, facts, { access: policies({ policies: held }) });
    expect(detail.en).toMatch(/roles\/compute\.networkUser/);
    expect(detail.en).toMatch(/Firewall rules .* administrator/);
    const own = findingOf(agentGkeServiceAgent, { clusters: one, project }, { access: policies({}) });
    expect(own.detail.en).not.toMatch(/networkUser|Firewall/);
  });

  test('every host project is asked about once', () => {
    const facts = { clusters: clusters(shared, shared, { network: 'projects/other/global/networks/n' }), project };
    const asked = agentGkeServiceAgent.questions?.(facts, { cluster: CLUSTER, project: 'p' }) ?? [];
    expect(asked.map(({ resource }) => resource)).toEqual(['projects/p', 'projects/host', 'projects/other']);
  });
});

test('the node agent’s deprecated role is only a warning', () => {
  const bindings = [{ role: 'roles/container.nodeServiceAgent', members: [NODE] }];
  const access = policies({ policies: { 'projects/p': bindings } });
  expect(findingOf(agentGkeNodeAgent, { project }, { access }).status).toBe('warn');
});

describe('the node agent is judged by what it needs to write logs and metrics', () => {
  const mine = 'projects/p/roles/mine';
  const six = realRole('roles/container.defaultNodeServiceAccount');
  const permissions = six.known ? [...six.value.permissions] : [];
  const by = (contents: readonly string[], ...more: Binding[]) =>
    findingOf(
      agentGkeNodeAgent,
      { project },
      {
        access: policies({
          policies: { 'projects/p': [{ role: mine, members: [NODE] }, ...more] },
          roles: { [mine]: contents },
        }),
      },
    );
  const deprecated = { role: 'roles/container.nodeServiceAgent', members: [NODE] };

  test('there are six', () => expect(permissions).toHaveLength(6));

  test.each<[string, readonly string[], Binding[], string]>([
    ['a role with the six', permissions, [], 'pass'],
    ...permissions.map((one): [string, readonly string[], Binding[], string] => [
      `a role without ${one}`,
      permissions.filter(other => other !== one),
      [],
      'fail',
    ]),
    ['the six from two roles', permissions.slice(1), [{ role: 'roles/editor', members: [NODE] }], 'pass'],
    ['the deprecated role', [], [deprecated], 'warn'],
    [
      'the deprecated role beside the current one',
      [],
      [deprecated, { role: 'roles/container.defaultNodeServiceAgent', members: [NODE] }],
      'pass',
    ],
  ])('%s', (_, contents, more, status) => {
    const finding = by(contents, ...more);
    expect(finding.status).toBe(status);
    expect((finding.remedies ?? []).map(({ params }) => params.role)).toEqual(
      status === 'pass' ? [] : ['roles/container.defaultNodeServiceAgent'],
    );
    expect(/deprecated/.test(finding.detail.en)).toBe(status === 'warn');
  });
});

test('a role held under a condition isn’t shown as if it were held for good', () => {
  const bindings = [{ role: 'roles/container.serviceAgent', members: [GKE], condition: ENDED }];
  const access = policies({ policies: { 'projects/p': bindings } });
  const [held] = findingOf(agentGkeServiceAgent, { clusters: one, project }, { access }).evidence;
  expect(held?.says.en).toContain('roles/container.serviceAgent (under a condition)');
});
