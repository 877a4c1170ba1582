/** What the diagnosing identity can't read: one entry for each cause, and nothing claimed that was not read. */
import type { World } from '../../../sandbox/google/world.ts';
import type { HealthyWorld } from '../../../sandbox/scenarios/base.ts';
import type { Family, State } from '../state.ts';
import { alice, asDiagnoser, healthy, only, workload } from '../worlds.ts';

const RESULTS = 'https://docs.cloud.google.com/policy-intelligence/docs/troubleshoot-access';
const BOUNDARIES = 'https://docs.cloud.google.com/iam/docs/principal-access-boundary-policies';
const BLOCKED = 'https://docs.cloud.google.com/iam/docs/pab-blocked-permissions';
const INHERITED = 'https://docs.cloud.google.com/iam/docs/resource-hierarchy-access-control';
const DENY = 'https://docs.cloud.google.com/iam/docs/deny-overview';
const LOGS = 'https://docs.cloud.google.com/logging/docs/access-control';
const NETWORKS = 'https://docs.cloud.google.com/kubernetes-engine/docs/concepts/network-isolation';

/** Takes permissions from the identity that reads, wherever it has them. */
function blind({ world: { world } }: Pick<HealthyWorld, 'world'>, ...permissions: string[]): void {
  const owners = [...Object.values(world.projects), ...Object.values(world.organizations)];
  for (const { roles } of owners) {
    for (const [name, role] of Object.entries(roles)) {
      if (!name.includes('gkeAuthDiagnoser')) continue;
      role.includedPermissions = role.includedPermissions.filter(one => !permissions.includes(one));
    }
  }
}
const policies = (...kinds: string[]) => kinds.map(kind => `resourcemanager.${kind}.getIamPolicy`);

const unread: State[] = [
  {
    id: 'nothing-hidden',
    says: 'Everything can be read.',
    source: RESULTS,
    opposite: true,
    world: () => healthy(),
    arguments: workload(),
    expect: [],
    report: { causes: 0 },
  },
  {
    id: 'project-policy-unread',
    says: 'The project’s policy can’t be read: every check that needs it is kept by one cause.',
    source: INHERITED,
    world: () =>
      healthy({}, here => {
        const other = here.project.serviceAccount('node-b');
        here.project.cluster({ name: 'cluster-y', nodePools: [{ name: 'pool-c', serviceAccount: other }] });
        blind(here, ...policies('projects'));
      }),
    arguments: asDiagnoser,
    expect: [{ check: 'node-sa-permissions', status: 'unknown' }],
    report: {
      causes: 1,
      cause: [
        {
          permission: /resourcemanager\.projects\.getIamPolicy/,
          resource: /projects\/sandbox-1/,
          text: /gcloud /,
          checks: ['node-sa-permissions', 'agent-gke-service-agent', 'agent-gke-node-agent'],
        },
      ],
    },
  },
  {
    id: 'project-policy-unread-many-pools',
    says: 'The same for a cluster of five pools with an account each: still one cause.',
    source: INHERITED,
    world: () =>
      healthy({}, here => {
        const pools = ['a', 'b', 'c', 'd', 'e'].map(one => ({
          name: `pool-${one}`,
          serviceAccount: here.project.serviceAccount(`node-${one}`),
        }));
        here.project.cluster({ name: 'cluster-x', nodePools: pools });
        blind(here, ...policies('projects'));
      }),
    arguments: asDiagnoser,
    expect: [{ check: 'node-sa-permissions', status: 'unknown' }],
    report: { causes: 1 },
  },
  {
    id: 'logs-unread',
    says: 'Logs can’t be read: the checks that search them share one cause.',
    source: LOGS,
    world: () => healthy({}, here => blind(here, 'logging.logEntries.list')),
    arguments: workload(),
    expect: [{ check: 'wi-metadata-startup', status: 'unknown' }],
    report: { causes: 1, cause: [{ permission: /logging\.logEntries\.list/, checks: ['wi-metadata-startup'] }] },
  },
  {
    id: 'api-server-unreachable',
    says: 'No authorized network holds the caller: all that is in the cluster is kept by one cause.',
    source: NETWORKS,
    world: () => healthy({ apiServer: { networksClosed: true } }),
    arguments: workload(),
    expect: [{ check: 'wi-ksa-annotation', status: 'unknown' }],
    report: { causes: 1, cause: [{ checks: ['wi-ksa-annotation', 'wi-gsa-binding'] }] },
  },
  {
    id: 'two-causes',
    says: 'Logs and organization policies can’t be read: two causes, for whichever checks.',
    source: RESULTS,
    world: () => healthy({}, here => blind(here, 'logging.logEntries.list', 'orgpolicy.policy.get')),
    arguments: workload(),
    expect: [],
    report: {
      causes: 2,
      cause: [
        { permission: /logging\.logEntries\.list/ },
        { permission: /orgpolicy\.policy\.get/, checks: ['default-sa-orgpolicy'] },
      ],
    },
  },
  {
    id: 'folder-unread-not-needed',
    says: 'The folder’s policy can’t be read; the project’s grants all that is asked for.',
    source: INHERITED,
    opposite: true,
    world: () => healthy({}, here => blind(here, ...policies('folders'))),
    arguments: only('node-sa-permissions', 'agent-gke-service-agent'),
    expect: [
      { check: 'node-sa-permissions', status: 'pass' },
      { check: 'agent-gke-service-agent', status: 'pass' },
    ],
    report: { causes: 0 },
  },
  {
    id: 'folder-unread-needed',
    says: 'The folder’s policy can’t be read, and only there could the node account have its role.',
    source: INHERITED,
    world: () =>
      healthy({}, here => {
        here.project.unbind('roles/container.defaultNodeServiceAccount', `serviceAccount:${here.nodeAccount}`);
        blind(here, ...policies('folders'));
      }),
    arguments: only('node-sa-permissions'),
    expect: [{ check: 'node-sa-permissions', status: 'unknown' }],
    report: { causes: 1, cause: [{ permission: /resourcemanager\.folders\.getIamPolicy/ }] },
  },
  {
    id: 'deny-policies-unread',
    says: 'Deny policies can’t be read: what is granted stays granted, and the answer says what was not read.',
    source: DENY,
    opposite: true,
    world: () => healthy({}, here => blind(here, 'iam.denypolicies.get', 'iam.denypolicies.list')),
    arguments: alice('caller-clusters-get'),
    expect: [{ check: 'caller-clusters-get', status: 'pass', says: [/deny polic/i] }],
  },
];

