/**
 * The report: what one diagnosis found. Other programs read it, so its form is stable (schema `gke-auth/report/v1`).
 * Fields may be added, never renamed or removed.
 */
import { z } from 'zod';

/** Every check there is, in the order in which a reader meets them. */
export const CHECK_IDS = [
  'cluster-not-found',
  'cluster-auth-401',
  'kubeconfig-auth-plugin',
  'api-server-reachable',
  'caller-clusters-get',
  'rbac-forbidden',
  'resource-permission',
  'api-enabled',
  'agent-gke-service-agent',
  'agent-gke-node-agent',
  'agent-google-apis-editor',
  'node-sa-permissions',
  'node-oauth-scopes',
  'node-sa-state',
  'node-sa-recommender',
  'default-sa-orgpolicy',
  'gce-permission-retry-budget',
  'nodepool-requires-recreation',
  'wi-iamcredentials-api',
  'wi-workload-pool',
  'wi-nodepool-metadata-mode',
  'wi-ksa-annotation',
  'wi-gsa-binding',
  'wi-netpol-egress',
  'wi-metadata-dns',
  'wi-metadata-startup',
  'wi-istio-exclusion',
  'wi-metadata-server-oom',
  'wi-control-plane-unavailable',
  'wi-deploypatch-failed',
] as const;
export const CheckId = z.enum(CHECK_IDS);
export type CheckId = z.infer<typeof CheckId>;

export const STATUSES = ['fail', 'warn', 'unknown', 'pass', 'not-applicable'] as const;
export const Status = z.enum(STATUSES);
export type Status = z.infer<typeof Status>;

/** One thing that was read, and what it says: the proof a reader can repeat. */
export const Evidence = z.object({ source: z.string().min(1), says: z.string().min(1) });
export type Evidence = z.infer<typeof Evidence>;

export const REMEDY_KINDS = [
  'grant-project-role',
  'grant-service-account-role',
  'grant-resource-role',
  'enable-service',
  'enable-dns-endpoint',
  'annotate-service-account',
  'create-role-binding',
  'enable-service-account',
  'enable-workload-identity',
  'set-node-metadata-mode',
  'recreate-node-pool',
  'manifest',
  'command',
] as const;
export const RemedyKind = z.enum(REMEDY_KINDS);
export type RemedyKind = z.infer<typeof RemedyKind>;

/** How much an approver risks by saying yes. `manual` is text to copy and never has a button. */
export const RISKS = ['grant', 'change', 'disruptive', 'manual'] as const;
export const Risk = z.enum(RISKS);
export type Risk = z.infer<typeof Risk>;

/** The exact change, as shown before approval. */
export const Change = z.object({
  /** What is written, as a full resource name: `projects/p`, `projects/p/serviceAccounts/e`, a cluster, a node pool … */
  resource: z.string(),
  /** The state before and after, one line per entry (for IAM: the members of the binding). */
  before: z.array(z.string()),
  after: z.array(z.string()),
  /** Permissions that the principal gains by it (IAM only). */
  adds: z.array(z.string()).optional(),
  /** How many of `adds` are more than what was missing (IAM only). */
  extra: z.number().int().optional(),
  /** What restarts or is interrupted; absent where nothing is. */
  disrupts: z.string().optional(),
});
export type Change = z.infer<typeof Change>;

export const Remedy = z.object({
  kind: RemedyKind,
  risk: Risk,
  params: z.record(z.string(), z.unknown()),
  /** The same change by hand, for a POSIX shell. */
  command: z.string().min(1),
  terraform: z.string().min(1).optional(),
  manifest: z.string().min(1).optional(),
  undo: z.string().min(1).optional(),
  console: z.url().optional(),
  /** One line that says what it does. */
  summary: z.string().optional(),
  change: Change.optional(),
  /** Present where the need for it could not be proven; says why offering it does no harm. */
  doubt: z.string().optional(),
});
export type Remedy = z.infer<typeof Remedy>;

/** What kept checks from deciding: one for each missing permission or source. */
export const Cause = z.object({
  /** Stable for the same cause; findings refer to it. */
  id: z.string().min(1),
  /** `denied`, `api-disabled`, `timeout` … */
  code: z.string().min(1),
  /** What could not be read, and why, in a sentence. */
  reason: z.string().min(1),
  permission: z.string().min(1).optional(),
  /** What the permission is missing on, or what could not be read. */
  resource: z.string().min(1).optional(),
  /** Ends it. */
  command: z.string().min(1).optional(),
  checks: z.array(CheckId).min(1),
});
export type Cause = z.infer<typeof Cause>;

