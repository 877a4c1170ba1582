import type { ClusterOptions } from '../google/build/cluster.ts';
import { nodeName, serviceAccount, workload } from '../google/build/objects.ts';
import type { ProjectBuilder } from '../google/build/project.ts';
import { organizationName, WorldBuilder } from '../google/build/world.ts';
import type { KubernetesObject } from '../google/kubernetes/server.ts';

export const projectId = 'sandbox-1';
export const projectNumber = '123456789012';

/** The access tokens of every world, by identity. */
export const tokens = {
  owner: 'ya29.sandbox-owner-0f6a2c',
  diagnoser: 'ya29.sandbox-diagnoser-7d31e9',
  remediator: 'ya29.sandbox-remediator-b84c05',
  requester: 'ya29.sandbox-requester-5e19fa',
} as const;

/** The permissions of the diagnosing identity on a project. */
const inProject = [
  ...['get', 'list', 'connect'].map(verb => `container.clusters.${verb}`),
  ...['get', 'list'].map(verb => `container.operations.${verb}`),
  ...[
    'pods',
    'serviceAccounts',
    'networkPolicies',
    'configMaps',
    'nodes',
    'namespaces',
    'daemonSets',
    'services',
  ].flatMap(kind => [`container.${kind}.get`, `container.${kind}.list`]),
  // A workload may be named by its Deployment, and compute classes are custom resources.
  'container.deployments.get',
  'container.deployments.list',
  'container.thirdPartyObjects.get',
  'container.thirdPartyObjects.list',
  'gkehub.memberships.get',
  'gkehub.gateway.get',
  'container.subjectAccessReviews.create',
  'resourcemanager.projects.get',
  'resourcemanager.projects.getIamPolicy',
  'iam.serviceAccounts.get',
  'iam.serviceAccounts.list',
  'iam.serviceAccounts.getIamPolicy',
  'iam.roles.get',
  'iam.roles.list',
  'serviceusage.services.get',
  'serviceusage.services.list',
  'serviceusage.services.use',
  'recommender.containerDiagnosisRecommendations.get',
  'recommender.containerDiagnosisRecommendations.list',
  'logging.logEntries.list',
  // Policies of resources below the project: for --needs and --on, and for images.
  'artifactregistry.projectsettings.get',
  'artifactregistry.repositories.get',
  'artifactregistry.repositories.getIamPolicy',
  'bigquery.datasets.get',
  'bigquery.tables.getIamPolicy',
  'cloudkms.cryptoKeys.get',
  'cloudkms.cryptoKeys.getIamPolicy',
  'cloudkms.keyRings.getIamPolicy',
  'compute.disks.getIamPolicy',
  'compute.instances.getIamPolicy',
  'compute.subnetworks.getIamPolicy',
  'dns.managedZones.getIamPolicy',
  'pubsub.subscriptions.getIamPolicy',
  'pubsub.topics.getIamPolicy',
  'secretmanager.secrets.getIamPolicy',
  'spanner.databases.getIamPolicy',
  'spanner.instances.getIamPolicy',
  'storage.buckets.get',
  'storage.buckets.getIamPolicy',
  'storage.managedFolders.getIamPolicy',
];

/** The permissions of the diagnosing identity on the organization, because policies are inherited. */
const inOrganization = [
  'resourcemanager.projects.get',
  'resourcemanager.projects.getIamPolicy',
  'resourcemanager.folders.getIamPolicy',
  'resourcemanager.organizations.getIamPolicy',
  'iam.roles.get',
  'iam.roles.list',
  'iam.denypolicies.get',
  'iam.denypolicies.list',
  'orgpolicy.policy.get',
];

/** The permissions of the diagnosing identity, which are those of a real installation. */
export const diagnoserPermissions = { project: inProject, organization: inOrganization };

/** The permissions of the remediating identity besides granting roles. A real installation needs them for optional remedies only. */
const remediatorPermissions = [
  'container.clusters.get',
  'container.clusters.list',
  'container.clusters.update',
  'container.operations.get',
  'container.operations.list',
  'container.serviceAccounts.update',
  ...['roles', 'clusterRoles'].flatMap(kind =>
    ['get', 'create', 'delete', 'bind', 'escalate'].map(verb => `container.${kind}.${verb}`),
  ),
  ...['roleBindings', 'clusterRoleBindings'].flatMap(kind =>
    ['get', 'create', 'delete'].map(verb => `container.${kind}.${verb}`),
  ),
  'serviceusage.services.enable',
  'serviceusage.services.disable',
  'iam.serviceAccounts.enable',
  'iam.serviceAccounts.disable',
  'iam.serviceAccounts.undelete',
];

/** Roles that the remediating identity may grant on resources below the project. */
const resourceRoles = ['roles/storage.objectViewer', 'roles/secretmanager.secretAccessor'];

const grantableRoles = [
  'roles/container.defaultNodeServiceAccount',
  'roles/container.serviceAgent',
  'roles/container.defaultNodeServiceAgent',
  'roles/container.clusterViewer',
];

