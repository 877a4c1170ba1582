/** Has a node pool run the GKE metadata server (docs/domain/workloads.md#wi-nodepool-metadata-mode): what runs there changes its identity at once. */
import { z } from 'zod';
import { updateCluster } from '../apply/cluster-update.ts';
import type { ApplyContext, RemedyDefinition } from '../remedy.ts';
import { hcl, shell } from '../text/shell.ts';

export const SetNodeMetadataMode = z.strictObject({
  project: z.string().min(1),
  location: z.string().min(1),
  cluster: z.string().min(1),
  nodePool: z.string().min(1),
});
export type SetNodeMetadataMode = z.infer<typeof SetNodeMetadataMode>;

type Mode = 'GKE_METADATA' | 'GCE_METADATA';

export const setNodeMetadataMode: RemedyDefinition<SetNodeMetadataMode> = {
  kind: 'set-node-metadata-mode',
  risk: 'disruptive',
  params: SetNodeMetadataMode,

  plan(params) {
    const { project, location, cluster, nodePool } = params;
    const update = (mode: Mode) =>
      shell([
        ...['gcloud', 'container', 'node-pools', 'update', nodePool],
        ...[`--cluster=${cluster}`, `--location=${location}`, `--project=${project}`, `--workload-metadata=${mode}`],
      ]);
    return {
      params,
      command: update('GKE_METADATA'),
      undo: update('GCE_METADATA'),
      terraform: `# in the node_config of resource "google_container_node_pool" of ${nodePool}\nworkload_metadata_config {\n  mode = ${hcl('GKE_METADATA')}\n}`,
      console: `https://console.cloud.google.com/kubernetes/nodepool/${location}/${cluster}/${nodePool}?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Run the GKE metadata server on ${nodePool} of ${cluster}`,
        ja: `${cluster} の ${nodePool} で GKE メタデータ サーバーを使用`,
      },
      change: {
        resource: poolOf(params),
        before: ['workloadMetadataConfig.mode: ≠ GKE_METADATA'],
        after: ['workloadMetadataConfig.mode: GKE_METADATA'],
        disrupts: {
          en: `Everything that runs on ${nodePool} changes its identity at once: from the node’s service account to its own. What relies on the node’s account loses access until it has a grant of its own. A new pool in this mode, to which workloads move one by one, is gentler.`,
          ja: `${nodePool} で動作するすべてのワークロードの ID が、ノードのサービス アカウントからワークロード自身のものに直ちに変わります。ノードのアカウントに頼るワークロードは、個別に付与するまでアクセスできなくなります。このモードの新しいノードプールを作り、順に移すほうが安全です。`,
        },
      },
    };
  },

  writing: {
    authority: ({ project }) => ({ permission: 'container.clusters.update', resource: `projects/${project}` }),
    apply: (params, context) => setMode(params, 'GKE_METADATA', context),
    revoke: (params, context) => setMode(params, 'GCE_METADATA', context),
  },
};

function clusterOf({ project, location, cluster }: SetNodeMetadataMode): string {
  return `projects/${project}/locations/${location}/clusters/${cluster}`;
}

function poolOf(params: SetNodeMetadataMode): string {
  return `${clusterOf(params)}/nodePools/${params.nodePool}`;
}

async function setMode(params: SetNodeMetadataMode, mode: Mode, context: ApplyContext) {
  const { cluster, nodePool } = params;
  let before = 'unset';
  const changed = await updateCluster(
    {
      cluster: clusterOf(params),
      target: `/clusters/${cluster}/nodePools/${nodePool}`,
      isDone: ({ nodePools }) => {
        before = nodePools.find(({ name }) => name === nodePool)?.config?.workloadMetadataConfig?.mode ?? 'unset';
        return before === mode;
      },
      send: () => context.google.updateNodePool(poolOf(params), { workloadMetadataConfig: { mode } }),
      doing: { en: `Setting the metadata mode of ${nodePool}`, ja: `${nodePool} のメタデータ モードを変更しています` },
      failed: {
        en: `GKE could not set the metadata mode of ${nodePool}`,
        ja: `GKE は ${nodePool} のメタデータ モードを変更できませんでした`,
      },
    },
    context,
  );
  return { changed, before: [before], after: [mode] };
}
