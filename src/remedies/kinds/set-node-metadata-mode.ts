/** Has a node pool run the GKE metadata server (docs/domain/workloads.md#wi-nodepool-metadata-mode): what runs there changes its identity at once. */
import { z } from 'zod';
import { GoogleApiError } from '../../google/errors.ts';
import { updateCluster } from '../apply/cluster-update.ts';
import type { ApplyContext, RemedyDefinition } from '../remedy.ts';
import { hcl, shell } from '../text/shell.ts';

export const SetNodeMetadataMode = z.strictObject({
  project: z.string().min(1),
  location: z.string().min(1),
  cluster: z.string().min(1),
  nodePool: z.string().min(1),
  /** The mode before the change; absent if none was set. */
  previous: z.string().min(1).optional(),
});
export type SetNodeMetadataMode = z.infer<typeof SetNodeMetadataMode>;

const WANTED = 'GKE_METADATA';
/** Container v1, WorkloadMetadataConfig.Mode: "not set". */
const UNSET = 'MODE_UNSPECIFIED';
/** What GKE may show for a pool on which no mode is set; Pods see no difference. */
const SAME_AS_UNSET: readonly (string | undefined)[] = [undefined, UNSET, 'GCE_METADATA'];

export const setNodeMetadataMode: RemedyDefinition<SetNodeMetadataMode> = {
  kind: 'set-node-metadata-mode',
  risk: 'disruptive',
  params: SetNodeMetadataMode,

  plan(params) {
    const { project, location, cluster, nodePool } = params;
    return {
      params,
      command: gcloud(params, WANTED),
      undo: undo(params),
      terraform: `# in the node_config of resource "google_container_node_pool" of ${nodePool}\nworkload_metadata_config {\n  mode = ${hcl(WANTED)}\n}`,
      console: `https://console.cloud.google.com/kubernetes/nodepool/${location}/${cluster}/${nodePool}?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Run the GKE metadata server on ${nodePool} of ${cluster}`,
        ja: `${cluster} の ${nodePool} で GKE メタデータ サーバーを使用`,
      },
      change: {
        resource: poolOf(params),
        before: [`workloadMetadataConfig.mode: ${params.previous ?? UNSET}`],
        after: [`workloadMetadataConfig.mode: ${WANTED}`],
        disrupts: {
          en: `Everything that runs on ${nodePool} changes its identity at once: from the node’s service account to its own. What relies on the node’s account loses access until it has a grant of its own. Google doesn’t say whether the nodes are recreated too; if they are, Pods restart elsewhere and local data is lost. A new pool in this mode, to which workloads move one by one, is gentler.`,
          ja: `${nodePool} で動作するすべてのワークロードの ID が、ノードのサービス アカウントからワークロード自身のものに直ちに変わります。ノードのアカウントに頼るワークロードは、個別に付与するまでアクセスできなくなります。ノードも再作成されるかどうかは、Google のドキュメントに明記されていません。再作成される場合、Pod はほかのノードで再起動し、ローカルのデータは失われます。このモードの新しいノードプールを作り、順に移すほうが安全です。`,
        },
      },
    };
  },

  writing: {
    authority: ({ project }) => ({ permission: 'container.clusters.update', resource: `projects/${project}` }),
    apply: (params, context) => setMode(params, WANTED, context),
    async revoke(params, context) {
      const { previous = UNSET } = params;
      try {
        return await setMode(params, previous, context);
      } catch (error) {
        const refused = previous === UNSET && error instanceof GoogleApiError && error.status === 400;
        // An API that does not take the mode away again is given the one that means the same to Pods.
        if (refused) return setMode(params, 'GCE_METADATA', context);
        throw error;
      }
    },
  },
};

function clusterOf({ project, location, cluster }: SetNodeMetadataMode): string {
  return `projects/${project}/locations/${location}/clusters/${cluster}`;
}

function poolOf(params: SetNodeMetadataMode): string {
  return `${clusterOf(params)}/nodePools/${params.nodePool}`;
}

function gcloud({ project, location, cluster, nodePool }: SetNodeMetadataMode, mode: string): string {
  return shell([
    ...['gcloud', 'container', 'node-pools', 'update', nodePool],
    ...[`--cluster=${cluster}`, `--location=${location}`, `--project=${project}`, `--workload-metadata=${mode}`],
  ]);
}

/** gcloud can set a mode and not take it away, so an unset mode is restored by the API's own call. */
function undo(params: SetNodeMetadataMode): string {
  const { previous = UNSET } = params;
  if (previous !== UNSET) return gcloud(params, previous);
  const body = JSON.stringify({ workloadMetadataConfig: { mode: UNSET } });
  const send = ['--header=Content-Type: application/json', `--data=${body}`];
  const authorization = '--header="Authorization: Bearer $(gcloud auth print-access-token)"';
  const url = `https://container.googleapis.com/v1/${poolOf(params)}`;
  return `curl --fail --request=PUT ${authorization} ${shell([...send, url])}`;
}

async function setMode(params: SetNodeMetadataMode, mode: string, context: ApplyContext) {
  const { cluster, nodePool } = params;
  let before: string | undefined;
  const changed = await updateCluster(
    {
      cluster: clusterOf(params),
      target: `/clusters/${cluster}/nodePools/${nodePool}`,
      isDone: ({ nodePools }) => {
        before = nodePools.find(({ name }) => name === nodePool)?.config?.workloadMetadataConfig?.mode;
        return before === mode || (mode === UNSET && SAME_AS_UNSET.includes(before));
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
  return { changed, before: [before ?? UNSET], after: [mode] };
}
