/** Texts for what a caller meets at a cluster: credentials, access to it, rights inside it (docs/domain/callers.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import type { Text } from '../../contracts/text.ts';
import { isEverybody } from '../everybody.ts';
import { EXEC_BLOCK, getCredentials, grant, isTerraform, type Names, or, type ProblemText, shell } from './words.ts';

/** How each kind of client gets a token anew for every request, instead of keeping one. */
function refreshing(names: Names): Text[] {
  switch (names.program) {
    case 'terraform':
    case 'pulumi':
    case 'helm':
      return [
        {
          en: `In Terraform, replace token = data.google_client_config… in the kubernetes and helm providers by the plugin, which asks anew for each call: ${EXEC_BLOCK}`,
          ja: `Terraform では、kubernetes と helm プロバイダの token = data.google_client_config… をやめ、呼び出しごとに取得するプラグインに置き換えます: ${EXEC_BLOCK}`,
        },
        {
          en: 'If the same run creates the cluster, apply twice: first the cluster, then what goes into it.',
          ja: '同じ実行でクラスタも作成する場合は、先にクラスタ、次にその中身と、2 回に分けて適用します。',
        },
      ];
    case 'github-actions':
      return [
        {
          en: 'Run google-github-actions/auth and get-gke-credentials in the same job, with use_auth_provider: true; without it the kubeconfig holds a token that lives one hour.',
          ja: 'google-github-actions/auth と get-gke-credentials を同じジョブで実行し、use_auth_provider: true を指定します。指定しないと、有効期間 1 時間のトークンが kubeconfig に書き込まれます。',
        },
      ];
    case 'argocd':
      return [
        {
          en: 'In the cluster Secret of Argo CD, replace bearerToken by execProviderConfig with command argocd-k8s-auth, args ["gcp"], apiVersion client.authentication.k8s.io/v1beta1; for the DNS endpoint leave out caData.',
          ja: 'Argo CD のクラスタ Secret で、bearerToken を execProviderConfig（command は argocd-k8s-auth、args は ["gcp"]、apiVersion は client.authentication.k8s.io/v1beta1）に置き換えます。DNS エンドポイントでは caData を省きます。',
        },
      ];
    case 'python':
    case 'java':
    case 'node':
    case 'dotnet':
      return [
        {
          en: 'In the program, load the kubeconfig with its exec entry, or let the application default credentials refresh the token before each request; never keep the token as a string.',
          ja: 'プログラムでは、exec エントリを含む kubeconfig を読み込むか、アプリケーションのデフォルト認証情報でリクエストのたびにトークンを更新します。トークンを文字列として保持しないでください。',
        },
      ];
    default:
      return [
        {
          en: `Let kubectl ask for a token each time: write the kubeconfig entry with the plugin: ${getCredentials(names)}`,
          ja: `kubectl が毎回トークンを取得するように、プラグインを使う kubeconfig エントリを書きます: ${getCredentials(names)}`,
        },
      ];
  }
}

/** The DNS endpoint takes Google's credentials; those of Kubernetes only where the cluster allows it. */
const dnsEndpoint = ({ said }: Names): Text[] =>
  said.host?.endsWith('.gke.goog') === true
    ? [
        {
          en: 'The DNS endpoint refuses tokens of Kubernetes service accounts unless dnsEndpointConfig.enableK8sTokensViaDns is on for the cluster. Turn it on, or use the plugin there.',
          ja: 'DNS エンドポイントは、クラスタで dnsEndpointConfig.enableK8sTokensViaDns が有効でない限り、Kubernetes サービス アカウントのトークンを受け付けません。有効にするか、プラグインを使います。',
        },
      ]
    : [];

const withHeader: Text = {
  en: 'With curl or your own client, send the token yourself: curl -H "Authorization: Bearer $(gcloud auth print-access-token)" https://HOST/version',
  ja: 'curl や独自のクライアントでは、トークンを自分で送ります: curl -H "Authorization: Bearer $(gcloud auth print-access-token)" https://HOST/version',
};

