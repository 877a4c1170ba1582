/** Texts for the way to the API server: kubeconfig, plugin, network, certificate (docs/domain/callers.md, docs/domain/reachability.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import type { Text } from '../../contracts/text.ts';
import { EXEC_BLOCK, getCredentials, isTerraform, type Names, or, type ProblemText } from './words.ts';

const writeEntry = (names: Names): Text => ({
  en: `Write the kubeconfig entry again: ${getCredentials(names)}`,
  ja: `kubeconfig のエントリを書き直します: ${getCredentials(names)}`,
});

/** Where the plugin has to be, by who runs kubectl. */
function install({ program }: Names): Text {
  switch (program) {
    case 'terraform':
    case 'pulumi':
    case 'helm':
    case 'argocd':
    case 'flux':
    case 'jenkins':
    case 'gitlab':
      return {
        en: 'Put it into the image or runner that runs this program, not only on your own machine: sudo apt-get install google-cloud-cli-gke-gcloud-auth-plugin',
        ja: '手元のマシンだけでなく、このプログラムを実行するイメージやランナーにインストールします: sudo apt-get install google-cloud-cli-gke-gcloud-auth-plugin',
      };
    case 'github-actions':
      return {
        en: 'In the workflow, before kubectl: google-github-actions/setup-gcloud with install_components: gke-gcloud-auth-plugin.',
        ja: 'ワークフローで kubectl より前に、google-github-actions/setup-gcloud を install_components: gke-gcloud-auth-plugin で実行します。',
      };
    case 'ide':
      return {
        en: 'A program started from the desktop does not have the PATH of your shell: write the full path of gke-gcloud-auth-plugin into the command field of the kubeconfig.',
        ja: 'デスクトップから起動したプログラムはシェルの PATH を使いません。kubeconfig の command に gke-gcloud-auth-plugin のフルパスを書きます。',
      };
    default:
      return {
        en: 'Install it (with apt: google-cloud-cli-gke-gcloud-auth-plugin): gcloud components install gke-gcloud-auth-plugin',
        ja: 'インストールします（apt の場合は google-cloud-cli-gke-gcloud-auth-plugin）: gcloud components install gke-gcloud-auth-plugin',
      };
  }
}

/** What differs between the ways in which a client and its plugin don't fit. */
function fitting({ variant, program }: Names): Text[] {
  if (variant === 'versions')
    return [
      {
        en: 'Client and plugin must speak the same version. In the kubeconfig, set users[].user.exec.apiVersion to client.authentication.k8s.io/v1beta1 and command to gke-gcloud-auth-plugin; gcloud itself is no plugin.',
        ja: 'クライアントとプラグインのバージョンを一致させます。kubeconfig の users[].user.exec で、apiVersion を client.authentication.k8s.io/v1beta1、command を gke-gcloud-auth-plugin にします。gcloud 自体はプラグインではありません。',
      },
    ];
  if (variant === 'provider' && program === 'java')
    return [
      {
        en: 'The auth-provider gcp of this Java client is gone: use a newer io.kubernetes:client-java or fabric8 client that knows exec entries.',
        ja: 'この Java クライアントの auth-provider gcp は廃止されました。exec エントリに対応した新しい io.kubernetes:client-java か fabric8 クライアントを使います。',
      },
    ];
  return [];
}

