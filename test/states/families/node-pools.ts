/** What operations on node pools prove, what a cluster's conditions say, and what remedies for pools and accounts must hold. */
import { nodeName } from '../../../sandbox/google/build/objects.ts';
import type { ProjectBuilder } from '../../../sandbox/google/build/project.ts';
import type { KubernetesObject } from '../../../sandbox/google/kubernetes/server.ts';
import type { Family, State } from '../state.ts';
import { CHECKOUT, checkout, healthy, manifest, only, workload } from '../worlds.ts';

const OPERATIONS =
  'https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.operations';
const RECREATION = 'https://docs.cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors';
const UPGRADE = 'https://docs.cloud.google.com/sdk/gcloud/reference/container/clusters/upgrade';
const METADATA = 'https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/NodeConfig';
const CONDITIONS =
  'https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#Cluster.StatusCondition';
const ROTATION = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/credential-rotation';
const IMPORT = 'https://developer.hashicorp.com/terraform/language/import';

const check = 'nodepool-requires-recreation';
const poolA = 'nodePools/pool-a';
const poolB = 'nodePools/pool-b';
const mode = 'wi-nodepool-metadata-mode';

const said = { location: 'asia-northeast1', minutes: 1 };
/** An update of the cluster failed an hour ago: pool-b has to be recreated. */
const failed = (project: ProjectBuilder, pool = 'pool-b'): void => {
  project.operation({
    ...said,
    type: 'UPDATE_CLUSTER',
    target: 'clusters/cluster-x',
    minutesAgo: 60,
    error: { code: 9, message: `Node pool "${pool}" requires recreation.` },
  });
};
const updated = (project: ProjectBuilder, pool: string, minutes = 5): void => {
  project.operation({
    ...said,
    type: 'UPGRADE_NODES',
    target: `clusters/cluster-x/nodePools/${pool}`,
    minutesAgo: 30,
    minutes,
  });
};
/** The node of pool-b, made ten minutes ago. */
const newNode = (): KubernetesObject => ({
  ...manifest('v1', 'Node', nodeName('cluster-x', 'pool-b')),
  metadata: {
    name: nodeName('cluster-x', 'pool-b'),
    creationTimestamp: new Date(Date.now() - 10 * 60_000).toISOString(),
    labels: { 'cloud.google.com/gke-nodepool': 'pool-b' },
  },
});

const recreation: State[] = [
  {
    id: 'recreation-needed',
    says: 'An operation said an hour ago that pool-b requires recreation; nothing happened since.',
    source: RECREATION,
    world: () => healthy({}, ({ project }) => failed(project)),
    arguments: only(check),
    expect: [
      { check, subject: poolB, status: 'fail' },
      { check, subject: poolA, status: ['not-applicable', 'pass'] },
    ],
  },
  {
    id: 'unrelated-update-since',
    says: 'Labels of pool-b were changed since, which is an UPGRADE_NODES too; its nodes are the old ones.',
    source: OPERATIONS,
    world: () =>
      healthy({}, ({ project }) => {
        failed(project);
        updated(project, 'pool-b');
      }),
    arguments: only(check),
    expect: [{ check, subject: poolB, status: ['fail', 'warn', 'unknown'] }],
  },
  {
    id: 'recreated-since',
    says: 'pool-b was recreated since: its nodes are younger than the message.',
    source: RECREATION,
    opposite: true,
    world: () =>
      healthy({ objects: [newNode()] }, ({ project }) => {
        failed(project);
        updated(project, 'pool-b');
      }),
    arguments: only(check),
    expect: [{ check, subject: poolB, status: ['pass', 'not-applicable', 'unknown', 'warn'] }],
  },
  {
    id: 'another-pool-updated-since',
    says: 'pool-a was updated since, pool-b was not.',
    source: OPERATIONS,
    world: () =>
      healthy({}, ({ project }) => {
        failed(project);
        updated(project, 'pool-a');
      }),
    arguments: only(check),
    expect: [{ check, subject: poolB, status: 'fail' }],
  },
  {
    id: 'update-runs',
    says: 'An UPGRADE_NODES of pool-b runs: wait for its end.',
    source: OPERATIONS,
    world: () =>
      healthy({}, ({ project }) => {
        failed(project);
        updated(project, 'pool-b', 600);
      }),
    arguments: only(check),
    expect: [{ check, subject: poolB, status: 'warn', refuses: [{ kind: 'recreate-node-pool' }] }],
  },
  {
    id: 'pool-is-gone',
    says: 'The pool of the message is gone.',
    source: RECREATION,
    opposite: true,
    world: () => healthy({}, ({ project }) => failed(project, 'pool-old')),
    arguments: only(check),
    expect: [{ check, status: ['not-applicable', 'pass'] }],
  },
  {
    id: 'recreated-at-its-own-version',
    says: 'pool-b is older than the control plane: recreating it must not upgrade it.',
    source: UPGRADE,
    world: () =>
      healthy({ nodePools: [{ name: 'pool-a' }, { name: 'pool-b', version: '1.32.9-gke.1010000' }] }, ({ project }) =>
        failed(project),
      ),
    arguments: only(check),
    expect: [
      {
        check,
        subject: poolB,
        status: 'fail',
        offers: [{ kind: 'recreate-node-pool', text: /1\.32\.9-gke\.1010000/ }],
      },
    ],
  },
];

