/** Texts for a workload's identity: what stands between a Pod and its token (docs/domain/workloads.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import { or, type ProblemText, shell } from './words.ts';

export const WORKLOAD_TEXTS = {
  'wi-iamcredentials-api': {
    means: ({ said }) => {
      const where = or(said.project ?? said.projectNumber, { en: 'the project', ja: 'プロジェクト' });
      return {
        en: `The IAM Service Account Credentials API is switched off in ${where.en}: no workload can get a token there.`,
        ja: `${where.ja} で IAM Service Account Credentials API が有効になっていないため、ワークロードがトークンを取得できません。`,
      };
    },
    why: () => ({
      en: 'Workload Identity needs it for every token. The hint about a missing IAM policy binding that follows in the message does not apply.',
      ja: 'Workload Identity はトークンの取得に必ずこの API を使います。メッセージに続く「IAM ポリシー バインディングがない」というヒントは関係ありません。',
    }),
    next: ({ project }) => [
      {
        en: `Enable it: gcloud services enable iamcredentials.googleapis.com --project=${project}`,
        ja: `有効にします: gcloud services enable iamcredentials.googleapis.com --project=${project}`,
      },
      {
        en: 'Wait a few minutes, then try again. If the service account lives in another project, check that project too.',
        ja: '数分待ってからやり直します。サービス アカウントが別のプロジェクトにある場合は、そちらも確認します。',
      },
    ],
  },
  'wi-workload-pool': {
    means: () => ({
      en: 'The workload identity pool does not exist: Workload Identity is not enabled on any cluster of the project.',
      ja: 'Workload Identity プールが存在しません。プロジェクトのどのクラスタでも Workload Identity が有効になっていません。',
    }),
    why: () => ({
      en: 'The pool comes into being with the first cluster that enables it. Bindings made earlier, as Terraform does without a dependency, fail.',
      ja: 'プールは、最初のクラスタで有効にしたときに作られます。それより前のバインディングは失敗します（Terraform で依存関係を指定していない場合など）。',
    }),
    next: ({ cluster, location, project }) => [
      {
        en: `Enable it: gcloud container clusters update ${cluster} --location=${location} --workload-pool=${project}.svc.id.goog`,
        ja: `有効にします: gcloud container clusters update ${cluster} --location=${location} --workload-pool=${project}.svc.id.goog`,
      },
      {
        en: 'Existing node pools need --workload-metadata=GKE_METADATA afterwards.',
        ja: '既存のノードプールには、その後 --workload-metadata=GKE_METADATA の設定が必要です。',
      },
      {
        en: 'In Terraform: let the binding depend on the cluster.',
        ja: 'Terraform では、バインディングをクラスタに依存させます。',
      },
    ],
  },
  'wi-nodepool-metadata-mode': {
    means: () => ({
      en: "The Pod's node does not run the GKE metadata server, so the Pod is given the node's identity or none.",
      ja: 'Pod のノードで GKE メタデータ サーバーが動いていません。Pod にはノードの ID が渡されるか、何も渡されません。',
    }),
    why: () => ({
      en: "The node pool's mode is not GKE_METADATA, or the Pod uses the host network.",
      ja: 'ノードプールのモードが GKE_METADATA になっていないか、Pod がホスト ネットワークを使っています。',
    }),
    next: ({ cluster, location, pool }) => [
      {
        en: `See the mode: gcloud container node-pools describe ${pool} --cluster=${cluster} --location=${location} --format="value(config.workloadMetadataConfig.mode)"`,
        ja: `モードを確認します: gcloud container node-pools describe ${pool} --cluster=${cluster} --location=${location} --format="value(config.workloadMetadataConfig.mode)"`,
      },
      {
        en: `Switch it; running workloads change identity at once, a new pool is safer: gcloud container node-pools update ${pool} --cluster=${cluster} --location=${location} --workload-metadata=GKE_METADATA`,
        ja: `モードを変更します。実行中のワークロードの ID がすぐに変わるため、新しいプールのほうが安全です: gcloud container node-pools update ${pool} --cluster=${cluster} --location=${location} --workload-metadata=GKE_METADATA`,
      },
    ],
  },
  'wi-ksa-annotation': {
    means: ({ said }) => {
      const account = or(said.iamServiceAccount, { en: 'The IAM service account', ja: 'IAM サービス アカウント' });
      return {
        en: `${account.en} that the Kubernetes service account points to does not exist.`,
        ja: `Kubernetes サービス アカウントが指している ${account.ja} が存在しません。`,
      };
    },
    why: () => ({
      en: 'The annotation iam.gke.io/gcp-service-account holds a typing error, or the account was deleted.',
      ja: 'アノテーション iam.gke.io/gcp-service-account の値が誤っているか、アカウントが削除されました。',
    }),
    next: ({ account, ksa, namespace }) => [
      {
        en: `See the annotation: kubectl describe serviceaccount ${ksa} --namespace=${namespace}`,
        ja: `アノテーションを確認します: kubectl describe serviceaccount ${ksa} --namespace=${namespace}`,
      },
      {
        en: `See whether the account exists: gcloud iam service-accounts describe ${account}`,
        ja: `アカウントの存在を確認します: gcloud iam service-accounts describe ${account}`,
      },
      {
        en: `Correct it and restart the Pods: kubectl annotate serviceaccount ${ksa} --namespace=${namespace} --overwrite iam.gke.io/gcp-service-account=GSA_EMAIL`,
        ja: `修正して Pod を再起動します: kubectl annotate serviceaccount ${ksa} --namespace=${namespace} --overwrite iam.gke.io/gcp-service-account=GSA_EMAIL`,
      },
    ],
  },
  'wi-gsa-binding': {
    means: ({ said }) => {
      const who =
        said.namespace !== undefined && said.kubernetesServiceAccount !== undefined
          ? `${said.namespace}/${said.kubernetesServiceAccount}`
          : undefined;
      const workload = or(who, { en: 'The workload', ja: 'ワークロード' });
      const account = or(said.iamServiceAccount, { en: 'its IAM service account', ja: 'IAM サービス アカウント' });
      return said.permission !== undefined && !said.permission.startsWith('iam.serviceAccounts')
        ? { en: `${workload.en} lacks ${said.permission}.`, ja: `${workload.ja} に ${said.permission} がありません。` }
        : {
            en: `${workload.en} may not act as ${account.en}.`,
            ja: `${workload.ja} には ${account.ja} として動作する権限がありません。`,
          };
    },
    why: () => ({
      en: 'The service account has no roles/iam.workloadIdentityUser for this namespace and Kubernetes service account; or, without an annotation, the workload itself was given no role. Spelling counts.',
      ja: 'サービス アカウントに、この Namespace と Kubernetes サービス アカウントに対する roles/iam.workloadIdentityUser がありません。アノテーションがない場合は、ワークロード自体にロールがありません。綴りの違いにも注意してください。',
    }),
    next: ({ account, said }) => {
      const member = `serviceAccount:${said.project ?? 'PROJECT'}.svc.id.goog[${said.namespace ?? 'NAMESPACE'}/${said.kubernetesServiceAccount ?? 'KSA'}]`;
      const command = `gcloud iam service-accounts add-iam-policy-binding ${account} --role=roles/iam.workloadIdentityUser --member=${shell(member)}`;
      return [
        {
          en: `See the bindings: gcloud iam service-accounts get-iam-policy ${account}`,
          ja: `バインディングを確認します: gcloud iam service-accounts get-iam-policy ${account}`,
        },
        {
          en: `Bind it; the project is that of the cluster: ${command}`,
          ja: `バインディングを追加します。プロジェクトはクラスタのものです: ${command}`,
        },
        {
          en: 'Every cluster of this pool with the same namespace and name gains it too.',
          ja: '同じプールにある、同じ Namespace と名前を持つすべてのクラスタにも権限が及びます。',
        },
      ];
    },
  },
  'metadata-not-served': {
    means: () => ({
      en: "The program asks the metadata server for something that GKE's metadata server doesn't serve. It is no fault of an identity.",
      ja: 'プログラムが、GKE メタデータ サーバーにない情報を要求しています。ID や権限の問題ではありません。',
    }),
    why: () => ({
      en: 'Pods see only a part of what Compute Engine tells its machines: names and tokens of accounts, the project, the cluster. Machine type, disks and tags of the node are not among it.',
      ja: 'Pod から見えるのは、Compute Engine の情報の一部（アカウントの名前とトークン、プロジェクト、クラスタ）だけです。ノードのマシンタイプ、ディスク、タグは含まれません。',
    }),
    next: () => [
      {
        en: "Give the program the value by an environment variable, or read it from the node's labels: kubectl get node --show-labels",
        ja: '値を環境変数で渡すか、ノードのラベルから取得します: kubectl get node --show-labels',
      },
      {
        en: 'Or update or configure the library so that it does without. hostNetwork: true shows the whole server, and gives the Pod the identity of the node.',
        ja: 'または、この情報を使わないようにライブラリを更新・設定します。hostNetwork: true ならすべて取得できますが、Pod はノードの ID になります。',
      },
    ],
  },
  'no-api-token': {
    means: () => ({
      en: "The container has no token of its Kubernetes service account, so it can't call the API server. Workload Identity doesn't need that file.",
      ja: 'コンテナに Kubernetes サービス アカウントのトークンがなく、API サーバーを呼び出せません。Workload Identity にこのファイルは不要です。',
    }),
    why: () => ({
      en: 'automountServiceAccountToken is false on the Pod, or on its service account where the Pod says nothing; or the program runs outside of a cluster and believes to be inside.',
      ja: 'Pod、または Pod に指定がない場合はサービス アカウントで、automountServiceAccountToken が false になっています。クラスタの外で動作しているプログラムが、内部と誤認している場合もあります。',
    }),
    next: ({ namespace, ksa }) => [
      {
        en: `See the account's setting: kubectl get serviceaccount ${ksa} --namespace=${namespace} --output=jsonpath='{.automountServiceAccountToken}'`,
        ja: `サービス アカウントの設定を確認します: kubectl get serviceaccount ${ksa} --namespace=${namespace} --output=jsonpath='{.automountServiceAccountToken}'`,
      },
      {
        en: 'If the program does call the API server, set automountServiceAccountToken: true in the Pod template, rather than on the account.',
        ja: 'API サーバーを呼び出すプログラムであれば、サービス アカウントではなく Pod テンプレートで automountServiceAccountToken: true を設定します。',
      },
    ],
  },
} satisfies Partial<Record<ProblemId, ProblemText>>;
