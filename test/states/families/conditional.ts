/** Grants with a condition: one that names this cluster, one that has ended, one that can't be decided. */
import type { World } from '../../../sandbox/google/world.ts';
import type { Family, State } from '../state.ts';
import { alice, CHECKOUT, CLUSTER, healthy, nodeAccount, only, workload } from '../worlds.ts';

const RESOURCES = 'https://docs.cloud.google.com/iam/docs/conditions-resource-attributes';
const TIME = 'https://docs.cloud.google.com/iam/docs/configuring-temporary-access';
const ATTRIBUTES = 'https://docs.cloud.google.com/iam/docs/conditions-attribute-reference';

const check = 'caller-clusters-get';
const viewer = 'roles/container.clusterViewer';
const nodeRole = 'roles/container.defaultNodeServiceAccount';
const grant = { kind: 'grant-project-role', params: { role: viewer } };
const ALICE = 'user:alice@example.com';

const aliceIf = (expression: string, cluster: Parameters<typeof healthy>[0] = {}): World =>
  healthy(cluster, ({ project }) => {
    project.unbind(viewer, ALICE).bind(viewer, ALICE, { title: 'some of them', expression });
  });
const ended = 'request.time < timestamp("2025-01-01T00:00:00Z")';
const inForce = 'request.time < timestamp("2031-03-04T00:00:00Z")';
const notYet = 'request.time > timestamp("2031-03-04T00:00:00Z")';

/** Counts, or is warned about; an unconditional grant beside it would undo what somebody decided. */
const counts = { check, status: ['pass', 'warn'], refuses: [{ kind: 'grant-project-role' }] } as const;

const callers: State[] = [
  {
    id: 'condition-names-this-cluster',
    says: 'roles/container.clusterViewer under a condition on exactly this cluster.',
    source: RESOURCES,
    opposite: true,
    world: () => aliceIf(`resource.name == "${CLUSTER}"`),
    arguments: alice(check),
    expect: [counts],
  },
  {
    id: 'condition-names-this-zonal-cluster',
    says: 'A zonal cluster is named by zones/ in conditions.',
    source: RESOURCES,
    opposite: true,
    world: () =>
      aliceIf('resource.name == "projects/sandbox-1/zones/asia-northeast1-b/clusters/cluster-x"', {
        location: 'asia-northeast1-b',
      }),
    arguments: alice(check),
    expect: [counts],
  },
  {
    id: 'condition-names-a-prefix',
    says: 'The condition is on every cluster of the location.',
    source: RESOURCES,
    opposite: true,
    world: () => aliceIf('resource.name.startsWith("projects/sandbox-1/locations/asia-northeast1/clusters/")'),
    arguments: alice(check),
    expect: [counts],
  },
  {
    id: 'condition-by-type-and-name',
    says: 'The condition is on the type of the resource and the end of its name.',
    source: RESOURCES,
    opposite: true,
    world: () =>
      aliceIf('resource.type == "container.googleapis.com/Cluster" && resource.name.endsWith("/clusters/cluster-x")'),
    arguments: alice(check),
    expect: [counts],
  },
  {
    id: 'condition-names-another-cluster',
    says: 'The condition is on another cluster.',
    source: RESOURCES,
    world: () => aliceIf(`resource.name == "${CLUSTER.replace('cluster-x', 'cluster-y')}"`),
    arguments: alice(check),
    expect: [{ check, status: 'fail' }],
  },
  {
    id: 'condition-of-another-service',
    says: 'The condition is on resources of another service.',
    source: RESOURCES,
    world: () => aliceIf('resource.service == "storage.googleapis.com"'),
    arguments: alice(check),
    expect: [{ check, status: 'fail' }],
  },
  {
    id: 'condition-ended',
    says: 'The grant has ended.',
    source: TIME,
    world: () => aliceIf(ended),
    arguments: alice(check),
    expect: [{ check, status: 'fail', says: [/2025-01-01/], offers: [grant] }],
  },
  {
    id: 'condition-not-yet',
    says: 'The grant begins later.',
    source: TIME,
    world: () => aliceIf(notYet),
    arguments: alice(check),
    expect: [{ check, status: 'fail', says: [/2031-03-04/] }],
  },
  {
    id: 'condition-in-force',
    says: 'The grant ends some years from now: it counts, and its end is said.',
    source: TIME,
    opposite: true,
    world: () => aliceIf(inForce),
    arguments: alice(check),
    expect: [{ check, status: 'pass', says: [/2031-03-04/], refuses: [grant] }],
  },
];

const others: State[] = [
  {
    id: 'node-account-in-force',
    says: 'The node account holds its role until some years from now.',
    source: TIME,
    opposite: true,
    world: () =>
      nodeAccount({}, {}, ({ project }, account) => {
        project.bind(nodeRole, `serviceAccount:${account}`, { title: 'for now', expression: inForce });
      }),
    arguments: only('node-sa-permissions'),
    expect: [{ check: 'node-sa-permissions', status: 'pass', says: [/2031-03-04/] }],
  },
  {
    id: 'node-account-ended',
    says: 'The node account held its role until 2025.',
    source: TIME,
    world: () =>
      nodeAccount({}, {}, ({ project }, account) => {
        project.bind(nodeRole, `serviceAccount:${account}`, { title: 'once', expression: ended });
      }),
    arguments: only('node-sa-permissions'),
    expect: [{ check: 'node-sa-permissions', status: 'fail', offers: [{ kind: 'grant-project-role' }] }],
  },
  {
    id: 'node-account-access-level',
    says: 'The node account holds its role from the corporate network: whether it does can’t be told.',
    source: ATTRIBUTES,
    world: () =>
      nodeAccount({}, {}, ({ project }, account) => {
        project.bind(nodeRole, `serviceAccount:${account}`, {
          title: 'corp',
          expression: '"accessPolicies/199923665455/accessLevels/corp" in request.auth.access_levels',
        });
      }),
    arguments: only('node-sa-permissions'),
    expect: [{ check: 'node-sa-permissions', status: ['warn', 'unknown'], says: [/condition/i] }],
  },
  {
    id: 'agent-ended',
    says: 'GKE’s service agent holds its role by a grant that has ended.',
    source: TIME,
    world: () =>
      healthy({}, ({ project }) => {
        project
          .unbind('roles/container.serviceAgent')
          .bind('roles/container.serviceAgent', project.agents.gke, { title: 'once', expression: ended });
      }),
    arguments: only('agent-gke-service-agent'),
    expect: [{ check: 'agent-gke-service-agent', status: 'fail' }],
  },
  {
    id: 'workload-ended',
    says: 'The workload was let in to its IAM service account until 2025.',
    source: TIME,
    world: () =>
      healthy({}, ({ project }) => {
        const role = 'roles/iam.workloadIdentityUser';
        project.unbindOn(CHECKOUT, role).bindOn(CHECKOUT, role, `serviceAccount:${project.pool}[shop/checkout]`, {
          title: 'once',
          expression: ended,
        });
      }),
    arguments: workload('wi-gsa-binding'),
    expect: [{ check: 'wi-gsa-binding', status: 'fail', offers: [{ kind: 'grant-service-account-role' }] }],
  },
];

export const conditional: Family = { name: 'conditional', states: [...callers, ...others] };