const remedies: State[] = [
  {
    id: 'undo-restores-unset',
    says: 'A pool without a metadata mode: the undo of the change takes the mode away again.',
    source: METADATA,
    world: () => healthy({ nodePools: [{ name: 'pool-a', metadataMode: null }], objects: [checkout()] }),
    arguments: workload(mode),
    expect: [
      {
        check: mode,
        subject: poolA,
        status: 'fail',
        offers: [{ kind: 'set-node-metadata-mode', text: /GKE_METADATA/ }],
        refuses: [{ kind: 'set-node-metadata-mode', text: /GCE_METADATA/ }],
      },
    ],
  },
  {
    id: 'undo-restores-gce',
    says: 'A pool whose metadata mode is GCE_METADATA: the undo restores that.',
    source: METADATA,
    opposite: true,
    world: () => healthy({ nodePools: [{ name: 'pool-a', metadataMode: 'GCE_METADATA' }], objects: [checkout()] }),
    arguments: workload(mode),
    expect: [
      {
        check: mode,
        subject: poolA,
        status: 'fail',
        offers: [{ kind: 'set-node-metadata-mode', text: /GCE_METADATA/ }],
      },
    ],
  },
  {
    id: 'account-terraform-imports',
    says: 'The IAM service account is disabled: Terraform for an account that exists has to import it.',
    source: IMPORT,
    world: () => healthy({}, ({ project }) => project.disableAccount(CHECKOUT)),
    arguments: workload('wi-ksa-annotation'),
    expect: [
      {
        check: 'wi-ksa-annotation',
        status: 'fail',
        offers: [{ kind: 'enable-service-account', text: /^import\s*\{/m }],
      },
    ],
  },
];

const condition = (code: string, message: string) => ({ fields: { conditions: [{ code, message }] } });
const caExpires = /CA_EXPIRING|certificate authority|cluster CA\b/i;

const conditions: State[] = [
  {
    id: 'ca-expiring',
    says: 'GKE reports that the cluster’s certificate authority expires soon.',
    source: ROTATION,
    world: () => healthy(condition('CA_EXPIRING', 'Cluster CA will expire within 90 days.')),
    arguments: ['diagnose', 'cluster-x'],
    expect: [{ status: 'warn', says: [caExpires] }],
  },
  {
    id: 'another-condition',
    says: 'GKE reports something else.',
    source: CONDITIONS,
    opposite: true,
    world: () => healthy(condition('GCE_STOCKOUT', 'Instances could not be created.')),
    arguments: ['diagnose', 'cluster-x'],
    expect: [],
    report: { never: [/CA_EXPIRING/] },
  },
  {
    id: 'reconciling-regional',
    says: 'A regional cluster is RECONCILING while a pool is updated: its control plane stays available.',
    source: CONDITIONS,
    opposite: true,
    world: () =>
      healthy({ fields: { status: 'RECONCILING' } }, ({ project }) => {
        updated(project, 'pool-b', 600);
      }),
    arguments: workload('wi-control-plane-unavailable'),
    expect: [{ check: 'wi-control-plane-unavailable', status: 'pass' }],
  },
];

export const nodePools: Family = { name: 'node-pools', states: [...recreation, ...remedies, ...conditions] };
