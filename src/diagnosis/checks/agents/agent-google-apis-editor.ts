/** The Google APIs service agent needs Editor: GKE creates Compute resources through it (docs/domain/agents.md#agent-google-apis-editor). Never by a button. */
import { joinText } from '../../../contracts/text.ts';
import type { Unknown } from '../../facts/fact.ts';
import { googleApisAgent } from '../../facts/google/node-accounts.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';
import { type AgentRole, agentRoleQuestion, agentUnknown, judgeAgentRole } from './role/agent-role.ts';

const ROLE = 'roles/editor';
const NAME = { en: 'the Google APIs service agent', ja: 'Google API サービス エージェント' };

export const agentGoogleApisEditor: Check<'clusters' | 'project'> = {
  id: 'agent-google-apis-editor',
  title: {
    en: 'The Google APIs service agent holds Editor',
    ja: 'Google API サービス エージェントに編集者ロールがある',
  },
  description: {
    en: 'PROJECT_NUMBER@cloudservices creates instance groups and other Compute resources for GKE, and Google gives it roles/editor when the API is enabled. Editor is broad, so gke-auth only shows the command and never grants it.',
    ja: 'PROJECT_NUMBER@cloudservices は GKE のためにインスタンス グループなどを作成し、API の有効化時に roles/editor が付与されます。編集者は範囲が広いため、gke-auth はコマンドを示すだけで付与はしません。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: ['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['clusters', 'project'],
  inScan: 'project',
  offers: [ROLE],

  questions({ project }) {
    return project.known ? [agentRoleQuestion(agent(project.value.id, project.value.number))] : [];
  },

  run({ clusters, project }, access, request) {
    if (clusters.known && clusters.value.length === 0) return [nothingToDo(request.project)];
    if (!project.known) return [agentUnknown(request.project, NAME, project)];
    const finding = judgeAgentRole(agent(project.value.id, project.value.number), access);
    return [clusters.known || finding.status !== 'fail' ? finding : maybeNeeded(finding, clusters)];
  },
};

/** Without clusters nothing is created through it, and new projects may well do without Editor (docs/domain/agents.md#agent-google-apis-editor). */
function nothingToDo(project: string): FindingDraft {
  const says = { en: 'The project has no clusters.', ja: 'プロジェクトにクラスタはありません。' };
  return { subject: `projects/${project}`, status: 'not-applicable', headline: says, detail: says, evidence: [] };
}

/** Whether there is anything to create nodes for is not known: its absence proves nothing. */
function maybeNeeded(finding: FindingDraft, clusters: Unknown): FindingDraft {
  return {
    ...finding,
    status: 'unknown',
    headline: {
      en: 'The Google APIs service agent lacks Editor; whether the project has clusters that need it is unknown',
      ja: 'Google API サービス エージェントに編集者ロールがありませんが、必要とするクラスタの有無を判定できません',
    },
    detail: joinText([finding.detail, unknownDetail(clusters)]),
    evidence: [...finding.evidence, unreadable(clusters)],
  };
}

function agent(project: string, number: string): AgentRole {
  const member = googleApisAgent(number);
  return {
    project,
    member,
    role: ROLE,
    name: NAME,
    effect: {
      en: 'Nodes can’t be created or repaired: GKE’s calls to Compute Engine fail.',
      ja: 'GKE から Compute Engine への呼び出しが失敗し、ノードの作成や修復ができません。',
    },
    remedy: {
      kind: 'command',
      params: {
        command: [
          'gcloud',
          'projects',
          'add-iam-policy-binding',
          project,
          `--member=${member}`,
          `--role=${ROLE}`,
          '--condition=None',
        ],
      },
    },
  };
}
