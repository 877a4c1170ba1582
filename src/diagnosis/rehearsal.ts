/**
 * While the first answers are on their way the processor has nothing to do. A small made-up project is looked at meanwhile, so that
 * what comes between the real answers has run before: in a program that was just started everything takes several times as long
 * when it is done for the first time, and each of these delays would lie between one call and the next.
 */

import type { Language } from '../contracts/text.ts';
import type { GoogleReads } from '../google/reads.ts';
import { requestsSent } from '../http/pace.ts';
import { diagnose } from './diagnose.ts';
import { Session } from './facts/session.ts';
import { scan } from './scan.ts';

/** ms after which the first requests have been put together. */
const MADE_MS = 10;

/** Rehearses a diagnosis or a scan once the first requests of the real one are out. What comes of it is of no consequence. */
export function rehearse(what: 'diagnosis' | 'scan', language: Language): void {
  const session = new Session({ google: SAMPLE, now: new Date(), scan: what === 'scan' });
  const request = { cluster: CLUSTER, projects: [PROJECT] };
  const run = (): Promise<unknown> =>
    what === 'scan'
      ? scan({ projects: [PROJECT], session, language })
      : diagnose({ id: 'rehearsal', request, session, language });
  setTimeout(
    () =>
      void requestsSent()
        .then(run)
        .catch(() => {}),
    MADE_MS,
  ).unref();
}

const PROJECT = 'sample-1';
const CLUSTER = `projects/${PROJECT}/locations/us-central1/clusters/sample`;
const VERSION = '1.33.4-gke.1350000';

function pool(name: string, serviceAccount: string) {
  const workloadMetadataConfig = { mode: 'GKE_METADATA' as const };
  const oauthScopes = ['https://www.googleapis.com/auth/cloud-platform'];
  const config = { serviceAccount, oauthScopes, workloadMetadataConfig, imageType: 'COS_CONTAINERD' };
  return { name, version: VERSION, status: 'RUNNING' as const, config };
}

const cluster = {
  name: 'sample',
  location: 'us-central1',
  status: 'RUNNING' as const,
  currentMasterVersion: VERSION,
  workloadIdentityConfig: { workloadPool: 'sample-1.svc.id.goog' },
  nodePools: [
    pool('a', 'a@sample-1.iam.gserviceaccount.com'),
    pool('b', 'b@sample-1.iam.gserviceaccount.com'),
    pool('c', 'default'),
  ],
};

/** One account has what it needs, one has it until a time, one through a group that nobody can see into. */
const bindings = [
  { role: 'roles/container.defaultNodeServiceAccount', members: ['serviceAccount:a@sample-1.iam.gserviceaccount.com'] },
  {
    role: 'roles/logging.logWriter',
    members: ['serviceAccount:b@sample-1.iam.gserviceaccount.com'],
    condition: { title: 'for a while', expression: 'request.time < timestamp("2020-01-01T00:00:00Z")' },
  },
  { role: 'projects/sample-1/roles/nodes', members: ['group:nodes@example.com'] },
];

const SAMPLE: GoogleReads = {
  calls: () => ({}),
  getCluster: async () => cluster,
  listClusters: async () => ({ clusters: [cluster] }),
  listOperations: async () => ({ operations: [{ name: 'o', status: 'DONE' as const }] }),
  getProject: async () => ({ name: 'projects/1', projectId: 'sample-1', state: 'ACTIVE' }),
  getAncestry: async () => [
    { resourceId: { type: 'project', id: 'sample-1' } },
    { resourceId: { type: 'folder', id: '2' } },
  ],
  getPolicy: async () => ({ version: 3, etag: 'e', bindings }),
  getServiceAccountPolicy: async () => ({}),
  getServiceAccount: async () => ({ email: 'a@sample-1.iam.gserviceaccount.com', projectId: 'sample-1' }),
  listServiceAccounts: async () => [{ email: 'a@sample-1.iam.gserviceaccount.com', projectId: 'sample-1' }],
  getRole: async name => ({ name, includedPermissions: ['logging.logEntries.create'] }),
  listDenyPolicies: async () => [],
  getServices: async (_, names) => names.map(name => ({ name: `projects/1/services/${name}`, state: 'ENABLED' })),
  troubleshoot: async () => ({ overallAccessState: 'CANNOT_ACCESS' }),
  listRecommendations: async () => [],
  isConstraintEnforced: async () => false,
  isConstraintEnforcedV1: async () => false,
  listLogEntries: async () => ({ entries: [] }),
};
