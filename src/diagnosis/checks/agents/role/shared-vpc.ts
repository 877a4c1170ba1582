/**
 * Clusters in a network of another project: GKE's service agent of the clusters' project has to be a user of the host project's
 * (docs/domain/agents.md#agent-gke-service-agent; the error is "required container.hostServiceAgent.use permission(s)").
 */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import { describeAnswer } from '../../../iam/describe.ts';
import { foldAnswer } from '../../../iam/fold.ts';
import type { Question } from '../../../iam/model.ts';
import type { FindingDraft } from '../../check.ts';
import { isUnderCondition, remediesOf } from '../../denial.ts';
import {
  BESIDE_CONDITION,
  evidenceOf,
  isOfferHarmless,
  leftOpen,
  MAY_BE_REDUNDANT,
  rolesHeld,
  unreadTexts,
} from '../../evidence.ts';

export const HOST_ROLE = 'roles/container.hostServiceAgentUser';
const PERMISSION = 'container.hostServiceAgent.use';

/** The other projects in whose networks these clusters are, sorted. */
export function hostProjects(clusters: readonly Cluster[], own: { id: string; number: string }): string[] {
  const hosts = clusters.flatMap(({ network }) => network?.match(/^projects\/([^/]+)\/global\/networks\//)?.[1] ?? []);
  return [...new Set(hosts)].filter(host => host !== own.id && host !== own.number).sort();
}

export function hostQuestion(member: string, host: string): Question {
  return { principal: { member }, permission: PERMISSION, resource: `projects/${host}` };
}

/** The finding about one host project. @param subject the project whose agent it is */
export function judgeHost(subject: string, member: string, host: string, access: Access): FindingDraft {
  const resource = `projects/${host}`;
  const answer = access.answer(hostQuestion(member, host));
  const email = member.replace('serviceAccount:', '');
  const evidence = [rolesHeld(access.policy(resource), member, resource), ...evidenceOf([answer], resource)];
  const remedy = { kind: 'grant-project-role', params: { project: host, member, role: HOST_ROLE } } as const;
  const missing = { principal: member, permissions: [PERMISSION] };
  const verdict = foldAnswer<Omit<FindingDraft, 'subject' | 'evidence'>>(answer, {
    granted: granted => {
      const says: Text = {
        en: `${email} can use the network of host project ${host}.`,
        ja: `${email} は、ホスト プロジェクト ${host} のネットワークを使用できます。`,
      };
      return { status: 'pass', headline: says, detail: joinText([says, ...leftOpen([granted])]) };
    },
    conditional: conditional => ({
      status: 'warn',
      headline: {
        en: `${email} can use the network of host project ${host} only under a condition`,
        ja: `${email} がホスト プロジェクト ${host} のネットワークを使用できるのは条件付きです`,
      },
      detail: joinText([...describeAnswer(conditional), ...(isUnderCondition(conditional) ? [BESIDE_CONDITION] : [])]),
      remedies: remediesOf([conditional], []),
    }),
    unknown: ({ doubts }) => ({
      status: 'unknown',
      headline: {
        en: `Whether GKE’s service agent can use the network of host project ${host} is unknown`,
        ja: `GKE サービス エージェントがホスト プロジェクト ${host} のネットワークを使用できるか確認できません`,
      },
      detail: joinText([
        {
          en: `Whether ${email} holds ${PERMISSION} on ${host} is unknown.`,
          ja: `${email} に ${host} に対する ${PERMISSION} があるかどうかを確認できません。`,
        },
        ...unreadTexts(doubts),
      ]),
      missing,
      remedies: isOfferHarmless([answer], resource) ? [{ ...remedy, doubt: MAY_BE_REDUNDANT }] : [],
    }),
    missing: reason => ({
      status: 'fail',
      headline: {
        en: `GKE’s service agent can’t use the network of host project ${host}`,
        ja: `GKE サービス エージェントがホスト プロジェクト ${host} のネットワークを使用できません`,
      },
      detail: {
        en: `${email} lacks ${PERMISSION} on ${host}, the host project of the Shared VPC that its clusters are in. ${HOST_ROLE} on ${host} has it. ${SUBNETS.en}`,
        ja: `${email} に、クラスタが使用する共有 VPC のホスト プロジェクト ${host} に対する ${PERMISSION} がありません。${host} で ${HOST_ROLE} を付与してください。${SUBNETS.ja}`,
      },
      effect: {
        en: 'Clusters in the shared network can’t be created or changed.',
        ja: '共有ネットワークのクラスタを作成・変更できません。',
      },
      missing,
      remedies: remediesOf([reason], [remedy]),
    }),
  });
  return { subject, evidence, ...verdict };
}

/** https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-shared-vpc */
const SUBNETS: Text = {
  en: 'On the clusters’ subnets this agent and the Google APIs service agent also need roles/compute.networkUser. Firewall rules of the host project are its administrator’s.',
  ja: 'クラスタのサブネットでは、このエージェントと Google API サービス エージェントに roles/compute.networkUser も必要です。ホスト プロジェクトのファイアウォール ルールは、その管理者が管理します。',
};