export const REACH_TEXTS = {
  'kubeconfig-auth-plugin': {
    means: ({ variant }) =>
      variant === 'versions'
        ? {
            en: "kubectl can't get a token: the kubeconfig names a program or a version of the plugin protocol that doesn't fit.",
            ja: 'kubectl がトークンを取得できません。kubeconfig のプログラムか、プラグインのプロトコルのバージョンが合っていません。',
          }
        : {
            en: "kubectl can't get a token: gke-gcloud-auth-plugin is missing, can't be run, or the kubeconfig still uses the old built-in method.",
            ja: 'kubectl がトークンを取得できません。gke-gcloud-auth-plugin がないか実行できないか、kubeconfig が古い組み込みの方式のままです。',
          },
    why: () => ({
      en: 'Kubernetes clients from 1.25 on need this plugin for GKE. It must be on the PATH of whatever runs kubectl, also in CI images and IDEs.',
      ja: 'Kubernetes クライアント 1.25 以降では GKE への接続にこのプラグインが必要です。CI のイメージや IDE も含め、kubectl を実行する環境の PATH に置く必要があります。',
    }),
    next: names => [
      ...fitting(names),
      install(names),
      {
        en: 'Check that it runs there: gke-gcloud-auth-plugin --version',
        ja: 'その環境で動作を確認します: gke-gcloud-auth-plugin --version',
      },
      writeEntry(names),
      {
        en: 'Only to find out whether the plugin is at fault: kubectl 1.24 or older with USE_GKE_GCLOUD_AUTH_PLUGIN=False. It is too old for current clusters.',
        ja: 'プラグインが原因かどうかの切り分けに限り、kubectl 1.24 以前と USE_GKE_GCLOUD_AUTH_PLUGIN=False を使えます。現在のクラスタには古すぎます。',
      },
    ],
  },
  'kubeconfig-missing': {
    means: names =>
      isTerraform(names)
        ? {
            en: 'The provider has no address of a cluster, so it asks localhost.',
            ja: 'プロバイダにクラスタのアドレスがないため、localhost に接続しています。',
          }
        : {
            en: 'The client has no kubeconfig, or no entry for this cluster, so it asks localhost or nobody.',
            ja: 'クライアントに kubeconfig がないか、このクラスタのエントリがないため、localhost に接続しているか、接続先がありません。',
          },
    why: names =>
      isTerraform(names)
        ? {
            en: 'The host of the provider is empty: it comes from a cluster that this run has yet to create or read, or the block sets none. The cluster itself has nothing to do with it.',
            ja: 'プロバイダの host が空です。この実行でこれから作成または参照するクラスタの値を使っているか、設定がありません。クラスタ自体の問題ではありません。',
          }
        : {
            en: 'Nobody ran get-credentials for this user, KUBECONFIG points elsewhere, or another context is chosen. sudo and containers have a home of their own. The cluster has nothing to do with it.',
            ja: 'このユーザーで get-credentials を実行していないか、KUBECONFIG が別の場所を指しているか、別のコンテキストが選ばれています。sudo やコンテナのホーム ディレクトリは別です。クラスタの問題ではありません。',
          },
    next: names =>
      isTerraform(names)
        ? [
            {
              en: `Give the provider host and cluster_ca_certificate of the cluster, and the plugin: ${EXEC_BLOCK}`,
              ja: `プロバイダにクラスタの host と cluster_ca_certificate、プラグインを設定します: ${EXEC_BLOCK}`,
            },
            {
              en: 'If the same run creates the cluster, apply twice: first the cluster, then what goes into it.',
              ja: '同じ実行でクラスタも作成する場合は、先にクラスタ、次にその中身と、2 回に分けて適用します。',
            },
          ]
        : [
            {
              en: `Write an entry for the cluster, as the user that runs kubectl: ${getCredentials(names)}`,
              ja: `kubectl を実行するユーザーで、クラスタのエントリを書きます: ${getCredentials(names)}`,
            },
            {
              en: 'See which entry is used: kubectl config current-context',
              ja: '使われているエントリを確認します: kubectl config current-context',
            },
          ],
  },
  'certificate-untrusted': {
    means: ({ said }) => {
      const host = or(said.host, { en: 'the API server', ja: 'API サーバー' });
      return {
        en: `The client doesn't trust the certificate that ${host.en} presents.`,
        ja: `クライアントが、${host.ja} の提示した証明書を信頼していません。`,
      };
    },
    why: () => ({
      en: "In this order: the kubeconfig holds the CA of an earlier cluster or of before a rotation; the cluster's CA is set for the DNS endpoint, which has a public certificate; a proxy opens TLS and presents its own.",
      ja: '可能性の高い順に、kubeconfig の CA が以前のクラスタやローテーション前のものである、公開証明書を使う DNS エンドポイントにクラスタの CA を設定している、プロキシが TLS を復号して独自の証明書を提示している、のいずれかです。',
    }),
    next: names => [
      {
        en: `Get the CA anew; for the DNS endpoint add --dns-endpoint: ${getCredentials(names)}`,
        ja: `CA を取得し直します。DNS エンドポイントの場合は --dns-endpoint を付けます: ${getCredentials(names)}`,
      },
      {
        en: `Compare the CA of the kubeconfig with that of the cluster: gke-auth doctor ${names.cluster}`,
        ja: `kubeconfig の CA とクラスタの CA を比べます: gke-auth doctor ${names.cluster}`,
      },
      {
        en: "Behind a proxy, have the client trust the proxy's CA. Never switch the check off (insecure-skip-tls-verify).",
        ja: 'プロキシを経由する場合は、プロキシの CA をクライアントに信頼させます。検証を無効にしないでください（insecure-skip-tls-verify）。',
      },
    ],
  },
  'api-server-unreachable': {
    means: ({ said }) => {
      const host = or(said.host, { en: 'the API server', ja: 'API サーバー' });
      return {
        en: `The client gets no connection to ${host.en}: nothing was asked, so nothing was refused yet.`,
        ja: `クライアントが ${host.ja} に接続できていません。認証や権限の確認より前の段階です。`,
      };
    },
    why: () => ({
      en: "Most often the caller's address is in no authorized network, or the address is private and works only from its VPC. It can also be an old address in the kubeconfig, a firewall or proxy on the caller's side, or a zonal control plane that is being upgraded.",
      ja: '多くの場合、呼び出し元のアドレスが承認済みネットワークにないか、VPC 内でしか使えない限定公開アドレスです。ほかに、kubeconfig の古いアドレス、呼び出し元のファイアウォールやプロキシ、アップグレード中のゾーン クラスタのコントロール プレーンも原因になります。',
    }),
    next: names => [
      {
        en: `See the endpoints and who may reach them: gcloud container clusters describe ${names.cluster} --location=${names.location} --project=${names.project} --format="yaml(status,controlPlaneEndpointsConfig)"`,
        ja: `エンドポイントと接続を許可する範囲を確認します: gcloud container clusters describe ${names.cluster} --location=${names.location} --project=${names.project} --format="yaml(status,controlPlaneEndpointsConfig)"`,
      },
      {
        en: `Get the current address; --dns-endpoint works from anywhere where it is on, --internal-ip only inside the VPC: ${getCredentials(names)}`,
        ja: `現在のアドレスを取得します。--dns-endpoint は有効ならどこからでも、--internal-ip は VPC 内でのみ使えます: ${getCredentials(names)}`,
      },
      {
        en: 'If authorized networks keep you out, have your address added to the list, never 0.0.0.0/0; or have the DNS endpoint turned on, which IAM guards.',
        ja: '承認済みネットワークで拒否されている場合は、自分のアドレスを追加してもらいます（0.0.0.0/0 は不可）。または、IAM で保護される DNS エンドポイントを有効にしてもらいます。',
      },
    ],
  },
} satisfies Partial<Record<ProblemId, ProblemText>>;
