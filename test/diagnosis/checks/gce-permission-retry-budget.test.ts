/** gce-permission-retry-budget (docs/domain/agents.md#gce-permission-retry-budget): decided on the agents; whoever else is named is only told of. */
import { describe, expect, test } from 'vitest';
import { gcePermissionRetryBudget } from '../../../src/diagnosis/checks/projects/gce-permission-retry-budget.ts';
import { known } from '../../../src/diagnosis/facts/fact.ts';
import type { Binding } from '../../../src/diagnosis/iam/model.ts';
import { cluster, findingOf, operation, operations } from './facts.ts';
import { policies, type Said } from './policies.ts';

const project = known({ id: 'p', number: '1', state: 'ACTIVE' }, 'cloudresourcemanager projects.get');
const GKE = 'serviceAccount:service-1@container-engine-robot.iam.gserviceaccount.com';
const APIS = 'serviceAccount:1@cloudservices.gserviceaccount.com';
const GKE_HOLDS: Binding = { role: 'roles/container.serviceAgent', members: [GKE] };
const APIS_HOLDS: Binding = { role: 'roles/editor', members: [APIS] };

const text = (entities: Record<string, string>) => ({
  symptom: {
    problem: 'gce-permission-retry-budget',
    entities: { permission: 'compute.regions.get', ...entities },
    at: '2026-01-01T00:00:00Z',
  },
});

function run(entities: Record<string, string>, said: Said['policies'] = {}, more: Said = {}) {
  return findingOf(
    gcePermissionRetryBudget,
    { cluster: cluster(), project, operations: operations() },
    { request: text(entities), access: policies({ policies: said, ...more }) },
  );
}

const both = { 'projects/p': [GKE_HOLDS, APIS_HOLDS] };

test.each<[string, Record<string, string>, Said['policies'], string, string[]]>([
  ['both hold it: try again', {}, both, 'warn', []],
  ['GKE’s agent lacks it', {}, { 'projects/p': [APIS_HOLDS] }, 'fail', ['grant-project-role']],
  ['the Google APIs agent lacks it', {}, { 'projects/p': [GKE_HOLDS] }, 'fail', ['command']],
  [
    'both lack it in a host project: people grant there',
    { resource: 'projects/host/regions/europe-west1' },
    both,
    'fail',
    ['command', 'command'],
  ],
  [
    'the project’s policy can’t be read: commands, and no button',
    {},
    { 'projects/p': 'unreadable' },
    'unknown',
    ['command'],
  ],
  [
    'GKE’s agent may hold it by a group',
    {},
    { 'projects/p': [APIS_HOLDS, { role: 'roles/container.serviceAgent', members: ['group:agents@example.com'] }] },
    'unknown',
    ['grant-project-role'],
  ],
  [
    'GKE’s agent holds it under a condition',
    {},
    { 'projects/p': [APIS_HOLDS, { ...GKE_HOLDS, condition: { expression: '"corp" in request.auth.access_levels' } }] },
    'warn',
    [],
  ],
  [
    'the project by its number is still its own',
    { resource: 'projects/1/regions/europe-west1' },
    { 'projects/p': [APIS_HOLDS] },
    'fail',
    ['grant-project-role'],
  ],
  ['a person who is named beside it is not at fault', { principal: 'a@example.com' }, both, 'warn', []],
  [
    'a least-privilege node account neither',
    { principal: 'node@p.iam.gserviceaccount.com' },
    {
      'projects/p': [
        ...both['projects/p'],
        { role: 'roles/logging.logWriter', members: ['serviceAccount:node@p.iam.gserviceaccount.com'] },
      ],
    },
    'warn',
    [],
  ],
])('%s', (_, entities, said, status, kinds) => {
  const finding = run(entities, said);
  expect(finding.status).toBe(status);
  expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(kinds);
});

test('who is named and lacks it is told of, with what that means', () => {
  const { detail, missing } = run({ principal: 'a@example.com' }, both);
  expect(detail.en).toContain('a@example.com');
  expect(detail.en).toContain('2 to 7 minutes');
  expect(missing).toBeUndefined();
});

test('a role that lacks the permission itself isn’t granted for it', () => {
  const { status, remedies } = run({ permission: 'compute.unheardOf.get' }, { 'projects/p': [GKE_HOLDS, APIS_HOLDS] });
  expect(status).toBe('fail');
  expect((remedies ?? []).map(({ kind }) => kind)).toEqual(['command', 'command']);
});

test('the last operation that failed so decides, in the wording of GKE', () => {
  const failed = (message: string, startTime: string) => operation('UPGRADE_NODES', { error: message, startTime });
  const finding = findingOf(
    gcePermissionRetryBudget,
    {
      cluster: cluster(),
      project,
      operations: operations(
        failed(
          "Google Compute Engine: Required 'compute.networks.get' permission for 'projects/p/global/networks/n'",
          '2026-01-01T00:00:00Z',
        ),
        failed(
          "Google Compute Engine: Required permission 'compute.regions.get' for 'projects/p/regions/r'",
          '2026-01-02T00:00:00Z',
        ),
      ),
    },
    { access: policies({ policies: { 'projects/p': [APIS_HOLDS] } }) },
  );
  expect(finding.missing).toEqual({ principal: GKE, permissions: ['compute.regions.get'] });
});

