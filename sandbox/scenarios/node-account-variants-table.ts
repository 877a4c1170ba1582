import type { ClusterOptions, NodePoolOptions } from '../google/build/cluster.ts';
import type { ProjectBuilder } from '../google/build/project.ts';
import type { WorldBuilder } from '../google/build/world.ts';
import { folderName, organizationName } from '../google/build/world.ts';
import type { Fault } from '../google/faults.ts';
import type { World } from '../google/world.ts';
import { baseWorld, nodeRole, projectId } from './base.ts';

/** The permissions that nodes need (docs/domain/nodes.md). */
export const requiredPermissions = [
  'logging.logEntries.create',
  'monitoring.timeSeries.create',
  'monitoring.metricDescriptors.create',
  'autoscaling.sites.writeMetrics',
];
/** Further permissions of the recommended role. */
export const optionalPermissions = ['monitoring.metricDescriptors.list', 'monitoring.timeSeries.list'];

/** The expected findings about the nodes of one account. */
export type Expectation = {
  /** The status of `node-sa-permissions`. */
  verdict: 'pass' | 'warn' | 'fail' | 'unknown';
  /** The permissions that the finding names as missing or as unknown. */
  names?: readonly string[];
  /**
   * The remedy: `grant` is the role, `double` the role although it may not be missing, `look` a command that shows the deny
   * policy. Without it, no remedy: if the project's own policy or a deny policy can't be decided, the role may be granted
   * already, or have no effect.
   */
  offers?: 'grant' | 'double' | 'look';
  /** Parts of the detail: what could not be read, and the command that lets the diagnoser read it. */
  says?: readonly string[];
  /** The account's row in a scan's matrix, where it differs from `verdict` and `names`. */
  row?: { [permission: string]: 'granted' | 'conditional' | 'missing' | 'unknown' };
};

/** A node account: how it is created, and the expected findings about it. */
export type Variant = Expectation & {
  /** What a scan finds where it differs from a diagnosis (`nothing`: it can't see the account), and why. */
  inScan?: (Expectation | { verdict: 'nothing' }) & { because: string };
  /** `node-sa-state` of the account, where it isn't `pass`. */
  state?: 'fail' | 'unknown';
  /** `node-oauth-scopes` of the pool, where it isn't `pass`. */
  scopes?: 'fail';
  /** Creates the account and returns its email. */
  account(world: WorldBuilder, project: ProjectBuilder): string;
  /** Options of the node pool. */
  pool?: Partial<NodePoolOptions>;
};

/** The variants of a cluster, one for each node pool. The key is the pool's name. */
export type Variants = { [pool: string]: Variant };

/** A world of variants, by cluster and subject. A subject is the rest of its name after the cluster's, empty for the cluster. */
export type VariantWorld = {
  name: string;
  /** What can't be read in this world, or what else is special. */
  about: string;
  clusters: { [cluster: string]: { [subject: string]: Variant } };
  world(): World;
  /** Calls that fail there. */
  faults?: Fault[];
};

export const passes = { verdict: 'pass' } as const;

/** The check fails because these permissions are missing. The remedy is the role. */
export function lacks(...names: string[]): Expectation {
  return { verdict: 'fail', names, offers: 'grant' };
}

/** It is unknown whether these permissions are granted. The remedy is the role all the same. */
export function undecided(names: readonly string[], ...says: string[]): Expectation {
  return { verdict: 'unknown', names, offers: 'double', says };
}

/** Creates an account with these roles on the project. */
export function accountWithRoles(id: string, ...roles: string[]): Variant['account'] {
  return (_, project) => project.serviceAccount(id, { roles });
}

/** Creates an account with a custom role of the project. */
export function accountWithCustomRole(id: string, permissions: string[]): Variant['account'] {
  return (_, project) => project.serviceAccount(id, { roles: [project.role(id.replaceAll('-', '_'), permissions)] });
}

