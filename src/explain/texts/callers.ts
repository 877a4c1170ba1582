/** Texts for what a caller meets: credentials, plugin, access to the cluster and inside it. */
import type { ProblemId } from '../../contracts/explanation.ts';
import { type ExplainContext, getCredentials, or, shell } from './words.ts';

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
      { en: 'Sign in again: gcloud auth login', ja: 'もう一度ログインします: gcloud auth login' },
      {
        en: `Renew the kubeconfig entry: ${getCredentials(names)}`,
        ja: `kubeconfig のエントリを取得し直します: ${getCredentials(names)}`,
      },
      {
        en: 'Check the token on your own machine; never paste it anywhere: curl "https://oauth2.googleapis.com/tokeninfo?access_token=$(gcloud auth print-access-token)"',
        ja: 'トークンは手元で確認し、どこにも貼り付けないでください: curl "https://oauth2.googleapis.com/tokeninfo?access_token=$(gcloud auth print-access-token)"',
      },
      {
        en: `gke-auth doctor ${names.cluster} runs these steps for you and calls the API server without kubectl and the plugin.`,
        ja: `gke-auth doctor ${names.cluster} で、kubectl とプラグインを介さない呼び出しまで含めて確認できます。`,
      },
    ],
  },
  'kubeconfig-auth-plugin': {
    means: () => ({
      en: "kubectl can't get a token: gke-gcloud-auth-plugin is missing, can't be run, or the kubeconfig still uses the old built-in method.",
      ja: 'kubectl がトークンを取得できません。gke-gcloud-auth-plugin がないか実行できないか、kubeconfig が古い組み込みの方式のままです。',
    }),
    why: () => ({
      en: 'Kubernetes clients from 1.25 on need this plugin for GKE. It must be on the PATH of whatever runs kubectl, also in CI images and IDEs.',
      ja: 'Kubernetes クライアント 1.25 以降では GKE への接続にこのプラグインが必要です。CI のイメージや IDE も含め、kubectl を実行する環境の PATH に置く必要があります。',
    }),
    next: names => [
      {
        en: 'Install it: gcloud components install gke-gcloud-auth-plugin (with apt: sudo apt-get install google-cloud-cli-gke-gcloud-auth-plugin)',
        ja: 'インストールします: gcloud components install gke-gcloud-auth-plugin（apt の場合: sudo apt-get install google-cloud-cli-gke-gcloud-auth-plugin）',
      },
      {
        en: 'Check that it runs: gke-gcloud-auth-plugin --version',
        ja: '動作を確認します: gke-gcloud-auth-plugin --version',
      },
      {
        en: `Write the kubeconfig entry again: ${getCredentials(names)}`,
        ja: `kubeconfig のエントリを書き直します: ${getCredentials(names)}`,
      },
      {
        en: 'Only to find out whether the plugin is at fault: kubectl 1.24 or older with USE_GKE_GCLOUD_AUTH_PLUGIN=False. It is too old for current clusters.',
        ja: 'プラグインが原因かどうかの切り分けに限り、kubectl 1.24 以前と USE_GKE_GCLOUD_AUTH_PLUGIN=False を使えます。現在のクラスタには古すぎます。',
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
  'impersonation-denied': {
    means: ({ said }) => {
      const who = or(said.principal, { en: 'The caller', ja: '呼び出し元' });
      const account = or(said.iamServiceAccount, { en: 'the service account', ja: 'サービス アカウント' });
      return {
        en: `${who.en} may not act as ${account.en}.`,
        ja: `${who.ja} には ${account.ja} として動作する権限がありません。`,
      };
    },
    why: () => ({
      en: 'Attaching a service account to nodes needs iam.serviceAccounts.actAs; taking its token needs iam.serviceAccounts.getAccessToken. Owner of a project alone does not give the second. An account that does not exist is refused in the same words.',
      ja: 'ノードにサービス アカウントを付けるには iam.serviceAccounts.actAs、そのトークンを取得するには iam.serviceAccounts.getAccessToken が必要です。後者はプロジェクトのオーナーでも持っていません。アカウントが存在しない場合も同じ文言になります。',
    }),
    next: ({ account, member, said }) => {
      const role =
        said.role ??
        (/actas/i.test(said.permission ?? 'actAs')
          ? 'roles/iam.serviceAccountUser'
          : 'roles/iam.serviceAccountTokenCreator');
      const command = `gcloud iam service-accounts add-iam-policy-binding ${account} --member=${member} --role=${shell(role)}`;
      return [
        {
          en: `Check that the account exists: gcloud iam service-accounts describe ${account}`,
          ja: `アカウントの存在を確認します: gcloud iam service-accounts describe ${account}`,
        },
        {
          en: `Have its owner grant the role on this one account: ${command}`,
          ja: `アカウントの管理者に、このアカウントに限ってロールを付与してもらいます: ${command}`,
        },
        {
          en: 'Wait a few minutes until IAM has spread it, then try again.',
          ja: 'IAM への反映に数分待ってから、もう一度試します。',
        },
      ];
    },
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
        en: `Have an administrator grant access to the cluster: gcloud projects add-iam-policy-binding ${names.project} --member=${names.member} --role=roles/container.clusterViewer --condition=None`,
        ja: `管理者にクラスタへのアクセス権を付与してもらいます: gcloud projects add-iam-policy-binding ${names.project} --member=${names.member} --role=roles/container.clusterViewer --condition=None`,
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
        en: 'See which account is active, then sign in: gcloud auth list, gcloud auth login',
        ja: '有効なアカウントを確認し、ログインし直します: gcloud auth list、gcloud auth login',
      },
      {
        en: `Try again, with the location that the list shows if it is another: ${getCredentials(names)}`,
        ja: `ロケーションが一覧と違えば置き換えて、もう一度実行します: ${getCredentials(names)}`,
      },
    ],
  },
  'rbac-forbidden': {
    means: ({ said }) => {
      const who = or(said.principal, { en: 'The caller', ja: '呼び出し元' });
      const what =
        said.verb !== undefined && said.kubernetesResource !== undefined
          ? `${said.verb} ${said.kubernetesResource}`
          : undefined;
      const place = or(said.namespace, { en: 'the cluster', ja: 'クラスタ全体' });
      return {
        en: `${who.en} reached the cluster, but may not ${what ?? 'do this'} ${said.namespace === undefined ? 'in' : 'in namespace'} ${place.en}.`,
        ja: `${who.ja} はクラスタに接続できていますが、${said.namespace === undefined ? '' : '名前空間 '}${place.ja} での ${what ?? 'この操作'} は許可されていません。`,
      };
    },
    why: () => ({
      en: 'GKE asks Kubernetes RBAC first, then IAM; neither allows it. container.clusters.get only lets an account in. Names are case-sensitive; a long number as the user is a VM whose token lacks the userinfo-email scope.',
      ja: 'GKE は Kubernetes の RBAC、次に IAM を確認しますが、どちらも許可していません。container.clusters.get はクラスタに入るためだけの権限です。名前は大文字と小文字を区別します。ユーザーが長い数字の場合は、VM のトークンに userinfo-email スコープがありません。',
    }),
    next: ({ said, namespace, verb, resource }) => {
      const ksa = /^system:serviceaccount:([^:]+):(.+)$/.exec(said.principal ?? '');
      const principal = shell(said.principal ?? 'EMAIL');
      const subject = ksa === null ? `--user=${principal}` : `--serviceaccount=${shell(`${ksa[1]}:${ksa[2]}`)}`;
      const scope = said.namespace === undefined ? '' : ` --namespace=${namespace}`;
      const kind = said.namespace === undefined ? 'clusterrole' : 'role';
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
} satisfies Partial<Record<ProblemId, ExplainContext>>;
