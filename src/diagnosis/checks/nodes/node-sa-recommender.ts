/** Does GKE itself recommend to grant critical permissions to node service accounts (docs/domain/nodes.md#node-sa-recommender)? */
import type { Check } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';

export const nodeSaRecommender: Check<'cluster' | 'recommendations'> = {
  id: 'node-sa-recommender',
  title: {
    en: 'GKE recommends nothing about node service accounts',
    ja: 'ノードのサービス アカウントに関する GKE の推奨事項がない',
  },
  description: {
    en: 'GKE’s recommender (subtype NODE_SA_MISSING_PERMISSIONS; “Grant critical permissions” in the console’s column Notifications) names clusters whose node accounts lack permissions. It lags by up to 24 hours and knows only clusters made since 2024, so no recommendation proves nothing; node-sa-permissions decides.',
    ja: 'GKE の Recommender（サブタイプ NODE_SA_MISSING_PERMISSIONS、コンソールの「通知」列では「重要な権限を付与する」）は、ノードのアカウントの権限が不足しているクラスタを示します。最大 24 時間遅れ、2024 年以降に作成されたクラスタだけが対象のため、推奨事項がないことは証明になりません。判定は node-sa-permissions が行います。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: ['recommender.containerDiagnosisRecommendations.list'],
  facts: ['cluster', 'recommendations'],
  inScan: 'cluster',

  run({ cluster, recommendations }, _access, request) {
    const subject = request.cluster;
    if (!recommendations.known) {
      return [
        {
          subject,
          status: 'unknown',
          headline: { en: "I can't read GKE's recommendations", ja: 'GKE の推奨事項を読み取れません' },
          detail: unknownDetail(recommendations),
          evidence: [unreadable(recommendations)],
        },
      ];
    }
    const place = cluster.known ? `/locations/${cluster.value.location}/clusters/${cluster.value.name}` : undefined;
    const hit = recommendations.value.find(
      ({ targets }) => place !== undefined && targets.some(target => target.endsWith(place)),
    );
    const { source } = recommendations;
    if (!hit) {
      const says = {
        en: 'No active recommendation. That proves nothing: they lag by up to 24 hours and cover only newer clusters.',
        ja: '有効な推奨事項はありません。最大 24 時間遅れ、新しいクラスタだけが対象のため、これだけでは判断できません。',
      };
      return [{ subject, status: 'not-applicable', headline: says, detail: says, evidence: [{ source, says }] }];
    }
    return [
      {
        subject,
        status: 'warn',
        headline: {
          en: 'GKE recommends to grant critical permissions to the node service account',
          ja: 'GKE が、ノードのサービス アカウントに重要な権限を付与するよう推奨しています',
        },
        detail: {
          en: 'An active recommendation NODE_SA_MISSING_PERMISSIONS names this cluster. node-sa-permissions says which account lacks what; after the grant the recommendation stays for up to 24 hours.',
          ja: 'このクラスタに対する推奨事項 NODE_SA_MISSING_PERMISSIONS があります。どのアカウントに何が足りないかは node-sa-permissions を参照してください。付与後も最大 24 時間は表示が残ります。',
        },
        evidence: [{ source, says: { en: hit.name, ja: hit.name } }],
      },
    ];
  },
};
