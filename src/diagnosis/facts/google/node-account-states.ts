/** The state of every service account that nodes of some clusters run as, by email. */
import type { ComputeClass } from '../../../kubernetes/objects.ts';
import { type Fact, type Unknown, unknown } from '../fact.ts';
import type { Session } from '../session.ts';
import type { Cluster } from './cluster.ts';
import { nodeAccounts } from './node-accounts.ts';
import type { Project } from './project.ts';
import { projectOfAccount, readServiceAccount, type ServiceAccount } from './service-account.ts';

export interface NodeAccountState {
  readonly email: string;
  /** The account's own project; absent where the email doesn't tell. */
  readonly project?: string;
  readonly account: Fact<ServiceAccount>;
}

export async function readNodeAccountStates(
  session: Session,
  clusters: Fact<readonly Cluster[]>,
  own: string,
  project: Fact<Project>,
  computeClasses: Fact<readonly ComputeClass[]>,
): Promise<readonly NodeAccountState[]> {
  if (!clusters.known) return [];
  const number = project.known ? project.value.number : undefined;
  const classes = computeClasses.known ? computeClasses.value : [];
  const emails = new Set(
    clusters.value.flatMap(cluster => nodeAccounts(cluster, number, classes).flatMap(({ email }) => email ?? [])),
  );
  return Promise.all(
    [...emails].sort().map(async email => {
      const home = projectOfAccount(email, { id: own, number });
      if (home === undefined) return { email, account: homeless(email) };
      return { email, project: home, account: await readServiceAccount(session, home, email) };
    }),
  );
}

function homeless(email: string): Unknown {
  return unknown({
    code: 'not-asked',
    source: 'iam serviceAccounts.get',
    reason: {
      en: `The project of ${email} can't be told from its name.`,
      ja: `${email} のプロジェクトを名前から特定できません。`,
    },
  });
}
