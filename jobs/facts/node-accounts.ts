/** Which service account the nodes of a cluster run as, and what stands for "the default one". */
import type { Cluster, NodePool } from './cluster.ts';

export interface NodeAccount {
  /** The node pool; the cluster, for the account that Autopilot and auto-provisioning give to new pools. */
  readonly subject: string;
  /** The pool, where the subject is one. */
  readonly pool?: NodePool;
  /** Absent where it is the project's default account and the project's number is not known. */
  readonly email?: string;
  /** GKE version of the nodes. */
  readonly version: string;
}

/** Every node pool's account, and the one that Autopilot or auto-provisioning defaults to (DOMAIN, 4). */
export function nodeAccounts(cluster: Cluster, projectNumber: string | undefined): NodeAccount[] {
  const pools = cluster.nodePools.map(pool => ({
    subject: pool.resource,
    pool,
    email: accountEmail(pool.serviceAccount, projectNumber),
    version: pool.version,
  }));
  if (!cluster.autoprovisioning) return pools;
  const provisioned = {
    subject: cluster.resource,
    email: accountEmail(cluster.autoprovisioning.serviceAccount, projectNumber),
    version: lowestVersion(cluster.nodePools.map(pool => pool.version)) ?? cluster.version,
  };
  return [provisioned, ...pools];
}

function accountEmail(account: string | undefined, projectNumber: string | undefined): string | undefined {
  if (account !== undefined && account !== 'default') return account;
  return projectNumber === undefined ? undefined : `${projectNumber}-compute@developer.gserviceaccount.com`;
}

/** Minor version of Kubernetes 1.x, from `1.33.4-gke.1350000`; undefined where the text is no such version. */
export function minorVersion(version: string): number | undefined {
  const minor = version.match(/^1\.(\d+)\b/)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function lowestVersion(versions: readonly string[]): string | undefined {
  return [...versions].sort((a, b) => (minorVersion(a) ?? 0) - (minorVersion(b) ?? 0))[0];
}

export function gkeServiceAgent(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@container-engine-robot.iam.gserviceaccount.com`;
}

export function nodeServiceAgent(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@gcp-sa-gkenode.iam.gserviceaccount.com`;
}

export function googleApisAgent(projectNumber: string): string {
  return `serviceAccount:${projectNumber}@cloudservices.gserviceaccount.com`;
}