export const CALLER_TEXTS = {
  'cluster-auth-401': {
    means: ({ said }) => {
      const cluster = or(said.cluster, { en: 'the cluster', ja: 'クラスタ' });
      return {
        en: `The API server of ${cluster.en} doesn't accept the credentials that were sent (401).`,
        ja: `${cluster.ja} の API サーバーが、送られた認証情報を受け付けていません（401）。`,
      };
    },
    why: () => ({
      en: 'Either the token is expired or of the wrong kind, or the account has no access to the cluster. An ID token in place of an access token is refused as well.',
      ja: 'トークンの期限切れや種類の誤り、またはアカウントにクラスタへのアクセス権がないことが原因です。アクセス トークンの代わりに ID トークンを送った場合も拒否されます。',
    }),
    next: names => [
      ...(names.program === undefined || names.program === 'kubectl' || names.program === 'gcloud'
        ? []
        : refreshing(names)),
      ...dnsEndpoint(names),
      { en: 'Sign in again: gcloud auth login', ja: 'もう一度ログインします: gcloud auth login' },
      {
        en: `Renew the kubeconfig entry: ${getCredentials(names)}`,
        ja: `kubeconfig のエントリを取得し直します: ${getCredentials(names)}`,
      },
      {
        en: `Have the token, the account and the way to the API server checked on your own machine: gke-auth doctor ${names.cluster}`,
        ja: `トークン、アカウント、API サーバーまでの経路を手元のマシンで確認します: gke-auth doctor ${names.cluster}`,
      },
    ],
  },
  'caller-anonymous': {
    means: () => ({
      en: 'No valid credential reached the API server, so it calls the caller system:anonymous.',
      ja: '有効な認証情報が API サーバーに届いていないため、呼び出し元が system:anonymous として扱われています。',
    }),
    why: names => ({
      en: `It looks like a missing permission and is a failed login: ${isTerraform(names) ? 'the provider has an empty token, or one of a cluster that did not exist yet' : 'the client sends no token, or something on the way removes it'}. No role helps, and none may be bound: system:anonymous is everybody who reaches the address.`,
      ja: `権限不足に見えますが、ログインの失敗です。${isTerraform(names) ? 'プロバイダのトークンが空か、まだ存在しないクラスタのものです' : 'クライアントがトークンを送っていないか、途中で取り除かれています'}。ロールでは解決せず、割り当ててもいけません。system:anonymous は、このアドレスに到達できるすべての人を意味します。`,
    }),
    next: names => [
      ...(names.program === 'kubectl' || names.program === undefined
        ? [
            {
              en: 'See whether the kubeconfig entry has an exec section with gke-gcloud-auth-plugin: kubectl config view --minify',
              ja: 'kubeconfig のエントリに gke-gcloud-auth-plugin の exec があるか確認します: kubectl config view --minify',
            },
          ]
        : []),
      ...refreshing(names),
      ...(names.program === undefined || names.program === 'kubectl' ? [withHeader] : []),
      {
        en: 'Bind nothing to system:anonymous, system:unauthenticated or system:authenticated; that would open the cluster.',
        ja: 'system:anonymous、system:unauthenticated、system:authenticated には何も割り当てないでください。クラスタが公開されてしまいます。',
      },
    ],
  },
  'token-expired': {
    means: () => ({
      en: 'The access token was good at first and has expired: Google access tokens live one hour.',
      ja: 'アクセス トークンは最初は有効でしたが、期限が切れました。Google のアクセス トークンの有効期間は 1 時間です。',
    }),
    why: () => ({
      en: 'The program keeps the token as a string instead of asking for a new one. Signing in again only starts the next hour.',
      ja: 'プログラムがトークンを文字列のまま保持し、取得し直していません。もう一度ログインしても、次の 1 時間が始まるだけです。',
    }),
    next: names => [
      ...refreshing(names),
      {
        en: 'Where a static token can not be avoided, fetch it again right before each long step.',
        ja: '固定のトークンを避けられない場合は、時間のかかる処理の直前に毎回取得し直します。',
      },
    ],
  },
  'token-invalid': {
    means: ({ said }) => {
      const who = or(said.principal, { en: 'the caller', ja: '呼び出し元' });
      return {
        en: `The credentials of ${who.en} are expired, revoked or missing. Google refuses them before any permission is looked at.`,
        ja: `${who.ja} の認証情報が、期限切れか、取り消されているか、ありません。権限を調べる前の段階で拒否されています。`,
      };
    },
    why: () => ({
      en: 'Organizations can limit how long a session lasts; a password change or a deleted service account key ends it as well. It says nothing about the cluster.',
      ja: '組織がセッションの長さを制限している場合があります。パスワードの変更やサービス アカウント キーの削除でも無効になります。クラスタの問題ではありません。',
    }),
    next: names => [
      { en: 'See which account is active: gcloud auth list', ja: '有効なアカウントを確認します: gcloud auth list' },
      { en: 'Sign in again: gcloud auth login', ja: 'もう一度ログインします: gcloud auth login' },
      {
        en: 'For programs and Terraform on your machine: gcloud auth application-default login',
        ja: '手元のプログラムや Terraform の場合: gcloud auth application-default login',
      },
      {
        en: `In a pipeline: replace the key, or better, use Workload Identity Federation. Then: ${getCredentials(names)}`,
        ja: `パイプラインの場合は鍵を差し替えます（Workload Identity 連携への移行が望ましい）。その後: ${getCredentials(names)}`,
      },
    ],
  },
  'caller-clusters-get': {
    means: ({ said }) => {
      const who = or(said.principal, { en: 'The account that made the call', ja: '呼び出したアカウント' });
      const what = said.permission ?? 'container.clusters.get';
      const where = or(said.project ?? said.projectNumber, { en: 'the project', ja: 'プロジェクト' });
      return {
        en: `${who.en} lacks ${what} on ${where.en}: it can't reach the cluster.`,
        ja: `${who.ja} には ${where.ja} に対する ${what} がなく、クラスタに接続できません。`,
      };
    },
    why: () => ({
      en: 'No IAM role of the account holds it, or another account is active than you think. A mistyped project is refused in the same words, and the link to a deleted service account in the message does not apply.',
      ja: 'アカウントのロールにこの権限がないか、思っているものと別のアカウントが有効になっています。プロジェクト名の誤りでも同じ文言になります。メッセージにある「削除されたサービス アカウント」へのリンクは関係ありません。',
    }),
    next: names => [
      { en: 'See which account is active: gcloud auth list', ja: '有効なアカウントを確認します: gcloud auth list' },
      {
        en: `Have an administrator grant access to the cluster: ${grant(names.project, names.member, clusterRole(names))}`,
        ja: `管理者にクラスタへのアクセス権を付与してもらいます: ${grant(names.project, names.member, clusterRole(names))}`,
      },
      {
        en: 'That opens the door only: what you may do inside is decided by Kubernetes RBAC.',
        ja: 'これはクラスタに入るための権限だけです。クラスタ内の操作は Kubernetes の RBAC で決まります。',
      },
    ],
  },
  'cluster-not-found': {
    means: ({ said }) => {
      const cluster = or(said.cluster, { en: 'such cluster', ja: 'クラスタ' });
      return {
        en: `There is no ${cluster.en}${said.location === undefined ? '' : ` in ${said.location}`}${said.project === undefined ? '' : `, project ${said.project}`}.`,
        ja: `${said.project === undefined ? '' : `プロジェクト ${said.project} の `}${said.location === undefined ? '' : `${said.location} に `}${cluster.ja} が見つかりません。`,
      };
    },
    why: () => ({
      en: 'Usually the location is wrong: a zonal cluster is not found under its region. Otherwise it is the project, the name, or the active account.',
      ja: '多くはロケーションの誤りです。ゾーン クラスタはリージョンを指定しても見つかりません。ほかに、プロジェクト、名前、有効なアカウントの誤りがあります。',
    }),
    next: names => [
      {
        en: `List the clusters with their locations: gcloud container clusters list --project=${names.project}`,
        ja: `クラスタとロケーションを一覧します: gcloud container clusters list --project=${names.project}`,
      },
      {
        en: 'See which account is active; if it is the wrong one, sign in with gcloud auth login: gcloud auth list',
        ja: '有効なアカウントを確認します。違う場合は gcloud auth login でログインし直します: gcloud auth list',
      },
      {
        en: `Try again, with the location that the list shows if it is another: ${getCredentials(names)}`,
        ja: `ロケーションが一覧と違えば置き換えて、もう一度実行します: ${getCredentials(names)}`,
      },
    ],
  },
  'rbac-forbidden': {
    means: ({ said, isClusterWide }) => {
      const who = or(said.principal, { en: 'The caller', ja: '呼び出し元' });
      const what =
        said.verb !== undefined && said.kubernetesResource !== undefined
          ? `${said.verb} ${said.kubernetesResource}`
          : undefined;
      const place = or(isClusterWide ? undefined : said.namespace, { en: 'the cluster', ja: 'クラスタ全体' });
      const inNamespace = !isClusterWide && said.namespace !== undefined;
      return {
        en: `${who.en} reached the cluster, but may not ${what ?? 'do this'} ${inNamespace ? 'in namespace' : 'in'} ${place.en}.`,
        ja: `${who.ja} はクラスタに接続できていますが、${inNamespace ? 'Namespace ' : ''}${place.ja} での ${what ?? 'この操作'} は許可されていません。`,
      };
    },
    why: ({ said }) =>
      isEverybody(said.principal)
        ? {
            en: `${said.principal} is no account but a group that every Google account in the world belongs to, or that holds all power. Nothing is ever granted to it: find out which account the request really came from.`,
            ja: `${said.principal} はアカウントではなく、世界中のすべての Google アカウントが属するグループ、またはすべての権限を持つグループです。権限を割り当てることはできません。実際にリクエストを送ったアカウントを調べてください。`,
          }
        : {
            en: 'GKE asks Kubernetes RBAC first, then IAM; neither allows it. container.clusters.get only lets an account in. Names are case-sensitive; a long number as the user is a VM whose token lacks the userinfo-email scope.',
            ja: 'GKE は Kubernetes の RBAC、次に IAM を確認しますが、どちらも許可していません。container.clusters.get はクラスタに入るためだけの権限です。名前は大文字と小文字を区別します。ユーザーが長い数字の場合は、VM のトークンに userinfo-email スコープがありません。',
          },
    next: names => (isEverybody(names.said.principal) ? whoAmI : binding(names)),
  },
} satisfies Partial<Record<ProblemId, ProblemText>>;

