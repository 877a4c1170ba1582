import { cloudPlatformScope, defaultVersion, type NodePoolOptions } from '../google/build/cluster.ts';
import { ProjectBuilder } from '../google/build/project.ts';
import type { WorldBuilder } from '../google/build/world.ts';
import { baseWorld, nodeRole } from './base.ts';
import { addFurtherClusters, furtherClusters } from './node-account-variants-clusters.ts';
import {
  accountWithCustomRole,
  accountWithInheritedRole,
  accountWithRoles,
  addVariantCluster,
  bySubject,
  lacks,
  optionalPermissions,
  passes,
  requiredPermissions,
  type Variant,
  type Variants,
  type VariantWorld,
  writerRoles,
} from './node-account-variants-table.ts';
import { scenario } from './scenario.ts';

const newer = '1.34.1-gke.1431000';
const other = { id: 'sandbox-accounts', number: '210987654321' };

function conditional(id: string, expression: string): Variant['account'] {
  return (_, project) => {
    const email = project.serviceAccount(id);
    project.bind(nodeRole, `serviceAccount:${email}`, { title: 'for a while', expression });
    return email;
  };
}

const undecidable = '"accessPolicies/199923665455/accessLevels/corp" in request.auth.access_levels';

/** An account that has the role, and some of whose permissions a deny policy denies. */
function deniedAccount(id: string, permissions: readonly string[], expression?: string): Variant['account'] {
  return (_, project) => {
    const email = project.serviceAccount(id, { roles: [nodeRole] });
    project.deny(id, {
      deniedPrincipals: [`principal://iam.googleapis.com/projects/-/serviceAccounts/${email}`],
      deniedPermissions: permissions.map(permission => permission.replace('.', '.googleapis.com/')),
      ...(expression && { denialCondition: { title: 'not from here', expression } }),
    });
    return email;
  };
}

/** An account of another project, where the diagnoser may not read accounts. */
function accountInOtherProject(id: string, ...roles: string[]): Variant['account'] {
  return (world, project) => {
    const email = otherProject(world).serviceAccount(id);
    for (const role of roles) project.bind(role, `serviceAccount:${email}`);
    return email;
  };
}

function otherProject(builder: WorldBuilder): ProjectBuilder {
  const made = builder.world.projects[other.id];
  return made ? new ProjectBuilder(builder.world, made) : builder.project(other.id, other.number);
}

function scopes(...names: string[]): Partial<NodePoolOptions> {
  return { scopes: names.map(name => `https://www.googleapis.com/auth/${name}`) };
}

/** The scopes of node pools before `cloud-platform` became the default (`gke-default` in gcloud). */
const legacyScopes = scopes(
  'devstorage.read_only',
  'logging.write',
  'monitoring',
  'service.management.readonly',
  'servicecontrol',
  'trace.append',
);

