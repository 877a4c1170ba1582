/** One rule for several errors in a paste: causes stand before consequences, and only a consequence is left out. */
import type { Entities, EntityKey, ProblemId } from '../contracts/explanation.ts';

/**
 * All problems, causes before consequences. Among errors of equal weight the earlier one of this list is named first
 * (docs/domain/error-texts.md, "Which text is which problem").
 */
const ORDER = [
  'vpc-sc-denied',
  'default-sa-orgpolicy',
  'org-policy-blocked',
  'wi-iamcredentials-api',
  'api-enabled',
  'quota-project-denied',
  'wi-deploypatch-failed',
  'kms-key',
  'gce-permission-retry-budget',
  'agent-gke-node-agent',
  'agent-google-apis-editor',
  'agent-gke-service-agent',
  'caller-act-as',
  'federation-denied',
  'impersonation-denied',
  'nodepool-requires-recreation',
  'node-sa-state',
  'node-oauth-scopes',
  'node-sa-permissions',
  'node-sa-recommender',
  'image-pull',
  'caller-anonymous',
  'rbac-forbidden',
  'wi-workload-pool',
  'wi-ksa-annotation',
  'wi-gsa-binding',
  'wi-nodepool-metadata-mode',
  'wi-metadata-server-oom',
  'wi-istio-exclusion',
  'wi-metadata-dns',
  'wi-control-plane-unavailable',
  'wi-netpol-egress',
  'metadata-not-served',
  'no-api-token',
  'token-expired',
  'token-invalid',
  'wi-metadata-startup',
  'caller-clusters-get',
  'cluster-not-found',
  'resource-permission',
  'kubeconfig-auth-plugin',
  'certificate-untrusted',
  'kubeconfig-missing',
  'api-server-unreachable',
  'cluster-auth-401',
] as const satisfies readonly ProblemId[];

