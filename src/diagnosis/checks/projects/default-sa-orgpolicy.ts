/** Whether the organization withholds Editor from default service accounts: good practice, and the cause of many gaps (docs/domain/projects.md#default-sa-orgpolicy). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';

const CONSTRAINT = 'iam.automaticIamGrantsForDefaultServiceAccounts';

export const defaultSaOrgpolicy: Check<'automaticGrantsDisabled'> = {
  id: 'default-sa-orgpolicy',
  title: {
    en: 'The organization policy on default service accounts is known',
    ja: 'デフォルト サービス アカウントに関する組織のポリシーが確認できる',
  },
  description: {
    en: 'iam.automaticIamGrantsForDefaultServiceAccounts keeps default service accounts from getting Editor by themselves. That is good practice; it also explains why the Compute Engine default account lacks what nodes need. gke-auth never changes an organization policy: the missing role is granted instead.',
    ja: 'iam.automaticIamGrantsForDefaultServiceAccounts を適用すると、デフォルト サービス アカウントに編集者ロールが自動付与されません。これは望ましい設定ですが、Compute Engine のデフォルト アカウントにノードの権限がない理由にもなります。gke-auth は組織のポリシーを変更せず、不足するロールを付与します。',
  },
  docs: 'https://cloud.google.com/resource-manager/docs/organization-policy/restricting-service-accounts',
  needs: ['orgpolicy.policy.get'],
  facts: ['automaticGrantsDisabled'],
  inScan: 'project',

  run({ automaticGrantsDisabled: fact }, _access, request) {
    const subject = `projects/${request.project}`;
    if (!fact.known) {
      return [
        {
          subject,
          status: 'unknown',
          headline: { en: 'The organization policy can’t be read', ja: '組織のポリシーを読み取れません' },
          detail: unknownDetail(fact),
          evidence: [unreadable(fact)],
        },
      ];
    }
    if (fact.value === 'conditional') return [dependsOnTags(request.project, fact.source)];
    const says = fact.value
      ? {
          en: 'Enforced: default service accounts get no Editor by themselves. Where one lacks what nodes need, this is why.',
          ja: '適用中: デフォルト サービス アカウントに編集者は自動付与されません。ノードに必要な権限がない場合は、これが理由です。',
        }
      : { en: 'Not enforced.', ja: '適用されていません。' };
    return [{ subject, status: 'pass', headline: says, detail: says, evidence: [{ source: fact.source, says }] }];
  },
};

/** A rule with a condition holds only for what has matching tags, which are not read. */
function dependsOnTags(project: string, source: string): FindingDraft {
  const says: Text = {
    en: 'A rule of the policy has a condition: whether the constraint is enforced here depends on the project’s tags, which gke-auth doesn’t read.',
    ja: 'ポリシーに条件付きのルールがあります。ここで適用されるかどうかはプロジェクトのタグによりますが、タグは読み取っていません。',
  };
  const command = `gcloud org-policies describe ${CONSTRAINT} --project=${project} --effective`;
  return {
    subject: `projects/${project}`,
    status: 'unknown',
    headline: {
      en: 'It is unknown whether the organization policy is enforced here',
      ja: '組織のポリシーが適用されるか判定できません',
    },
    detail: joinText([
      says,
      { en: `To see its rules: ${command}`, ja: `ルールは次のコマンドで確認できます: ${command}` },
    ]),
    evidence: [{ source, says }],
  };
}
