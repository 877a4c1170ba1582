import type { ClusterOptions, NodePoolOptions } from '../google/build/cluster.ts';
import type { ProjectBuilder } from '../google/build/project.ts';
import type { WorldBuilder } from '../google/build/world.ts';
import { folderName, organizationName } from '../google/build/world.ts';
import type { Fault } from '../google/faults.ts';
import type { World } from '../google/world.ts';
import { baseWorld, nodeRole, projectId } from './base.ts';

/** What nodes need (the first seed; DOMAIN, 4), */
export const needed = [
  'logging.logEntries.create',
  'monitoring.timeSeries.create',
  'monitoring.metricDescriptors.create',
  'autoscaling.sites.writeMetrics',
];
/** and what the recommended role has besides. */
export const useful = ['monitoring.metricDescriptors.list', 'monitoring.timeSeries.list'];

/** What has to be said about the nodes of one account. */
export type Said = {
  /** Of `node-sa-permissions`. */
  verdict: 'pass' | 'warn' | 'fail' | 'unknown';
  /** The permissions that it names as missing, or as not to be told. */
  names?: readonly string[];
  /**
   * The remedy: the role; the role although the need isn't proven; a command that shows what denies it. None otherwise. A doubt about
   * the project's own policy, or about a deny policy, offers nothing: the role could be there, or be of no use.
   */
  offers?: 'grant' | 'double' | 'look';
  /** Parts of its detail: what could not be read, and the command that lets the diagnoser. */
  says?: readonly string[];
  /** The account's row in a scan's matrix, where it isn't what `verdict` and `names` say. */
  row?: { [permission: string]: 'granted' | 'conditional' | 'missing' | 'unknown' };
};

/** An account that nodes run as: how it is made, and what has to be said of it. */
export type Variant = Said & {
  /** Where a scan says otherwise than a diagnosis (`nothing`: it doesn't see these nodes' account), and why that is right. */
  inScan?: (Said | { verdict: 'nothing' }) & { because: string };
  /** `node-sa-state` of the account, where it isn't `pass`. */
  state?: 'fail' | 'unknown';
  /** `node-oauth-scopes` of the pool, where it isn't `pass`. */
  scopes?: 'fail';
  /** Makes the account, and returns its email. */
  account(world: WorldBuilder, project: ProjectBuilder): string;
  /** What is special about the node pool. */
  pool?: Partial<NodePoolOptions>;
};

/** A cluster of variants, each a node pool: the pool's name is the key. */
export type Variants = { [pool: string]: Variant };

/** A world of variants, with what is expected of each subject: the end of its name after the cluster's, empty for the cluster. */
export type VariantWorld = {
  name: string;
  /** What can't be seen there, or what is special. */
  about: string;
  clusters: { [cluster: string]: { [subject: string]: Variant } };
  world(): World;
  /** Calls that fail there. */
  faults?: Fault[];
};

export const passes = { verdict: 'pass' } as const;

/** Fails for want of these permissions; the role is offered. */
export function lacks(...names: string[]): Said {
  return { verdict: 'fail', names, offers: 'grant' };
}

/** Nobody can tell whether these permissions are there; the role is offered all the same. */
export function open(names: readonly string[], ...says: string[]): Said {
  return { verdict: 'unknown', names, offers: 'double', says };
}

/** Makes an account with these roles on the project, named as the variant. */
export function holding(id: string, ...roles: string[]): Variant['account'] {
  return (_, project) => project.serviceAccount(id, { roles });
}

/** Makes an account with a custom role of the project of its own. */
export function holdingCustom(id: string, permissions: string[]): Variant['account'] {
  return (_, project) => project.serviceAccount(id, { roles: [project.role(id.replaceAll('-', '_'), permissions)] });
}

/** Makes an account that holds the recommended role on a folder or on the organization. */
export function inheriting(id: string, from: 'folder' | 'organization', role = nodeRole): Variant['account'] {
  return (world, project) => {
    const member = `serviceAccount:${project.serviceAccount(id)}`;
    if (from === 'folder') world.bindOnFolder(role, member);
    else world.bindOnOrganization(role, member);
    return member.replace('serviceAccount:', '');
  };
}

/** Adds the cluster, with a node pool for each variant. */
export function clusterOf(
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

/** The variants by the ends of their subjects. */
export function byPool(variants: Variants): { [subject: string]: Variant } {
  return Object.fromEntries(Object.entries(variants).map(([pool, variant]) => [`nodePools/${pool}`, variant]));
}

/** Takes permissions away from the diagnosing identity, on the project and above it. */
export function blind(world: World, ...permissions: string[]): void {
  const roles = [world.projects[projectId]?.roles, world.organizations[organizationName]?.roles];
  for (const [name, role] of roles.flatMap(owned => Object.entries(owned ?? {}))) {
    if (!name.endsWith('/gkeAuthDiagnoser')) continue;
    role.includedPermissions = role.includedPermissions.filter(permission => !permissions.includes(permission));
  }
}

/** The command that lets the diagnoser read, as its end is the same everywhere. */
export const toLetMe = {
  project: (role: string) => `gcloud projects add-iam-policy-binding ${projectId} --member=MEMBER --role=${role}`,
  folder: (role: string) =>
    `gcloud resource-manager folders add-iam-policy-binding ${folderName.split('/')[1]} --member=MEMBER --role=${role}`,
  organization: (role: string) =>
    `gcloud organizations add-iam-policy-binding ${organizationName.split('/')[1]} --member=MEMBER --role=${role}`,
};

export const reviewer = 'roles/iam.securityReviewer';
/** They let nodes write all; of what the recommended role has besides, the last of `useful` is missing. */
export const writers = ['roles/logging.logWriter', 'roles/monitoring.metricWriter', 'roles/autoscaling.metricsWriter'];

/** What is said where the folder's policy can't be read. */
export const unreadFolder = [
  `I may not read ${folderName} (resourcemanager.folders.getIamPolicy)`,
  toLetMe.folder(reviewer),
];

export const withRole: Variant = { ...passes, account: holding('with-role', nodeRole) };

/** It certainly has no rights, whatever else could be read. */
export const disabled: Variant = {
  verdict: 'fail',
  names: needed,
  state: 'fail',
  says: ['node-sa-state'],
  account: (_, project) => project.serviceAccount('disabled', { roles: [nodeRole], disabled: true }),
};

/** It may write; that it may list too can hang on something unseen, and nothing breaks if it may not. */
export const writesOnly: Variant = {
  ...passes,
  says: [`whether it also holds ${useful[1]}`],
  account: holding('three-writers', ...writers),
};

/** A world of one cluster. */
export type OneCluster = Pick<VariantWorld, 'name' | 'about' | 'faults'> & {
  variants: Variants;
  /** Of the control plane and the pools that have none of their own. */
  version?: string;
  /** What is special about it, once the accounts are there. */
  prepare?(world: WorldBuilder, project: ProjectBuilder): void;
};

export function worldOf({ variants, version, prepare, ...about }: OneCluster): VariantWorld {
  return {
    ...about,
    clusters: { 'cluster-x': byPool(variants) },
    world() {
      const { world, project } = baseWorld();
      clusterOf(world, project, variants, { name: 'cluster-x', ...(version && { version }) });
      prepare?.(world, project);
      return world.world;
    },
  };
}
