/** kubectl needs gke-gcloud-auth-plugin; an error text shows that it is not there (docs/domain/callers.md#kubeconfig-auth-plugin). */
import { getCredentials } from '../../facts/google/endpoints.ts';
import type { Check, RemedyRequest } from '../check.ts';

export const kubeconfigAuthPlugin: Check<'cluster'> = {
  id: 'kubeconfig-auth-plugin',
  title: { en: 'kubectl has the authentication plugin that it needs', ja: 'kubectl の認証プラグインが使える' },
  description: {
    en: 'kubectl 1.25 and later authenticate to GKE through gke-gcloud-auth-plugin, which the kubeconfig names. Where it is missing, or where the kubeconfig still names the removed “gcp” provider, kubectl fails before it reaches the cluster. Only an error text shows this; gke-auth doctor looks at the machine itself.',
    ja: 'kubectl 1.25 以降は、kubeconfig に記載された gke-gcloud-auth-plugin を通じて GKE に認証します。プラグインがない場合や、kubeconfig が削除済みの「gcp」プロバイダを指している場合は、クラスタに到達する前に失敗します。これはエラー文からしか判定できません。マシン自体の確認には gke-auth doctor を使います。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl',
  needs: ['container.clusters.get'],
  facts: ['cluster'],
  appliesTo: ({ symptom }, named) => named || symptom?.problem === 'kubeconfig-auth-plugin',

  run({ cluster }, _access, { cluster: subject, symptom }) {
    if (symptom?.problem !== 'kubeconfig-auth-plugin') {
      return [
        {
          subject,
          status: 'not-applicable',
          headline: { en: 'There is no error text', ja: '判定に使うエラー文がありません' },
          detail: {
            en: 'This shows only in an error text (gke-auth explain) or on the user’s machine (gke-auth doctor).',
            ja: 'エラー文（gke-auth explain）か、利用者のマシン（gke-auth doctor）でしか判定できません。',
          },
          evidence: [],
        },
      ];
    }
    return [
      {
        subject,
        status: 'fail',
        headline: {
          en: 'kubectl can’t authenticate: its plugin is missing, or another version than the kubeconfig names',
          ja: 'プラグインがないか、kubeconfig とバージョンが異なるため、kubectl が認証できません',
        },
        detail: {
          en: 'The error comes from the machine where kubectl runs, not from the cluster. gke-gcloud-auth-plugin is not installed or not on the PATH; or the kubeconfig was written for the removed “gcp” provider, for gcloud itself, or for another version of client.authentication.k8s.io. Install the plugin (with apt: apt-get install google-cloud-cli-gke-gcloud-auth-plugin), then write the kubeconfig entry again. The old way, kubectl 1.24 with USE_GKE_GCLOUD_AUTH_PLUGIN=False, is outside the version skew of today’s clusters and only a test.',
          ja: 'このエラーはクラスタではなく kubectl を実行しているマシンで起きています。gke-gcloud-auth-plugin がインストールされていないか PATH にない、または kubeconfig が削除済みの「gcp」プロバイダ、gcloud 自体、別バージョンの client.authentication.k8s.io を指定しています。プラグインをインストールし（apt の場合: apt-get install google-cloud-cli-gke-gcloud-auth-plugin）、kubeconfig を書き直してください。旧来の方法（kubectl 1.24 と USE_GKE_GCLOUD_AUTH_PLUGIN=False）は現在のクラスタのバージョン差の範囲外なので、切り分けにだけ使えます。',
        },
        evidence: [
          {
            source: 'the error text',
            says: {
              en: 'it names the plugin, its version, or the removed provider',
              ja: 'プラグイン、そのバージョン、または削除済みのプロバイダが示されています',
            },
          },
        ],
        remedies: [
          command('gcloud', 'components', 'install', 'gke-gcloud-auth-plugin'),
          ...(cluster.known ? [command(...getCredentials(cluster.value))] : []),
        ],
      },
    ];
  },
};

function command(...words: string[]): RemedyRequest {
  return { kind: 'command', params: { command: words } };
}
