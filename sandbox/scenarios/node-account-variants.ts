import { cloudPlatformScope, defaultVersion, type NodePoolOptions } from '../google/build/cluster.ts';
import { ProjectBuilder } from '../google/build/project.ts';
import type { WorldBuilder } from '../google/build/world.ts';
import { baseWorld, nodeRole } from './base.ts';
import { addFurtherClusters, furtherClusters } from './node-account-variants-clusters.ts';
import {
  byPool,
  clusterOf,
  holding,
  holdingCustom,
  inheriting,
  lacks,
  needed,
  passes,
  useful,
  type Variant,
  type Variants,
  type VariantWorld,
  writers,
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

/** An account that holds the role, and that a deny policy takes permissions from. */
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

/** An account of another project, whose accounts the diagnoser may not read. */
function elsewhere(id: string, ...roles: string[]): Variant['account'] {
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

/** What pools got before `cloud-platform` was the only scope (gcloud's `gke-default`). */
const legacyScopes = scopes(
  'devstorage.read_only',
  'logging.write',
  'monitoring',
  'service.management.readonly',
  'servicecontrol',
  'trace.append',
);

/** Every way in which a node's account can hold its rights, or seem to. Each is a node pool of its own. */
export const variants: Variants = {
  // By the role's permissions, not by its name.
  'with-role': { ...passes, account: holding('with-role', nodeRole) },
  'without-role': { ...lacks(...needed), account: holding('without-role') },
  editor: { ...passes, account: holding('editor', 'roles/editor') },
  // They may write all, but not list: that much of the role is only worth a warning.
  'three-writers': {
    ...lacks('monitoring.timeSeries.list'),
    verdict: 'warn',
    account: holding('three-writers', ...writers),
  },
  'two-writers': {
    ...lacks('autoscaling.sites.writeMetrics'),
    account: holding('two-writers', ...writers.slice(0, 2)),
  },

  // Custom roles, of the project and of the organization.
  'custom-enough': { ...passes, account: holdingCustom('custom-enough', [...needed, ...useful]) },
  'custom-short': {
    ...lacks('logging.logEntries.create'),
    account: holdingCustom('custom-short', [...needed.slice(1), ...useful]),
  },
  'custom-disabled': {
    ...lacks(...needed),
    account: (_, project) =>
      project.serviceAccount('custom-disabled', { roles: [project.role('off', needed, { stage: 'DISABLED' })] }),
  },
  'custom-deleted': {
    ...lacks(...needed),
    account: (_, project) =>
      project.serviceAccount('custom-deleted', { roles: [project.role('gone', needed, { deleted: true })] }),
  },
  'custom-of-organization': {
    ...passes,
    account: (world, project) =>
      project.serviceAccount('custom-of-org', { roles: [world.organizationRole('nodes', [...needed, ...useful])] }),
  },
  'custom-in-halves': {
    verdict: 'warn',
    names: useful,
    offers: 'grant',
    account(world, project) {
      const email = holdingCustom('custom-in-halves', needed.slice(0, 2))(world, project);
      world.bindOnFolder(world.organizationRole('otherHalf', needed.slice(2)), `serviceAccount:${email}`);
      return email;
    },
  },

  // Inherited.
  'from-folder': { ...passes, account: inheriting('from-folder', 'folder') },
  'from-organization': { ...passes, account: inheriting('from-organization', 'organization') },

  // Under a condition.
  'condition-expired': {
    ...lacks(...needed),
    account: conditional('condition-expired', 'request.time < timestamp("2024-01-01T00:00:00Z")'),
  },
  'condition-not-yet': {
    ...lacks(...needed),
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
    row: Object.fromEntries(needed.map(permission => [permission, 'conditional'] as const)),
    account: conditional('condition-undecidable', undecidable),
  },

  // Denied, whatever is granted: a grant changes nothing, so what is offered is a look at the policy.
  denied: {
    ...lacks(...needed),
    offers: 'look',
    account: deniedAccount('denied', needed),
  },

  // The same under a condition that nobody outside can decide.
  'denied-conditionally': {
    verdict: 'warn',
    offers: 'look',
    row: Object.fromEntries(needed.map(permission => [permission, 'conditional'] as const)),
    account: deniedAccount('denied-conditionally', needed, undecidable),
  },

  'denied-lists': {
    verdict: 'warn',
    names: useful,
    offers: 'look',
    account: deniedAccount('denied-lists', useful),
  },

  // Accounts that are not what they were: their own check has the way out, no grant helps.
  disabled: {
    verdict: 'fail',
    names: needed,
    state: 'fail',
    says: ['node-sa-state'],
    account: (_, project) => project.serviceAccount('disabled', { roles: [nodeRole], disabled: true }),
  },
  deleted: {
    verdict: 'fail',
    names: needed,
    state: 'fail',
    says: ['node-sa-state'],
    account: (_, project) => project.serviceAccount('deleted', { roles: [nodeRole], deleted: true }),
  },
  // The binding is the deleted one's: the account of today needs a grant of its own.
  recreated: {
    ...lacks(...needed),
    account(_, project) {
      project.serviceAccount('recreated', { roles: [nodeRole], deleted: true });
      return project.serviceAccount('recreated');
    },
  },
  'look-alike': {
    ...lacks(...needed),
    account(_, project) {
      project.serviceAccount('x-look-alike', { roles: [nodeRole] });
      return project.serviceAccount('look-alike');
    },
  },
  // Service accounts belong to no domain.
  'of-domain': {
    ...lacks(...needed),
    account(_, project) {
      project.bind(nodeRole, 'domain:example.com');
      return project.serviceAccount('of-domain');
    },
  },

  // In another project: the rights count on the cluster's project; whether the account is enabled can't be seen from here.
  'other-project': { ...passes, state: 'unknown', account: elsewhere('from-elsewhere', nodeRole) },
  'other-project-without': { ...lacks(...needed), state: 'unknown', account: elsewhere('without-elsewhere') },

  // The Compute Engine default account, by each of its names.
  default: { ...passes, account: () => 'default' },
  'default-by-email': { ...passes, account: (_, project) => project.computeAccount },
  'default-unsaid': { ...passes, account: () => 'default', pool: { fields: { config: { serviceAccount: null } } } },

  // Scopes bound what the account may do; IAM says nothing of them.
  'scopes-legacy': { ...passes, account: holding('scopes-legacy', nodeRole), pool: legacyScopes },
  'scopes-storage': {
    ...passes,
    scopes: 'fail',
    account: holding('scopes-storage', nodeRole),
    pool: scopes('devstorage.read_only'),
  },
  'scopes-logging': {
    ...passes,
    scopes: 'fail',
    account: holding('scopes-logging', nodeRole),
    pool: scopes('devstorage.read_only', 'logging.write'),
  },

  // Several pools, one account: one row, a finding each.
  'shared-a': { ...lacks(...needed), account: holding('shared') },
  'shared-b': { ...lacks(...needed), account: () => `shared@sandbox-1.iam.gserviceaccount.com` },

  // From 1.34 on GKE's node agent writes, and it holds its role.
  newer: {
    verdict: 'warn',
    names: needed,
    offers: 'grant',
    account: holding('newer'),
    pool: { version: newer },
  },
};

const entries = Object.entries(variants);

const nodeAccountVariants = scenario({
  name: 'node-account-variants',
  broken:
    'Each node pool of cluster-x has another account, and each account holds its rights in another way, or only seems to.',
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
    clusterOf(world, project, older, { name: 'cluster-x', version: newer });
    addFurtherClusters(world, project);
    return world.world;
  },
});

export default nodeAccountVariants;

/** The world of the scenario, with what is expected of each of its clusters. */
export const readable: VariantWorld = {
  name: nodeAccountVariants.name,
  about: 'all policies, roles and accounts of the project can be read',
  clusters: { 'cluster-x': byPool(variants), ...furtherClusters },
  world: nodeAccountVariants.world,
};