/** The role that lets an account reach clusters, or create them where that was refused. */
const clusterRole = ({ said }: Names) =>
  /\.(?:create|update|delete)$/.test(said.permission ?? '')
    ? 'roles/container.clusterAdmin'
    : 'roles/container.clusterViewer';

const whoAmI: Text[] = [
  {
    en: 'See whom the API server takes you for: kubectl auth whoami',
    ja: 'API サーバーが誰として認識しているか確認します: kubectl auth whoami',
  },
  {
    en: 'See which account is active: gcloud auth list',
    ja: '有効なアカウントを確認します: gcloud auth list',
  },
  {
    en: 'Then paste the error with that account, or have a role bound to it alone.',
    ja: 'そのアカウントのエラーを貼り付け直すか、そのアカウントだけにロールを割り当てます。',
  },
];

function binding({ said, namespace, verb, resource, isClusterWide }: Names): Text[] {
  const ksa = /^system:serviceaccount:([^:]+):(.+)$/.exec(said.principal ?? '');
  const principal = shell(said.principal ?? 'MEMBER');
  const subject = ksa === null ? `--user=${principal}` : `--serviceaccount=${shell(`${ksa[1]}:${ksa[2]}`)}`;
  const inNamespace = !isClusterWide && said.namespace !== undefined;
  const scope = inNamespace ? ` --namespace=${namespace}` : '';
  const kind = inNamespace ? 'role' : 'clusterrole';
  const create = `kubectl create ${kind} ROLE --verb=${verb} --resource=${resource}${said.apiGroup === undefined ? '' : `.${shell(said.apiGroup)}`}${scope}`;
  const bind = `kubectl create ${kind}binding NAME --${kind}=ROLE ${subject}${scope}`;
  return [
    {
      en: `See what is allowed: kubectl auth can-i ${verb} ${resource}${scope} --as=${principal}`,
      ja: `許可の有無を確認します: kubectl auth can-i ${verb} ${resource}${scope} --as=${principal}`,
    },
    {
      en: `Have an administrator make a role with just this: ${create}`,
      ja: `管理者に、この操作だけのロールを作成してもらいます: ${create}`,
    },
    { en: `Bind it: ${bind}`, ja: `ロールを割り当てます: ${bind}` },
  ];
}
