/** Node service accounts × permissions: who uses which account, and what it may do on the project (the first seed's script). */
import type { ServiceAccountRow } from '../contracts/report.ts';
import { NODE_PERMISSIONS, nodeQuestion } from './checks/nodes/account/permissions.ts';
import { prepareAccess } from './facts/access.ts';
import type { Cluster } from './facts/google/cluster.ts';
import { nodeAccounts } from './facts/google/node-accounts.ts';
import type { Session } from './facts/session.ts';

/**
 * A row for each account that nodes of these clusters run as, by email. Without the project's number the default account has
 * no name, and no row. All it reads was read for the check `node-sa-permissions` already.
 */
export async function accountMatrix(
  session: Session,
  project: string,
  clusters: readonly Cluster[],
  projectNumber: string | undefined,
): Promise<ServiceAccountRow[]> {
  const users = clusters
    .flatMap(cluster => nodeAccounts(cluster, projectNumber))
    .flatMap(({ email, subject }) => (email === undefined ? [] : [{ email, subject }]));
  const byEmail = Map.groupBy(users, ({ email }) => email);
  const questions = [...byEmail.keys()].flatMap(email =>
    NODE_PERMISSIONS.map(permission => nodeQuestion(project, email, permission)),
  );
  const access = await prepareAccess(session, questions, []);
  const stateOf = (email: string, permission: string) => access.answer(nodeQuestion(project, email, permission)).state;
  return [...byEmail]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([email, uses]) => ({
      email,
      project,
      usedBy: uses.map(({ subject }) => subject).sort(),
      permissions: Object.fromEntries(NODE_PERMISSIONS.map(permission => [permission, stateOf(email, permission)])),
    }));
}
