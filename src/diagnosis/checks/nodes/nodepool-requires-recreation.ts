/** A node pool that has to be recreated before GKE changes it further; only a message shows it (docs/domain/nodes.md#nodepool-requires-recreation). */
import type { Text } from '../../../contracts/text.ts';
import type { Unknown } from '../../facts/fact.ts';
import type { Cluster, NodePool } from '../../facts/google/cluster.ts';
import { isAbout, isRunning, type Operation, poolOf } from '../../facts/google/operations.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from '../check.ts';
import { type EvidenceDraft, unknownDetail, unreadable } from '../evidence.ts';

/** "Node pool NP requires recreation", said at this time. */
interface Message {
  readonly pool: string;
  /** RFC 3339; absent where it is not known. */
  readonly at?: string;
  readonly evidence: EvidenceDraft;
}

export const nodepoolRequiresRecreation: Check<'cluster' | 'operations'> = {
  id: 'nodepool-requires-recreation',
  title: { en: 'The node pool can be changed as it is', ja: 'ノードプールを再作成せずに変更できる' },
  description: {
    en: '“Node pool requires recreation”: GKE refuses to go on, often with a rotation of the cluster’s credentials or its IP, before the pool’s nodes have been recreated. Nothing in the pool itself shows it, so it is judged by an error text or by the error of an operation. A recreation that is under way can take hours or, with maintenance windows, weeks.',
    ja: '「Node pool requires recreation」は、認証情報や IP のローテーションなどで、ノードプールのノードを再作成するまで GKE が先に進めないことを示します。ノードプール自体には現れないため、エラー文かオペレーションのエラーで判定します。再作成には数時間、メンテナンスの時間枠によっては数週間かかることがあります。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: ['container.clusters.get', 'container.operations.list'],
  facts: ['cluster', 'operations'],

  run({ cluster, operations }, _access, request) {
    if (!cluster.known) return [undecided(request.cluster, cluster)];
    const mine = operations.known ? operations.value.filter(one => isAbout(one, cluster.value)) : [];
    const messages = [...messageOf(request, cluster.value), ...mine.flatMap(inOperation)];
    const unplaced = request.symptom?.problem === 'nodepool-requires-recreation' && messages.length === 0;
    if (unplaced) return [whichPool(cluster.value)];
    const gone = messages.filter(({ pool }) => !cluster.value.nodePools.some(({ name }) => name === pool));
    return [
      ...cluster.value.nodePools.map(pool =>
        judge(cluster.value, pool, latest(messages, pool.name), operations.known ? mine : operations),
      ),
      ...unique(gone).map(message => poolGone(cluster.value, message)),
    ];
  },
};

const SAYS = /Node pool "([^"]+)" requires recreation/i;

/** What the user pasted. Where it names no pool, a cluster's only one is meant. */
function messageOf({ symptom }: CheckRequest, { nodePools }: Cluster): Message[] {
  if (symptom?.problem !== 'nodepool-requires-recreation') return [];
  const [only] = nodePools;
  const pool = symptom.entities.nodePool ?? (nodePools.length === 1 ? only?.name : undefined);
  if (pool === undefined) return [];
  const says = `Node pool "${pool}" requires recreation`;
  return [{ pool, at: symptom.at, evidence: { source: 'the error text', says: { en: says, ja: says } } }];
}

function inOperation(operation: Operation): Message[] {
  const pool = operation.error?.match(SAYS)?.[1];
  if (pool === undefined) return [];
  const says = `${operation.type} ${operation.name}: ${operation.error}`;
  return [
    {
      pool,
      at: operation.endTime ?? operation.startTime,
      evidence: { source: 'container operations.list', says: { en: says, ja: says } },
    },
  ];
}

function latest(messages: readonly Message[], pool: string): Message | undefined {
  return messages
    .filter(message => message.pool === pool)
    .sort((a, b) => timeOf(a.at) - timeOf(b.at))
    .at(-1);
}

function unique(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map(message => [message.pool, message])).values()];
}

function timeOf(at: string | undefined): number {
  return at === undefined ? 0 : Date.parse(at);
}

function judge(
  cluster: Cluster,
  pool: NodePool,
  message: Message | undefined,
  operations: readonly Operation[] | Unknown,
): FindingDraft {
  const { resource: subject, name } = pool;
  if (!message) {
    const unread = 'known' in operations;
    return {
      subject,
      status: 'not-applicable',
      headline: {
        en: `Nothing says that ${name} has to be recreated`,
        ja: `${name} の再作成を求めるメッセージはありません`,
      },
      detail: unread
        ? unknownDetail(operations)
        : {
            en: 'No error text and no operation says so; a healthy pool shows no sign either way.',
            ja: 'エラー文にもオペレーションにもありません。正常なノードプールには手がかりが現れません。',
          },
      evidence: unread ? [unreadable(operations)] : [],
    };
  }
  if ('known' in operations)
    return { ...undecided(subject, operations), evidence: [message.evidence, unreadable(operations)] };
  const upgrades = operations.filter(one => one.type === 'UPGRADE_NODES' && poolOf(one) === name);
  const running = upgrades.find(isRunning);
  if (running) return waiting(cluster, pool, message, running);
  const done = upgrades.find(one => one.status === 'DONE' && !one.error && timeOf(one.endTime) > timeOf(message.at));
  if (done) return recreated(pool, message, done);
  return {
    subject,
    status: 'fail',
    headline: { en: `${name} has to be recreated`, ja: `${name} の再作成が必要です` },
    detail: {
      en: `GKE refuses further changes until the nodes of ${name} are recreated${message.at ? ` (said ${message.at})` : ''}. Then repeat what was refused; gke-auth never completes a rotation itself.`,
      ja: `${name} のノードを再作成するまで、GKE はこれ以上の変更を受け付けません${message.at ? `（${message.at} のメッセージ）` : ''}。再作成後に、拒否された操作をやり直してください。ローテーションの完了を gke-auth が自動で行うことはありません。`,
    },
    evidence: [message.evidence, poolEvidence(pool)],
    remedies: [recreation(cluster, pool, message)],
  };
}

