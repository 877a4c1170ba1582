/** The metadata server keeps all Kubernetes service accounts in memory; too many, and it is killed (docs/domain/workloads.md#wi-metadata-server-oom). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Fact } from '../../facts/fact.ts';
import type { MetadataServer, MetadataServers } from '../../facts/kubernetes/metadata-servers.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unreadable } from '../evidence.ts';
import { evidence, listed, undecided } from './workload/subject.ts';

/** The seed: more service accounts than this in a cluster can take more memory than the metadata server has. */
const MANY = 3_000;

export const wiMetadataServerOom: Check<'cluster' | 'metadataServers'> = {
  id: 'wi-metadata-server-oom',
  title: {
    en: 'The GKE metadata server has enough memory',
    ja: 'GKE メタデータ サーバーのメモリが足りている',
  },
  description: {
    en: 'The gke-metadata-server Pods need memory for every Kubernetes service account of the cluster. A failure where one was killed for memory (OOMKilled) within the last day; longer ago is a warning, as are more than 3,000 service accounts. A Pod that keeps crashing for another reason is not meant.',
    ja: 'gke-metadata-server の Pod は、クラスタの Kubernetes サービス アカウントの数に応じてメモリを使います。直近 1 日にメモリ不足で強制終了（OOMKilled）されていれば失敗、それより前なら警告です。サービス アカウントが 3,000 を超える場合も警告します。ほかの理由のクラッシュは対象外です。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: ['container.pods.list', 'container.serviceAccounts.list'],
  facts: ['cluster', 'metadataServers'],

  run({ cluster, metadataServers }, _access, request) {
    if (cluster.known && !cluster.value.autopilot && !cluster.value.workloadPool) return [off(request.cluster)];
    if (!metadataServers.known) return [undecided(request.cluster, metadataServers, CANT_TELL)];
    return [judge(request.cluster, metadataServers.value)];
  },
};

function judge(subject: string, { pods, serviceAccounts }: MetadataServers): FindingDraft {
  const servers = pods.known ? pods.value : [];
  const killed = servers.filter(({ oom }) => oom);
  const recent = killed.filter(({ oom }) => oom?.recent);
  const many = serviceAccounts.known && serviceAccounts.value > MANY;
  const proof = [podEvidence(pods), countEvidence(serviceAccounts)];
  const crashes = servers.filter(({ crashLooping, oom }) => crashLooping && !oom);
  if (killed.length > 0 || many) {
    return {
      subject,
      status: recent.length > 0 ? 'fail' : 'warn',
      headline:
        killed.length > 0
          ? {
              en: `The GKE metadata server ran out of memory on ${killed.length} node${killed.length === 1 ? '' : 's'}`,
              ja: `GKE メタデータ サーバーが ${killed.length} 個のノードでメモリ不足になりました`,
            }
          : {
              en: `The cluster has more than ${grouped(MANY)} Kubernetes service accounts`,
              ja: `Kubernetes サービス アカウントが ${grouped(MANY)} を超えています`,
            },
      detail: joinText([...(killed.length > 0 ? [kills(killed)] : []), advice(serviceAccounts)]),
      effect: {
        en: 'While the metadata server restarts, Pods on that node get no token.',
        ja: 'メタデータ サーバーの再起動中、そのノードの Pod はトークンを取得できません。',
      },
      evidence: proof,
      remedies: [{ kind: 'command', params: { command: COUNT } }],
    };
  }
  if (!pods.known) return { ...undecided(subject, pods, CANT_TELL), evidence: proof };
  if (!serviceAccounts.known) return { ...undecided(subject, serviceAccounts, CANT_TELL), evidence: proof };
  const names = listed(crashes.map(({ name }) => name));
  return {
    subject,
    status: 'pass',
    headline: {
      en: 'The GKE metadata server was not killed for memory',
      ja: 'GKE メタデータ サーバーはメモリ不足で終了していません',
    },
    detail: joinText([
      {
        en: `${servers.length} Pods, ${grouped(serviceAccounts.value)} Kubernetes service accounts.`,
        ja: `Pod は ${servers.length} 個、Kubernetes サービス アカウントは ${grouped(serviceAccounts.value)} 個です。`,
      },
      ...(crashes.length > 0
        ? [
            {
              en: `Crashing for another reason than memory: ${names.en}.`,
              ja: `メモリ以外の理由でクラッシュしている Pod: ${names.ja}。`,
            },
          ]
        : []),
    ]),
    evidence: proof,
  };
}

/** Service accounts of each namespace, most first: where to clean up. */
const COUNT = [
  'sh',
  '-c',
  'kubectl get serviceaccounts --all-namespaces --no-headers | cut -d" " -f1 | sort | uniq -c | sort -rn | head -20',
];

function kills(killed: readonly MetadataServer[]): Text {
  const names = listed(
    killed.map(({ name, oom }) => `${name} (${oom?.at || '?'})`),
    3,
  );
  return { en: `Killed for memory: ${names.en}.`, ja: `メモリ不足で終了した Pod: ${names.ja}。` };
}

function advice(serviceAccounts: Fact<number>): Text {
  const count = serviceAccounts.known ? grouped(serviceAccounts.value) : undefined;
  return {
    en: `${count ? `The cluster has ${count} Kubernetes service accounts; its` : 'The'} memory grows with their number, and they should be fewer than ${grouped(MANY)}: delete those that nothing uses.`,
    ja: `${count ? `クラスタの Kubernetes サービス アカウントは ${count} 個です。` : ''}必要なメモリはその数に比例するため、使われていないものを削除し、${grouped(MANY)} 未満にしてください。`,
  };
}

function podEvidence(pods: Fact<readonly MetadataServer[]>) {
  if (!pods.known) return unreadable(pods);
  const oom = pods.value.filter(one => one.oom).length;
  const crashing = pods.value.filter(one => one.crashLooping).length;
  return evidence(pods.source, {
    en: `gke-metadata-server: ${pods.value.length} Pods, ${oom} OOMKilled, ${crashing} in CrashLoopBackOff`,
    ja: `gke-metadata-server: Pod ${pods.value.length} 個、OOMKilled ${oom} 個、CrashLoopBackOff ${crashing} 個`,
  });
}

function countEvidence(serviceAccounts: Fact<number>) {
  if (!serviceAccounts.known) return unreadable(serviceAccounts);
  const count = serviceAccounts.value;
  return evidence(serviceAccounts.source, { en: `${count} service accounts`, ja: `サービス アカウント ${count} 個` });
}

function off(subject: string): FindingDraft {
  return {
    subject,
    status: 'not-applicable',
    headline: { en: 'Workload Identity is off', ja: 'Workload Identity は無効です' },
    detail: {
      en: 'Without a workload pool no GKE metadata server runs.',
      ja: 'ワークロード プールがないため、GKE メタデータ サーバーは動作しません。',
    },
    evidence: [],
  };
}

const CANT_TELL: Text = {
  en: "I can't tell whether the GKE metadata server has enough memory",
  ja: 'GKE メタデータ サーバーのメモリが足りているか判定できません',
};

/** `3,000`, in both languages. Intl says the same, but loading its data takes 30 ms of a report. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
