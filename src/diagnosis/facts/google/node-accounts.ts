/** Which service account the nodes of a cluster run as, and what stands for "the default one". */
import type { ComputeClass } from '../../../kubernetes/objects.ts';
import type { Cluster, NodePool } from './cluster.ts';

export interface NodeAccount {
  /**
   * The node pool; the cluster, for the account that Autopilot and auto-provisioning give to new pools;
   * `CLUSTER/k8s/computeclasses/N` for a compute class's own.
   */
  readonly subject: string;
  /** The pool, where the subject is one. */
  readonly pool?: NodePool;
  /** The compute class, where the subject is one. */
  readonly computeClass?: string;
  /** Absent where it is the project's default account and the project's number is not known. */
  readonly email?: string;
  /** GKE version of the nodes. */
  readonly version: string;
}

/**
 * Every node pool's account, the one that Autopilot or auto-provisioning defaults to, and those that compute classes give the
 * nodes made for them (docs/domain/nodes.md#node-sa-permissions).
 */
export function nodeAccounts(
  cluster: Cluster,
  projectNumber: string | undefined,
  computeClasses: readonly ComputeClass[] = [],
): NodeAccount[] {
  const pools = cluster.nodePools.map(pool => ({
    subject: pool.resource,
    pool,
    email: accountEmail(pool.serviceAccount, projectNumber),
    version: pool.version,
  }));
  const lowest = lowestVersion(cluster.nodePools.map(pool => pool.version)) ?? cluster.version;
  const classes = computeClasses.flatMap(({ metadata, spec }) => {
    const account = spec.nodePoolConfig?.serviceAccount;
    if (!account) return [];
    const subject = `${cluster.resource}/k8s/computeclasses/${metadata.name}`;
    return [{ subject, computeClass: metadata.name, email: accountEmail(account, projectNumber), version: lowest }];
  });
  if (!cluster.autoprovisioning) return [...pools, ...classes];
  const provisioned = {
    subject: cluster.resource,
    email: accountEmail(cluster.autoprovisioning.serviceAccount, projectNumber),
    version: lowest,
  };
  return [provisioned, ...pools, ...classes];
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
