/** From words to proof: which diagnosis an explanation asks for, and what is still missing for it. */
import { parseClusterName } from '../contracts/cluster-name.ts';
import type { Entities, ProblemId } from '../contracts/explanation.ts';
import type { DiagnoseRequest } from '../contracts/jobs.ts';
import { CHECK_IDS, type CheckId } from '../contracts/report.ts';
import { isEverybody } from './everybody.ts';
import type { Circumstances } from './recognize.ts';

export type Missing = 'cluster' | 'project' | 'principal' | 'workload';

export interface Proof {
  /** What the text says of it; `cluster` may not be among that, see `missing`. */
  readonly request: Omit<DiagnoseRequest, 'cluster'> & { readonly cluster?: string };
  /** What to ask for, in this order. */
  readonly missing: readonly Missing[];
  /** The checks that can prove or refute the explanation, the decisive one first; none where it lies outside of all clusters. */
  readonly checks: readonly CheckId[];
}

const WORKLOAD_CHAIN = [
  'wi-iamcredentials-api',
  'wi-workload-pool',
  'wi-nodepool-metadata-mode',
  'wi-ksa-annotation',
  'wi-gsa-binding',
] as const;
const WAY_TO_SERVER = [
  'wi-netpol-egress',
  'wi-metadata-dns',
  'wi-istio-exclusion',
  'wi-metadata-startup',
  'wi-metadata-server-oom',
] as const;
const AGENTS = ['agent-gke-service-agent', 'agent-google-apis-editor', 'agent-gke-node-agent'] as const;

/** What is looked at for each problem, the decisive check first; a check that this version doesn't have is left out. */
const WANTED: Readonly<Record<ProblemId, readonly string[]>> = {
  'cluster-not-found': ['cluster-not-found'],
  'cluster-auth-401': ['cluster-auth-401', 'caller-clusters-get', 'rbac-forbidden', 'kubeconfig-auth-plugin'],
  'kubeconfig-auth-plugin': ['kubeconfig-auth-plugin', 'cluster-auth-401'],
  'caller-clusters-get': ['caller-clusters-get', 'cluster-not-found'],
  'rbac-forbidden': ['rbac-forbidden', 'caller-clusters-get'],
  'api-enabled': ['api-enabled'],
  'agent-gke-service-agent': AGENTS,
  'agent-gke-node-agent': ['agent-gke-node-agent', 'node-sa-permissions'],
  'agent-google-apis-editor': ['agent-google-apis-editor', 'agent-gke-service-agent'],
  'node-sa-permissions': [
    'node-sa-permissions',
    'node-sa-state',
    'node-oauth-scopes',
    'agent-gke-node-agent',
    'default-sa-orgpolicy',
    'node-sa-recommender',
  ],
  'node-oauth-scopes': ['node-oauth-scopes', 'node-sa-permissions'],
  'node-sa-state': ['node-sa-state', 'node-sa-permissions'],
  'node-sa-recommender': ['node-sa-recommender', 'node-sa-permissions'],
  'default-sa-orgpolicy': ['default-sa-orgpolicy', 'node-sa-permissions'],
  'gce-permission-retry-budget': ['gce-permission-retry-budget', ...AGENTS, 'node-sa-state'],
  'nodepool-requires-recreation': ['nodepool-requires-recreation'],
  'wi-iamcredentials-api': ['wi-iamcredentials-api', 'api-enabled'],
  'wi-workload-pool': ['wi-workload-pool', 'wi-nodepool-metadata-mode'],
  'wi-nodepool-metadata-mode': ['wi-nodepool-metadata-mode', 'wi-workload-pool'],
  'wi-ksa-annotation': ['wi-ksa-annotation', 'wi-gsa-binding'],
  'wi-gsa-binding': [
    'wi-gsa-binding',
    'wi-ksa-annotation',
    'wi-iamcredentials-api',
    'wi-workload-pool',
    'wi-nodepool-metadata-mode',
  ],
  'wi-netpol-egress': WAY_TO_SERVER,
  'wi-metadata-dns': ['wi-metadata-dns', 'wi-netpol-egress', 'wi-istio-exclusion'],
  'wi-metadata-startup': [
    'wi-metadata-startup',
    ...WAY_TO_SERVER.filter(check => check !== 'wi-metadata-startup'),
    ...WORKLOAD_CHAIN,
  ],
  'wi-istio-exclusion': ['wi-istio-exclusion', 'wi-netpol-egress', 'wi-metadata-startup'],
  'wi-metadata-server-oom': ['wi-metadata-server-oom'],
  'wi-control-plane-unavailable': ['wi-control-plane-unavailable', 'wi-metadata-server-oom'],
  'wi-deploypatch-failed': ['wi-deploypatch-failed', 'agent-gke-service-agent', 'wi-workload-pool'],
  // The caller's own credentials can't be seen from here; what they may reach can.
  'token-invalid': ['cluster-auth-401', 'caller-clusters-get'],
  'token-expired': ['cluster-auth-401', 'caller-clusters-get'],
  'caller-anonymous': ['cluster-auth-401', 'kubeconfig-auth-plugin'],
  'impersonation-denied': ['ci-federation', 'node-sa-state', 'caller-clusters-get'],
  'federation-denied': ['ci-federation'],
  'caller-act-as': ['caller-act-as', 'node-sa-state', 'agent-gke-service-agent'],
  'org-policy-blocked': ['default-sa-orgpolicy', 'node-sa-permissions'],
  'vpc-sc-denied': [],
  'quota-project-denied': [],
  'resource-permission': ['resource-permission', ...WORKLOAD_CHAIN],
  'image-pull': ['image-pull', 'node-sa-state', 'node-oauth-scopes'],
  'kms-key': ['kms-key', 'agent-gke-service-agent'],
  'api-server-unreachable': ['api-server-reachable', 'wi-control-plane-unavailable', 'cluster-not-found'],
  'certificate-untrusted': ['api-server-reachable', 'cluster-not-found'],
  'kubeconfig-missing': ['cluster-not-found', 'caller-clusters-get'],
  'no-api-token': ['workload-api-token'],
  'metadata-not-served': ['wi-nodepool-metadata-mode'],
};
const isCheck = (id: string): id is CheckId => (CHECK_IDS as readonly string[]).includes(id);
export const checksOf = (problem: ProblemId): readonly CheckId[] => WANTED[problem].filter(isCheck);

