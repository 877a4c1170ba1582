/**
 * Node service accounts need four permissions on the cluster's project to write logs and metrics (docs/domain/nodes.md#which-nodes-need-what). Decided
 * by permission, never by the role's name: many roles carry them.
 */

import { joinText, type Text } from '../../../contracts/text.ts';
import type { ComputeClass } from '../../../kubernetes/objects.ts';
import type { Access } from '../../facts/access.ts';
import type { Fact, Unknown } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { nodeAccounts } from '../../facts/google/node-accounts.ts';
import type { Project } from '../../facts/google/project.ts';
import type { Question, RoleQuestion } from '../../iam/model.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unknownDetail, unreadable, whyUnknown } from '../evidence.ts';
import { withSignal } from './account/condition.ts';
import type { AgentAnswer } from './account/node-agent.ts';
import {
  agentQuestion,
  isWrittenByAgent,
  NODE_PERMISSIONS,
  NODE_ROLE,
  nodeQuestion,
  USEFUL_PERMISSIONS,
} from './account/permissions.ts';
import { judgeNodeAccount } from './account/verdict.ts';

export const nodeSaPermissions: Check<'cluster' | 'project' | 'computeClasses'> = {
  id: 'node-sa-permissions',
  title: {
    en: 'Node service accounts can write logs and metrics',
    ja: 'ノードのサービス アカウントがログと指標を書き込める',
  },
  description: {
    en: 'Nodes run as an IAM service account. Where it lacks the permissions of roles/container.defaultNodeServiceAccount on the cluster’s project, system logs and metrics are lost and HPA works on stale metrics. The permissions are what counts, whichever role gives them, wherever it is bound. From node version 1.34 on, GKE’s node service agent writes them, so a missing permission is only a warning while that agent holds its role.',
    ja: 'ノードは IAM サービス アカウントとして動作します。クラスタのプロジェクトに対して roles/container.defaultNodeServiceAccount と同等の権限がないと、システムログと指標が失われ、HPA の指標も更新されません。どのロール・どの階層で付与されているかは問わず、権限そのもので判定します。ノードのバージョン 1.34 以降は GKE のノード サービス エージェントが書き込むため、エージェントにロールがあれば警告にとどまります。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: [
    'container.clusters.get',
    'resourcemanager.projects.get',
    'resourcemanager.projects.getIamPolicy',
    'iam.roles.get',
    'iam.serviceAccounts.get',
  ],
  facts: ['cluster', 'project', 'computeClasses'],
  inScan: 'cluster',
  offers: [NODE_ROLE],

  early({ cluster, project }) {
    return cluster.known ? questionsOf(cluster.value, project, []) : [];
  },

  questions({ cluster, project, computeClasses }) {
    return cluster.known ? questionsOf(cluster.value, project, computeClasses.known ? computeClasses.value : []) : [];
  },

  run({ cluster, project, computeClasses }, access, request) {
    if (!cluster.known) return [undecided(request.cluster, cluster)];
    const number = project.known ? project.value.number : undefined;
    const accounts = nodeAccounts(cluster.value, number, computeClasses.known ? computeClasses.value : []);
    const judged = accounts.map(account => {
      const { email } = account;
      if (email === undefined) return undecided(account.subject, whyUnknown(project));
      const agent = isWrittenByAgent(account.version) ? agentOf(cluster.value, project, access) : undefined;
      return judgeNodeAccount(cluster.value, { ...account, email }, agent, access);
    });
    const findings = withSignal(cluster, judged);
    return computeClasses.known || computeClasses.code === 'not-asked'
      ? findings
      : withUnread(findings, computeClasses);
  },
};

/** The agent's name is made of the project's number. */
function agentOf(cluster: Cluster, project: Fact<Project>, access: Access): AgentAnswer {
  return project.known ? access.answer(agentQuestion(cluster, project.value.number)) : project;
}

function questionsOf(
  cluster: Cluster,
  project: Fact<Project>,
  classes: readonly ComputeClass[],
): (Question | RoleQuestion)[] {
  const number = project.known ? project.value.number : undefined;
  const accounts = nodeAccounts(cluster, number, classes);
  const asked = accounts.flatMap(({ email }) =>
    email === undefined
      ? []
      : [...NODE_PERMISSIONS, ...USEFUL_PERMISSIONS].map(permission =>
          nodeQuestion(cluster.project, email, permission),
        ),
  );
  const newer = accounts.some(({ version }) => isWrittenByAgent(version));
  return newer && number !== undefined ? [...asked, agentQuestion(cluster, number)] : asked;
}

/** Compute classes can name accounts of their own; that they were not read is said once, and changes no verdict. */
function withUnread([first, ...rest]: readonly FindingDraft[], unread: Unknown): FindingDraft[] {
  if (!first) return [];
  const why = unknownDetail(unread);
  const note: Text = {
    en: `ComputeClasses, which can name other accounts, could not be read: ${why.en}`,
    ja: `ほかのアカウントを指定できる ComputeClass は読み取れませんでした: ${why.ja}`,
  };
  return [
    { ...first, detail: joinText([first.detail, note]), evidence: [...first.evidence, unreadable(unread)] },
    ...rest,
  ];
}

function undecided(subject: string, reason: Unknown): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: {
      en: "I can't tell which account the nodes run as",
      ja: 'ノードのサービス アカウントを特定できません',
    },
    detail: unknownDetail(reason),
    evidence: [unreadable(reason)],
  };
}
