/** Reports and approvals that the message tests render. */
import type { Finding, Remedy, Report } from '../../src/contracts/report.ts';
import { summarize } from '../../src/contracts/report.ts';
import type { ApprovalView } from '../../src/slack/messages/approval-view.ts';

export const CLUSTER = 'projects/prod-1/locations/asia-northeast1/clusters/cluster-x';

export const grantRemedy: Remedy = {
  kind: 'grant-project-role',
  risk: 'grant',
  params: {
    project: 'prod-1',
    member: 'serviceAccount:node-b@prod-1.iam.gserviceaccount.com',
    role: 'roles/container.defaultNodeServiceAccount',
  },
  command:
    'gcloud projects add-iam-policy-binding prod-1 --member=serviceAccount:node-b@prod-1.iam.gserviceaccount.com --role=roles/container.defaultNodeServiceAccount --condition=None',
  terraform: 'resource "google_project_iam_member" "node_b" {}',
  undo: 'gcloud projects remove-iam-policy-binding prod-1',
  summary: 'grant roles/container.defaultNodeServiceAccount on project prod-1',
  change: {
    resource: 'projects/prod-1',
    before: ['serviceAccount:node-a@prod-1.iam.gserviceaccount.com'],
    after: [
      'serviceAccount:node-a@prod-1.iam.gserviceaccount.com',
      'serviceAccount:node-b@prod-1.iam.gserviceaccount.com',
    ],
    adds: [
      'autoscaling.sites.writeMetrics',
      'logging.logEntries.create',
      'monitoring.metricDescriptors.create',
      'monitoring.timeSeries.create',
    ],
    extra: 2,
  },
};

export const failing: Finding = {
  check: 'node-sa-permissions',
  subject: `${CLUSTER}/nodePools/pool-b`,
  status: 'fail',
  title: 'Node service accounts can write logs and metrics',
  headline: "The nodes of pool-b can't write logs and metrics",
  detail: 'Its only role is roles/monitoring.metricWriter (project policy).',
  effect: "Logs of these nodes don't reach Cloud Logging.",
  evidence: [
    { source: 'cloudresourcemanager projects.getIamPolicy', says: 'node-b has roles/monitoring.metricWriter only' },
  ],
  missing: {
    principal: 'serviceAccount:node-b@prod-1.iam.gserviceaccount.com',
    permissions: ['logging.logEntries.create', 'autoscaling.sites.writeMetrics'],
  },
  remedies: [grantRemedy],
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
};

export const unknown: Finding = {
  check: 'agent-gke-service-agent',
  subject: 'projects/prod-1',
  status: 'unknown',
  title: "GKE's service agent holds its role",
  headline: "I couldn't tell whether container-engine-robot holds its role",
  detail: 'I may not read the policy of folder 7001 (resourcemanager.folders.getIamPolicy).',
  evidence: [],
  remedies: [
    {
      kind: 'command',
      risk: 'manual',
      params: {},
      command:
        'gcloud resource-manager folders add-iam-policy-binding 7001 --member=… --role=roles/iam.securityReviewer',
    },
  ],
  docs: 'https://cloud.google.com/iam/docs',
};

export const passing: Finding = {
  check: 'api-enabled',
  subject: 'projects/prod-1',
  status: 'pass',
  title: 'The APIs that GKE needs are enabled',
  detail: 'container.googleapis.com is enabled.',
  evidence: [{ source: 'serviceusage services.batchGet', says: 'container.googleapis.com is ENABLED' }],
  remedies: [],
  docs: 'https://cloud.google.com/kubernetes-engine/docs',
};

export function reportOf(findings: readonly Finding[]): Report {
  return {
    schema: 'gke-auth/report/v1',
    id: 'r1',
    startedAt: '2026-11-22T12:00:00Z',
    durationMs: 1400,
    target: { project: 'prod-1', projectNumber: '123', location: 'asia-northeast1', cluster: 'cluster-x' },
    apiCalls: { container: 1 },
    summary: summarize(findings),
    findings: [...findings],
  };
}

const { terraform: _, ...shownRemedy } = grantRemedy;

