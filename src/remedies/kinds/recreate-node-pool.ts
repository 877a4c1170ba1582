/**
 * Recreates the nodes of a pool at the version they have (docs/domain/nodes.md#nodepool-requires-recreation): GKE drains them one after the other. A long operation,
 * followed to its end; whoever takes it up after a crash finds the operation instead of starting a second one.
 */
import { z } from 'zod';
import type { Text } from '../../contracts/text.ts';
import { nodesOf, oldestCreation } from '../../diagnosis/facts/kubernetes/nodes.ts';
import type { ClusterOperation } from '../../google/cluster-writes.ts';
import { GoogleApiError } from '../../google/errors.ts';
import { KubernetesApiError } from '../../kubernetes/errors.ts';
import { followOperation } from '../apply/follow-operation.ts';
import { ChangeRefusedError } from '../apply/refused.ts';
import type { Applied, ApplyContext, RemedyDefinition } from '../remedy.ts';
import { shell } from '../text/shell.ts';

export const RecreateNodePool = z.strictObject({
  project: z.string().min(1),
  location: z.string().min(1),
  cluster: z.string().min(1),
  nodePool: z.string().min(1),
  /** `-` stands for the control plane's; else the pool's own, so that it is not upgraded. */
  version: z.string().min(1),
  /** When GKE asked for it (RFC 3339): a recreation that began later is this one. */
  since: z.string().optional(),
  /** The cluster's maintenance policy, for the approver. */
  maintenance: z.string().optional(),
});
export type RecreateNodePool = z.infer<typeof RecreateNodePool>;

export const recreateNodePool: RemedyDefinition<RecreateNodePool> = {
  kind: 'recreate-node-pool',
  risk: 'disruptive',
  params: RecreateNodePool,

  plan(params) {
    const { project, location, cluster, nodePool, version, maintenance } = params;
    const upgrade = ['gcloud', 'container', 'clusters', 'upgrade', cluster, `--node-pool=${nodePool}`];
    const same = version === '-' ? [] : [`--cluster-version=${version}`];
    const windows: Text = maintenance
      ? {
          en: ` Maintenance policy, which upgrades started by hand don’t wait for: ${maintenance}.`,
          ja: `手動で始めた再作成はメンテナンス ポリシーの時間枠を待ちません: ${maintenance}。`,
        }
      : { en: '', ja: '' };
    return {
      params: { ...params },
      command: shell([...upgrade, ...same, `--location=${location}`, `--project=${project}`]),
      console: `https://console.cloud.google.com/kubernetes/clusters/details/${location}/${cluster}/nodes?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Recreate the nodes of ${nodePool} in ${cluster}`,
        ja: `${cluster} の ${nodePool} のノードを再作成`,
      },
      change: {
        resource: `projects/${project}/locations/${location}/clusters/${cluster}/nodePools/${nodePool}`,
        before: [`nodes: ${nodePool}`],
        after: [`nodes: ${nodePool}, recreated${version === '-' ? '' : `, ${version}`}`],
        disrupts: {
          en: `Every node of ${nodePool} is drained and replaced, starting at once after approval, as many at a time as its surge settings say; Pods on it restart elsewhere, local data is lost. It can’t be undone.${windows.en}`,
          ja: `承認後すぐに、${nodePool} のすべてのノードがサージ設定に従って順にドレインされ、置き換えられます。Pod はほかのノードで再起動し、ローカルのデータは失われます。取り消しはできません。${windows.ja}`,
        },
      },
    };
  },

  writing: {
    authority: ({ project }) => ({ permission: 'container.clusters.update', resource: `projects/${project}` }),
    /**
     * An operation on the pool is followed first: it may be this remedy's, from before a crash. Unless the nodes show that it
     * recreated none, it counts as the recreation: nodes are never drained twice.
     */
    async apply(params, context) {
      const earlier = await findOperations(params, context);
      const [latest] = earlier;
      if (latest) {
        await follow(params, latest, context);
        if ((await areRecreated(params, latest, context)) !== false) return applied(params, latest);
      }
      const operation = await start(params, earlier, context);
      await follow(params, operation, context);
      return applied(params, operation);
    },
    /** Said, because doing nothing would look like having taken it back. */
    async revoke({ nodePool }) {
      throw new ChangeRefusedError('irreversible', {
        en: `The nodes of ${nodePool} were recreated; that can’t be undone.`,
        ja: `${nodePool} のノードはすでに再作成されており、取り消せません。`,
      });
    },
  },
};

