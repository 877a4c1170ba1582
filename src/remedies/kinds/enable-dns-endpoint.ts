/** Lets clients outside Google Cloud use the cluster's DNS endpoint, which IAM guards (docs/domain/reachability.md#api-server-reachable). */
import { z } from 'zod';
import { updateCluster } from '../apply/cluster-update.ts';
import type { ApplyContext, RemedyDefinition } from '../remedy.ts';
import { shell } from '../text/shell.ts';

export const EnableDnsEndpoint = z.strictObject({
  project: z.string().min(1),
  location: z.string().min(1),
  cluster: z.string().min(1),
});
export type EnableDnsEndpoint = z.infer<typeof EnableDnsEndpoint>;

export const enableDnsEndpoint: RemedyDefinition<EnableDnsEndpoint> = {
  kind: 'enable-dns-endpoint',
  risk: 'change',
  params: EnableDnsEndpoint,

  plan(params) {
    const { project, location, cluster } = params;
    const words = ['gcloud', 'container', 'clusters', 'update', cluster];
    const where = [`--location=${location}`, `--project=${project}`];
    return {
      params,
      command: shell([...words, ...where, '--enable-dns-access']),
      undo: shell([...words, ...where, '--no-enable-dns-access']),
      terraform: `# in resource "google_container_cluster" of ${cluster}\ncontrol_plane_endpoints_config {\n  dns_endpoint_config {\n    allow_external_traffic = true\n  }\n}`,
      console: `https://console.cloud.google.com/kubernetes/clusters/details/${location}/${cluster}/details?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Open the DNS endpoint of ${cluster}: a public name, for whoever holds container.clusters.connect`,
        ja: `${cluster} の DNS エンドポイントを公開（container.clusters.connect を持つユーザーが使える公開名）`,
      },
      change: {
        resource: `projects/${project}/locations/${location}/clusters/${cluster}`,
        before: ['allowExternalTraffic: false'],
        after: ['allowExternalTraffic: true'],
      },
    };
  },

  writing: {
    authority: ({ project }) => ({ permission: 'container.clusters.update', resource: `projects/${project}` }),
    apply: (params, context) => setExternalTraffic(params, true, context),
    revoke: (params, context) => setExternalTraffic(params, false, context),
  },
};

async function setExternalTraffic(
  { project, location, cluster }: EnableDnsEndpoint,
  allowExternalTraffic: boolean,
  context: ApplyContext,
) {
  const resource = `projects/${project}/locations/${location}/clusters/${cluster}`;
  const line = (value: boolean) => [`allowExternalTraffic: ${value}`];
  let before = false;
  let etag: string | undefined;
  const changed = await updateCluster(
    {
      cluster: resource,
      target: `/clusters/${cluster}`,
      isDone: read => {
        before = read.controlPlaneEndpointsConfig?.dnsEndpointConfig?.allowExternalTraffic ?? false;
        etag = read.etag;
        return before === allowExternalTraffic;
      },
      // With the etag a change that somebody else made meanwhile refuses ours (container v1, ClusterUpdate.etag).
      send: () =>
        context.google.updateCluster(resource, {
          desiredControlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic } },
          ...(etag ? { etag } : {}),
        }),
      doing: { en: `Changing the DNS endpoint of ${cluster}`, ja: `${cluster} の DNS エンドポイントを変更しています` },
      failed: {
        en: `GKE could not change the DNS endpoint of ${cluster}`,
        ja: `GKE は ${cluster} の DNS エンドポイントを変更できませんでした`,
      },
    },
    context,
  );
  return { changed, before: line(changed ? !allowExternalTraffic : before), after: line(allowExternalTraffic) };
}
