/**
 * What ends a refusal of Compute Engine's (docs/domain/agents.md#gce-permission-retry-budget). In GKE's own project the agents have roles of
 * their own. On the host project of a Shared VPC they never get those: GKE's agent gets Host Service Agent User there, both get
 * Network User on the subnet, and firewall rules stay its administrator's
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-shared-vpc).
 */
import type { Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Project } from '../../../facts/google/project.ts';
import type { RemedyRequest } from '../../check.ts';
import type { Refusal } from './refusal.ts';

export const AGENT_ROLE = 'roles/container.serviceAgent';
const EDITOR = 'roles/editor';
const HOST_ROLE = 'roles/container.hostServiceAgentUser';
const NETWORK_USER = 'roles/compute.networkUser';
/** Roles that may be offered, whose contents decide which. */
export const OFFERS = [AGENT_ROLE, HOST_ROLE, NETWORK_USER];

export type Agent = 'gke' | 'apis';

/** Whether only an administrator of the host project can end it. */
export function isForHostAdministrator({ permission, project }: Refusal, own: Project): boolean {
  return project !== own.id && permission.startsWith('compute.firewalls.');
}

/** The remedies for an agent that lacks the permission. */
export function remediesFor(
  agent: Agent,
  member: string,
  refusal: Refusal,
  own: Project,
  access: Access,
): RemedyRequest[] {
  const { project, permission } = refusal;
  const contains = (role: string, unread: boolean) => {
    const contents = access.role(role);
    return contents?.known ? contents.value.permissions.has(permission) : unread;
  };
  const grant = (role: string): RemedyRequest => ({ kind: 'grant-project-role', params: { project, member, role } });
  if (project === own.id) {
    const usual = agent === 'gke' ? AGENT_ROLE : EDITOR;
    if (!contains(usual, true)) return [bindOnProject(project, member, 'ROLE')];
    return agent === 'gke' ? [grant(AGENT_ROLE)] : [bindOnProject(project, member, EDITOR)];
  }
  if (isForHostAdministrator(refusal, own)) return [];
  if (agent === 'gke' && contains(HOST_ROLE, false)) return [grant(HOST_ROLE)];
  if (!contains(NETWORK_USER, true)) return [bindOnProject(project, member, 'ROLE')];
  return [
    refusal.subnet ? bindOnSubnet(project, refusal.subnet, member) : bindOnProject(project, member, NETWORK_USER),
  ];
}

function bindOnProject(project: string, member: string, role: string): RemedyRequest {
  return bind(
    'projects',
    'add-iam-policy-binding',
    project,
    `--member=${member}`,
    `--role=${role}`,
    '--condition=None',
  );
}

function bindOnSubnet(
  project: string,
  { region, name }: { readonly region: string; readonly name: string },
  member: string,
): RemedyRequest {
  const where = [`--project=${project}`, `--region=${region}`];
  const who = [`--member=${member}`, `--role=${NETWORK_USER}`];
  return bind('compute', 'networks', 'subnets', 'add-iam-policy-binding', name, ...where, ...who);
}

function bind(...words: string[]): RemedyRequest {
  return { kind: 'command', params: { command: ['gcloud', ...words] } };
}

/** Said where firewall rules of a host project are refused. */
export function hostAdministratorText(project: string): Text {
  return {
    en: `Firewall rules of the Shared VPC host project ${project} are its administrator’s. An administrator of ${project} creates the rule (GKE writes the command into the cluster’s events), or grants GKE’s service agent a custom role with compute.networks.updatePolicy and compute.firewalls.create, delete, get, list and update there. Network User and Host Service Agent User hold no permission to write firewall rules.`,
    ja: `共有 VPC のホスト プロジェクト ${project} のファイアウォール ルールは、その管理者が管理します。${project} の管理者がルールを作成するか（必要なコマンドは GKE がクラスタのイベントに記録します）、compute.networks.updatePolicy と compute.firewalls の create、delete、get、list、update を含むカスタムロールを GKE サービス エージェントに付与してください。ネットワーク ユーザーとホスト サービス エージェント ユーザーのロールには、ファイアウォール ルールを書き込む権限はありません。`,
  };
}
