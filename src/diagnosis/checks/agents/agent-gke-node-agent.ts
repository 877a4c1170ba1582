/** GKE's node service agent needs its role: on newer nodes it writes system logs and metrics (docs/domain/agents.md#agent-gke-node-agent). */
import { nodeServiceAgent } from '../../facts/google/node-accounts.ts';
import type { RoleQuestion } from '../../iam/model.ts';
import type { Check } from '../check.ts';
import { type AgentRole, agentRoleQuestion, agentUnknown, judgeAgentRole } from './role/agent-role.ts';

const ROLE = 'roles/container.defaultNodeServiceAgent';
const DEPRECATED = 'roles/container.nodeServiceAgent';
/** The six permissions to write logs and metrics, and no other. */
const WRITING = 'roles/container.defaultNodeServiceAccount';
const NAME = { en: 'GKE’s node service agent', ja: 'GKE ノード サービス エージェント' };

export const agentGkeNodeAgent: Check<'project'> = {
  id: 'agent-gke-node-agent',
  title: {
    en: 'GKE’s node service agent can write logs and metrics',
    ja: 'GKE ノード サービス エージェントがログと指標を書き込める',
  },
  description: {
    en: 'service-PROJECT_NUMBER@gcp-sa-gkenode writes system logs and metrics of newer nodes and needs the permissions for it, normally by roles/container.defaultNodeServiceAgent. Older projects hold roles/container.nodeServiceAgent, which is deprecated.',
    ja: 'service-PROJECT_NUMBER@gcp-sa-gkenode は新しいノードのシステムログと指標を書き込みます。そのための権限が必要で、通常は roles/container.defaultNodeServiceAgent で付与されます。古いプロジェクトにある roles/container.nodeServiceAgent は非推奨です。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: ['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['project'],
  inScan: 'project',
  offers: [ROLE],

  questions({ project }) {
    if (!project.known) return [];
    const current = agent(project.value.id, project.value.number);
    return [agentRoleQuestion(current), writingQuestion(current)];
  },

  run({ project }, access, request) {
    if (!project.known) return [agentUnknown(request.project, NAME, project)];
    const current = agent(project.value.id, project.value.number);
    const byRole = judgeAgentRole(current, access);
    if (byRole.status === 'pass') return [byRole];
    const writing = access.answer(writingQuestion(current));
    const finding = judgeAgentRole(current, access, writingQuestion(current));
    if (writing.state !== 'granted' || writing.proof.role !== DEPRECATED) return [finding];
    return [
      {
        ...finding,
        status: 'warn',
        headline: {
          en: 'GKE’s node service agent holds a deprecated role',
          ja: 'GKE ノード サービス エージェントのロールが非推奨のものです',
        },
        detail: {
          en: `It holds ${DEPRECATED}, which is deprecated; ${ROLE} replaces it.`,
          ja: `非推奨の ${DEPRECATED} が付与されています。${ROLE} に置き換えてください。`,
        },
        remedies: [current.remedy],
      },
    ];
  },
};

/** What it needs to write logs and metrics is what the nodes' own role holds; whichever role gives it is enough. */
function writingQuestion({ project, member }: AgentRole): RoleQuestion {
  return agentRoleQuestion({ project, member, role: WRITING });
}

function agent(project: string, number: string): AgentRole {
  const member = nodeServiceAgent(number);
  return {
    project,
    member,
    role: ROLE,
    name: NAME,
    effect: {
      en: 'System logs and metrics of newer nodes are lost.',
      ja: '新しいノードのシステムログと指標が失われます。',
    },
    remedy: { kind: 'grant-project-role', params: { project, member, role: ROLE } },
  };
}
