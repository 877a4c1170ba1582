/** Workload Identity Federation needs the cluster's workload pool (docs/domain/workloads.md#wi-workload-pool). */
import type { Check } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';

export const wiWorkloadPool: Check<'cluster'> = {
  id: 'wi-workload-pool',
  title: {
    en: 'Workload Identity Federation is on for the cluster',
    ja: 'クラスタで Workload Identity 連携が有効になっている',
  },
  description: {
    en: 'The cluster’s workload pool (normally PROJECT.svc.id.goog) is what makes Kubernetes service accounts known to IAM. Off is a warning; with --workload it is a failure, because that workload can’t authenticate. On Autopilot it is always on.',
    ja: 'クラスタのワークロード プール（通常は PROJECT.svc.id.goog）によって、Kubernetes サービス アカウントが IAM から見えるようになります。無効なだけなら警告、--workload を指定した場合はそのワークロードが認証できないため失敗です。Autopilot では常に有効です。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity',
  needs: ['container.clusters.get'],
  facts: ['cluster'],

  run({ cluster }, _access, request) {
    if (!cluster.known) {
      return [
        {
          subject: request.cluster,
          status: 'unknown',
          headline: {
            en: "I can't read whether Workload Identity is on",
            ja: 'Workload Identity の状態を読み取れません',
          },
          detail: unknownDetail(cluster),
          evidence: [unreadable(cluster)],
        },
      ];
    }
    const { resource: subject, project, location, name, autopilot, workloadPool } = cluster.value;
    const usual = `${project}.svc.id.goog`;
    const evidence = [
      {
        source: 'container clusters.get workloadIdentityConfig.workloadPool',
        says: { en: workloadPool ?? 'not set', ja: workloadPool ?? '設定なし' },
      },
    ];
    if (autopilot) {
      return [
        {
          subject,
          status: 'not-applicable',
          headline: {
            en: 'Autopilot: Workload Identity is always on',
            ja: 'Autopilot では Workload Identity は常に有効です',
          },
          detail: {
            en: 'On Autopilot Workload Identity Federation is always on.',
            ja: 'Autopilot では Workload Identity 連携は常に有効です。',
          },
          evidence,
        },
      ];
    }
    if (workloadPool === usual || workloadPool === scopedPool(project)) {
      return [
        {
          subject,
          status: 'pass',
          headline: {
            en: `Workload Identity is on (${workloadPool})`,
            ja: `Workload Identity は有効です（${workloadPool}）`,
          },
          detail: { en: `The workload pool is ${workloadPool}.`, ja: `ワークロード プールは ${workloadPool} です。` },
          evidence,
        },
      ];
    }
    if (workloadPool !== undefined) {
      return [
        {
          subject,
          status: 'warn',
          headline: {
            en: `The workload pool is ${workloadPool}, not the project's own`,
            ja: `ワークロード プールがプロジェクト自身のものではありません（${workloadPool}）`,
          },
          detail: {
            en: `The workload pool is ${workloadPool}; gcloud accepts only ${usual}. Members of workloads have to name ${workloadPool}.`,
            ja: `ワークロード プールは ${workloadPool} です。gcloud が受け付けるのは ${usual} だけです。ワークロードを指すメンバーには ${workloadPool} を使う必要があります。`,
          },
          evidence,
        },
      ];
    }
    const needed = request.workload !== undefined;
    return [
      {
        subject,
        status: needed ? 'fail' : 'warn',
        headline: { en: 'Workload Identity is off', ja: 'Workload Identity が無効です' },
        detail: {
          en: `The cluster has no workload pool, so IAM knows none of its Kubernetes service accounts; Pods run as the node's account. Turning it on leaves the existing node pools as they are.`,
          ja: 'ワークロード プールがないため、IAM はこのクラスタの Kubernetes サービス アカウントを認識できず、Pod はノードのアカウントで動作します。有効にしても、既存のノードプールは変わりません。',
        },
        effect: needed
          ? { en: 'This workload can’t authenticate as itself.', ja: 'このワークロードは自身の ID で認証できません。' }
          : undefined,
        evidence,
        remedies: [
          { kind: 'enable-workload-identity', params: { project, location, cluster: name, workloadPool: usual } },
        ],
      },
    ];
  },
};

/** The other form that the pool of a domain-scoped project, `example.com:p`, may have; which it is, is not documented. */
function scopedPool(project: string): string {
  return `${project.split(':').reverse().join('.')}.svc.id.goog`;
}