export const pending: ApprovalView = {
  id: 'ap1',
  state: 'pending',
  check: 'node-sa-permissions',
  subject: `${CLUSTER}/nodePools/pool-b`,
  headline: "The nodes of pool-b can't write logs and metrics",
  project: 'prod-1',
  location: 'asia-northeast1',
  cluster: 'cluster-x',
  remedy: shownRemedy,
  requester: 'U0ALICE',
  approvers: ['@gke-admins'],
  quorum: 1,
  approvals: [],
  expiresAt: '2026-11-22T16:00:00Z',
};

const bob = { user: 'U0BOB', at: '2026-11-22T12:03:00Z' };
const approved = { ...pending, approvals: [bob] };

/** Neither has a way back. */
const recreation: ApprovalView['remedy'] = {
  kind: 'recreate-node-pool',
  risk: 'disruptive',
  params: {},
  command: 'gcloud container node-pools create pool-c',
  summary: 'recreate node pool pool-b as pool-c',
  change: { resource: CLUSTER, before: ['pool-b'], after: ['pool-c'], disrupts: 'every Pod of pool-b moves' },
};
export const enabling: ApprovalView['remedy'] = {
  kind: 'enable-service',
  risk: 'change',
  params: { project: 'prod-1', service: 'container.googleapis.com' },
  command: 'gcloud services enable container.googleapis.com --project=prod-1',
  summary: 'enable container.googleapis.com in project prod-1',
};

/** Every state a card can show. */
export const STATES: Readonly<Record<string, ApprovalView>> = {
  pending,
  'pending without approvers': { ...pending, approvers: [] },
  'pending, 1 of 2': { ...pending, quorum: 2, approvals: [bob] },
  'pending, time-bound': { ...pending, grantMs: 8 * 3_600_000 },
  'pending, disruptive': {
    ...pending,
    remedy: recreation,
    quorum: 2,
  },
  approved: { ...approved, state: 'approved' },
  applying: { ...approved, state: 'applying' },
  'applying with progress': { ...approved, state: 'applying', progress: { en: '2 of 3 nodes', ja: '3 台中 2 台' } },
  applied: { ...approved, state: 'applied', appliedAt: '2026-11-22T12:03:41Z' },
  'applied, not revocable': {
    ...approved,
    state: 'applied',
    appliedAt: '2026-11-22T12:03:41Z',
    problem: { en: 'Google refused.', ja: 'Google が拒否しました。' },
  },
  'applied, still failing': { ...approved, state: 'applied', appliedAt: '2026-11-22T12:03:41Z', stillFailing: true },
  verified: {
    ...approved,
    state: 'verified',
    appliedAt: '2026-11-22T12:03:41Z',
    verifiedAt: '2026-11-22T12:05:00Z',
  },
  'verified, no way back': {
    ...approved,
    state: 'verified',
    remedy: recreation,
    appliedAt: '2026-11-22T12:03:41Z',
    verifiedAt: '2026-11-22T12:05:00Z',
  },
  'applied, still failing, no way back': {
    ...approved,
    state: 'applied',
    remedy: enabling,
    appliedAt: '2026-11-22T12:03:41Z',
    stillFailing: true,
  },
  revoking: {
    ...approved,
    state: 'revoking',
    appliedAt: '2026-11-22T12:03:41Z',
    verifiedAt: '2026-11-22T12:05:00Z',
    revoked: { ...bob, reason: 'not needed' },
  },
  denied: { ...pending, state: 'denied', denied: { ...bob, reason: 'use the shared node account' } },
  expired: { ...pending, state: 'expired' },
  'stale, fixed by others': { ...approved, state: 'stale', alreadyFixed: true },
  stale: { ...approved, state: 'stale' },
  failed: {
    ...approved,
    state: 'failed',
    problem: {
      en: 'the policy changed five times while we wrote. Nothing was changed.',
      ja: '書き込み中にポリシーが 5 回変更されました。何も変更していません。',
    },
  },
  revoked: { ...approved, state: 'revoked', revoked: { ...bob, reason: 'not needed any more' } },
};
