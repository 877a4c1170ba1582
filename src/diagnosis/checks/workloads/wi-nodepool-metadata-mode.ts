/** Nodes have to run the GKE metadata server, or Pods get the node's identity (docs/domain/workloads.md#wi-nodepool-metadata-mode). */

import { joinText, type Text } from '../../../contracts/text.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import type { Cluster, NodePool } from '../../facts/google/cluster.ts';
import { isAtLeast } from '../../facts/google/gke-version.ts';
import { poolNameOf } from '../../facts/workload/marks.ts';
import type { Workload } from '../../facts/workload/workload.ts';
import type { Check, FindingDraft } from '../check.ts';
import { evidence, listed, undecided, waits } from './workload/subject.ts';

export const wiNodepoolMetadataMode: Check<'cluster' | 'workload'> = {
  id: 'wi-nodepool-metadata-mode',
  title: {
    en: 'Node pools run the GKE metadata server',
    ja: 'ノードプールで GKE メタデータ サーバーが動作している',
  },
  description: {
    en: 'A node pool in the mode GKE_METADATA gives each Pod its own identity; in any other mode Pods get the node’s. With --workload, a pool on which its Pods run fails in another mode, and so do Pods on the host network, which can’t use Workload Identity (Cloud Storage FUSE on Standard from 1.33.3-gke.1226000 on excepted). Other pools, and without --workload all pools of a cluster whose Workload Identity is on, are a warning. Autopilot and Windows: nothing to set up on the former, the same mode on the latter.',
    ja: 'モードが GKE_METADATA のノードプールでは Pod ごとの ID が渡され、それ以外のモードではノードの ID が渡されます。--workload を指定した場合、その Pod が動作するノードプールが別のモードなら失敗です。ホスト ネットワークの Pod も Workload Identity を使えないため失敗です（1.33.3-gke.1226000 以降の Standard での Cloud Storage FUSE を除く）。それ以外のノードプールは警告です。Autopilot では設定不要で、Windows のノードプールでも同じモードを使います。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity',
  needs: ['container.clusters.get', 'container.pods.list', 'container.nodes.list'],
  facts: ['cluster', 'workload'],

  run({ cluster, workload }, _access, request) {
    if (!cluster.known) return [undecided(request.cluster, cluster, CANT_TELL)];
    const { value } = cluster;
    if (value.autopilot) return [autopilot(value)];
    if (!value.workloadPool) return value.nodePools.map(({ resource }) => waits(resource, 'wi-workload-pool', NO_POOL));
    if (!workload) return value.nodePools.map(pool => judge(value, pool, []));
    if (!workload.known) return [undecided(value.resource, workload, CANT_TELL)];
    return judgeWorkload(value, workload.value);
  },
};

function judgeWorkload(cluster: Cluster, { pods, nodes }: Workload): FindingDraft[] {
  if (!pods.known) return [undecided(cluster.resource, pods, CANT_TELL)];
  const placed = pods.value.filter(({ spec }) => spec.nodeName);
  if (!nodes.known && placed.length > 0) return [undecided(cluster.resource, nodes, CANT_TELL)];
  const onPool = Map.groupBy(placed, pod => (nodes.known ? poolNameOf(pod, nodes.value) : undefined));
  const strays = onPool.get(undefined) ?? [];
  const findings = cluster.nodePools.map(pool => judge(cluster, pool, onPool.get(pool.name) ?? []));
  return strays.length > 0 ? [...findings, lost(cluster, strays)] : findings;
}

function judge(cluster: Cluster, pool: NodePool, pods: readonly Pod[]): FindingDraft {
  const { resource: subject, name } = pool;
  const mode = pool.metadataMode ?? 'not set';
  const proof = [
    evidence('container clusters.get nodePools[].config.workloadMetadataConfig.mode', `${name}: ${mode}`),
    ...(pods.length > 0 ? [evidence('kubernetes pods.list', named(pods))] : []),
  ];
  const onHost = pods.filter(pod => pod.spec.hostNetwork && !isFuse(cluster, pod));
  const others = pods.filter(pod => !onHost.includes(pod));
  const hopeless = onHost.length > 0 && others.length === 0;
  if (mode !== 'GKE_METADATA' && !hopeless) return wrongMode(cluster, pool, mode, others, onHost, proof);
  if (onHost.length > 0) {
    const which = named(onHost);
    return {
      subject,
      status: 'fail',
      headline: {
        en: `${name}: Pods on the host network can’t use Workload Identity`,
        ja: `${name}: ホスト ネットワークの Pod は Workload Identity を使えません`,
      },
      detail: {
        en: `${which.en}: ${ON_HOST.en}`,
        ja: `${which.ja}: ${ON_HOST.ja}`,
      },
      effect: NODE_IDENTITY,
      evidence: proof,
    };
  }
  return {
    subject,
    status: 'pass',
    headline: { en: `${name} runs the GKE metadata server`, ja: `${name} で GKE メタデータ サーバーが動作しています` },
    detail: {
      en: `The mode of ${name} is GKE_METADATA${isWindows(pool) ? '; on Windows nodes the metadata server is a service of the node, not a Pod' : ''}.`,
      ja: `${name} のモードは GKE_METADATA です${isWindows(pool) ? '。Windows ノードでは Pod ではなくノードのサービスとして動作します' : ''}。`,
    },
    evidence: proof,
  };
}

function wrongMode(
  { project, location, name: cluster }: Cluster,
  { resource: subject, name, metadataMode: previous }: NodePool,
  mode: string,
  pods: readonly Pod[],
  onHost: readonly Pod[],
  proof: FindingDraft['evidence'],
): FindingDraft {
  const used = pods.length > 0;
  const which = named(pods);
  return {
    subject,
    status: used ? 'fail' : 'warn',
    headline: {
      en: `${name} doesn’t run the GKE metadata server`,
      ja: `${name} で GKE メタデータ サーバーが動作していません`,
    },
    detail: joinText([
      used
        ? {
            en: `The mode of ${name} is ${mode}, and the workload runs there (${which.en}). Changing the mode changes the identity of everything that runs on the pool at once; a new pool is the gentler way.`,
            ja: `${name} のモードは ${mode} で、このワークロードが動作しています（${which.ja}）。モードを変えると、ノードプール上のすべてのワークロードの ID が直ちに変わります。新しいノードプールを作るほうが安全です。`,
          }
        : {
            en: `The mode of ${name} is ${mode}: a Pod that lands there gets the node’s identity, not its own.`,
            ja: `${name} のモードは ${mode} です。ここに配置された Pod には、Pod 自身ではなくノードの ID が渡されます。`,
          },
      ...(onHost.length > 0
        ? [{ en: `${named(onHost).en}: ${ON_HOST.en}`, ja: `${named(onHost).ja}: ${ON_HOST.ja}` }]
        : []),
    ]),
    effect: NODE_IDENTITY,
    evidence: proof,
    remedies: [
      {
        kind: 'set-node-metadata-mode',
        params: { project, location, cluster, nodePool: name, ...(previous ? { previous } : {}) },
      },
    ],
  };
}

function named(pods: readonly Pod[]): Text {
  return listed(
    pods.map(({ metadata }) => metadata.name),
    3,
  );
}

/** Cloud Storage FUSE has its own way to a token on the host network, from this version on. */
function isFuse(cluster: Cluster, { metadata }: Pod): boolean {
  return (
    metadata.annotations['gke-gcsfuse/volumes'] === 'true' && isAtLeast(cluster.version, '1.33.3-gke.1226000') === true
  );
}

function isWindows({ imageType }: NodePool): boolean {
  return imageType.toUpperCase().startsWith('WINDOWS');
}

function autopilot({ resource: subject }: Cluster): FindingDraft {
  return {
    subject,
    status: 'not-applicable',
    headline: {
      en: 'Autopilot: every node runs the GKE metadata server',
      ja: 'Autopilot ではすべてのノードで GKE メタデータ サーバーが動作します',
    },
    detail: {
      en: 'On Autopilot the GKE metadata server can’t be switched off.',
      ja: 'Autopilot では GKE メタデータ サーバーを無効にできません。',
    },
    evidence: [],
  };
}

function lost({ resource: subject }: Cluster, pods: readonly Pod[]): FindingDraft {
  const which = named(pods);
  return {
    subject,
    status: 'unknown',
    headline: CANT_TELL,
    detail: {
      en: `The nodes of ${which.en} don’t say which node pool they belong to (label cloud.google.com/gke-nodepool).`,
      ja: `${which.ja} のノードに、ノードプールを示すラベル（cloud.google.com/gke-nodepool）がありません。`,
    },
    evidence: [],
  };
}

const NO_POOL: Text = {
  en: 'Without a workload pool no node pool can run the GKE metadata server; turning Workload Identity on leaves the mode of existing pools as it is.',
  ja: 'ワークロード プールがないと、GKE メタデータ サーバーを使えません。Workload Identity を有効にしても、既存のノードプールのモードは変わりません。',
};

const ON_HOST: Text = {
  en: 'hostNetwork is true, so requests for a token go to the node’s own metadata server, and the Pod gets the node’s identity. This cannot work: run it without hostNetwork, or give the node’s account what the Pod needs.',
  ja: 'hostNetwork が true のため、トークンの要求がノードのメタデータ サーバーに届き、Pod はノードの ID になります。この構成では動作しません。hostNetwork を使わないか、ノードのアカウントに必要な権限を付与してください。',
};

const NODE_IDENTITY: Text = {
  en: 'Pods there authenticate as the node’s service account, or not at all.',
  ja: 'そこで動作する Pod は、ノードのサービス アカウントで認証されるか、認証できません。',
};

const CANT_TELL: Text = {
  en: "I can't tell on which node pools the Pods run",
  ja: 'Pod が動作するノードプールを特定できません',
};