/** Problems that are only another face of a cause: where both stand in a paste, the cause alone is named. */
const CONSEQUENCES: Readonly<Partial<Record<ProblemId, readonly ProblemId[]>>> = {
  'vpc-sc-denied': ['org-policy-blocked', 'resource-permission', 'caller-clusters-get', 'image-pull', 'wi-gsa-binding'],
  'org-policy-blocked': ['caller-clusters-get', 'agent-gke-service-agent', 'resource-permission'],
  'wi-iamcredentials-api': [
    'api-enabled',
    'wi-gsa-binding',
    'impersonation-denied',
    'token-invalid',
    'wi-metadata-startup',
    'resource-permission',
  ],
  'api-enabled': [
    'wi-gsa-binding',
    'impersonation-denied',
    'token-invalid',
    'caller-clusters-get',
    'cluster-not-found',
    'wi-metadata-startup',
    'node-sa-recommender',
    'resource-permission',
  ],
  'quota-project-denied': ['resource-permission', 'api-enabled', 'caller-clusters-get'],
  'kms-key': ['agent-gke-service-agent', 'resource-permission'],
  'gce-permission-retry-budget': ['caller-clusters-get', 'resource-permission'],
  'agent-gke-node-agent': [
    'node-sa-permissions',
    'caller-clusters-get',
    'agent-gke-service-agent',
    'resource-permission',
  ],
  'agent-google-apis-editor': ['caller-act-as', 'impersonation-denied', 'resource-permission'],
  'agent-gke-service-agent': ['caller-clusters-get', 'gce-permission-retry-budget', 'resource-permission'],
  'caller-act-as': [
    'node-sa-state',
    'caller-clusters-get',
    'agent-google-apis-editor',
    'resource-permission',
    'impersonation-denied',
  ],
  'federation-denied': [
    'token-invalid',
    'impersonation-denied',
    'wi-gsa-binding',
    'wi-metadata-startup',
    'resource-permission',
  ],
  'impersonation-denied': [
    'token-invalid',
    'wi-gsa-binding',
    'node-sa-state',
    'caller-clusters-get',
    'wi-metadata-startup',
    'resource-permission',
  ],
  'node-sa-state': ['cluster-not-found'],
  'node-oauth-scopes': ['caller-clusters-get', 'impersonation-denied', 'resource-permission', 'node-sa-permissions'],
  'node-sa-permissions': ['node-sa-recommender', 'resource-permission'],
  'node-sa-recommender': ['resource-permission'],
  'image-pull': ['resource-permission', 'node-sa-permissions', 'wi-gsa-binding'],
  'caller-anonymous': ['rbac-forbidden', 'cluster-auth-401', 'caller-clusters-get'],
  'rbac-forbidden': ['caller-clusters-get', 'cluster-auth-401', 'resource-permission'],
  'wi-workload-pool': [
    'token-invalid',
    'wi-metadata-startup',
    'impersonation-denied',
    'node-sa-state',
    'caller-clusters-get',
  ],
  'wi-ksa-annotation': [
    'token-invalid',
    'wi-metadata-startup',
    'impersonation-denied',
    'node-sa-state',
    'caller-clusters-get',
    'wi-gsa-binding',
    'wi-nodepool-metadata-mode',
    'cluster-not-found',
  ],
  'wi-gsa-binding': [
    'token-invalid',
    'wi-metadata-startup',
    'impersonation-denied',
    'node-sa-state',
    'caller-clusters-get',
    'resource-permission',
  ],
  'wi-nodepool-metadata-mode': ['wi-metadata-startup', 'token-invalid'],
  'wi-metadata-server-oom': ['wi-metadata-startup', 'wi-netpol-egress'],
  'wi-istio-exclusion': ['wi-netpol-egress', 'wi-metadata-startup', 'wi-metadata-dns'],
  'wi-metadata-dns': ['wi-metadata-startup', 'wi-netpol-egress', 'token-invalid'],
  'wi-control-plane-unavailable': ['wi-metadata-startup', 'token-invalid', 'api-server-unreachable'],
  'wi-netpol-egress': ['wi-metadata-startup', 'token-invalid'],
  'metadata-not-served': ['wi-metadata-startup'],
  'no-api-token': ['kubeconfig-missing', 'caller-anonymous'],
  'token-expired': ['cluster-auth-401', 'token-invalid'],
  'token-invalid': [
    'cluster-auth-401',
    'kubeconfig-auth-plugin',
    'wi-metadata-startup',
    'caller-clusters-get',
    'resource-permission',
  ],
  'wi-metadata-startup': ['resource-permission'],
  'caller-clusters-get': ['cluster-auth-401', 'cluster-not-found', 'resource-permission', 'kubeconfig-missing'],
  'cluster-not-found': ['kubeconfig-missing'],
  'kubeconfig-auth-plugin': ['cluster-auth-401', 'kubeconfig-missing', 'api-server-unreachable'],
  'certificate-untrusted': ['api-server-unreachable'],
  'kubeconfig-missing': ['api-server-unreachable'],
};

export interface Hit {
  readonly problem: ProblemId;
  readonly confidence: number;
  /** Which of the messages of the paste says so. */
  readonly message: number;
  /** What this message alone names. */
  readonly own: Entities;
}

/** Evidence that leaves little doubt counts before evidence that leaves some. */
const CLEAR = 0.8;
/** What two errors are about; where they name different ones, neither explains the other. */
const SUBJECTS = [
  'cluster',
  'project',
  'host',
  'iamServiceAccount',
  'namespace',
] as const satisfies readonly EntityKey[];

/**
 * The errors of a paste, best first: clear ones before doubtful ones, causes before consequences. A consequence is left out
 * where its cause stands in the same paste, unless the two name different subjects: then they are independent errors.
 */
export function ranked<T extends Hit>(hits: readonly T[]): T[] {
  const ordered = hits.toSorted((a, b) => doubt(a) - doubt(b) || ORDER.indexOf(a.problem) - ORDER.indexOf(b.problem));
  const kept: T[] = [];
  for (const hit of ordered) if (!kept.some(cause => explains(cause, hit))) kept.push(hit);
  // No answer is surer than one that stands before it.
  return kept.map((hit, index) => ({
    ...hit,
    confidence: Math.min(...kept.slice(0, index + 1).map(one => one.confidence)),
  }));
}

const doubt = ({ confidence }: Hit) => (confidence >= CLEAR ? 0 : 1);

function explains(cause: Hit, hit: Hit): boolean {
  if (CONSEQUENCES[cause.problem]?.includes(hit.problem) !== true) return false;
  if (cause.message === hit.message) return true;
  return SUBJECTS.every(
    key => cause.own[key] === undefined || hit.own[key] === undefined || cause.own[key] === hit.own[key],
  );
}
