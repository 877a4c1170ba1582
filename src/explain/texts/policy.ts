/** Texts for rules that no role on a resource lifts: perimeters, organization policies, quota projects (docs/domain/vpc-sc.md, projects.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import { grant, or, type ProblemText, shell } from './words.ts';

export const POLICY_TEXTS = {
  'vpc-sc-denied': {
    means: () => ({
      en: 'A VPC Service Controls perimeter refused the request. IAM has nothing to do with it: no role helps.',
      ja: 'VPC Service Controls の境界によって拒否されました。IAM の問題ではなく、ロールでは解決しません。',
    }),
    why: () => ({
      en: 'The caller stands outside of the perimeter, or the two projects are in different ones, and no access level, ingress or egress rule lets this request through.',
      ja: '呼び出し元が境界の外にあるか、2 つのプロジェクトが別の境界にあり、このリクエストを許可するアクセス レベルや上り / 下りルールがありません。',
    }),
    next: ({ said, project }) => {
      const id = shell(said.vpcScId ?? 'IDENTIFIER');
      const filter = `protoPayload.metadata.vpcServiceControlsUniqueId="${said.vpcScId?.replaceAll(/[^\w.-]/g, '') ?? 'IDENTIFIER'}"`;
      return [
        {
          en: `Read why, in the logs of the protected project: gcloud logging read '${filter}' --project=${project} --freshness=7d --format="yaml(protoPayload.metadata)"`,
          ja: `保護されているプロジェクトのログで理由を確認します: gcloud logging read '${filter}' --project=${project} --freshness=7d --format="yaml(protoPayload.metadata)"`,
        },
        {
          en: `Give the owner of the perimeter the identifier ${id}, the caller, the service and the method: they decide about an ingress or egress rule.`,
          ja: `境界の管理者に、ID ${id}、呼び出し元、サービス、メソッドを伝えます。上り / 下りルールは管理者が判断します。`,
        },
      ];
    },
  },
  'org-policy-blocked': {
    means: ({ said }) => {
      const what = or(said.constraint, { en: 'An organization policy', ja: '組織のポリシー' });
      return {
        en: `${what.en} forbids this. No IAM role lifts it.`,
        ja: `${what.ja} によって禁止されています。IAM ロールでは解除できません。`,
      };
    },
    why: () => ({
      en: 'The policy comes from the project, a folder or the organization. It also binds the grants that this tool offers.',
      ja: 'ポリシーはプロジェクト、フォルダ、組織のいずれかから適用されています。このツールが提案する権限の付与にも適用されます。',
    }),
    next: ({ constraint, project }) => [
      {
        en: `See the policy in force: gcloud org-policies describe ${constraint} --project=${project} --effective`,
        ja: `有効なポリシーを確認します: gcloud org-policies describe ${constraint} --project=${project} --effective`,
      },
      {
        en: 'Change what you do so that it fits the policy; the message says what is allowed.',
        ja: 'ポリシーに合うように操作を変えます。許される内容はメッセージに書かれています。',
      },
      {
        en: 'If it must be done this way, ask the administrators of the organization policy for an exception.',
        ja: 'どうしても必要な場合は、組織ポリシーの管理者に例外を依頼します。',
      },
    ],
  },
  'default-sa-orgpolicy': {
    means: () => ({
      en: 'An organization policy keeps default service accounts from getting roles when they are created.',
      ja: '組織のポリシーにより、デフォルトのサービス アカウントには作成時にロールが与えられません。',
    }),
    why: () => ({
      en: 'The policy is good practice, and on by default in newer organizations. Nodes that use the default account then lack what they need.',
      ja: 'このポリシーは推奨される設定で、新しい組織では既定で有効です。その場合、デフォルトのアカウントを使うノードには必要な権限が足りません。',
    }),
    next: ({ project, projectNumber }) => {
      const command = grant(
        project,
        `serviceAccount:${projectNumber}-compute@developer.gserviceaccount.com`,
        'roles/container.defaultNodeServiceAccount',
      );
      return [
        {
          en: `Leave the policy. Grant the nodes' account just what it needs: ${command}`,
          ja: `ポリシーは変えずに、ノードのアカウントに必要な分だけ付与します: ${command}`,
        },
        {
          en: 'Better still: a node account of your own with this one role.',
          ja: 'さらに良いのは、このロールだけを持つ専用のノード アカウントを使うことです。',
        },
      ];
    },
  },
  'quota-project-denied': {
    means: ({ said }) => {
      const who = or(said.principal, { en: 'The caller', ja: '呼び出し元' });
      return {
        en: `${who.en} may not use the project that the call is charged to, the quota project.`,
        ja: `${who.ja} には、呼び出しの割り当てと課金に使われるプロジェクト（割り当てプロジェクト）を使う権限がありません。`,
      };
    },
    why: () => ({
      en: 'The client names a project in x-goog-user-project, and serviceusage.services.use is needed there. The resource itself was not looked at yet.',
      ja: 'クライアントが x-goog-user-project でプロジェクトを指定しており、そこで serviceusage.services.use が必要です。リソース自体はまだ確認されていません。',
    }),
    next: ({ project, member }) => [
      {
        en: 'Use a quota project that you may use, or one that the program names itself: gcloud auth application-default set-quota-project PROJECT',
        ja: '使える割り当てプロジェクトに変えるか、プログラムが指定するプロジェクトに合わせます: gcloud auth application-default set-quota-project PROJECT',
      },
      {
        en: `Or have the right granted on the quota project: ${grant(project, member, 'roles/serviceusage.serviceUsageConsumer')}`,
        ja: `または、割り当てプロジェクトで権限を付与してもらいます: ${grant(project, member, 'roles/serviceusage.serviceUsageConsumer')}`,
      },
    ],
  },
} satisfies Partial<Record<ProblemId, ProblemText>>;
