/** GKE's service agent needs its role on the cluster's project to manage clusters (docs/domain/agents.md#agent-gke-service-agent). */
import { joinText } from '../../../contracts/text.ts';
import { gkeServiceAgent } from '../../facts/google/node-accounts.ts';
import type { Check, FindingDraft, RemedyRequest } from '../check.ts';
import { type AgentRole, agentRoleQuestion, agentUnknown, judgeAgentRole } from './role/agent-role.ts';
import { HOST_ROLE, hostProjects, hostQuestion, judgeHost } from './role/shared-vpc.ts';

const ROLE = 'roles/container.serviceAgent';
const NAME = { en: 'GKE’s service agent', ja: 'GKE サービス エージェント' };

export const agentGkeServiceAgent: Check<'clusters' | 'project'> = {
  id: 'agent-gke-service-agent',
  title: {
    en: 'GKE’s service agent holds its role on the project',
    ja: 'GKE サービス エージェントにロールが付与されている',
  },
  description: {
    en: 'GKE acts in your project as service-PROJECT_NUMBER@container-engine-robot. Without roles/container.serviceAgent (or a custom role with all its permissions) clusters can’t be created, changed or deleted. Where clusters are in a Shared VPC, it also needs roles/container.hostServiceAgentUser on the host project, and never roles/container.serviceAgent there.',
    ja: 'GKE はプロジェクト内で service-PROJECT_NUMBER@container-engine-robot として動作します。roles/container.serviceAgent（または同じ権限を含むカスタムロール）がないと、クラスタの作成・変更・削除ができません。共有 VPC のクラスタでは、ホスト プロジェクトに対する roles/container.hostServiceAgentUser も必要です（ホスト プロジェクトに roles/container.serviceAgent は付与しません）。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: ['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['clusters', 'project'],
  inScan: 'project',
  offers: [ROLE, HOST_ROLE],

  questions({ clusters, project }) {
    if (!project.known) return [];
    const own = agent(project.value.id, project.value.number);
    const hosts = hostProjects(clusters.known ? clusters.value : [], project.value);
    return [agentRoleQuestion(own), ...hosts.map(host => hostQuestion(own.member, host))];
  },

  run({ clusters, project }, access, request) {
    if (!project.known) return [agentUnknown(request.project, NAME, project)];
    const role = agent(project.value.id, project.value.number);
    const hosts = hostProjects(clusters.known ? clusters.value : [], project.value);
    const finding = together([
      judgeAgentRole(role, access),
      ...hosts.map(host => judgeHost(`projects/${project.value.id}`, role.member, host, access)),
    ]);
    const conditions = clusters.known ? clusters.value.flatMap(cluster => cluster.conditions) : [];
    const deleted = conditions.find(({ code }) => code === 'GKE_SERVICE_ACCOUNT_DELETED');
    if (!deleted) return [finding];
    const said = deleted.message ? `: ${deleted.message.replace(/\.$/, '')}` : '';
    return [
      {
        ...finding,
        status: 'fail',
        headline: { en: 'GKE’s service agent was deleted', ja: 'GKE サービス エージェントが削除されています' },
        detail: {
          en: `GKE reports GKE_SERVICE_ACCOUNT_DELETED${said}. When the role is granted, Google creates the agent again where needed.`,
          ja: `GKE が GKE_SERVICE_ACCOUNT_DELETED を報告しています${said}。ロールを付与すると、必要に応じてエージェントが作り直されます。`,
        },
        effect: role.effect,
        evidence: [
          {
            source: 'container clusters.get conditions',
            says: { en: 'GKE_SERVICE_ACCOUNT_DELETED', ja: 'GKE_SERVICE_ACCOUNT_DELETED' },
          },
          ...finding.evidence,
        ],
        remedies: [
          { ...role.remedy, wholeRole: true },
          ...(finding.remedies ?? []).filter(one => !isSame(one, role.remedy)),
        ],
      },
    ];
  },
};

/** Granting the role is what makes the agent again, so it comes first and once. */
function isSame(one: RemedyRequest, other: RemedyRequest): boolean {
  return one.kind === other.kind && one.params.project === other.params.project;
}

const WORST: readonly FindingDraft['status'][] = ['fail', 'unknown', 'warn', 'pass'];

/** One finding for the project out of its own and each host project's: the worst leads, all is told. */
function together(drafts: readonly [FindingDraft, ...FindingDraft[]]): FindingDraft {
  const rank = ({ status }: FindingDraft) => WORST.indexOf(status);
  const [lead = drafts[0], ...others] = drafts.toSorted((a, b) => rank(a) - rank(b));
  return {
    ...lead,
    detail: joinText([lead, ...others].map(({ detail }) => detail)),
    evidence: [lead, ...others].flatMap(({ evidence }) => evidence),
    remedies: [lead, ...others].flatMap(({ remedies }) => remedies ?? []),
  };
}

function agent(project: string, number: string): AgentRole {
  const member = gkeServiceAgent(number);
  return {
    project,
    member,
    role: ROLE,
    name: NAME,
    effect: {
      en: 'Clusters can’t be created, changed, upgraded or deleted; Workload Identity can’t be turned on (“DeployPatch failed”).',
      ja: 'クラスタの作成・変更・アップグレード・削除ができません。Workload Identity の有効化も「DeployPatch failed」で失敗します。',
    },
    remedy: { kind: 'grant-project-role', params: { project, member, role: ROLE } },
  };
}
