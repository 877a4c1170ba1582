/** Node service accounts in all the states that they are met in, and what the engine must say of each. */
import { describe, expect, test } from 'vitest';
import { type Fact, known, type Unknown, unknown } from '../../../src/diagnosis/facts/fact.ts';
import { evaluate } from '../../../src/diagnosis/iam/engine.ts';
import type {
  Answer,
  Binding,
  Condition,
  Knowledge,
  Policy,
  Principal,
  Role,
} from '../../../src/diagnosis/iam/model.ts';
import { serviceAccount } from '../../../src/diagnosis/iam/principal.ts';

const NODE_PERMISSIONS = [
  'logging.logEntries.create',
  'monitoring.timeSeries.create',
  'monitoring.metricDescriptors.create',
  'autoscaling.sites.writeMetrics',
];
const WITHOUT_AUTOSCALING = NODE_PERMISSIONS.slice(0, 3);
const EMAIL = 'nodes@prod-1.iam.gserviceaccount.com';
const MEMBER = `serviceAccount:${EMAIL}`;
const NODE_ROLE = 'roles/container.defaultNodeServiceAccount';
const DENIED = unknown({
  code: 'denied',
  source: 'test',
  reason: { en: 'no permission', ja: '権限がありません' },
});

const ROLES: Readonly<Record<string, readonly string[]>> = {
  'roles/editor': [...NODE_PERMISSIONS, 'compute.instances.create'],
  'roles/logging.logWriter': ['logging.logEntries.create'],
  'roles/monitoring.metricWriter': ['monitoring.timeSeries.create', 'monitoring.metricDescriptors.create'],
  'roles/autoscaling.metricsWriter': ['autoscaling.sites.writeMetrics'],
  [NODE_ROLE]: NODE_PERMISSIONS,
  'projects/prod-1/roles/nodes': NODE_PERMISSIONS,
  'projects/prod-1/roles/few': WITHOUT_AUTOSCALING,
};

interface World {
  readonly project?: readonly Binding[] | Unknown;
  readonly folder?: readonly Binding[] | Unknown;
  readonly organization?: readonly Binding[];
  readonly unreadRoles?: readonly string[];
  readonly principal?: Principal;
}

function knowledge(world: World): Knowledge {
  const policy = (given: readonly Binding[] | Unknown = []): Fact<Policy> =>
    'known' in given ? given : known({ bindings: given }, 'test');
  const roles = Object.entries(ROLES).map(([name, permissions]): [string, Fact<Role>] => [
    name,
    world.unreadRoles?.includes(name)
      ? DENIED
      : known({ name, permissions: new Set(permissions), disabled: false }, 'test'),
  ]);
  const deny = known([], 'test');
  return {
    levels: [
      { resource: 'projects/prod-1', policy: policy(world.project), deny },
      { resource: 'folders/7', policy: policy(world.folder), deny },
      { resource: 'organizations/77', policy: policy(world.organization), deny },
    ],
    complete: known(true, 'test'),
    roles: new Map(roles),
    now: new Date('2026-06-15T12:00:00Z'),
  };
}

function bind(role: string, member = MEMBER, expression?: string): Binding {
  const condition: Condition | undefined = expression === undefined ? undefined : { expression };
  return { role, members: [member], ...(condition && { condition }) };
}

function answers(world: World): Answer[] {
  const principal = world.principal ?? serviceAccount(EMAIL);
  return NODE_PERMISSIONS.map(permission =>
    evaluate({ principal, permission, resource: 'projects/prod-1' }, knowledge(world)),
  );
}

const ALL = (state: string) => NODE_PERMISSIONS.map(() => state);

