/** GKE's service agent needs its role on the cluster's project to manage clusters (DOMAIN, 10). */
import { gkeServiceAgent } from '../facts/node-accounts.ts';
import type { Doubt, RoleQuestion } from '../iam/model.ts';
import type { Check, FindingDraft } from './check.ts';
import { evidenceOf, isHarmlessDoubt, MAY_BE_A_DOUBLE, rolesHeld, unknownDetail, unreadable } from './evidence.ts';

const ROLE = 'roles/container.serviceAgent';

export const agentGkeServiceAgent: Check<'cluster' | 'project'> = {
  id: 'agent-gke-service-agent',
  title: {
    en: 'GKE’s service agent holds its role on the project',
    ja: 'GKE サービス エージェントにロールが付与されている',
  },
  description: {
    en: 'GKE acts in your project as service-PROJECT_NUMBER@container-engine-robot. Without roles/container.serviceAgent (or a custom role with all its permissions) clusters can’t be created, changed or deleted.',
    ja: 'GKE はプロジェクト内で service-PROJECT_NUMBER@container-engine-robot として動作します。roles/container.serviceAgent（または同じ権限を含むカスタムロール）がないと、クラスタの作成・変更・削除ができません。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: ['resourcemanager.projects.get', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['cluster', 'project'],
  offers: [ROLE],

  questions({ project }) {
    return project.known ? [question(project.value.id, project.value.number)] : [];
  },

  run({ cluster, project }, access, request) {
    const subject = `projects/${request.project}`;
    if (!project.known) {
      return [
        {
          subject,
          status: 'unknown',
          headline: CANNOT_TELL,
          detail: unknownDetail(project),
          evidence: [unreadable(project)],
        },
      ];
    }
    const { id, number } = project.value;
    const member = gkeServiceAgent(number);
    const answer = access.answer(question(id, number));
    const evidence = [rolesHeld(access.policy(subject), member, subject), ...evidenceOf([answer], subject)];
    const grant = { kind: 'grant-project-role' as const, params: { project: id, member, role: ROLE } };
    const agent = member.replace('serviceAccount:', '');

    const deleted = cluster.known
      ? cluster.value.conditions.find(({ code }) => code === 'GKE_SERVICE_ACCOUNT_DELETED')
      : undefined;
    if (deleted) {
      return [
        {
          subject,
          status: 'fail',
          headline: { en: 'GKE’s service agent was deleted', ja: 'GKE サービス エージェントが削除されています' },
          detail: {
            en: `GKE reports GKE_SERVICE_ACCOUNT_DELETED: ${deleted.message || `${agent} is gone`}. Granting the role makes Google create the agent again where needed.`,
            ja: `GKE が GKE_SERVICE_ACCOUNT_DELETED を報告しています: ${deleted.message || `${agent} がありません`}。ロールを付与すると、必要に応じてエージェントが作り直されます。`,
          },
          effect: EFFECT,
          evidence: [
            {
              source: 'container clusters.get conditions',
              says: { en: 'GKE_SERVICE_ACCOUNT_DELETED', ja: 'GKE_SERVICE_ACCOUNT_DELETED' },
            },
            ...evidence,
          ],
          ...(answer.state === 'granted' ? {} : { missing: { principal: member, permissions: [ROLE] } }),
          remedies: [grant],
        },
      ];
    }
    switch (answer.state) {
      case 'granted':
        return [
          {
            subject,
            status: 'pass',
            headline: { en: 'GKE’s service agent holds its role', ja: 'GKE サービス エージェントのロールは付与済みです' },
            detail: {
              en: `${agent} holds ${answer.proof.role || ROLE}.`,
              ja: `${agent} に ${answer.proof.role || ROLE} が付与されています。`,
            },
            evidence,
          },
        ];
      case 'conditional':
        return [
          {
            subject,
            status: 'warn',
            headline: {
              en: 'GKE’s service agent holds its role only under a condition',
              ja: 'GKE サービス エージェントのロールは条件付きです',
            },
            detail: {
              en: `${agent} holds ${ROLE} only under a condition that I can't decide; where it doesn't hold, GKE can't manage clusters.`,
              ja: `${agent} の ${ROLE} は条件付きで、その成否を判定できません。成り立たない場合、GKE はクラスタを管理できません。`,
            },
            evidence,
            remedies: [{ ...grant, doubt: MAY_BE_A_DOUBLE }],
          },
        ];
      case 'unknown':
        return [
          {
            subject,
            status: 'unknown',
            headline: CANNOT_TELL,
            detail: doubtDetail(answer.doubts, agent),
            evidence,
            remedies: answer.doubts.every(doubt => isHarmlessDoubt(doubt, subject))
              ? [{ ...grant, doubt: MAY_BE_A_DOUBLE }]
              : [],
          },
        ];
      case 'missing':
        return [
          {
            subject,
            status: 'fail',
            headline: { en: 'GKE’s service agent lacks its role', ja: 'GKE サービス エージェントにロールがありません' },
            detail: {
              en: `${agent} lacks ${ROLE} on project ${id}.`,
              ja: `${agent} に、プロジェクト ${id} に対する ${ROLE} がありません。`,
            },
            effect: EFFECT,
            evidence,
            missing: { principal: member, permissions: [ROLE] },
            remedies: [grant],
          },
        ];
    }

  },
};

const CANNOT_TELL = {
  en: "I couldn't tell whether GKE’s service agent holds its role",
  ja: 'GKE サービス エージェントのロールを判定できません',
};

const EFFECT = {
  en: 'Clusters can’t be created, changed, upgraded or deleted; Workload Identity can’t be turned on (“DeployPatch failed”).',
  ja: 'クラスタの作成・変更・アップグレード・削除ができません。Workload Identity の有効化も「DeployPatch failed」で失敗します。',
};

function question(project: string, number: string): RoleQuestion {
  return { principal: { member: gkeServiceAgent(number) }, role: ROLE, resource: `projects/${project}` };
}

function doubtDetail(doubts: readonly Doubt[], agent: string): FindingDraft['detail'] {
  const [unread] = doubts.flatMap(doubt => ('fact' in doubt && doubt.fact ? [doubt.fact] : []));
  if (unread) return unknownDetail(unread);
  return {
    en: `Whether ${agent} holds ${ROLE} can't be told from what I may read.`,
    ja: `読み取れる範囲では、${agent} に ${ROLE} があるかどうかを判定できません。`,
  };
}
