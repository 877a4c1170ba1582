/** A node pool that has to be recreated before GKE changes it further; only a message shows it (docs/domain/nodes.md#nodepool-requires-recreation). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Node } from '../../../kubernetes/objects.ts';
import type { Fact, Unknown } from '../../facts/fact.ts';
import type { Cluster, NodePool } from '../../facts/google/cluster.ts';
import { isAbout, isRunning, mayReplaceNodes, type Operation, poolOf } from '../../facts/google/operations.ts';
import { nodesOf, oldestCreation } from '../../facts/kubernetes/nodes.ts';
import type { Check, FindingDraft, RemedyRequest } from '../check.ts';
import { type EvidenceDraft, unknownDetail, unreadable } from '../evidence.ts';
import {
  asksForRecreation,
  inErrorText,
  inOperation,
  latestOf,
  type Message,
  onePerPool,
  timeOf,
} from './recreation/messages.ts';

export const nodepoolRequiresRecreation: Check<'cluster' | 'operations' | 'recreationNodes'> = {
  id: 'nodepool-requires-recreation',
  title: { en: 'The node pool can be changed as it is', ja: 'ノードプールを再作成せずに変更できる' },
  description: {
    en: '“Node pool requires recreation”: GKE refuses to go on, often with a rotation of the cluster’s credentials or its IP, before the pool’s nodes have been recreated. Nothing in the pool itself shows it, so it is judged by an error text or by the error of an operation, and by the age of the nodes. A recreation that is under way can take hours or, with maintenance windows, weeks.',
    ja: '「Node pool requires recreation」は、認証情報や IP のローテーションなどで、ノードプールのノードを再作成するまで GKE が先に進めないことを示します。ノードプール自体には現れないため、エラー文またはオペレーションのエラーと、ノードの作成時刻で判定します。再作成には数時間、メンテナンスの時間枠によっては数週間かかることがあります。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: ['container.clusters.get', 'container.operations.list', 'container.nodes.list'],
  facts: ['cluster', 'operations', 'recreationNodes'],

  run({ cluster, operations, recreationNodes }, _access, request) {
    if (!cluster.known) return [undecided(request.cluster, cluster)];
    const mine = operations.known ? operations.value.filter(one => isAbout(one, cluster.value)) : [];
    const messages = [...inErrorText(request, cluster.value), ...mine.flatMap(inOperation)];
    if (asksForRecreation(request) && messages.length === 0) return [whichPool(cluster.value)];
    const changes = operations.known ? mine : operations;
    const { nodePools } = cluster.value;
    const gone = messages.filter(({ pool }) => !nodePools.some(({ name }) => name === pool));
    return [
      ...nodePools.map(pool => {
        const message = latestOf(messages, pool.name);
        return message ? judge(cluster.value, pool, message, changes, recreationNodes) : nothingSaid(pool, changes);
      }),
      ...onePerPool(gone).map(message => poolGone(cluster.value, message)),
    ];
  },
};

function nothingSaid({ resource, name }: NodePool, operations: readonly Operation[] | Unknown): FindingDraft {
  const unread = 'known' in operations;
  return {
    subject: resource,
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

/** Only the nodes' own age proves a recreation: an operation on the pool that ended since may have changed a label. */
function judge(
  cluster: Cluster,
  pool: NodePool,
  message: Message,
  operations: readonly Operation[] | Unknown,
  nodes: Fact<readonly Node[]> | undefined,
): FindingDraft {
  const unread = 'known' in operations;
  const changes = unread ? [] : operations.filter(one => mayReplaceNodes(one) && poolOf(one) === pool.name);
  const running = changes.find(isRunning);
  if (running) return beingChanged(cluster, pool, message, running);
  const oldest = nodes?.known ? oldestCreation(nodesOf(nodes.value, pool.name)) : undefined;
  if (oldest !== undefined && message.at !== undefined && timeOf(oldest) > timeOf(message.at)) {
    return recreated(pool, message, oldest);
  }
  if (unread) {
    return { ...undecided(pool.resource, operations), evidence: [message.evidence, unreadable(operations)] };
  }
  const done = changes.find(one => one.status === 'DONE' && !one.error && timeOf(one.endTime) > timeOf(message.at));
  if (done && oldest === undefined) return changedSince(pool, message, done, nodes);
  return outstanding(cluster, pool, message, oldest);
}