function hasOnly(roles: string[]): string {
  const list = roles.map(role => `'${role}'`).join(', ');
  return `api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${list}])`;
}

function addDiagnoser(world: WorldBuilder, project: ProjectBuilder): void {
  const email = project.serviceAccount('gke-auth-diagnoser');
  project.bind(project.role('gkeAuthDiagnoser', diagnoserPermissions.project), `serviceAccount:${email}`);
  world
    .bindOnOrganization(
      world.organizationRole('gkeAuthDiagnoser', diagnoserPermissions.organization),
      `serviceAccount:${email}`,
    )
    .token(tokens.diagnoser, email);
}

function addRemediator(world: WorldBuilder, project: ProjectBuilder): void {
  const email = project.serviceAccount('gke-auth-remediator');
  const member = `serviceAccount:${email}`;
  const accountPolicies = project.role('gkeAuthServiceAccountGrants', [
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.getIamPolicy',
    'iam.serviceAccounts.setIamPolicy',
  ]);
  project
    .bind('roles/resourcemanager.projectIamAdmin', member, {
      title: 'gke-auth grants only these roles',
      expression: hasOnly(grantableRoles),
    })
    .bind(accountPolicies, member, {
      title: 'gke-auth lets workloads in, nothing else',
      expression: hasOnly(['roles/iam.workloadIdentityUser']),
    })
    .bind(
      project.role('gkeAuthResourceGrants', ['storage.buckets.setIamPolicy', 'secretmanager.secrets.setIamPolicy']),
      member,
      { title: 'gke-auth grants only these roles on resources', expression: hasOnly(resourceRoles) },
    )
    .bind(project.role('gkeAuthRemediator', remediatorPermissions), member)
    .bind(`projects/${project.id}/roles/gkeAuthDiagnoser`, member);
  world.bindOnOrganization(`${organizationName}/roles/gkeAuthDiagnoser`, member).token(tokens.remediator, email);
}

/**
 * The base of every world: the project `sandbox-1` in its folder and organization, Google's service agents with their
 * roles, the owner, the two identities of gke-auth, the requester alice and the approvers bob and carol. No cluster.
 */
export function baseWorld(): { world: WorldBuilder; project: ProjectBuilder } {
  const world = new WorldBuilder();
  const project = world.project(projectId, projectNumber);
  for (const role of [
    'roles/owner',
    'roles/resourcemanager.organizationAdmin',
    'roles/iam.serviceAccountTokenCreator',
    'roles/iam.denyAdmin',
    'roles/orgpolicy.policyAdmin',
  ]) {
    world.bindOnOrganization(role, 'user:owner@example.com');
  }
  addDiagnoser(world, project);
  addRemediator(world, project);
  project
    .bind('roles/owner', 'user:bob@example.com')
    .bind('roles/owner', 'user:carol@example.com')
    .bind('roles/container.clusterViewer', 'user:alice@example.com');
  world.token(tokens.owner, 'owner@example.com').token(tokens.requester, 'alice@example.com');
  return { world, project };
}

/** The role that a node's account needs. */
export const nodeRole = 'roles/container.defaultNodeServiceAccount';

/** A world in which nothing is broken, with the emails of its accounts. */
export type HealthyWorld = {
  world: WorldBuilder;
  project: ProjectBuilder;
  /** The account of each node pool of cluster-x. */
  nodeAccount: string;
  /** The IAM service account that the workload shop/checkout acts as. */
  workloadAccount: string;
};

/**
 * Creates a world with `cluster-x`, its node pools pool-a and pool-b, and the workload shop/checkout, which acts as
 * checkout@. Options in `cluster` replace the defaults; `objects` are added.
 */
export function healthyWorld(cluster: Partial<ClusterOptions> = {}): HealthyWorld {
  const { world, project } = baseWorld();
  const nodeAccount = project.serviceAccount('node', { roles: [nodeRole] });
  const workloadAccount = project.serviceAccount('checkout', { roles: ['roles/storage.objectViewer'] });
  project.cluster({
    name: 'cluster-x',
    nodePools: [
      { name: 'pool-a', serviceAccount: nodeAccount },
      { name: 'pool-b', serviceAccount: nodeAccount },
    ],
    ...cluster,
    objects: [...shopWorkload(workloadAccount), ...(cluster.objects ?? [])],
  });
  project.bindOn(workloadAccount, 'roles/iam.workloadIdentityUser', `serviceAccount:${project.pool}[shop/checkout]`);
  return { world, project, nodeAccount, workloadAccount };
}

/** The workload shop/checkout on the first node of pool-a, whose Kubernetes service account is annotated with an IAM one. */
export function shopWorkload(iamServiceAccount: string): KubernetesObject[] {
  return [
    serviceAccount('shop', 'checkout', iamServiceAccount),
    ...workload({
      namespace: 'shop',
      name: 'checkout',
      serviceAccount: 'checkout',
      node: nodeName('cluster-x', 'pool-a'),
    }),
  ];
}
