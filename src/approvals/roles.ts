/**
 * Which role may be granted to whom, on what: the allow-list, and what holds whatever the allow-list says. Pure; asked by
 * the bot at the click and again by the worker before it writes. Sources: README.md#security-model,
 * docs/domain/agents.md and docs/domain/identities.md#the-condition-on-grants.
 */
import { BASIC_ROLES } from '../config/settings.ts';
import type { Plan } from '../contracts/plan.ts';
import { GRANTABLE_KINDS, parseResource } from '../contracts/resource-name.ts';
import type { Text } from '../contracts/text.ts';

export interface RoleGrant {
  readonly role: string;
  /** An IAM member: `user:…`, `serviceAccount:…`, `principal://…` … */
  readonly member: string;
  /** What the policy belongs to: `projects/P` or `projects/P/serviceAccounts/EMAIL`. */
  readonly resource: string;
  /** The number of the cluster's project: service agents belong to it. */
  readonly projectNumber: string | undefined;
}

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: Text };

interface Constraint {
  readonly on: 'project' | 'serviceAccount';
  readonly member: (member: string, projectNumber: string | undefined) => boolean;
  /** Who it is for. */
  readonly only: Text;
}

const ACCOUNT = /^serviceAccount:[a-z0-9.-]+@[a-z0-9.:-]+\.gserviceaccount\.com$/;
const USER = /^user:[^\s@:]+@[^\s@:]+$/;
/** GKE's pools only: a pool of another identity provider is no workload of a cluster. */
const WORKLOAD = [
  /^serviceAccount:[a-z0-9.:-]+\.svc\.id\.goog\[[a-z0-9-]+\/[a-z0-9.-]+\]$/,
  /^principal(Set)?:\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9.:-]+\.svc\.id\.goog\/\S+$/,
];
/** Everyone, whole classes of people, and those who no longer exist are no answer to a missing role. */
const NAMED =
  /^(user|serviceAccount|group):[^\s:]+@\S+$|^serviceAccount:\S+\.svc\.id\.goog\[\S+\]$|^principal(Set)?:\/\/\S+$/;

const agent = (domain: string) => (member: string, number: string | undefined) =>
  number !== undefined && member === `serviceAccount:service-${number}@${domain}.iam.gserviceaccount.com`;
const gkeAgent = agent('container-engine-robot');
const nodeAgent = agent('gcp-sa-gkenode');

const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  'roles/container.serviceAgent': {
    on: 'project',
    member: gkeAgent,
    only: {
      en: "GKE's service agent of this project (service-NUMBER@container-engine-robot…)",
      ja: 'このプロジェクトの GKE サービス エージェント（service-番号@container-engine-robot…）',
    },
  },
  'roles/container.defaultNodeServiceAgent': {
    on: 'project',
    member: nodeAgent,
    only: {
      en: "GKE's node service agent of this project (service-NUMBER@gcp-sa-gkenode…)",
      ja: 'このプロジェクトの GKE ノード サービス エージェント（service-番号@gcp-sa-gkenode…）',
    },
  },
  'roles/container.hostServiceAgentUser': {
    on: 'project',
    member: (member, number) => gkeAgent(member, number) || nodeAgent(member, number),
    only: {
      en: "GKE's service agents of the cluster's project",
      ja: 'クラスタのプロジェクトの GKE サービス エージェント',
    },
  },
  'roles/container.defaultNodeServiceAccount': {
    on: 'project',
    member: member => ACCOUNT.test(member),
    only: { en: 'service accounts', ja: 'サービス アカウント' },
  },
  'roles/container.clusterViewer': {
    on: 'project',
    member: member => ACCOUNT.test(member) || USER.test(member),
    only: { en: 'single users and service accounts', ja: '個々のユーザーとサービス アカウント' },
  },
  'roles/iam.workloadIdentityUser': {
    on: 'serviceAccount',
    member: member => WORKLOAD.some(form => form.test(member)),
    only: { en: 'workloads of GKE clusters', ja: 'GKE クラスタのワークロード' },
  },
};

const RESOURCES: Readonly<Record<Constraint['on'], { form: RegExp; name: Text }>> = {
  project: { form: /^projects\/[^/\s]+$/, name: { en: 'projects', ja: 'プロジェクト' } },
  serviceAccount: {
    form: /^projects\/[^/\s]+\/serviceAccounts\/[^/\s]+$/,
    name: { en: 'service accounts', ja: 'サービス アカウント' },
  },
};

