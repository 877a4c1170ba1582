/** Texts for nodes and the accounts they run as (docs/domain/nodes.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import { grant, or, type ProblemText } from './words.ts';

export const NODE_TEXTS = {
  'nodepool-requires-recreation': {
    means: ({ said }) => {
      const pool = or(said.nodePool, { en: 'A node pool', ja: 'ノードプール' });
      return {
        en: `${pool.en} must be recreated before the operation can be completed.`,
        ja: `操作を完了するには、先に ${pool.ja} を再作成する必要があります。`,
      };
    },
    why: () => ({
      en: 'GKE has marked it for recreation, but maintenance windows and exclusions can delay the start by hours, days or weeks.',
      ja: 'GKE が再作成の対象にしていますが、メンテナンスの時間枠や除外により、開始まで数時間、数日、数週間かかることがあります。',
    }),
    next: ({ cluster, location, pool, project }) => [
      {
        en: `See whether it already runs: gcloud container operations list --location=${location} --project=${project} --filter="status=RUNNING"`,
        ja: `すでに実行中か確認します: gcloud container operations list --location=${location} --project=${project} --filter="status=RUNNING"`,
      },
      {
        en: `Wait, or start it yourself; this drains every node of the pool: gcloud container clusters upgrade ${cluster} --node-pool=${pool} --location=${location} --project=${project}`,
        ja: `待つか、自分で開始します。プールの全ノードがドレインされます: gcloud container clusters upgrade ${cluster} --node-pool=${pool} --location=${location} --project=${project}`,
      },
      { en: 'When it is done, repeat the operation that failed.', ja: '完了したら、失敗した操作をやり直します。' },
    ],
  },
  'node-sa-permissions': {
    means: () => ({
      en: "The nodes' service account can't write system logs and metrics.",
      ja: 'ノードのサービス アカウントが、システムのログと指標を書き込めません。',
    }),
    why: () => ({
      en: 'It lacks roles/container.defaultNodeServiceAccount. Where an organization policy withholds roles from default accounts, new projects start without it.',
      ja: 'roles/container.defaultNodeServiceAccount がありません。組織のポリシーでデフォルトのアカウントにロールを与えない場合、新しいプロジェクトでは最初から不足します。',
    }),
    next: ({ account, cluster, location, project }) => {
      const command = grant(project, `serviceAccount:${account}`, 'roles/container.defaultNodeServiceAccount');
      return [
        {
          en: `Find the account; "default" is PROJECT_NUMBER-compute@developer.gserviceaccount.com: gcloud container clusters describe ${cluster} --location=${location} --format="table(nodePools.name,nodePools.config.serviceAccount)"`,
          ja: `アカウントを調べます。「default」は PROJECT_NUMBER-compute@developer.gserviceaccount.com です: gcloud container clusters describe ${cluster} --location=${location} --format="table(nodePools.name,nodePools.config.serviceAccount)"`,
        },
        { en: `Grant the role: ${command}`, ja: `ロールを付与します: ${command}` },
        {
          en: 'The recommendation in the console can take 24 hours to go away.',
          ja: 'コンソールの推奨事項が消えるまで、最長 24 時間かかることがあります。',
        },
      ];
    },
  },
  'node-sa-recommender': {
    means: () => ({
      en: "This is about GKE's recommendations on node service accounts.",
      ja: 'ノードのサービス アカウントについての GKE の推奨事項に関するメッセージです。',
    }),
    why: () => ({
      en: 'Recommendations lag by up to 24 hours: an empty list does not prove that all is well. Reading them needs recommender.containerDiagnosisRecommendations.list.',
      ja: '推奨事項の反映には最長 24 時間かかります。一覧が空でも問題がないとは言えません。閲覧には recommender.containerDiagnosisRecommendations.list が必要です。',
    }),
    next: ({ location, project }) => [
      {
        en: `Read them: gcloud recommender recommendations list --recommender=google.container.DiagnosisRecommender --location=${location} --project=${project} --filter="recommenderSubtype:NODE_SA_MISSING_PERMISSIONS"`,
        ja: `推奨事項を確認します: gcloud recommender recommendations list --recommender=google.container.DiagnosisRecommender --location=${location} --project=${project} --filter="recommenderSubtype:NODE_SA_MISSING_PERMISSIONS"`,
      },
      {
        en: `gke-auth scan ${project} checks the accounts at once, without the lag.`,
        ja: `gke-auth scan ${project} なら、待たずにアカウントを直接確認できます。`,
      },
    ],
  },
  'node-oauth-scopes': {
    means: () => ({
      en: "The token's OAuth scopes are too narrow: IAM roles don't count beyond them.",
      ja: 'トークンの OAuth スコープが狭すぎます。IAM ロールがあっても、スコープを超える操作はできません。',
    }),
    why: () => ({
      en: "The scopes of a node pool are fixed when it is made. Pods without Workload Identity get the node's token.",
      ja: 'ノードプールのスコープは作成時に決まります。Workload Identity を使わない Pod はノードのトークンを使います。',
    }),
    next: ({ cluster, location, pool }) => [
      {
        en: `See the scopes: gcloud container node-pools describe ${pool} --cluster=${cluster} --location=${location} --format="value(config.oauthScopes)"`,
        ja: `スコープを確認します: gcloud container node-pools describe ${pool} --cluster=${cluster} --location=${location} --format="value(config.oauthScopes)"`,
      },
      {
        en: `They can't be changed. Make a new pool: gcloud container node-pools create NEW_POOL --cluster=${cluster} --location=${location} --scopes=cloud-platform`,
        ja: `後から変更できないため、新しいプールを作成します: gcloud container node-pools create NEW_POOL --cluster=${cluster} --location=${location} --scopes=cloud-platform`,
      },
      {
        en: 'For workloads, Workload Identity is the better way. On a VM, set the scope cloud-platform on the instance.',
        ja: 'ワークロードには Workload Identity を使うのが適切です。VM の場合は、インスタンスのスコープを cloud-platform にします。',
      },
    ],
  },
  'node-sa-state': {
    means: ({ said }) => {
      const account = or(said.iamServiceAccount, {
        en: "The nodes' service account",
        ja: 'ノードのサービス アカウント',
      });
      return {
        en: `${account.en} is disabled or deleted: nodes can't start or register with it.`,
        ja: `${account.ja} が無効か、削除されています。このアカウントではノードを起動・登録できません。`,
      };
    },
    why: () => ({
      en: 'Without --service-account GKE takes the Compute Engine default account, also for the first pool that Terraform removes again. Hardened projects delete or disable it.',
      ja: '--service-account を指定しないと、GKE は Compute Engine のデフォルト アカウントを使います。Terraform が作成直後に削除する最初のプールも同じです。強化されたプロジェクトでは、このアカウントが削除または無効化されています。',
    }),
    next: ({ account, project }) => [
      {
        en: `See its state: gcloud iam service-accounts describe ${account} --project=${project}`,
        ja: `状態を確認します: gcloud iam service-accounts describe ${account} --project=${project}`,
      },
      {
        en: `If it is disabled: gcloud iam service-accounts enable ${account} --project=${project}`,
        ja: `無効になっている場合: gcloud iam service-accounts enable ${account} --project=${project}`,
      },
      {
        en: 'Deleted less than 30 days ago: undelete it by its unique id. Otherwise make a node pool with another account.',
        ja: '削除から 30 日以内なら、一意の ID で復元します。それ以外は、別のアカウントでノードプールを作成します。',
      },
    ],
  },
} satisfies Partial<Record<ProblemId, ProblemText>>;
