/** Texts for what lies in the project: APIs and Google's agents (docs/domain/projects.md, docs/domain/agents.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import type { Text } from '../../contracts/text.ts';
import { grant, type Names, or, PROPAGATION, type ProblemText } from './words.ts';

const gkeAgent = (number: string) => `serviceAccount:service-${number}@container-engine-robot.iam.gserviceaccount.com`;
const apisAgent = (number: string) => `serviceAccount:${number}@cloudservices.gserviceaccount.com`;
const nodeAgent = (number: string) => `serviceAccount:service-${number}@gcp-sa-gkenode.iam.gserviceaccount.com`;
const number = (project: string) => ({
  en: `Find the project's number: gcloud projects describe ${project} --format='value(projectNumber)'`,
  ja: `プロジェクト番号を調べます: gcloud projects describe ${project} --format='value(projectNumber)'`,
});

/** Permissions on another project's network: the cluster uses a Shared VPC. */
const isSharedVpc = ({ said }: Names): boolean =>
  /^compute\.(?:subnetworks|networks)\./.test(said.permission ?? '') || /\/subnetworks\//.test(said.resource ?? '');

/** What the agents need on the host of a Shared VPC (docs/domain/callers.md, "caller-act-as"). */
function sharedVpc({ said, projectNumber }: Names): Text[] {
  const of = (kind: string, otherwise: string) =>
    new RegExp(`(?:^|/)${kind}/([\\w.-]+)`).exec(said.resource ?? '')?.[1] ?? otherwise;
  const subnet = `${of('subnetworks', 'SUBNET')} --region=${of('regions', 'REGION')} --project=${of('projects', 'HOST_PROJECT')}`;
  const onSubnet = (member: string) =>
    `gcloud compute networks subnets add-iam-policy-binding ${subnet} --member=${member} --role=roles/compute.networkUser`;
  return [
    {
      en: `On a Shared VPC, let GKE's agent of the cluster's project use the subnet: ${onSubnet(gkeAgent(projectNumber))}`,
      ja: `共有 VPC では、クラスタのプロジェクトの GKE エージェントにサブネットの使用を許可します: ${onSubnet(gkeAgent(projectNumber))}`,
    },
    {
      en: `The same for its Google APIs agent: ${onSubnet(apisAgent(projectNumber))}`,
      ja: `Google API サービス エージェントにも許可します: ${onSubnet(apisAgent(projectNumber))}`,
    },
    {
      en: `GKE's agent also needs this on the host project, and never roles/container.serviceAgent there: ${grant(of('projects', 'HOST_PROJECT'), gkeAgent(projectNumber), 'roles/container.hostServiceAgentUser')}`,
      ja: `GKE エージェントにはホスト プロジェクトで次のロールも必要です。roles/container.serviceAgent は付与しないでください: ${grant(of('projects', 'HOST_PROJECT'), gkeAgent(projectNumber), 'roles/container.hostServiceAgentUser')}`,
    },
  ];
}

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
    next: names => {
      const { project, projectNumber, said } = names;
      if (isSharedVpc(names)) return [...sharedVpc(names), PROPAGATION];
      const role =
        said.permission === 'container.hostServiceAgent.use'
          ? 'roles/container.hostServiceAgentUser'
          : 'roles/container.serviceAgent';
      const command = grant(project, gkeAgent(projectNumber), role);
      return [
        ...(said.projectNumber === undefined ? [number('CLUSTER_PROJECT')] : []),
        { en: `Grant the role: ${command}`, ja: `ロールを付与します: ${command}` },
        PROPAGATION,
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
        PROPAGATION,
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
        PROPAGATION,
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
    next: names => {
      const { project, projectNumber } = names;
      if (isSharedVpc(names)) return [...sharedVpc(names), PROPAGATION];
      return [
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
      ];
    },
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
} satisfies Partial<Record<ProblemId, ProblemText>>;
