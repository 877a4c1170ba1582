/** “DeployPatch failed”: turning Workload Identity on failed, mostly for want of the service agent's role (docs/domain/workloads.md#wi-deploypatch-failed). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { gkeServiceAgent } from '../../facts/google/node-accounts.ts';
import { isAbout, type Operation } from '../../facts/google/operations.ts';
import type { Project } from '../../facts/google/project.ts';
import { type AgentRole, agentRoleQuestion, agentUnknown, judgeAgentRole } from '../agents/role/agent-role.ts';
import type { Check, CheckRequest, FindingDraft } from '../check.ts';
import { type EvidenceDraft, unknownDetail, unreadable } from '../evidence.ts';
import { evidence, undecided } from './workload/subject.ts';

const ROLE = 'roles/container.serviceAgent';
const AGENT: Text = { en: 'GKE’s service agent', ja: 'GKE サービス エージェント' };

export const wiDeploypatchFailed: Check<'cluster' | 'project' | 'operations'> = {
  id: 'wi-deploypatch-failed',
  title: {
    en: 'Workload Identity can be turned on',
    ja: 'Workload Identity を有効にできる',
  },
  description: {
    en: 'Turning Workload Identity on ends in “DeployPatch failed” where GKE’s service agent lacks roles/container.serviceAgent. Judged where an operation of the cluster failed so, or an error text says it: grant the role, wait for it to take effect, and turn Workload Identity on again. Where the agent holds its role the cause is another: the operation’s own error has to be read.',
    ja: 'GKE サービス エージェントに roles/container.serviceAgent がないと、Workload Identity の有効化が「DeployPatch failed」で失敗します。クラスタのオペレーションがこのエラーで失敗しているか、エラー文に含まれる場合に判定します。ロールを付与し、反映を待ってから、もう一度有効にしてください。ロールが付与済みなら原因は別にあり、オペレーション自体のエラーを確認する必要があります。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: ['container.operations.list', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['cluster', 'project', 'operations'],
  offers: [ROLE],

  questions({ cluster, project, operations }, request) {
    const failed = cluster.known && failureOf(cluster.value, operations, request);
    return failed && project.known ? [agentRoleQuestion(agent(project.value))] : [];
  },

  run({ cluster, project, operations }, access, request) {
    const subject = request.cluster;
    if (!cluster.known) return [undecided(subject, cluster, CANT_TELL)];
    const failure = failureOf(cluster.value, operations, request);
    if (!failure) return [nothingSaysSo(subject, operations)];
    if (cluster.value.workloadPool && failure.kind === 'operation') return [overcome(subject, failure.evidence)];
    const role = project.known
      ? judgeAgentRole(agent(project.value), access)
      : agentUnknown(subject, AGENT, whyNot(project));
    return [judge(subject, role, failure.evidence)];
  },
};

interface Failure {
  readonly kind: 'operation' | 'text';
  readonly evidence: EvidenceDraft;
}

function failureOf(
  cluster: Cluster,
  operations: Fact<readonly Operation[]>,
  { symptom }: CheckRequest,
): Failure | undefined {
  if (symptom?.problem === 'wi-deploypatch-failed') {
    return { kind: 'text', evidence: evidence('the error text', 'DeployPatch failed') };
  }
  const failed = (operations.known ? operations.value : [])
    .filter(
      one => one.type === 'UPDATE_CLUSTER' && isAbout(one, cluster) && /DeployPatch failed/i.test(one.error ?? ''),
    )
    .sort((a, b) => ((a.startTime ?? '') < (b.startTime ?? '') ? 1 : -1))[0];
  if (!failed) return undefined;
  const said = `${failed.type} ${failed.name} ${failed.startTime ?? ''}: ${failed.error ?? ''}`;
  return { kind: 'operation', evidence: evidence('container operations.list', said) };
}

function judge(subject: string, role: FindingDraft, failure: EvidenceDraft): FindingDraft {
  const proof = [failure, ...role.evidence];
  switch (role.status) {
    case 'fail':
      return {
        ...role,
        subject,
        headline: {
          en: 'Workload Identity can’t be turned on: GKE’s service agent lacks its role',
          ja: 'GKE サービス エージェントにロールがないため、Workload Identity を有効にできません',
        },
        detail: joinText([role.detail, AGAIN]),
        evidence: proof,
      };
    case 'pass':
      return {
        subject,
        status: 'unknown',
        headline: {
          en: 'DeployPatch failed, though GKE’s service agent holds its role',
          ja: 'GKE サービス エージェントのロールは付与済みですが、DeployPatch が失敗しています',
        },
        detail: {
          en: 'The usual cause is not it (any more). Turn Workload Identity on again; if it fails, look at the operation: gcloud container operations list, then describe.',
          ja: 'よくある原因（ロールの不足）ではありません。もう一度有効にし、失敗する場合は gcloud container operations list と describe でオペレーションを確認してください。',
        },
        evidence: proof,
      };
    default:
      return { ...role, subject, evidence: proof };
  }
}

function agent({ id, number }: Project): AgentRole {
  const member = gkeServiceAgent(number);
  return {
    project: id,
    member,
    role: ROLE,
    name: AGENT,
    effect: {
      en: 'Workload Identity can’t be turned on (“DeployPatch failed”).',
      ja: 'Workload Identity の有効化が「DeployPatch failed」で失敗します。',
    },
    remedy: { kind: 'grant-project-role', params: { project: id, member, role: ROLE } },
  };
}

function whyNot(project: Fact<Project>) {
  if (project.known) throw new Error('the project is known');
  return project;
}

function nothingSaysSo(subject: string, operations: Fact<readonly Operation[]>): FindingDraft {
  return {
    subject,
    status: 'not-applicable',
    headline: { en: 'Nothing says “DeployPatch failed”', ja: '「DeployPatch failed」の記録はありません' },
    detail: operations.known
      ? {
          en: 'No error text and no operation of the cluster says so.',
          ja: 'エラー文にも、クラスタのオペレーションにもありません。',
        }
      : unknownDetail(operations),
    evidence: operations.known ? [] : [unreadable(operations)],
  };
}

function overcome(subject: string, failure: EvidenceDraft): FindingDraft {
  return {
    subject,
    status: 'pass',
    headline: { en: 'Workload Identity is on by now', ja: 'Workload Identity はすでに有効です' },
    detail: {
      en: 'An earlier attempt failed, a later one did not.',
      ja: '以前の失敗の後、有効化に成功しています。',
    },
    evidence: [failure],
  };
}

const AGAIN: Text = {
  en: 'Grant it, wait some minutes, and turn Workload Identity on again (wi-workload-pool).',
  ja: '付与して数分待ち、もう一度 Workload Identity を有効にしてください（wi-workload-pool）。',
};

const CANT_TELL: Text = {
  en: "I can't tell whether Workload Identity can be turned on",
  ja: 'Workload Identity を有効にできるか判定できません',
};
