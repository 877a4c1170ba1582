/** Texts for the way to the GKE metadata server (docs/domain/workloads.md, docs/domain/network-policies.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import { or, type ProblemText } from './words.ts';

const SERVER = { en: 'the GKE metadata server', ja: 'GKE メタデータ サーバー' };

export const METADATA_TEXTS = {
  'wi-netpol-egress': {
    means: () => ({
      en: `The Pod can't reach ${SERVER.en}: the connection times out.`,
      ja: `Pod から ${SERVER.ja} に接続できず、タイムアウトしています。`,
    }),
    why: () => ({
      en: 'Mostly a network policy with egress rules does not allow the address. Which one it is depends on the cluster: 169.254.169.252:988, or 169.254.169.254:80 with Dataplane V2.',
      ja: '多くの場合、下り（外向き）のルールを持つネットワーク ポリシーがこのアドレスを許可していません。アドレスはクラスタによって異なり、169.254.169.252:988、Dataplane V2 では 169.254.169.254:80 です。',
    }),
    next: ({ namespace }) => [
      {
        en: `See the policies: kubectl get networkpolicy --namespace=${namespace} --output=yaml`,
        ja: `ポリシーを確認します: kubectl get networkpolicy --namespace=${namespace} --output=yaml`,
      },
      {
        en: 'Allow egress by TCP to 169.254.169.252/32 port 988, or with Dataplane V2 to 169.254.169.254/32 port 80, and to DNS.',
        ja: '169.254.169.252/32 のポート 988（Dataplane V2 では 169.254.169.254/32 のポート 80）と DNS への下りを許可します。',
      },
      {
        en: "Try it from a Pod with the same labels: curl -H 'Metadata-Flavor: Google' http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/email",
        ja: "同じラベルの Pod から試します: curl -H 'Metadata-Flavor: Google' http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/email",
      },
    ],
  },
  'wi-metadata-dns': {
    means: () => ({
      en: "The Pod can't resolve metadata.google.internal, so its client library finds no credentials.",
      ja: 'Pod が metadata.google.internal を名前解決できず、クライアント ライブラリが認証情報を見つけられません。',
    }),
    why: () => ({
      en: 'DNS in the cluster is down, overloaded, or blocked by a network policy.',
      ja: 'クラスタの DNS が停止しているか、過負荷か、ネットワーク ポリシーで遮断されています。',
    }),
    next: () => [
      {
        en: 'See whether DNS is well: kubectl get pods --namespace=kube-system --selector=k8s-app=kube-dns',
        ja: 'DNS の状態を確認します: kubectl get pods --namespace=kube-system --selector=k8s-app=kube-dns',
      },
      {
        en: 'Go round it: set the environment variable GCE_METADATA_HOST=169.254.169.254 (Python, Java, Node.js; Go uses the address anyway).',
        ja: '環境変数 GCE_METADATA_HOST=169.254.169.254 を設定すると名前解決を省けます（Python、Java、Node.js。Go はもともとアドレスを使います）。',
      },
    ],
  },
  'wi-metadata-startup': {
    means: () => ({
      en: 'The program found no credentials: nothing answered it as the metadata server at that moment.',
      ja: 'プログラムが認証情報を見つけられませんでした。その時点でメタデータ サーバーが応答していません。',
    }),
    why: () => ({
      en: 'In the first seconds of a Pod the GKE metadata server is not ready yet. If the error stays, the cause is the network, DNS, or Workload Identity itself. Outside a Pod it means that no one is signed in.',
      ja: 'Pod の起動後数秒間は、GKE メタデータ サーバーの準備ができていません。エラーが続く場合は、ネットワーク、DNS、または Workload Identity の設定が原因です。Pod の外では、ログインしていないことを意味します。',
    }),
    next: () => [
      {
        en: 'See whether it stops some seconds after the start. If so, update the client library, or retry for a few seconds.',
        ja: '起動から数秒で収まるか確認します。収まる場合は、クライアント ライブラリを更新するか、数秒待って再試行します。',
      },
      {
        en: 'Or let an initContainer wait for the metadata server (retries 30, at most 60 s, connect timeout 3 s).',
        ja: 'または、initContainer でメタデータ サーバーを待ちます（再試行 30 回、最長 60 秒、接続タイムアウト 3 秒）。',
      },
      {
        en: 'On your own machine: gcloud auth application-default login',
        ja: '手元のマシンの場合: gcloud auth application-default login',
      },
    ],
  },
  'wi-control-plane-unavailable': {
    means: ({ said }) => {
      const host = or(said.host, { en: "The cluster's API server", ja: 'クラスタの API サーバー' });
      return {
        en: `${host.en} does not answer, and without the control plane the metadata server hands out no tokens.`,
        ja: `${host.ja} が応答しません。コントロール プレーンが使えない間、メタデータ サーバーはトークンを返せません。`,
      };
    },
    why: () => ({
      en: 'A zonal cluster has one control plane: it is away while it is upgraded, resized or its IP is rotated.',
      ja: 'ゾーン クラスタのコントロール プレーンは 1 つだけで、アップグレード、サイズ変更、IP ローテーションの間は使えません。',
    }),
    next: ({ cluster, location, project }) => [
      {
        en: `See what is going on: gcloud container operations list --location=${location} --project=${project}`,
        ja: `実行中の操作を確認します: gcloud container operations list --location=${location} --project=${project}`,
      },
      {
        en: `See its state: gcloud container clusters describe ${cluster} --location=${location} --project=${project} --format="value(status,conditions)"`,
        ja: `状態を確認します: gcloud container clusters describe ${cluster} --location=${location} --project=${project} --format="value(status,conditions)"`,
      },
      {
        en: 'Retry in a few minutes. A regional cluster avoids these gaps.',
        ja: '数分後に再試行します。リージョン クラスタならこの中断を避けられます。',
      },
    ],
  },
  'wi-istio-exclusion': {
    means: () => ({
      en: `The service mesh's sidecar intercepts the Pod's calls to ${SERVER.en}.`,
      ja: `サービス メッシュのサイドカーが、Pod から ${SERVER.ja} への通信に割り込んでいます。`,
    }),
    why: () => ({
      en: 'The address is not excluded from redirection, or the application starts before the sidecar is ready.',
      ja: 'このアドレスがリダイレクトの対象外になっていないか、サイドカーの準備ができる前にアプリケーションが起動しています。',
    }),
    next: () => [
      {
        en: 'Annotate the Pod template: traffic.sidecar.istio.io/excludeOutboundIPRanges: 169.254.169.254/32',
        ja: 'Pod テンプレートにアノテーションを付けます: traffic.sidecar.istio.io/excludeOutboundIPRanges: 169.254.169.254/32',
      },
      {
        en: `Hold the application until the sidecar is ready: proxy.istio.io/config: '{ "holdApplicationUntilProxyStarts": true }'`,
        ja: `サイドカーの準備ができるまでアプリケーションを待たせます: proxy.istio.io/config: '{ "holdApplicationUntilProxyStarts": true }'`,
      },
      {
        en: 'For the whole mesh: global.proxy.excludeIPRanges and global.proxy.holdApplicationUntilProxyStarts.',
        ja: 'メッシュ全体では global.proxy.excludeIPRanges と global.proxy.holdApplicationUntilProxyStarts を設定します。',
      },
    ],
  },
  'wi-metadata-server-oom': {
    means: () => ({
      en: 'gke-metadata-server crashes on the nodes: Pods there get no tokens.',
      ja: 'ノードの gke-metadata-server がクラッシュしており、そのノードの Pod はトークンを取得できません。',
    }),
    why: () => ({
      en: 'It runs out of memory when the cluster has more than about 3,000 Kubernetes service accounts.',
      ja: 'クラスタの Kubernetes サービス アカウントが約 3,000 個を超えると、メモリが不足します。',
    }),
    next: () => [
      {
        en: 'See whether memory is the reason: kubectl describe pods --namespace=kube-system --selector=k8s-app=gke-metadata-server | grep OOMKilled',
        ja: 'メモリ不足が原因か確認します: kubectl describe pods --namespace=kube-system --selector=k8s-app=gke-metadata-server | grep OOMKilled',
      },
      {
        en: 'Count the service accounts: kubectl get serviceaccounts --all-namespaces --no-headers | wc -l',
        ja: 'サービス アカウントを数えます: kubectl get serviceaccounts --all-namespaces --no-headers | wc -l',
      },
      { en: 'Bring them below 3,000.', ja: '3,000 未満に減らします。' },
    ],
  },
} satisfies Partial<Record<ProblemId, ProblemText>>;