/** Problems of a person or account: the diagnosis needs to know whose. */
const OF_A_PRINCIPAL: ReadonlySet<ProblemId> = new Set([
  'caller-clusters-get',
  'rbac-forbidden',
  'cluster-auth-401',
  'caller-act-as',
]);
/** Problems of one workload: the diagnosis needs to know which. */
const OF_A_WORKLOAD: ReadonlySet<ProblemId> = new Set([
  'wi-ksa-annotation',
  'wi-gsa-binding',
  'wi-netpol-egress',
  'wi-istio-exclusion',
  'wi-metadata-startup',
  'wi-metadata-dns',
  'wi-nodepool-metadata-mode',
  'metadata-not-served',
  'no-api-token',
]);

interface Named {
  readonly problem: ProblemId;
  readonly entities: Entities;
  readonly circumstances?: Circumstances;
}

/** `now`: when the text was pasted; it goes into the symptom. */
export function toRequest({ problem, entities: named, circumstances }: Named, now: Date): Proof {
  const checks = checksOf(problem);
  // What is refused for the whole cluster is asked for no namespace, also where the caller's own is known.
  const { namespace: _, ...clusterWide } = named;
  const entities = problem === 'rbac-forbidden' && circumstances?.isClusterWide === true ? clusterWide : named;
  const principal = person(entities);
  const workload = workloadOf(entities);
  const cluster = clusterName(entities);
  const project = isOfImage(entities) ? undefined : entities.project;
  const missing: Missing[] = [
    ...(cluster === undefined ? (['cluster'] as const) : []),
    ...(project === undefined && cluster === undefined ? (['project'] as const) : []),
    ...(OF_A_PRINCIPAL.has(problem) && principal === undefined && workload === undefined
      ? (['principal'] as const)
      : []),
    ...(OF_A_WORKLOAD.has(problem) && workload === undefined ? (['workload'] as const) : []),
  ];
  return {
    request: {
      ...(cluster === undefined ? {} : { cluster }),
      projects: project === undefined ? [] : [project],
      ...(principal === undefined || !OF_A_PRINCIPAL.has(problem) ? {} : { principal }),
      ...(problem === 'rbac-forbidden' ? access(entities) : {}),
      ...(workload === undefined ? {} : { workload }),
      only: [...checks],
      symptom: { problem, entities: defined(entities), at: now.toISOString() },
    },
    missing,
    checks,
  };
}

/** Whether the only project that is named is where an image lies, which tells nothing of the cluster. */
const isOfImage = ({ cluster, project, repository }: Entities): boolean =>
  cluster === undefined && project !== undefined && repository?.startsWith(`projects/${project}/`) === true;

/** `project/location/cluster` as far as the text says it; nothing that can't be one. */
function clusterName({ project, location, cluster }: Entities): string | undefined {
  if (cluster === undefined) return undefined;
  const prefix = location === undefined ? [] : project === undefined ? [location] : [project, location];
  const name = [...prefix, cluster].join('/');
  return 'problem' in parseClusterName(name) ? undefined : name;
}

/** An email or IAM member that a diagnosis can be made for; a Kubernetes service account is a workload instead. */
function person({ principal }: Entities): string | undefined {
  if (principal === undefined || principal.startsWith('system:') || isEverybody(principal)) return undefined;
  return /^(?:[\w.+-]+@[\w.-]+|(?:user|group|serviceAccount|principal|principalSet):.+|\d{15,25})$/.test(principal)
    ? principal
    : undefined;
}

function workloadOf({ principal, namespace, kubernetesServiceAccount }: Entities): string | undefined {
  const named =
    /^system:serviceaccount:([^:]+):(.+)$/.exec(principal ?? '') ??
    /svc\.id\.goog\[([^/]+)\/(.+)\]$/.exec(principal ?? '');
  if (named !== null) return `${named[1]}/${named[2]}`;
  if (namespace === undefined || kubernetesServiceAccount === undefined) return undefined;
  return `${namespace}/${kubernetesServiceAccount}`;
}

function access({ verb, kubernetesResource, apiGroup, namespace }: Entities): Partial<DiagnoseRequest> {
  return {
    ...(verb === undefined ? {} : { verb }),
    ...(kubernetesResource === undefined
      ? {}
      : { resource: apiGroup === undefined ? kubernetesResource : `${kubernetesResource}.${apiGroup}` }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function defined(entities: Entities): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entities).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