/** Whether this grant may be made at all. A reason names the role and what would be allowed. */
export function roleAllowed(grant: RoleGrant, allowedRoles: readonly string[]): Verdict {
  const { role, member, resource, projectNumber } = grant;
  if (BASIC_ROLES.includes(role)) {
    return refuse(
      `${role} is never granted from here: it allows far more than is missing. Grant it by hand if you must.`,
      `${role} は必要以上の権限を含むため、ここから付与できません。必要な場合は手動で付与してください。`,
    );
  }
  if (resource.startsWith('//')) return resourceRoleAllowed(grant, allowedRoles);
  if (!allowedRoles.includes(role)) {
    return refuse(
      `${role} is not on the list of roles that may be granted here (approvals.allowedRoles).`,
      `${role} は付与を許可されたロール（approvals.allowedRoles）にありません。`,
    );
  }
  const constraint = CONSTRAINTS[role];
  const resources = constraint ? [RESOURCES[constraint.on]] : Object.values(RESOURCES);
  if (!resources.some(({ form }) => form.test(resource))) {
    const [kind = RESOURCES.project] = resources;
    return refuse(
      `${role} is granted only on ${kind.name.en}, not on ${resource}.`,
      `${role} を付与できる対象は${kind.name.ja}だけで、${resource} には付与できません。`,
    );
  }
  if (constraint && !constraint.member(member, projectNumber)) {
    return refuse(
      `${role} is only for ${constraint.only.en}, not for ${member}.`,
      `${role} の付与先は${constraint.only.ja}に限られ、${member} には付与できません。`,
    );
  }
  if (!NAMED.test(member)) {
    return refuse(
      `Roles are granted only to a named user, group, service account or workload, not to ${member}.`,
      `ロールの付与先は特定のユーザー、グループ、サービス アカウント、ワークロードに限られ、${member} には付与できません。`,
    );
  }
  return { allowed: true };
}

/** Roles that pass access on or administer, by their names; what else a role contains is looked at where it is offered. */
const NEVER_ON_RESOURCES = /admin$|agent$|\.securityAdmin$|^roles\/iam\./i;

/**
 * On resources below projects: by allow-list entries `ROLE@KIND`, to single accounts and workloads, and only of the resource's own
 * service (docs/domain/resources.md#roles-to-offer). An entry without a kind is about projects and service accounts.
 */
function resourceRoleAllowed({ role, member, resource }: RoleGrant, allowedRoles: readonly string[]): Verdict {
  const target = parseResource(resource);
  const isNamed = target?.fullName === resource && GRANTABLE_KINDS.includes(target.kind);
  if (!target || !isNamed) {
    return refuse(
      `Roles can't be granted from here on ${resource}.`,
      `${resource} に対するロールは、ここから付与できません。`,
    );
  }
  const entry = `${role}@${target.kind}`;
  if (NEVER_ON_RESOURCES.test(role)) {
    return refuse(
      `${role} is never granted from here: it administers, or belongs to an agent of Google's.`,
      `${role} は管理用、または Google のサービス エージェント用のロールのため、ここから付与できません。`,
    );
  }
  if (!allowedRoles.includes(entry)) {
    return refuse(
      `${entry} is not on the list of roles that may be granted here (approvals.allowedRoles).`,
      `${entry} は付与を許可されたロール（approvals.allowedRoles）にありません。`,
    );
  }
  const single = ACCOUNT.test(member) || USER.test(member) || WORKLOAD.some(form => form.test(member));
  if (!single || /^principalSet:/.test(member)) {
    return refuse(
      `Roles on resources are granted only to a single user, service account or workload, not to ${member}.`,
      `リソースに対するロールの付与先は、個々のユーザー、サービス アカウント、ワークロードに限られ、${member} には付与できません。`,
    );
  }
  return { allowed: true };
}

/** The IAM grant that a plan would make, as its parameters say; undefined for a remedy that grants no IAM role. */
export function grantOf({ remedy, target }: Plan): RoleGrant | undefined {
  const { project, serviceAccount, member, role } = remedy.params;
  const grant = { role: text(role), member: text(member), projectNumber: target.projectNumber };
  if (remedy.kind === 'grant-project-role') return { ...grant, resource: `projects/${text(project)}` };
  if (remedy.kind === 'grant-resource-role') return { ...grant, resource: text(remedy.params.resource) };
  if (remedy.kind !== 'grant-service-account-role') return undefined;
  const account = text(serviceAccount);
  const owner = text(project) || (/@([^@]+)\.iam\.gserviceaccount\.com$/.exec(account)?.[1] ?? '-');
  return {
    ...grant,
    resource: account.startsWith('projects/') ? account : `projects/${owner}/serviceAccounts/${account}`,
  };
}

/** What is not a string is refused by the forms above. */
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `roleAllowed` for a plan; a remedy that grants no IAM role is allowed. */
export function planRoleAllowed(plan: Plan, allowedRoles: readonly string[]): Verdict {
  const grant = grantOf(plan);
  return grant ? roleAllowed(grant, allowedRoles) : { allowed: true };
}

const refuse = (en: string, ja: string): Verdict => ({ allowed: false, reason: { en, ja } });
