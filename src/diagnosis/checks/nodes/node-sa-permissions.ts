/**
 * Node service accounts need four permissions on the cluster's project to write logs and metrics
 * (docs/domain/nodes.md#which-nodes-need-what). Decided by permission, never by the role's name: many roles carry them.
 */

import { joinText, type Text } from '../../../contracts/text.ts';
import type { ComputeClass } from '../../../kubernetes/objects.ts';
import type { Fact, Unknown } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { nodeAccounts } from '../../facts/google/node-accounts.ts';
import type { Project } from '../../facts/google/project.ts';
import type { Question } from '../../iam/model.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unknownDetail, unreadable, whyUnknown } from '../evidence.ts';
import { withSignal } from './account/condition.ts';
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
    en: 'Nodes run as an IAM service account. It needs the permissions of roles/container.defaultNodeServiceAccount on the cluster’s project, as far as the cluster has logging and monitoring on: without logging.logEntries.create system logs are lost, without monitoring.timeSeries.create or monitoring.metricDescriptors.create metrics, and without autoscaling.sites.writeMetrics HPA’s performance profile has no metrics. The permissions are what counts, whichever role gives them, wherever it is bound. From node version 1.34 on, GKE’s node service agent writes all of them, so a missing permission is only a warning while that agent has it.',
    ja: 'ノードは IAM サービス アカウントとして動作します。クラスタでロギングとモニタリングが有効な範囲で、クラスタのプロジェクトに対して roles/container.defaultNodeServiceAccount と同等の権限が必要です。logging.logEntries.create がないとシステムログが、monitoring.timeSeries.create または monitoring.metricDescriptors.create がないと指標が失われ、autoscaling.sites.writeMetrics がないと HPA のパフォーマンス プロファイルに指標が届きません。どのロール・どの階層で付与されているかは問わず、権限そのもので判定します。ノードのバージョン 1.34 以降は GKE ノード サービス エージェントがすべて書き込むため、エージェントにその権限があれば警告にとどまります。',
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
      return judgeNodeAccount(cluster.value, { ...account, email }, project, access);
    });
    const findings = withSignal(cluster, judged);
    return computeClasses.known || computeClasses.code === 'not-asked'
      ? findings
      : withUnread(findings, computeClasses);
  },
};

function questionsOf(cluster: Cluster, project: Fact<Project>, classes: readonly ComputeClass[]): Question[] {
  const number = project.known ? project.value.number : undefined;
  const accounts = nodeAccounts(cluster, number, classes);
  const asked = accounts.flatMap(({ email }) =>
    email === undefined
      ? []
      : [...NODE_PERMISSIONS, ...USEFUL_PERMISSIONS].map(permission =>
          nodeQuestion(cluster.project, email, permission),
        ),
  );
  if (number === undefined || !accounts.some(({ version }) => isWrittenByAgent(version))) return asked;
  return [...asked, ...NODE_PERMISSIONS.map(permission => agentQuestion(cluster.project, number, permission))];
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
      en: 'I can’t determine which account the nodes run as',
      ja: 'ノードのサービス アカウントを特定できません',
    },
    detail: unknownDetail(reason),
    evidence: [unreadable(reason)],
  };
}
