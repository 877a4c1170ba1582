/**
 * What Istio is told for the whole cluster, from its ConfigMaps in istio-system (DOMAIN, 24; Istio, "Global Mesh Options" and
 * the Helm values of the sidecar injector).
 */
import { z } from 'zod';
import type { ConfigMap } from '../clients/kubernetes/objects.ts';
import { type Fact, known } from './fact.ts';
import type { KubernetesReads } from './kubernetes.ts';

export interface Mesh {
  /** `global.proxy.excludeIPRanges`: traffic to these goes past the sidecar. */
  readonly excludeIPRanges: readonly string[];
  readonly holdApplicationUntilProxyStarts: boolean;
}

const ProxyOptions = z.looseObject({
  excludeIPRanges: z.string().nullish(),
  holdApplicationUntilProxyStarts: z.boolean().nullish(),
});
const Values = z.looseObject({ global: z.looseObject({ proxy: ProxyOptions.nullish() }).nullish() });
const MeshConfig = z.looseObject({ defaultConfig: ProxyOptions.nullish() });

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
  const proxies = maps.value.flatMap(({ metadata, data }: ConfigMap) => {
    if (metadata.name.startsWith('istio-sidecar-injector')) {
      const values = Values.safeParse(read(data.values));
      return values.success && values.data.global?.proxy ? [values.data.global.proxy] : [];
    }
    const config = /^istio($|-)/.test(metadata.name) ? MeshConfig.safeParse(read(data.mesh)) : undefined;
    return config?.success && config.data.defaultConfig ? [config.data.defaultConfig] : [];
  });
  return known(
    {
      excludeIPRanges: proxies.flatMap(({ excludeIPRanges }) => (excludeIPRanges ?? '').split(',')).filter(Boolean),
      holdApplicationUntilProxyStarts: proxies.some(proxy => proxy.holdApplicationUntilProxyStarts === true),
    },
    maps.source,
  );
}
