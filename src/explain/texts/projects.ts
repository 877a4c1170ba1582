/** Texts for what lies in the project: APIs and Google's agents. */
import type { ProblemId } from '../../contracts/explanation.ts';
import { type ExplainContext, or } from './words.ts';

const wait = {
  en: 'Wait 2 to 7 minutes until IAM has spread it, then repeat what failed.',
  ja: 'IAM への反映に 2〜7 分かかります。その後、失敗した操作をやり直します。',
};
export const grant = (project: string, member: string, role: string) =>
  `gcloud projects add-iam-policy-binding ${project} --member=${member} --role=${role} --condition=None`;
const gkeAgent = (number: string) => `serviceAccount:service-${number}@container-engine-robot.iam.gserviceaccount.com`;
const nodeAgent = (number: string) => `serviceAccount:service-${number}@gcp-sa-gkenode.iam.gserviceaccount.com`;
const number = (project: string) => ({
  en: `Find the project's number: gcloud projects describe ${project} --format='value(projectNumber)'`,
  ja: `プロジェクト番号を調べます: gcloud projects describe ${project} --format='value(projectNumber)'`,
});

export const PROJECT_TEXTS = {
  'api-enabled': {
    means: ({ said }) => {
      const api = or(said.service, { en: 'An API', ja: 'API' });
      const where = or(said.project ?? said.projectNumber, { en: 'the project', ja: 'プロジェクト' });
      return {
        en: `${api.en} is switched off in ${where.en}.`,
        ja: `${where.ja} で ${api.ja} が有効になっていません。`,
      };
    },
    why: () => ({
      en: 'It was never enabled, or someone disabled it. Look at the number in the message: it can be the quota project of your credentials, not the project of the cluster. Hints about IAM after this sentence do not apply.',
      ja: '一度も有効にしていないか、誰かが無効にしました。メッセージの番号に注意してください。クラスタのプロジェクトではなく、認証情報の割り当てプロジェクトのこともあります。この文の後にある IAM についてのヒントは関係ありません。',
    }),
    next: ({ service, project }) => [
      {
        en: `Enable it: gcloud services enable ${service} --project=${project}`,
        ja: `有効にします: gcloud services enable ${service} --project=${project}`,
      },
      {
        en: 'Wait a few minutes, then try again. Do not disable the Kubernetes Engine or Compute Engine API of a project with clusters.',
        ja: '数分待ってからやり直します。クラスタがあるプロジェクトの Kubernetes Engine API と Compute Engine API は無効にしないでください。',
      },
    ],
  },
  'agent-gke-service-agent': {
    means: ({ said }) => {
      const where = or(said.project ?? said.projectNumber, { en: 'the project', ja: 'プロジェクト' });
      return {
        en: `GKE's own service agent lacks its role on ${where.en}, so GKE can't create or manage clusters there.`,
        ja: `GKE のサービス エージェントに ${where.ja} のロールがないため、GKE がクラスタを作成・管理できません。`,
      };
    },
    why: () => ({
      en: 'Someone removed its binding, or the account was deleted. With Shared VPC it also needs roles/container.hostServiceAgentUser on the host project.',
      ja: '誰かがバインディングを削除したか、アカウントが削除されました。共有 VPC では、ホスト プロジェクトの roles/container.hostServiceAgentUser も必要です。',
    }),
    next: ({ project, projectNumber, said }) => {
      const role =
        said.permission === 'container.hostServiceAgent.use'
          ? 'roles/container.hostServiceAgentUser'
          : 'roles/container.serviceAgent';
      const command = grant(project, gkeAgent(projectNumber), role);
      return [
        ...(said.projectNumber === undefined ? [number('CLUSTER_PROJECT')] : []),
        { en: `Grant the role: ${command}`, ja: `ロールを付与します: ${command}` },
        wait,
      ];
    },
  },
  'agent-gke-node-agent': {
    means: () => ({
      en: "GKE's default node service agent lacks its role: newer nodes can't write system logs and metrics.",
      ja: 'GKE のデフォルト ノード サービス エージェントにロールがなく、新しいバージョンのノードがシステムのログと指標を書き込めません。',
    }),
    why: () => ({
      en: 'Its binding was removed, or the project still has the old role roles/container.nodeServiceAgent.',
      ja: 'バインディングが削除されたか、古いロール roles/container.nodeServiceAgent のままです。',
    }),
    next: ({ project, projectNumber, said }) => {
      const command = grant(project, nodeAgent(projectNumber), 'roles/container.defaultNodeServiceAgent');
      return [
        ...(said.projectNumber === undefined ? [number(project)] : []),
        { en: `Grant the role: ${command}`, ja: `ロールを付与します: ${command}` },
        wait,
      ];
    },
  },
  'agent-google-apis-editor': {
    means: () => ({
      en: "The Google APIs service agent can't create the nodes' machines: it lacks roles on the project.",
      ja: 'Google API サービス エージェントにプロジェクトのロールがなく、ノードの VM を作成できません。',
    }),
    why: () => ({
      en: 'Managed instance groups act as this account. It holds roles/editor by default; someone took it away.',
      ja: 'マネージド インスタンス グループはこのアカウントとして動作します。既定では roles/editor を持っていますが、誰かが外しました。',
    }),
    next: ({ project, projectNumber, said }) => {
      const command = grant(
        project,
        `serviceAccount:${projectNumber}@cloudservices.gserviceaccount.com`,
        'roles/editor',
      );
      return [
        ...(said.projectNumber === undefined ? [number(project)] : []),
        {
          en: `Editor is broad, so a person must decide: ${command}`,
          ja: `編集者は強い権限なので、人が判断して実行してください: ${command}`,
        },
        wait,
      ];
    },
  },
  'gce-permission-retry-budget': {
    means: ({ said }) => {
      const what = or(said.permission, { en: 'a Compute Engine permission', ja: 'Compute Engine の権限' });
      const where = or(said.resource, { en: 'the project', ja: 'プロジェクト' });
      return {
        en: `GKE tried several times and gave up: ${what.en} is missing for ${where.en}.`,
        ja: `GKE が再試行を繰り返した末に失敗しました。${where.ja} に対する ${what.ja} がありません。`,
      };
    },
    why: () => ({
      en: "It is nearly always a service agent of GKE or of Google APIs that lost its role, or one that was granted minutes ago. The nodes' account does not need this permission. With Shared VPC look at the host project.",
      ja: 'ほとんどの場合、GKE か Google API のサービス エージェントがロールを失ったか、付与されて数分しかたっていません。ノードのアカウントにこの権限は不要です。共有 VPC の場合はホスト プロジェクトを確認します。',
    }),
    next: ({ project, projectNumber }) => [
      {
        en: `See who holds roles: gcloud projects get-iam-policy ${project}`,
        ja: `ロールを確認します: gcloud projects get-iam-policy ${project}`,
      },
      {
        en: `If the GKE agent is missing: ${grant(project, gkeAgent(projectNumber), 'roles/container.serviceAgent')}`,
        ja: `GKE のエージェントがない場合: ${grant(project, gkeAgent(projectNumber), 'roles/container.serviceAgent')}`,
      },
      {
        en: 'Then create the cluster again, with --service-account set to a sufficient account or left out.',
        ja: 'その後、クラスタを作成し直します。--service-account には権限の足りるアカウントを指定するか、省略します。',
      },
    ],
  },
  'wi-deploypatch-failed': {
    means: () => ({
      en: "GKE could not switch Workload Identity on: the patch to the cluster's system workloads failed.",
      ja: 'Workload Identity を有効にできませんでした。クラスタのシステム ワークロードへのパッチ適用に失敗しています。',
    }),
    why: () => ({
      en: "Most often GKE's service agent has lost roles/container.serviceAgent.",
      ja: '多くの場合、GKE のサービス エージェントが roles/container.serviceAgent を失っています。',
    }),
    next: ({ cluster, location, project, projectNumber }) => [
      {
        en: `Grant the role: ${grant(project, gkeAgent(projectNumber), 'roles/container.serviceAgent')}`,
        ja: `ロールを付与します: ${grant(project, gkeAgent(projectNumber), 'roles/container.serviceAgent')}`,
      },
      { en: 'Wait 2 to 7 minutes until IAM has spread it.', ja: 'IAM への反映に 2〜7 分待ちます。' },
      {
        en: `Enable Workload Identity again: gcloud container clusters update ${cluster} --location=${location} --workload-pool=${project}.svc.id.goog`,
        ja: `Workload Identity をもう一度有効にします: gcloud container clusters update ${cluster} --location=${location} --workload-pool=${project}.svc.id.goog`,
      },
    ],
  },
} satisfies Partial<Record<ProblemId, ExplainContext>>;
