/** Whether the organization withholds Editor from default service accounts: good practice, and the cause of many gaps (DOMAIN, 6a). */
import type { Check } from './check.ts';
import { unknownDetail, unreadable } from './evidence.ts';

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
          headline: { en: "I can't read the organization policy", ja: '組織のポリシーを読み取れません' },
          detail: unknownDetail(fact),
          evidence: [unreadable(fact)],
        },
      ];
    }
    const says = fact.value
      ? {
          en: 'Enforced: default service accounts get no Editor by themselves. Where one lacks what nodes need, this is why.',
          ja: '適用中: デフォルト サービス アカウントに編集者は自動付与されません。ノードに必要な権限がない場合は、これが理由です。',
        }
      : { en: 'Not enforced.', ja: '適用されていません。' };
    return [{ subject, status: 'pass', headline: says, detail: says, evidence: [{ source: fact.source, says }] }];
  },
};
