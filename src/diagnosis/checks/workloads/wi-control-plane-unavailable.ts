/** Does the API server answer? Workloads that ask it for their identity fail while it does not (docs/domain/workloads.md#wi-control-plane-unavailable). */
import type { Text } from '../../../contracts/text.ts';
import type { Fact, Unknown } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { isAbout, isRunning, type Operation } from '../../facts/google/operations.ts';
import type { Health } from '../../facts/kubernetes/api-server.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unknownDetail, unreadable, whyUnknown } from '../evidence.ts';
import { quoted } from './workload/symptoms.ts';

/** Operations during which the only control plane of a zonal cluster can be away. */
const INTERRUPTING = ['UPGRADE_MASTER', 'REPAIR_CLUSTER', 'UPDATE_CLUSTER', 'RESIZE_CLUSTER', 'SET_NODE_POOL_SIZE'];

export const wiControlPlaneUnavailable: Check<'cluster' | 'health' | 'operations' | 'metadataServerLogs'> = {
  id: 'wi-control-plane-unavailable',
  title: { en: 'The control plane answers', ja: 'コントロール プレーンが応答する' },
  description: {
    en: 'The GKE metadata server needs the API server to give a Pod its identity; while the API server is away, Pods get “connection refused” or “Internal Server Error” instead of a token. A zonal cluster has one control plane, which is away for minutes while it is upgraded, resized or repaired; a regional one stays available. It fails only where the API server does not answer right now.',
    ja: 'GKE メタデータ サーバーが Pod に ID を渡すには API サーバーが必要です。API サーバーが停止していると、Pod はトークンの代わりに「connection refused」や「Internal Server Error」を受け取ります。ゾーンクラスタのコントロール プレーンは 1 つだけで、アップグレード・サイズ変更・修復の間は数分停止することがあります。リージョン クラスタでは停止しません。API サーバーが今応答しない場合だけ失敗とします。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: [
    'container.clusters.get',
    'container.operations.list',
    'container.clusters.connect',
    'logging.logEntries.list',
  ],
  facts: ['cluster', 'health', 'operations', 'metadataServerLogs'],

  run({ cluster, health, operations, metadataServerLogs }, _access, request) {
    if (!cluster.known) return [undecided(request.cluster, cluster)];
    if (!health.known) return [undecided(cluster.value.resource, health)];
    const finding = judge(cluster.value, health.value, operations);
    const refusals = metadataServerLogs?.known ? quoted(metadataServerLogs.value) : [];
    return [{ ...finding, evidence: [...finding.evidence, ...refusals] }];
  },
};

function judge(cluster: Cluster, health: Health, operations: Fact<readonly Operation[]>): FindingDraft {
  const { resource: subject, location } = cluster;
  const running = operations.known
    ? operations.value.find(one => isRunning(one) && isAbout(one, cluster) && INTERRUPTING.includes(one.type))
    : undefined;
  const evidence = [
    health.version.known
      ? { source: health.version.source, says: same(health.version.value.gitVersion) }
      : unreadable(health.version),
    ...(running
      ? [
          {
            source: 'container operations.list',
            says: same(`${running.type} ${running.status} ${running.startTime ?? ''}`.trim()),
          },
        ]
      : []),
    ...(operations.known ? [] : [unreadable(operations)]),
  ];
  if (health.outcome === 'answers') return { subject, ...whileItAnswers(location, running), evidence };
  // Silence alone may be a firewall or authorized networks; on a zonal cluster that is being worked on it is the answer.
  const away = health.outcome === 'silent' && isZonal(location) && running !== undefined;
  if (!away && !['refused', 'failing'].includes(health.outcome)) {
    return { ...undecided(subject, whyUnknown(health.version)), evidence };
  }
  return {
    subject,
    status: 'fail',
    headline: { en: 'The API server doesn’t answer', ja: 'API サーバーが応答しません' },
    detail: running
      ? {
          en: `The API server is away while GKE works on the cluster (${running.type}, since ${running.startTime ?? 'just now'}). ${zonalNote(location).en}`,
          ja: `GKE がクラスタで作業中のため（${running.type}、開始 ${running.startTime ?? '直前'}）、API サーバーが停止しています。${zonalNote(location).ja}`,
        }
      : {
          en: `The API server is away although GKE runs no operation on the cluster (its status is ${cluster.status}). ${zonalNote(location).en} If it stays so, ask Cloud Customer Care.`,
          ja: `クラスタで実行中のオペレーションはありませんが（状態は ${cluster.status}）、API サーバーが停止しています。${zonalNote(location).ja}解消しない場合は Cloud カスタマーケアに問い合わせてください。`,
        },
    effect: {
      en: 'kubectl fails, and Pods that need a new token from the metadata server get errors until it is back.',
      ja: 'kubectl が失敗し、メタデータ サーバーから新しいトークンを取得する Pod も、復旧までエラーになります。',
    },
    evidence,
  };
}

function whileItAnswers(
  location: string,
  running: Operation | undefined,
): Pick<FindingDraft, 'status' | 'headline' | 'detail'> {
  const zonal = isZonal(location);
  if (!zonal || !running) {
    return {
      status: zonal ? 'warn' : 'pass',
      headline: zonal
        ? {
            en: 'The control plane answers, but there is only one',
            ja: 'コントロール プレーンは応答しますが、1 つしかありません',
          }
        : { en: 'The control plane answers', ja: 'コントロール プレーンは応答しています' },
      detail: zonal
        ? {
            en: `It answers now. The cluster is zonal (${location}): its one control plane can be away for minutes during upgrades and repairs. A regional cluster avoids that; it has to be a new one.`,
            ja: `現在は応答しています。ゾーンクラスタ（${location}）のため、アップグレードや修復の間に 1 つだけのコントロール プレーンが数分停止することがあります。リージョン クラスタ（新規作成が必要）なら避けられます。`,
          }
        : {
            en: `It answers, and the cluster is regional (${location}): it stays available while it is upgraded.`,
            ja: `応答しています。リージョン クラスタ（${location}）のため、アップグレード中も利用できます。`,
          },
    };
  }
  return {
    status: 'warn',
    headline: {
      en: 'The control plane may be away for moments',
      ja: 'コントロール プレーンが一時的に停止する可能性があります',
    },
    detail: {
      en: `It answers now, but GKE is working on this zonal cluster (${running.type}, since ${running.startTime ?? 'just now'}); short gaps are possible until that ends.`,
      ja: `現在は応答していますが、GKE がこのゾーンクラスタで作業中です（${running.type}、開始 ${running.startTime ?? '直前'}）。終わるまで短い停止が起きる可能性があります。`,
    },
  };
}

/** `asia-northeast1-a` is a zone, `asia-northeast1` a region. */
function isZonal(location: string): boolean {
  return /-[a-z]$/.test(location);
}

function zonalNote(location: string): Text {
  return isZonal(location)
    ? {
        en: 'The cluster is zonal, with one control plane: wait until it is back, and retry. A regional cluster avoids this.',
        ja: 'ゾーンクラスタでコントロール プレーンは 1 つだけです。復旧を待って再試行してください。リージョン クラスタなら避けられます。',
      }
    : { en: 'Wait some minutes and retry.', ja: '数分待って再試行してください。' };
}

function undecided(subject: string, reason: Unknown): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: {
      en: 'I can’t tell whether the control plane answers',
      ja: 'コントロール プレーンの応答を確認できません',
    },
    detail: unknownDetail(reason),
    evidence: [unreadable(reason)],
  };
}

function same(text: string): Text {
  return { en: text, ja: text };
}
