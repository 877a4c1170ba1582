/**
 * What Istio is told for the whole cluster, from its ConfigMaps in istio-system (docs/domain/workloads.md#wi-istio-exclusion; Istio, "Global Mesh Options" and
 * the Helm values of the sidecar injector).
 */
import { z } from 'zod';
import type { ConfigMap } from '../../../kubernetes/objects.ts';
import { type Fact, known } from '../fact.ts';
import type { KubernetesReads } from './api-server.ts';

export interface Mesh {
  /** `global.proxy.excludeIPRanges`: traffic to these goes past the sidecar. */
  readonly excludeIPRanges: readonly string[];
  readonly holdApplicationUntilProxyStarts: boolean;
  /**
   * What happens to traffic that no service of the mesh is behind. `unsaid`: there are mesh options, and they leave it to Istio's
   * default, which is to let it out. Undefined where no mesh options were found.
   */
  readonly outbound?: 'ALLOW_ANY' | 'REGISTRY_ONLY' | 'unsaid';
}

const ProxyOptions = z.looseObject({
  excludeIPRanges: z.string().nullish(),
  holdApplicationUntilProxyStarts: z.boolean().nullish(),
});
const Values = z.looseObject({ global: z.looseObject({ proxy: ProxyOptions.nullish() }).nullish() });
const MeshConfig = z.looseObject({
  defaultConfig: ProxyOptions.nullish(),
  outboundTrafficPolicy: z.looseObject({ mode: z.enum(['ALLOW_ANY', 'REGISTRY_ONLY']).nullish() }).nullish(),
});

/** Revisions have ConfigMaps of their own (`istio-sidecar-injector-asm-1234`): what one of them says counts. */
export async function readMesh(reads: KubernetesReads): Promise<Fact<Mesh>> {
  const maps = await reads.configMaps('istio-system');
  if (!maps.known) return maps;
  const { parse } = await import('yaml');
  const read = (text: string | undefined): unknown => {
    try {
      return text === undefined ? undefined : parse(text, { logLevel: 'silent' });
    } catch {
      return undefined;
    }
  };
  const meshes = maps.value.flatMap(({ metadata, data }: ConfigMap) => {
    const config = /^istio($|-)/.test(metadata.name) ? MeshConfig.safeParse(read(data.mesh)) : undefined;
    return config?.success ? [config.data] : [];
  });
  const injectors = maps.value.flatMap(({ metadata, data }) => {
    const injector = metadata.name.startsWith('istio-sidecar-injector');
    const values = injector ? Values.safeParse(read(data.values)) : undefined;
    return values?.success ? [values.data.global?.proxy] : [];
  });
  const proxies = [...injectors, ...meshes.map(({ defaultConfig }) => defaultConfig)].filter(
    one => one !== null && one !== undefined,
  );
  const [outbound] = [
    ...meshes.flatMap(({ outboundTrafficPolicy }) => outboundTrafficPolicy?.mode ?? []),
    ...meshes.map(() => 'unsaid' as const),
  ];
  return known(
    {
      excludeIPRanges: proxies.flatMap(({ excludeIPRanges }) => (excludeIPRanges ?? '').split(',')).filter(Boolean),
      holdApplicationUntilProxyStarts: proxies.some(proxy => proxy.holdApplicationUntilProxyStarts === true),
      ...(outbound ? { outbound } : {}),
    },
    maps.source,
  );
}