/** All ways in which a node account can have its permissions, or only seem to. Each is a node pool. */
export const variants: Variants = {
  // The permissions count, not the role's name.
  'with-role': { ...passes, account: accountWithRoles('with-role', nodeRole) },
  'without-role': { ...lacks(...requiredPermissions), account: accountWithRoles('without-role') },
  editor: { ...passes, account: accountWithRoles('editor', 'roles/editor') },
  // They have all required permissions. Missing optional ones are a warning only.
  'three-writers': {
    ...lacks('monitoring.timeSeries.list'),
    verdict: 'warn',
    account: accountWithRoles('three-writers', ...writerRoles),
  },
  'two-writers': {
    ...lacks('autoscaling.sites.writeMetrics'),
    account: accountWithRoles('two-writers', ...writerRoles.slice(0, 2)),
  },

  // Custom roles, of the project and of the organization.
  'custom-enough': {
    ...passes,
    account: accountWithCustomRole('custom-enough', [...requiredPermissions, ...optionalPermissions]),
  },
  'custom-short': {
    ...lacks('logging.logEntries.create'),
    account: accountWithCustomRole('custom-short', [...requiredPermissions.slice(1), ...optionalPermissions]),
  },
  'custom-disabled': {
    ...lacks(...requiredPermissions),
    account: (_, project) =>
      project.serviceAccount('custom-disabled', {
        roles: [project.role('off', requiredPermissions, { stage: 'DISABLED' })],
      }),
  },
  'custom-deleted': {
    ...lacks(...requiredPermissions),
    account: (_, project) =>
      project.serviceAccount('custom-deleted', {
        roles: [project.role('gone', requiredPermissions, { deleted: true })],
      }),
  },
  'custom-of-organization': {
    ...passes,
    account: (world, project) =>
      project.serviceAccount('custom-of-org', {
        roles: [world.organizationRole('nodes', [...requiredPermissions, ...optionalPermissions])],
      }),
  },
  'custom-in-halves': {
    verdict: 'warn',
    names: optionalPermissions,
    offers: 'grant',
    account(world, project) {
      const email = accountWithCustomRole('custom-in-halves', requiredPermissions.slice(0, 2))(world, project);
      world.bindOnFolder(world.organizationRole('otherHalf', requiredPermissions.slice(2)), `serviceAccount:${email}`);
      return email;
    },
  },

  // Inherited.
  'from-folder': { ...passes, account: accountWithInheritedRole('from-folder', 'folder') },
  'from-organization': { ...passes, account: accountWithInheritedRole('from-organization', 'organization') },

  // Under a condition.
  'condition-expired': {
    ...lacks(...requiredPermissions),
    account: conditional('condition-expired', 'request.time < timestamp("2024-01-01T00:00:00Z")'),
  },
  'condition-not-yet': {
    ...lacks(...requiredPermissions),
    account: conditional('condition-not-yet', 'request.time > timestamp("2099-01-01T00:00:00Z")'),
  },
  'condition-in-force': {
    ...passes,
    account: conditional('condition-in-force', 'request.time < timestamp("2099-01-01T00:00:00Z")'),
  },
  'condition-undecidable': {
    // A grant without the condition would give more than was decided.
    verdict: 'warn',
    says: ['only under a condition that can’t be evaluated here'],
    row: Object.fromEntries(requiredPermissions.map(permission => [permission, 'conditional'] as const)),
    account: conditional('condition-undecidable', undecidable),
  },

  // Denied, whatever is granted. A grant does not help, so the remedy is a command that shows the policy.
  denied: {
    ...lacks(...requiredPermissions),
    offers: 'look',
    account: deniedAccount('denied', requiredPermissions),
  },

  // A deny rule whose condition can't be evaluated counts as met: access levels are no attribute of deny policies.
  'denied-conditionally': {
    ...lacks(...requiredPermissions),
    offers: 'look',
    account: deniedAccount('denied-conditionally', requiredPermissions, undecidable),
  },

  'denied-lists': {
    verdict: 'warn',
    names: optionalPermissions,
    offers: 'look',
    account: deniedAccount('denied-lists', optionalPermissions),
  },

  // Disabled and deleted accounts: `node-sa-state` has the remedy, and a grant does not help.
  disabled: {
    verdict: 'fail',
    names: requiredPermissions,
    state: 'fail',
    says: ['node-sa-state'],
    account: (_, project) => project.serviceAccount('disabled', { roles: [nodeRole], disabled: true }),
  },
  deleted: {
    verdict: 'fail',
    names: requiredPermissions,
    state: 'fail',
    says: ['node-sa-state'],
    account: (_, project) => project.serviceAccount('deleted', { roles: [nodeRole], deleted: true }),
  },
  // The binding belongs to the deleted account. The new account with the same email needs its own.
  recreated: {
    ...lacks(...requiredPermissions),
    account(_, project) {
      project.serviceAccount('recreated', { roles: [nodeRole], deleted: true });
      return project.serviceAccount('recreated');
    },
  },
  'look-alike': {
    ...lacks(...requiredPermissions),
    account(_, project) {
      project.serviceAccount('x-look-alike', { roles: [nodeRole] });
      return project.serviceAccount('look-alike');
    },
  },
  // A service account is not a member of a domain.
  'of-domain': {
    ...lacks(...requiredPermissions),
    account(_, project) {
      project.bind(nodeRole, 'domain:example.com');
      return project.serviceAccount('of-domain');
    },
  },

  // In another project: the permissions are those on the cluster's project, and the state of the account can't be read.
  'other-project': { ...passes, state: 'unknown', account: accountInOtherProject('from-elsewhere', nodeRole) },
  'other-project-without': {
    ...lacks(...requiredPermissions),
    state: 'unknown',
    account: accountInOtherProject('without-elsewhere'),
  },

  // The Compute Engine default service account, in each form in which a node pool can name it.
  default: { ...passes, account: () => 'default' },
  'default-by-email': { ...passes, account: (_, project) => project.computeAccount },
  'default-unsaid': { ...passes, account: () => 'default', pool: { fields: { config: { serviceAccount: null } } } },

  // Access scopes limit the account independently of IAM.
  'scopes-legacy': { ...passes, account: accountWithRoles('scopes-legacy', nodeRole), pool: legacyScopes },
  'scopes-storage': {
    ...passes,
    scopes: 'fail',
    account: accountWithRoles('scopes-storage', nodeRole),
    pool: scopes('devstorage.read_only'),
  },
  'scopes-logging': {
    ...passes,
    scopes: 'fail',
    account: accountWithRoles('scopes-logging', nodeRole),
    pool: scopes('devstorage.read_only', 'logging.write'),
  },

  // Two pools with one account: one row in the matrix, and a finding for each pool.
  'shared-a': { ...lacks(...requiredPermissions), account: accountWithRoles('shared') },
  'shared-b': { ...lacks(...requiredPermissions), account: () => `shared@sandbox-1.iam.gserviceaccount.com` },

  // From 1.34 on the GKE node service agent writes, and it has its role.
  newer: {
    verdict: 'warn',
    names: requiredPermissions,
    offers: 'grant',
    account: accountWithRoles('newer'),
    pool: { version: newer },
  },
};