function outstanding(cluster: Cluster, pool: NodePool, message: Message, oldest: string | undefined): FindingDraft {
  const { name } = pool;
  const what: Text = {
    en: `GKE refuses further changes until the nodes of ${name} are recreated${message.at && !message.pasted ? ` (said ${message.at})` : ''}. Then repeat what was refused; gke-auth never completes a rotation itself.`,
    ja: `${name} のノードを再作成するまで、GKE はこれ以上の変更を受け付けません${message.at && !message.pasted ? `（${message.at} のメッセージ）` : ''}。再作成後に、拒否された操作をやり直してください。ローテーションの完了を gke-auth が自動で行うことはありません。`,
  };
  const ifOlder: Text = {
    en: `The oldest node of ${name} was created ${oldest}. If GKE said so before that, the nodes have been recreated since: repeat what was refused first.`,
    ja: `${name} の最も古いノードは ${oldest} に作成されました。メッセージがそれより前のものであれば、ノードはすでに再作成されています。先に、拒否された操作をやり直してください。`,
  };
  return {
    subject: pool.resource,
    status: 'fail',
    headline: { en: `${name} has to be recreated`, ja: `${name} の再作成が必要です` },
    detail: joinText(oldest !== undefined && message.pasted ? [what, ifOlder] : [what]),
    evidence: [message.evidence, poolEvidence(pool), ...(oldest === undefined ? [] : [ageEvidence(pool, oldest)])],
    remedies: [recreation(cluster, pool, message)],
  };
}

function beingChanged({ maintenance }: Cluster, pool: NodePool, message: Message, running: Operation): FindingDraft {
  const window: Text = maintenance
    ? { en: ` Maintenance policy: ${maintenance}.`, ja: `メンテナンス ポリシー: ${maintenance}。` }
    : { en: '', ja: '' };
  const since = running.startTime ?? '';
  return {
    subject: pool.resource,
    status: 'warn',
    headline: {
      en: `GKE is changing ${pool.name}: wait until that is done`,
      ja: `GKE が ${pool.name} を変更中です。完了をお待ちください`,
    },
    detail: {
      en: `${running.type} ${running.name} is ${running.status}${since ? ` since ${since}` : ''}. If it recreates the nodes, it can take hours, and weeks with maintenance windows and exclusions.${window.en} Then repeat what was refused.`,
      ja: `${running.type}（${running.name}）は ${running.status} です${since ? `（開始 ${since}）` : ''}。ノードの再作成であれば、数時間、メンテナンスの時間枠や除外期間によっては数週間かかることがあります。${window.ja}完了後に、拒否された操作をやり直してください。`,
    },
    evidence: [message.evidence, operationEvidence(running)],
  };
}

function recreated(pool: NodePool, message: Message, oldest: string): FindingDraft {
  return {
    subject: pool.resource,
    status: 'pass',
    headline: { en: `${pool.name} was recreated since`, ja: `${pool.name} はその後に再作成されました` },
    detail: {
      en: `All its nodes were created after the message, the oldest ${oldest}. Repeat what was refused.`,
      ja: `すべてのノードがメッセージの後に作成されています（最も古いノードは ${oldest}）。拒否された操作をやり直してください。`,
    },
    evidence: [message.evidence, ageEvidence(pool, oldest)],
  };
}

/** Something was done to the pool, and no node tells whether it was a recreation. */
function changedSince(
  pool: NodePool,
  message: Message,
  done: Operation,
  nodes: Fact<readonly Node[]> | undefined,
): FindingDraft {
  const unread = nodes && !nodes.known ? nodes : undefined;
  const why: Text = unread
    ? unknownDetail(unread)
    : { en: `No node of ${pool.name} shows its age.`, ja: `${pool.name} のノードの作成時刻を確認できません。` };
  return {
    subject: pool.resource,
    status: 'unknown',
    headline: {
      en: `I can’t determine whether ${pool.name} was recreated since`,
      ja: `${pool.name} がその後に再作成されたかどうか判定できません`,
    },
    detail: joinText([
      {
        en: `${done.name} changed ${pool.name}${done.endTime ? ` until ${done.endTime}` : ''}, but an ${done.type} doesn’t always recreate nodes. Repeat what was refused; GKE says if it still wants a recreation.`,
        ja: `${done.name} が ${pool.name} を変更しました${done.endTime ? `（${done.endTime} に完了）` : ''}。ただし、${done.type} がノードを再作成するとは限りません。拒否された操作をやり直してください。再作成がまだ必要な場合は、同じメッセージが返ります。`,
      },
      why,
    ]),
    evidence: [message.evidence, operationEvidence(done), ...(unread ? [unreadable(unread)] : [])],
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

function ageEvidence({ name }: NodePool, oldest: string): EvidenceDraft {
  return {
    source: 'kubernetes nodes.list',
    says: {
      en: `The oldest node of ${name} was created ${oldest}`,
      ja: `${name} の最も古いノードの作成時刻は ${oldest}`,
    },
  };
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
      en: 'I can’t determine whether a node pool has to be recreated',
      ja: 'ノードプールの再作成が必要か判定できません',
    },
    detail: unknownDetail(reason),
    evidence: [unreadable(reason)],
  };
}