function waiting({ maintenance }: Cluster, pool: NodePool, message: Message, running: Operation): FindingDraft {
  const window: Text = maintenance
    ? { en: ` Maintenance policy: ${maintenance}.`, ja: `メンテナンス ポリシー: ${maintenance}。` }
    : { en: '', ja: '' };
  const since = running.startTime ?? '';
  return {
    subject: pool.resource,
    status: 'warn',
    headline: { en: `${pool.name} is being recreated: wait`, ja: `${pool.name} は再作成中です。完了をお待ちください` },
    detail: {
      en: `${running.name} is ${running.status}${since ? ` since ${since}` : ''}. It can take hours, and weeks with maintenance windows and exclusions.${window.en} Then repeat what was refused.`,
      ja: `${running.name} は ${running.status} です${since ? `（開始 ${since}）` : ''}。数時間、メンテナンスの時間枠や除外期間によっては数週間かかることがあります。${window.ja}完了後に、拒否された操作をやり直してください。`,
    },
    evidence: [message.evidence, operationEvidence(running)],
  };
}

function recreated(pool: NodePool, message: Message, done: Operation): FindingDraft {
  return {
    subject: pool.resource,
    status: 'pass',
    headline: { en: `${pool.name} was recreated since`, ja: `${pool.name} はその後に再作成されました` },
    detail: {
      en: `Its nodes were recreated${done.endTime ? ` (done ${done.endTime})` : ''}, after the message. Repeat what was refused.`,
      ja: `メッセージの後にノードが再作成されました${done.endTime ? `（${done.endTime} に完了）` : ''}。拒否された操作をやり直してください。`,
    },
    evidence: [message.evidence, operationEvidence(done)],
  };
}

function operationEvidence({ name, type, status, endTime }: Operation): EvidenceDraft {
  const says = [type, name, status, endTime].filter(Boolean).join(' ');
  return { source: 'container operations.list', says: { en: says, ja: says } };
}

function poolEvidence({ name, version, status }: NodePool): EvidenceDraft {
  const says = [name, version, status].join(' ');
  return { source: 'container clusters.get nodePools', says: { en: says, ja: says } };
}

/**
 * `-` stands for the control plane's version, as gcloud sends it; a pool of another version is recreated at its own, else
 * it would be upgraded. Autopilot recreates its pools when the control plane is upgraded to the version it has.
 */
function recreation(cluster: Cluster, pool: NodePool, message: Message): RemedyRequest {
  const { project, location, name, version, autopilot, maintenance } = cluster;
  if (autopilot) {
    const where = [`--location=${location}`, `--project=${project}`];
    const words = [
      'gcloud',
      'container',
      'clusters',
      'upgrade',
      name,
      '--master',
      `--cluster-version=${version}`,
      ...where,
    ];
    return { kind: 'command', params: { command: words } };
  }
  return {
    kind: 'recreate-node-pool',
    params: {
      project,
      location,
      cluster: name,
      nodePool: pool.name,
      version: pool.version === version ? '-' : pool.version,
      ...(message.at ? { since: message.at } : {}),
      ...(maintenance ? { maintenance } : {}),
    },
  };
}

function poolGone({ resource }: Cluster, { pool, evidence }: Message): FindingDraft {
  return {
    subject: `${resource}/nodePools/${pool}`,
    status: 'not-applicable',
    headline: { en: `${pool} is no longer there`, ja: `${pool} はもう存在しません` },
    detail: {
      en: `The cluster has no node pool ${pool} any more. Repeat what was refused.`,
      ja: `ノードプール ${pool} はすでにありません。拒否された操作をやり直してください。`,
    },
    evidence: [evidence],
  };
}

function whichPool({ resource, nodePools }: Cluster): FindingDraft {
  const names = nodePools.map(({ name }) => name).join(', ');
  return {
    subject: resource,
    status: 'unknown',
    headline: { en: 'The error doesn’t say which node pool', ja: 'エラー文にノードプール名がありません' },
    detail: {
      en: `The cluster’s node pools: ${names}. Paste the whole message: it names one.`,
      ja: `このクラスタのノードプール: ${names}。メッセージ全体を貼り付けてください。ノードプール名が含まれています。`,
    },
    evidence: [],
  };
}

function undecided(subject: string, reason: Unknown): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: {
      en: 'I can’t tell whether a node pool has to be recreated',
      ja: 'ノードプールの再作成が必要か判定できません',
    },
    detail: unknownDetail(reason),
    evidence: [unreadable(reason)],
  };
}