/** A principal access boundary policy of the organization, bound to alice. */
function bounded(world: World, id: string, ...resources: string[]): World {
  return Object.assign(world, { accessBoundaries: [{ id, resources, members: ['user:alice@example.com'] }] });
}
const ELSEWHERE = '//cloudresourcemanager.googleapis.com/projects/elsewhere-1';
const HERE = '//cloudresourcemanager.googleapis.com/organizations/111111111111';
const boundary = /principal access boundar/i;
const notRead =
  /(?:not|couldn.t be|could not be|weren.t|un)\s*read[^.\n]*principal access boundar|principal access boundar[^.\n]*(?:not|n.t|un)\s*(?:be )?read/i;

const boundaries: State[] = [
  {
    id: 'boundary-elsewhere',
    says: 'The caller is granted access, and a principal access boundary makes only another project eligible.',
    source: BOUNDARIES,
    world: () => bounded(healthy(), 'elsewhere-only', ELSEWHERE),
    arguments: alice('caller-clusters-get'),
    expect: [{ check: 'caller-clusters-get', status: ['fail', 'unknown'], says: [boundary] }],
  },
  {
    id: 'boundary-around-here',
    says: 'A principal access boundary makes the whole organization eligible.',
    source: BLOCKED,
    opposite: true,
    world: () => bounded(healthy(), 'home', HERE),
    arguments: alice('caller-clusters-get'),
    expect: [{ check: 'caller-clusters-get', status: 'pass', never: [notRead] }],
  },
  {
    id: 'boundary-unread',
    says: 'Policy Troubleshooter is off: what is granted stays granted, and the answer says that boundaries were not read.',
    source: RESULTS,
    world: () => healthy({}, ({ project }) => project.disable('policytroubleshooter.googleapis.com')),
    arguments: alice('caller-clusters-get'),
    expect: [{ check: 'caller-clusters-get', status: 'pass', says: [boundary] }],
  },
];

export const causes: Family = { name: 'causes', states: [...unread, ...boundaries] };