function applied({ nodePool }: RecreateNodePool, { name }: ClusterOperation): Applied {
  return {
    changed: true,
    before: [`${nodePool}: nodes as they were`],
    after: [`${nodePool}: nodes recreated (${name})`],
  };
}

function placeOf({ project, location }: RecreateNodePool): string {
  return `projects/${project}/locations/${location}`;
}

/**
 * Operations on the pool that may recreate nodes: those that run, then those that ended since the recreation was asked for, the
 * newest first. Most changes of a pool are `UPGRADE_NODES`, also those that replace no node.
 */
async function findOperations(params: RecreateNodePool, { google }: ApplyContext): Promise<ClusterOperation[]> {
  const since = params.since === undefined ? Number.POSITIVE_INFINITY : Date.parse(params.since);
  const target = `/clusters/${params.cluster}/nodePools/${params.nodePool}`;
  const onPool = (await google.listOperations(placeOf(params))).filter(
    ({ operationType, targetLink }) => /^(?:AUTO_)?UPGRADE_NODES$/.test(operationType) && targetLink.endsWith(target),
  );
  const began = ({ startTime }: ClusterOperation) => (startTime === undefined ? 0 : Date.parse(startTime));
  const done = onPool.filter(one => one.status === 'DONE' && !one.error && began(one) > since);
  return [...onPool.filter(({ status }) => status !== 'DONE'), ...done.sort((a, b) => began(b) - began(a))];
}

/** Undefined where the nodes, or their age, can't be read. */
async function areRecreated(
  params: RecreateNodePool,
  { startTime }: ClusterOperation,
  { google }: ApplyContext,
): Promise<boolean | undefined> {
  const since = params.since ?? startTime;
  const oldest = oldestCreation(nodesOf(await readNodes(params, google), params.nodePool));
  return since === undefined || oldest === undefined ? undefined : Date.parse(oldest) > Date.parse(since);
}

async function readNodes({ project, location, cluster }: RecreateNodePool, google: ApplyContext['google']) {
  try {
    const kubernetes = await google.kubernetes(`projects/${project}/locations/${location}/clusters/${cluster}`);
    return await kubernetes.readNodes();
  } catch (error) {
    if (error instanceof GoogleApiError || error instanceof KubernetesApiError) return [];
    throw error;
  }
}

/** `earlier`: operations that are none of ours, where the answer gets lost and ours is looked for. */
async function start(
  params: RecreateNodePool,
  earlier: readonly ClusterOperation[],
  context: ApplyContext,
): Promise<ClusterOperation> {
  const { cluster, nodePool, version } = params;
  try {
    const update = { desiredNodePoolId: nodePool, desiredNodeVersion: version };
    return await context.google.updateCluster(`${placeOf(params)}/clusters/${cluster}`, update);
  } catch (error) {
    const failure = GoogleApiError.from(error);
    // Refused is refused; of anything else nobody knows whether the operation began.
    if (failure.status !== undefined && failure.status < 500) throw failure;
    const begun = (await findOperations(params, context)).find(one => earlier.every(({ name }) => name !== one.name));
    if (begun) return begun;
    throw failure;
  }
}

/** Resolves at the operation's end. @throws {ChangeRefusedError} where it failed. */
function follow(params: RecreateNodePool, started: ClusterOperation, context: ApplyContext): Promise<void> {
  const failed: Text = {
    en: `GKE could not recreate ${params.nodePool}`,
    ja: `GKE は ${params.nodePool} を再作成できませんでした`,
  };
  const progress = (operation: ClusterOperation) => progressOf(params, operation);
  return followOperation({ place: placeOf(params), progress, failed }, started, context);
}

/** `NODES_TOTAL` and `NODES_COMPLETE` are among the metrics that GKE gives; where they are not, the state alone is told. */
function progressOf({ nodePool }: RecreateNodePool, { name, status, startTime, progress }: ClusterOperation): Text {
  const metric = (pattern: RegExp) => progress?.metrics?.find(one => pattern.test(one.name ?? ''))?.intValue;
  const [done, total] = [metric(/NODES_(?:COMPLETE|DONE|UPGRADED)/), metric(/NODES_TOTAL/)];
  const count = done !== undefined && total !== undefined ? ` ${done}/${total}` : '';
  return {
    en: `Recreating the nodes of ${nodePool}${count}: ${status}${startTime ? ` since ${startTime}` : ''} (${name})`,
    ja: `${nodePool} のノードを再作成しています${count}: ${status}${startTime ? `（開始 ${startTime}）` : ''}（${name}）`,
  };
}
