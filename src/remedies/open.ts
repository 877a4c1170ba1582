/** Opens the writing side: Google Cloud and clusters' API servers, as one identity. Only the remediating worker does that. */
import { toCluster } from '../diagnosis/facts/google/cluster.ts';
import type { OpenOptions } from '../diagnosis/open.ts';
import { Endpoints } from '../google/endpoints.ts';
import { GoogleApiError } from '../google/errors.ts';
import { createIdentity } from '../google/identity.ts';
import { createReads } from '../google/reads.ts';
import { createWrites, type GoogleWrites } from '../google/writes.ts';
import { KubernetesConnector } from '../kubernetes/connect.ts';
import { routeTo } from '../kubernetes/route.ts';
import { createKubernetesWrites, type KubernetesWrites } from '../kubernetes/writes.ts';

export interface CloudWrites extends GoogleWrites {
  /**
   * Opens the API server of a cluster, given by its full resource name.
   * @throws {GoogleApiError} where the cluster can't be read, or its API server can't be reached from here.
   */
  kubernetes(cluster: string): Promise<KubernetesWrites>;
}

/** Nothing that is written is repeated by itself. @throws as `openSession` */
export async function openWrites(options: Pick<OpenOptions, 'env' | 'impersonate' | 'signal'>): Promise<CloudWrites> {
  const { env, impersonate, signal } = options;
  const identity = await createIdentity({ env, endpoints: new Endpoints(env), impersonate });
  const [writes, reads] = await Promise.all([
    createWrites({ identity, signal }),
    createReads({ identity, signal, expect: 'nothing' }),
  ]);
  const connector = new KubernetesConnector({ identity: identity.auth, gateway: reads.getGateway, env, signal });
  return {
    ...writes,
    async kubernetes(name) {
      const [, project = ''] = name.split('/');
      const route = routeTo(toCluster(project, await writes.getContainerCluster(name)));
      if (route.kind === 'none') {
        throw new GoogleApiError(`${route.reason.en} ${route.command}`, { kind: 'unreachable', service: 'kubernetes' });
      }
      return createKubernetesWrites(await connector.open(route));
    },
  };
}