/** Creates an account that has the recommended role on the folder or on the organization. */
export function accountWithInheritedRole(
  id: string,
  from: 'folder' | 'organization',
  role = nodeRole,
): Variant['account'] {
  return (world, project) => {
    const member = `serviceAccount:${project.serviceAccount(id)}`;
    if (from === 'folder') world.bindOnFolder(role, member);
    else world.bindOnOrganization(role, member);
    return member.replace('serviceAccount:', '');
  };
}

/** Adds a cluster with a node pool for each variant. */
export function addVariantCluster(
  world: WorldBuilder,
  project: ProjectBuilder,
  variants: Variants,
  options: Pick<ClusterOptions, 'name'> & Partial<ClusterOptions>,
): void {
  const nodePools = Object.entries(variants).map(([name, { account, pool }]) => ({
    name,
    serviceAccount: account(world, project),
    ...pool,
  }));
  project.cluster({ ...options, nodePools });
}

/** The variants by subject. */
export function bySubject(variants: Variants): { [subject: string]: Variant } {
  return Object.fromEntries(Object.entries(variants).map(([pool, variant]) => [`nodePools/${pool}`, variant]));
}

/** Removes permissions from the custom roles of the diagnosing identity. */
export function hideFromDiagnoser(world: World, ...permissions: string[]): void {
  const roles = [world.projects[projectId]?.roles, world.organizations[organizationName]?.roles];
  for (const [name, role] of roles.flatMap(owned => Object.entries(owned ?? {}))) {
    if (!name.endsWith('/gkeAuthDiagnoser')) continue;
    role.includedPermissions = role.includedPermissions.filter(permission => !permissions.includes(permission));
  }
}

/** The commands that let the diagnoser read a resource. */
export const grantCommands = {
  project: (role: string) => `gcloud projects add-iam-policy-binding ${projectId} --member=MEMBER --role=${role}`,
  folder: (role: string) =>
    `gcloud resource-manager folders add-iam-policy-binding ${folderName.split('/')[1]} --member=MEMBER --role=${role}`,
  organization: (role: string) =>
    `gcloud organizations add-iam-policy-binding ${organizationName.split('/')[1]} --member=MEMBER --role=${role}`,
};

export const securityReviewer = 'roles/iam.securityReviewer';
/** Roles with all required permissions. They lack the last of `optionalPermissions`. */
export const writerRoles = [
  'roles/logging.logWriter',
  'roles/monitoring.metricWriter',
  'roles/autoscaling.metricsWriter',
];

/** Parts of the detail where the folder's policy can't be read. */
export const unreadableFolderText = [
  `I may not read ${folderName} (resourcemanager.folders.getIamPolicy)`,
  grantCommands.folder(securityReviewer),
];

export const withRole: Variant = { ...passes, account: accountWithRoles('with-role', nodeRole) };

/** A disabled account has no permissions, whatever can't be read. */
export const disabled: Variant = {
  verdict: 'fail',
  names: requiredPermissions,
  state: 'fail',
  says: ['node-sa-state'],
  account: (_, project) => project.serviceAccount('disabled', { roles: [nodeRole], disabled: true }),
};

/** Has the required permissions. Whether it has the optional ones may be unknown, but nothing breaks without them. */
export const writesOnly: Variant = {
  ...passes,
  says: [`whether it also holds ${optionalPermissions[1]}`],
  account: accountWithRoles('three-writers', ...writerRoles),
};

/** A world of one cluster. */
export type OneCluster = Pick<VariantWorld, 'name' | 'about' | 'faults'> & {
  variants: Variants;
  /** The version of the control plane, and of pools without one of their own. */
  version?: string;
  /** Changes the world after the accounts are created. */
  prepare?(world: WorldBuilder, project: ProjectBuilder): void;
};

export function worldOf({ variants, version, prepare, ...about }: OneCluster): VariantWorld {
  return {
    ...about,
    clusters: { 'cluster-x': bySubject(variants) },
    world() {
      const { world, project } = baseWorld();
      addVariantCluster(world, project, variants, { name: 'cluster-x', ...(version && { version }) });
      prepare?.(world, project);
      return world.world;
    },
  };
}
