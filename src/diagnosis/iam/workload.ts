/**
 * A Kubernetes workload as IAM sees it.
 * Source: GKE, "About Workload Identity Federation for GKE" ("Referencing Kubernetes resources in IAM policies"), IAM,
 * "Principal identifiers": one service account has several names, and sets that it is in.
 */
import type { Principal } from './model.ts';

export interface Workload {
  /** `p.svc.id.goog`. */
  readonly pool: string;
  /** Number of the pool's project, which need not be that of the account it uses. Without it those by UID and by cluster are unknown; the others are matched by the pool's name. */
  readonly projectNumber?: string;
  readonly namespace: string;
  /** The Kubernetes service account. */
  readonly name: string;
  /** Its `metadata.uid`. */
  readonly uid?: string;
  /** The cluster it runs in, `projects/P/locations/L/clusters/C`. */
  readonly cluster?: string;
}

/** The member form that works in every policy, and the one a grant uses: `serviceAccount:POOL[NS/KSA]`. */
export function workloadMember({ pool, namespace, name }: Workload): string {
  return `serviceAccount:${pool}[${namespace}/${name}]`;
}

/** The workload with all its names: the account's two, by UID, its namespace, its cluster, the whole pool. */
export function workloadPrincipal(workload: Workload): Principal {
  return { member: workloadMember(workload), aliases: federatedNames(workload) };
}

function federatedNames({ pool, projectNumber, namespace, name, uid, cluster }: Workload): string[] {
  if (projectNumber === undefined) return [];
  const path = `://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${pool}`;
  return [
    `principal${path}/subject/ns/${namespace}/sa/${name}`,
    ...(uid === undefined ? [] : [`principal${path}/kubernetes.serviceaccount.uid/${uid}`]),
    `principalSet${path}/namespace/${namespace}`,
    ...(cluster === undefined
      ? []
      : [`principalSet${path}/kubernetes.cluster/https://container.googleapis.com/v1/${cluster}`]),
    `principalSet${path}/*`,
  ];
}
