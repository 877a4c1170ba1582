/** Who a workload is to IAM: itself, or the IAM service account that its Kubernetes service account names (docs/domain/workloads.md). */
import { nearest } from '../../../nearest.ts';
import { decide } from '../../iam/conditions.ts';
import { identify, membership } from '../../iam/members.ts';
import type { Policy, Principal } from '../../iam/model.ts';
import { workloadPrincipal } from '../../iam/workload.ts';
import { prefetchAccess } from '../access.ts';
import { type Fact, known } from '../fact.ts';
import type { Cluster } from '../google/cluster.ts';
import { readPolicy } from '../google/policy.ts';
import { type Project, readProject } from '../google/project.ts';
import { projectOfAccount, readServiceAccount, type ServiceAccount } from '../google/service-account.ts';
import { readServices } from '../google/services.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';
import { ANNOTATION } from './marks.ts';
import type { WorkloadStart } from './workload.ts';

export interface WorkloadIdentity {
  readonly pool: string;
  /** False where the cluster has no pool yet: `pool` is then the one that it would get. */
  readonly poolIsOn: boolean;
  readonly poolProject: Fact<Project>;
  /** The workload with all its names in IAM; the `principal://` ones only where the pool's project number is known. */
  readonly principal: Principal;
  /** What the annotation says, as it stands; undefined where there is none, or the account could not be read. */
  readonly annotation?: string;
  /** The account that the annotation names; absent where it names none. */
  readonly account?: IamAccount;
  /** An account that is there and is called nearly as the annotation says; looked for where that one is not. */
  readonly nearest?: string;
  /** Roles on projects that whoever the workload is holds, unconditionally or not. */
  readonly roles: Fact<readonly HeldRole[]>;
}

export interface IamAccount {
  readonly email: string;
  readonly project: string;
  /** `projects/P/serviceAccounts/EMAIL`. */
  readonly resource: string;
  readonly state: Fact<ServiceAccount>;
  /** APIs of its project. */
  readonly services: Fact<ReadonlyMap<string, string>>;
}

export interface HeldRole {
  readonly role: string;
  /** `projects/P`. */
  readonly resource: string;
  /** Under a condition that can't be decided. */
  readonly conditional: boolean;
}

export async function readWorkloadIdentity(
  session: Session,
  cluster: Cluster,
  workload: WorkloadStart,
): Promise<WorkloadIdentity> {
  const pool = cluster.workloadPool ?? `${cluster.project}.svc.id.goog`;
  const kubernetesAccount = await workload.account;
  const { annotations, uid } = kubernetesAccount.known ? kubernetesAccount.value.metadata : {};
  const annotation = annotations?.[ANNOTATION];
  const named = annotation === undefined ? undefined : readAccount(session, cluster, annotation);
  const [poolProject, account] = await Promise.all([readProject(session, projectOfPool(pool)), named]);
  const principal = workloadPrincipal({
    pool,
    namespace: workload.namespace,
    name: workload.serviceAccount,
    cluster: cluster.resource,
    ...(poolProject.known ? { projectNumber: poolProject.value.number } : {}),
    ...(uid ? { uid } : {}),
  });
  const acting: Principal = account ? { member: `serviceAccount:${account.email}` } : principal;
  const misnamed = annotation !== undefined && (!account || (!account.state.known && account.state.code === 'absent'));
  const [roles, near] = await Promise.all([
    readRoles(session, [...new Set([cluster.project, account?.project ?? cluster.project])], acting),
    misnamed ? readNearest(session, account?.project ?? cluster.project, annotation) : undefined,
  ]);
  return {
    pool,
    poolIsOn: cluster.workloadPool !== undefined,
    poolProject,
    principal,
    roles,
    ...(annotation === undefined ? {} : { annotation }),
    ...(account ? { account } : {}),
    ...(near ? { nearest: near } : {}),
  };
}

/** `p.svc.id.goog` is of project p. Which form a domain-scoped project's has is not documented: both are read. */
function projectOfPool(pool: string): string {
  const name = pool.replace(/\.svc\.id\.goog$/, '');
  if (name.includes(':')) return name;
  const [project = '', ...scope] = name.split('.');
  return scope.length > 0 ? `${scope.join('.')}:${project}` : project;
}

/** Emails of service accounts; whatever else an annotation may hold names none. */
const EMAIL = /^[a-z0-9][a-z0-9.-]*@[a-z0-9][a-z0-9.-]*\.gserviceaccount\.com$/;

async function readAccount(session: Session, cluster: Cluster, annotation: string): Promise<IamAccount | undefined> {
  if (!EMAIL.test(annotation)) return undefined;
  const own = await readProject(session, cluster.project);
  const project = projectOfAccount(annotation, {
    id: cluster.project,
    ...(own.known ? { number: own.value.number } : {}),
  });
  if (project === undefined) return undefined;
  const resource = `projects/${project}/serviceAccounts/${annotation}`;
  // Whoever asks for the account asks what its policy says next.
  prefetchAccess(session, resource);
  const [state, services] = await Promise.all([
    readServiceAccount(session, project, annotation),
    readServices(session, project),
  ]);
  return { email: annotation, project, resource, state, services };
}

async function readRoles(
  session: Session,
  projects: readonly string[],
  acting: Principal,
): Promise<Fact<readonly HeldRole[]>> {
  const identity = identify(acting);
  const policies = await Promise.all(projects.map(project => readPolicy(session, `projects/${project}`)));
  const held = projects.flatMap((project, index) => {
    const policy = policies[index];
    if (!policy?.known) return [];
    const resource = `projects/${project}`;
    const isMine = (member: string) => membership(identity, member, resource) === 'yes';
    return rolesIn(policy.value, isMine, session.now).map(role => ({ ...role, resource }));
  });
  const unread = policies.find(policy => !policy.known);
  // Roles that were found stand, whatever else could not be read.
  return unread && held.length === 0 ? unread : known(held, 'cloudresourcemanager projects.getIamPolicy');
}

/** What is bound under a condition that does not hold, expired or not yet begun, is not held. */
function rolesIn({ bindings }: Policy, isMine: (member: string) => boolean, now: Date): Omit<HeldRole, 'resource'>[] {
  return bindings
    .filter(({ members }) => members.some(isMine))
    .map(({ role, condition }) => ({ role, holds: decide(condition, now).holds }))
    .filter(({ holds }) => holds !== false)
    .map(({ role, holds }) => ({ role, conditional: holds === undefined }));
}

async function readNearest(session: Session, project: string, wanted: string): Promise<string | undefined> {
  const call = {
    source: 'iam serviceAccounts.list',
    permission: 'iam.serviceAccounts.list',
    resource: `projects/${project}`,
    self: session.self,
  };
  const accounts = await session.once(`accounts ${project}`, () =>
    asFact(call, () => session.google.listServiceAccounts(project)),
  );
  if (!accounts.known) return undefined;
  const emails = accounts.value.flatMap(({ email, disabled }) => (email && !disabled ? [email] : []));
  // Compared by their own names: the long ending that all share would make any two look alike.
  const name = (email: string) => email.trim().split('@')[0] ?? '';
  const near = nearest(name(wanted), emails.map(name));
  return emails.find(email => name(email) === near);
}
