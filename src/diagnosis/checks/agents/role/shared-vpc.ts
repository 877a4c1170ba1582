/**
 * Clusters in a network of another project: GKE's service agent of the clusters' project has to be a user of the host project's
 * (docs/domain/agents.md#agent-gke-service-agent; the error is "required container.hostServiceAgent.use permission(s)").
 */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import type { Question } from '../../../iam/model.ts';
import type { FindingDraft } from '../../check.ts';
import { remediesOf } from '../../denial.ts';
import { evidenceOf, isHarmlessDoubt, MAY_BE_REDUNDANT, rolesHeld, unreadTexts } from '../../evidence.ts';

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

/** What is to say of one host project; `subject`: the project whose agent it is. */
export function judgeHost(subject: string, member: string, host: string, access: Access): FindingDraft {
  const resource = `projects/${host}`;
  const answer = access.answer(hostQuestion(member, host));
  const email = member.replace('serviceAccount:', '');
  const evidence = [rolesHeld(access.policy(resource), member, resource), ...evidenceOf([answer], resource)];
  const remedy = { kind: 'grant-project-role', params: { project: host, member, role: HOST_ROLE } } as const;
  const missing = { principal: member, permissions: [PERMISSION] };
  switch (answer.state) {
    case 'granted':
      return {
        subject,
        status: 'pass',
        ...both({
          en: `${email} may use the network of host project ${host}.`,
          ja: `${email} は、ホスト プロジェクト ${host} のネットワークを使用できます。`,
        }),
        evidence,
      };
    case 'conditional':
      return {
        subject,
        status: 'warn',
        ...both({
          en: `${email} may use the network of host project ${host} only under a condition that I can't decide.`,
          ja: `${email} がホスト プロジェクト ${host} のネットワークを使用できるのは条件付きで、その成否を判定できません。`,
        }),
        evidence,
        remedies: remediesOf([answer], [{ ...remedy, doubt: MAY_BE_REDUNDANT }]),
      };
    case 'unknown': {
      const harmless = answer.doubts.every(doubt => isHarmlessDoubt(doubt, resource));
      return {
        subject,
        status: 'unknown',
        headline: {
          en: `I couldn't tell whether GKE’s service agent may use the network of host project ${host}`,
          ja: `GKE サービス エージェントがホスト プロジェクト ${host} のネットワークを使用できるか判定できません`,
        },
        detail: joinText([
          {
            en: `Whether ${email} holds ${PERMISSION} on ${host} can't be told.`,
            ja: `${email} に ${host} に対する ${PERMISSION} があるかどうかを判定できません。`,
          },
          ...unreadTexts(answer.doubts),
        ]),
        evidence,
        missing,
        remedies: harmless ? [{ ...remedy, doubt: MAY_BE_REDUNDANT }] : [],
      };
    }
    case 'missing':
      return {
        subject,
        status: 'fail',
        headline: {
          en: `GKE’s service agent may not use the network of host project ${host}`,
          ja: `GKE サービス エージェントがホスト プロジェクト ${host} のネットワークを使用できません`,
        },
        detail: {
          en: `${email} lacks ${PERMISSION} on ${host}, the host project of the Shared VPC that its clusters are in. ${HOST_ROLE} on ${host} has it.`,
          ja: `${email} に、クラスタが使用する共有 VPC のホスト プロジェクト ${host} に対する ${PERMISSION} がありません。${host} で ${HOST_ROLE} を付与してください。`,
        },
        effect: {
          en: 'Clusters in the shared network can’t be created or changed.',
          ja: '共有ネットワークのクラスタを作成・変更できません。',
        },
        evidence,
        missing,
        remedies: remediesOf([answer], [remedy]),
      };
  }
}

const both = (says: Text) => ({ headline: says, detail: says });