export const Finding = z.object({
  check: CheckId,
  /** Full resource name; one finding per (check, subject). */
  subject: z.string().regex(/^projects\/[^/]+/),
  status: Status,
  /** States the good state: "Node service accounts can write logs and metrics". */
  title: z.string().min(1),
  /** One line that says how it is now: "pool-b: the nodes can't write logs and metrics". */
  headline: z.string().optional(),
  detail: z.string().min(1),
  /** What users notice while it stays so. */
  effect: z.string().optional(),
  evidence: z.array(Evidence),
  /** Ids of the report's causes that kept it from being decided. */
  causes: z.array(z.string()).min(1).optional(),
  missing: z.object({ principal: z.string().min(1), permissions: z.array(z.string()).min(1) }).optional(),
  remedies: z.array(Remedy),
  docs: z.url(),
});
export type Finding = z.infer<typeof Finding>;

/** Whether the causes say all that there is to say of a finding: it is unknown for them alone, and offers nothing. */
export function isToldByCauses({ status, causes, remedies }: Finding): boolean {
  return status === 'unknown' && causes !== undefined && remedies.length === 0;
}

/** Causes that one command ends, together; without a command each on its own. */
export function byCommand(causes: readonly Cause[]): readonly (readonly Cause[])[] {
  return [...Map.groupBy(causes, ({ id, command }) => command ?? id).values()];
}

export const Target = z.object({
  project: z.string().min(1),
  projectNumber: z.string().optional(),
  location: z.string().optional(),
  cluster: z.string().min(1),
});
export type Target = z.infer<typeof Target>;

export const Summary = z.object({
  pass: z.number().int(),
  warn: z.number().int(),
  fail: z.number().int(),
  unknown: z.number().int(),
  notApplicable: z.number().int(),
});
export type Summary = z.infer<typeof Summary>;

/** The workload that was asked about: what the picture of its chain shows beside the findings. */
export const WorkloadChain = z.object({
  namespace: z.string(),
  /** The Kubernetes service account. */
  serviceAccount: z.string(),
  /** Names of its Pods, at most three; `podCount` says how many there are. */
  pods: z.array(z.string()),
  podCount: z.number().int(),
  /** What iam.gke.io/gcp-service-account says; absent where there is no annotation. */
  annotation: z.string().optional(),
  /** The IAM service account that the annotation names; absent where it names none. */
  iamServiceAccount: z.string().optional(),
  /** Roles on projects of whoever the workload is to Google Cloud. */
  roles: z.array(z.object({ role: z.string(), resource: z.string() })),
});
export type WorkloadChain = z.infer<typeof WorkloadChain>;

export const Report = z.object({
  schema: z.literal('gke-auth/report/v1'),
  id: z.string().min(1),
  /** RFC 3339, UTC. */
  startedAt: z.string(),
  durationMs: z.number().min(0),
  /** Milliseconds by stage: collect, check, plan. */
  stages: z.record(z.string(), z.number()).optional(),
  target: Target,
  /** What the cluster is, for the line under its name: version, mode, number of node pools. */
  cluster: z.object({ version: z.string().optional(), autopilot: z.boolean(), nodePools: z.number().int() }).optional(),
  /** Present where a workload was asked about and could be read. */
  workload: WorkloadChain.optional(),
  /** HTTP requests sent per service, retries included. */
  apiCalls: z.record(z.string(), z.number().int().min(0)),
  summary: Summary,
  findings: z.array(Finding),
  /** What kept checks from deciding. */
  causes: z.array(Cause).optional(),
});
export type Report = z.infer<typeof Report>;

export const PermissionState = z.enum(['granted', 'conditional', 'missing', 'unknown']);
export type PermissionState = z.infer<typeof PermissionState>;

/** A row of the matrix of a scan: one node service account in one checked project. */
export const ServiceAccountRow = z.object({
  email: z.string(),
  project: z.string(),
  usedBy: z.array(z.string()),
  permissions: z.record(z.string(), PermissionState),
});
export type ServiceAccountRow = z.infer<typeof ServiceAccountRow>;

export const Scan = z.object({
  schema: z.literal('gke-auth/scan/v1'),
  id: z.string().min(1),
  startedAt: z.string(),
  durationMs: z.number().min(0),
  apiCalls: z.record(z.string(), z.number().int().min(0)),
  findings: z.array(Finding),
  /** What kept checks from deciding, in the project and in its clusters. */
  causes: z.array(Cause).optional(),
  clusters: z.array(Report),
  serviceAccounts: z.array(ServiceAccountRow),
});
export type Scan = z.infer<typeof Scan>;

/** Counts findings by status. */
export function summarize(findings: readonly { status: Status }[]): Summary {
  const count = (status: Status) => findings.filter(finding => finding.status === status).length;
  return {
    pass: count('pass'),
    warn: count('warn'),
    fail: count('fail'),
    unknown: count('unknown'),
    notApplicable: count('not-applicable'),
  };
}
