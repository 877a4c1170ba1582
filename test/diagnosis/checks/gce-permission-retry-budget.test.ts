/** gce-permission-retry-budget (docs/domain/agents.md#gce-permission-retry-budget): decided on the agents; whoever else is named is only told of. */
import { expect, test } from 'vitest';
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