const entries = Object.entries(variants);

const nodeAccountVariants = scenario({
  name: 'node-account-variants',
  broken:
    'Each node pool of cluster-x has an account of its own, which has its permissions in its own way, or only seems to.',
  shows: [
    ...entries.map(([pool, { verdict }]) => ({
      check: 'node-sa-permissions',
      status: verdict,
      subject: `nodePools/${pool}`,
    })),
    ...entries.flatMap(([pool, { scopes }]) =>
      scopes ? [{ check: 'node-oauth-scopes', status: scopes, subject: `nodePools/${pool}` }] : [],
    ),
    { check: 'node-sa-state', status: 'fail', subject: 'serviceAccounts/disabled@sandbox-1.iam.gserviceaccount.com' },
    { check: 'node-sa-state', status: 'fail', subject: 'serviceAccounts/deleted@sandbox-1.iam.gserviceaccount.com' },
    {
      check: 'node-sa-state',
      status: 'unknown',
      subject: 'serviceAccounts/from-elsewhere@sandbox-accounts.iam.gserviceaccount.com',
    },
  ],
  world() {
    const { world, project } = baseWorld();
    const older = Object.fromEntries(
      entries.map(([name, variant]) => [
        name,
        { ...variant, pool: { version: defaultVersion, scopes: [cloudPlatformScope], ...variant.pool } },
      ]),
    );
    addVariantCluster(world, project, older, { name: 'cluster-x', version: newer });
    addFurtherClusters(world, project);
    return world.world;
  },
});

export default nodeAccountVariants;

/** The world of the scenario, with the expected findings for each of its clusters. */
export const readableWorld: VariantWorld = {
  name: nodeAccountVariants.name,
  about: 'all policies, roles and accounts of the project can be read',
  clusters: { 'cluster-x': bySubject(variants), ...furtherClusters },
  world: nodeAccountVariants.world,
};
