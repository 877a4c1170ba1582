/** A plan and people to test with. */
import type { Plan } from '../../src/contracts/plan.ts';
import { deriveKeys } from '../../src/signing/keys.ts';
import { createSigning, SIGNERS, type SignerName, type Signing } from '../../src/signing/signing.ts';

export const PLAN_KEY = 'a key that is only for tests';

export const signingAs = (signer: SignerName, key = PLAN_KEY): Signing => createSigning(deriveKeys(key, signer));

/** Plays every process at once: each event is signed by the role that makes it. */
export function everyRole(key = PLAN_KEY): Signing {
  const [bot, diagnoser, remediator, operator] = SIGNERS.map(signer => signingAs(signer, key));
  if (!bot || !diagnoser || !remediator || !operator) throw new Error('there are four signers');
  const of = (purpose: string, content: unknown): Signing => {
    if (purpose === 'report') return diagnoser;
    if (purpose === 'checkpoint') return remediator;
    if (purpose !== 'event') return bot;
    const { move, by } = content as { move: string; by?: unknown };
    if (move === 'open') return diagnoser;
    return ['approve', 'deny'].includes(move) || (move === 'revoke' && by) ? bot : remediator;
  };
  return { seal: (purpose, content) => of(purpose, content).seal(purpose, content), signerOf: bot.signerOf };
}

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
