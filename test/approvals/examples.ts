/** A plan and people to test with. */
import type { Plan } from '../../src/contracts/plan.ts';

export const PLAN_KEY = 'a key that is only for tests';

export const requester = { team: 'T1', user: 'U-ALICE', id: 'U-ALICE', email: 'alice@example.com' };
export const bob = { team: 'T1', user: 'U-BOB', id: 'U-BOB', email: 'bob@example.com' };
export const carol = { team: 'T1', user: 'U-CAROL', id: 'U-CAROL', email: 'carol@example.com' };

/** A node account's role on the project `dev-1`; `params` replace the remedy's, `plan` the plan's own fields. */
export function examplePlan(params?: Record<string, unknown>, plan: Partial<Plan> = {}): Plan {
  return {
    id: 'approval-1',
    createdAt: '2026-11-22T12:00:00.000Z',
    expiresAt: '2026-11-22T16:00:00.000Z',
    reportId: 'report-1',
    target: { project: 'dev-1', projectNumber: '123', location: 'asia-northeast1', cluster: 'cluster-x' },
    check: 'node-sa-permissions',
    subject: 'projects/dev-1/locations/asia-northeast1/clusters/cluster-x/nodePools/pool-b',
    request: { cluster: 'cluster-x', projects: [] },
    headline: "The nodes of pool-b can't write logs and metrics",
    remedy: {
      kind: 'grant-project-role',
      risk: 'grant',
      params: params ?? {
        project: 'dev-1',
        member: 'serviceAccount:node-b@dev-1.iam.gserviceaccount.com',
        role: 'roles/container.defaultNodeServiceAccount',
      },
      command: 'gcloud projects add-iam-policy-binding dev-1',
    },
    requester,
    ...plan,
  };
}
