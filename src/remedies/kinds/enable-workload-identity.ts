/** Turns Workload Identity Federation on for a cluster (docs/domain/workloads.md#wi-workload-pool). Existing node pools stay as they are. */
import { z } from 'zod';
import { updateCluster } from '../apply/cluster-update.ts';
import type { ApplyContext, RemedyDefinition } from '../remedy.ts';
import { hcl, shell } from '../text/shell.ts';

export const EnableWorkloadIdentity = z.strictObject({
  project: z.string().min(1),
  location: z.string().min(1),
  cluster: z.string().min(1),
  workloadPool: z.string().min(1),
});
export type EnableWorkloadIdentity = z.infer<typeof EnableWorkloadIdentity>;

export const enableWorkloadIdentity: RemedyDefinition<EnableWorkloadIdentity> = {
  kind: 'enable-workload-identity',
  risk: 'disruptive',
  params: EnableWorkloadIdentity,

  plan(params) {
    const { project, location, cluster, workloadPool } = params;
    const update = [
      'gcloud',
      'container',
      'clusters',
      'update',
      cluster,
      `--location=${location}`,
      `--project=${project}`,
    ];
    const zonal = /-[a-z]$/.test(location);
    return {
      params,
      command: shell([...update, `--workload-pool=${workloadPool}`]),
      undo: shell([...update, '--disable-workload-identity']),
      terraform: `# in resource "google_container_cluster" of ${cluster}\nworkload_identity_config {\n  workload_pool = ${hcl(workloadPool)}\n}`,
      console: `https://console.cloud.google.com/kubernetes/clusters/details/${location}/${cluster}/details?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Turn Workload Identity on for ${cluster} (${workloadPool})`,
        ja: `${cluster} で Workload Identity を有効化（${workloadPool}）`,
      },
      change: {
        resource: `projects/${project}/locations/${location}/clusters/${cluster}`,
        before: [],
        after: [`workloadPool: ${workloadPool}`],
        disrupts: {
          en: `The control plane is updated${zonal ? '; on a zonal cluster its API can be down for some minutes' : ''}. Existing node pools keep their metadata mode; new ones use GKE_METADATA.`,
          ja: `コントロール プレーンが更新されます${zonal ? '。ゾーンクラスタでは API が数分間停止することがあります' : ''}。既存のノードプールは変わらず、新しいノードプールは GKE_METADATA になります。`,
        },
      },
    };
  },

  writing: {
    authority: ({ project }) => ({ permission: 'container.clusters.update', resource: `projects/${project}` }),
    apply: (params, context) => setPool(params, params.workloadPool, context),
    revoke: (params, context) => setPool(params, '', context),
  },
};

/** An empty pool turns it off. */
async function setPool({ project, location, cluster }: EnableWorkloadIdentity, pool: string, context: ApplyContext) {
  const resource = `projects/${project}/locations/${location}/clusters/${cluster}`;
  const line = (value: string) => (value === '' ? [] : [`workloadPool: ${value}`]);
  let before = '';
  const changed = await updateCluster(
    {
      cluster: resource,
      target: `/clusters/${cluster}`,
      isDone: ({ workloadIdentityConfig }) => {
        before = workloadIdentityConfig?.workloadPool ?? '';
        return before === pool;
      },
      send: () => context.google.updateCluster(resource, { desiredWorkloadIdentityConfig: { workloadPool: pool } }),
      doing: {
        en: `Changing Workload Identity of ${cluster}`,
        ja: `${cluster} の Workload Identity を変更しています`,
      },
      failed: {
        en: `GKE could not change Workload Identity of ${cluster}`,
        ja: `GKE は ${cluster} の Workload Identity を変更できませんでした`,
      },
    },
    context,
  );
  return { changed, before: line(before), after: line(pool) };
}
