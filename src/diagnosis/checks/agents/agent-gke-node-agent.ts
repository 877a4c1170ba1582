/** GKE's node service agent needs its role: on newer nodes it writes system logs and metrics (docs/domain/agents.md#agent-gke-node-agent). */
import { nodeServiceAgent } from '../../facts/google/node-accounts.ts';
import type { Check } from '../check.ts';
import { evidenceOf } from '../evidence.ts';
import { type AgentRole, agentRoleQuestion, agentUnknown, judgeAgentRole } from './role/agent-role.ts';

const ROLE = 'roles/container.defaultNodeServiceAgent';
const DEPRECATED = 'roles/container.nodeServiceAgent';
const NAME = { en: 'GKE’s node service agent', ja: 'GKE ノード サービス エージェント' };

export const agentGkeNodeAgent: Check<'project'> = {
  id: 'agent-gke-node-agent',
  title: {
    en: 'GKE’s node service agent holds its role on the project',
    ja: 'GKE ノード サービス エージェントにロールが付与されている',
  },
  description: {
    en: 'service-PROJECT_NUMBER@gcp-sa-gkenode writes system logs and metrics of newer nodes and needs roles/container.defaultNodeServiceAgent. Older projects hold roles/container.nodeServiceAgent, which is deprecated.',
    ja: 'service-PROJECT_NUMBER@gcp-sa-gkenode は新しいノードのシステムログと指標を書き込み、roles/container.defaultNodeServiceAgent が必要です。古いプロジェクトにある roles/container.nodeServiceAgent は非推奨です。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: ['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['project'],
  inScan: 'project',
  offers: [ROLE],

  questions({ project }) {
    if (!project.known) return [];
    const current = agent(project.value.id, project.value.number);
    return [agentRoleQuestion(current), agentRoleQuestion({ ...current, role: DEPRECATED })];
  },

  run({ project }, access, request) {
    if (!project.known) return [agentUnknown(request.project, NAME, project)];
    const current = agent(project.value.id, project.value.number);
    const finding = judgeAgentRole(current, access);
    const old = access.answer(agentRoleQuestion({ ...current, role: DEPRECATED }));
    // Another role that gives as much is no deprecated one.
    if (finding.status !== 'fail' || old.state !== 'granted' || old.proof.role !== DEPRECATED) return [finding];
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
        effect: undefined,
        evidence: [...finding.evidence.slice(0, 1), ...evidenceOf([old], finding.subject)],
      },
    ];
  },
};

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