const VARIANTS: readonly [name: string, world: World, states: readonly string[], says: object][] = [
  ['nothing', {}, ALL('missing'), { because: { kind: 'no-binding' } }],
  [
    'editor',
    { project: [bind('roles/editor')] },
    ALL('granted'),
    { proof: { level: 'projects/prod-1', role: 'roles/editor', member: MEMBER } },
  ],
  [
    'three writers',
    {
      project: ['roles/logging.logWriter', 'roles/monitoring.metricWriter', 'roles/autoscaling.metricsWriter'].map(r =>
        bind(r),
      ),
    },
    ALL('granted'),
    { proof: { role: 'roles/autoscaling.metricsWriter' } },
  ],
  [
    'two writers: autoscaling is missing',
    { project: [bind('roles/logging.logWriter'), bind('roles/monitoring.metricWriter')] },
    ['granted', 'granted', 'granted', 'missing'],
    { because: { kind: 'no-binding' } },
  ],
  ['custom role that is enough', { project: [bind('projects/prod-1/roles/nodes')] }, ALL('granted'), {}],
  [
    'custom role that is not enough',
    { project: [bind('projects/prod-1/roles/few')] },
    ['granted', 'granted', 'granted', 'missing'],
    {},
  ],
  ['inherited from the folder', { folder: [bind(NODE_ROLE)] }, ALL('granted'), { proof: { level: 'folders/7' } }],
  [
    'inherited from the organization',
    { organization: [bind(NODE_ROLE)] },
    ALL('granted'),
    { proof: { level: 'organizations/77' } },
  ],
  [
    'expired condition',
    { project: [bind(NODE_ROLE, MEMBER, 'request.time < timestamp("2026-01-01T00:00:00Z")')] },
    ALL('missing'),
    { because: { kind: 'expired', proof: { until: new Date('2026-01-01T00:00:00Z') } } },
  ],
  [
    'condition in force',
    { project: [bind(NODE_ROLE, MEMBER, 'request.time < timestamp("2027-01-01T00:00:00Z")')] },
    ALL('granted'),
    { proof: { until: new Date('2027-01-01T00:00:00Z') } },
  ],
  [
    'condition not yet in force',
    { project: [bind(NODE_ROLE, MEMBER, 'request.time >= timestamp("2027-01-01T00:00:00Z")')] },
    ALL('missing'),
    { because: { kind: 'condition', proof: { from: new Date('2027-01-01T00:00:00Z') } } },
  ],
  [
    "condition that can't be decided",
    { project: [bind(NODE_ROLE, MEMBER, 'resource.matchTag("77/env", "prod")')] },
    ALL('conditional'),
    { proof: { condition: { expression: 'resource.matchTag("77/env", "prod")' } } },
  ],
  [
    'conditional in the project, lasting in the folder',
    { project: [bind(NODE_ROLE, MEMBER, 'resource.matchTag("77/env", "prod")')], folder: [bind(NODE_ROLE)] },
    ALL('granted'),
    { proof: { level: 'folders/7' } },
  ],
  [
    'group',
    { project: [bind(NODE_ROLE, 'group:nodes@example.com')] },
    ALL('unknown'),
    { doubts: [{ kind: 'group', level: 'projects/prod-1', role: NODE_ROLE, member: 'group:nodes@example.com' }] },
  ],
  [
    'disabled',
    { project: [bind(NODE_ROLE)], principal: serviceAccount(EMAIL, { state: 'disabled' }) },
    ALL('missing'),
    { because: { kind: 'principal-disabled' } },
  ],
  [
    'disabled, and nothing granted: enabling would not be enough',
    { principal: serviceAccount(EMAIL, { state: 'disabled' }) },
    ALL('missing'),
    { because: { kind: 'no-binding' } },
  ],
  [
    'deleted',
    { project: [bind(NODE_ROLE)], principal: serviceAccount(EMAIL, { state: 'deleted' }) },
    ALL('missing'),
    { because: { kind: 'principal-deleted' } },
  ],
  [
    'deleted and recreated',
    { project: [bind(NODE_ROLE, `deleted:${MEMBER}?uid=12345`)] },
    ALL('missing'),
    { because: { kind: 'deleted-member', member: `deleted:${MEMBER}?uid=12345`, role: NODE_ROLE } },
  ],
  [
    'deleted, recreated, and granted again',
    { project: [bind(NODE_ROLE, `deleted:${MEMBER}?uid=12345`), bind(NODE_ROLE)] },
    ALL('granted'),
    {},
  ],
  [
    'look-alike name',
    { project: [bind(NODE_ROLE, `serviceAccount:my-${EMAIL}`), bind(NODE_ROLE, `${MEMBER}.example.com`)] },
    ALL('missing'),
    { because: { kind: 'no-binding' } },
  ],
  [
    'account of another project',
    {
      project: [bind(NODE_ROLE, 'serviceAccount:nodes@shared.iam.gserviceaccount.com')],
      principal: serviceAccount('nodes@shared.iam.gserviceaccount.com'),
    },
    ALL('granted'),
    {},
  ],
  [
    'the default account, as `default` and Autopilot name it',
    {
      project: [bind('roles/editor', 'serviceAccount:123-compute@developer.gserviceaccount.com')],
      principal: serviceAccount('123-compute@developer.gserviceaccount.com'),
    },
    ALL('granted'),
    {},
  ],
  ['email in other case', { project: [bind(NODE_ROLE, `serviceAccount:${EMAIL.toUpperCase()}`)] }, ALL('granted'), {}],
  [
    'no permission to read the policy',
    { project: DENIED },
    ALL('unknown'),
    { doubts: [{ kind: 'policy', level: 'projects/prod-1', fact: DENIED }] },
  ],
  [
    'no permission to read the policy, but inherited',
    { project: DENIED, folder: [bind(NODE_ROLE)] },
    ALL('granted'),
    {},
  ],
  [
    'no permission to read the role',
    { project: [bind('projects/prod-1/roles/nodes')], unreadRoles: ['projects/prod-1/roles/nodes'] },
    ALL('unknown'),
    { doubts: [{ kind: 'role', level: 'projects/prod-1', role: 'projects/prod-1/roles/nodes', fact: DENIED }] },
  ],
  [
    'no permission to read the folder',
    { folder: DENIED },
    ALL('unknown'),
    { doubts: [{ kind: 'policy', level: 'folders/7', fact: DENIED }] },
  ],
];

describe('a node service account', () => {
  test.each(VARIANTS)('%s', (_, world, states, says) => {
    const found = answers(world);
    expect(found.map(answer => answer.state)).toEqual(states);
    expect(found.at(-1)).toMatchObject(says);
  });
});