// https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-shared-vpc
describe('the host project of a Shared VPC', () => {
  const SUBNET = 'projects/host/regions/europe-west1/subnetworks/gke';
  const USE = { permission: 'compute.subnetworks.use', resource: SUBNET };
  const networkUser = (...members: string[]): Binding => ({ role: 'roles/compute.networkUser', members });
  const commands = (finding: ReturnType<typeof run>) =>
    (finding.remedies ?? []).map(({ params }) =>
      Array.isArray(params.command) ? params.command.join(' ') : params.role,
    );
  const onSubnet = (member: string) =>
    `gcloud compute networks subnets add-iam-policy-binding gke --project=host --region=europe-west1 --member=${member} --role=roles/compute.networkUser`;

  test.each<[string, Said['policies'], string, string[]]>([
    ['neither may use the subnet', both, 'fail', [onSubnet(GKE), onSubnet(APIS)]],
    ['GKE’s agent may not', { ...both, 'projects/host': [networkUser(APIS)] }, 'fail', [onSubnet(GKE)]],
    ['the Google APIs agent may not', { ...both, [SUBNET]: [networkUser(GKE)] }, 'fail', [onSubnet(APIS)]],
    ['both may, by the subnet', { ...both, [SUBNET]: [networkUser(GKE, APIS)] }, 'warn', []],
    ['both may, by the host project', { ...both, 'projects/host': [networkUser(GKE, APIS)] }, 'warn', []],
    [
      'each by another of the two',
      { ...both, [SUBNET]: [networkUser(GKE)], 'projects/host': [networkUser(APIS)] },
      'warn',
      [],
    ],
    [
      'what they hold in their own project is no use',
      { 'projects/p': [networkUser(GKE, APIS)] },
      'fail',
      [onSubnet(GKE), onSubnet(APIS)],
    ],
    [
      'the subnet’s policy can’t be read',
      { ...both, [SUBNET]: 'unreadable' },
      'unknown',
      [onSubnet(GKE), onSubnet(APIS)],
    ],
  ])('%s', (_, said, status, offered) => {
    const finding = run(USE, said);
    expect(finding.status).toBe(status);
    expect(commands(finding)).toEqual(offered);
    expect(`${finding.headline.en} ${finding.detail.en}`).toContain('compute.subnetworks.use');
    expect(JSON.stringify(finding.remedies ?? [])).not.toContain('roles/container.serviceAgent');
  });

  test('GKE’s agent becomes a Host Service Agent User where that role has the permission', () => {
    const finding = run({ permission: 'compute.firewalls.get', resource: 'projects/host/global/networks/n' }, both, {
      roles: { 'roles/compute.networkUser': ['compute.firewalls.get'] },
    });
    // Only its administrator ends what is about firewalls, reading included.
    expect(finding.remedies ?? []).toEqual([]);
    const use = run({ permission: 'container.hostServiceAgent.use', resource: 'projects/host' }, both);
    expect(use.remedies?.[0]).toMatchObject({
      kind: 'grant-project-role',
      params: { project: 'host', member: GKE, role: 'roles/container.hostServiceAgentUser' },
    });
  });

  test.each([
    ['compute.firewalls.create', 'projects/host/global/firewalls/gke-c', 'fail', /administrator of host/],
    ['compute.firewalls.create', 'projects/p/global/firewalls/gke-c', 'fail', undefined],
  ])('%s on %s: firewall rules of a host are its administrator’s', (permission, resource, status, says) => {
    const finding = run({ permission, resource }, {});
    expect(finding.status).toBe(status);
    const all = JSON.stringify(finding);
    expect(/administrator/.test(finding.detail.en)).toBe(says !== undefined);
    if (!says) return;
    expect(finding.detail.en).toMatch(says);
    expect(finding.remedies).toEqual([]);
    expect(all).not.toContain('networkUser');
    // The Google APIs agent writes no firewall rules.
    expect(all).not.toContain(APIS.replace('serviceAccount:', ''));
  });

  test('networks of the host are for both agents, on the project', () => {
    const finding = run({ permission: 'compute.networks.get', resource: 'projects/host/global/networks/n' }, both);
    // The host role of GKE's agent holds this permission (https://cloud.google.com/iam/docs/roles-permissions/container).
    expect(commands(finding)).toEqual([
      'roles/container.hostServiceAgentUser',
      `gcloud projects add-iam-policy-binding host --member=${APIS} --role=roles/compute.networkUser --condition=None`,
    ]);
  });

  test('a subnet of its own project is like the rest of it', () => {
    const finding = run({ ...USE, resource: SUBNET.replace('host', 'p') }, { 'projects/p': [APIS_HOLDS] });
    expect(finding.remedies).toMatchObject([{ kind: 'grant-project-role', params: { project: 'p' } }]);
  });

  test.each([
    ['on the host', USE, GKE],
    ['its own role on the host', { permission: 'compute.regions.get', resource: 'projects/host/regions/r' }, GKE],
  ])('%s: never the agent’s own role', (_, entities) => {
    expect(JSON.stringify(run(entities, both).remedies)).not.toContain('container.serviceAgent"');
  });
});
