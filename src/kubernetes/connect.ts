/** From a cluster to a transport that talks to its API server, by whichever way is open, as the identity we are to Google. */
import { z } from 'zod';
import { GoogleApiError } from '../google/errors.ts';
import type { Transport } from '../google/transport.ts';
import { KubernetesTransport, type Server, type TransportOptions } from './transport.ts';
import type { EndpointRoute } from './way.ts';

export interface ConnectorOptions extends Omit<TransportOptions, 'onRequest' | 'identity'> {
  /** Google's: it knows who we are, and asks the Connect gateway. */
  readonly transport: Transport;
}

/** Opens API servers for one identity, and counts what is sent to them. */
export class KubernetesConnector {
  readonly #options: ConnectorOptions;
  #calls = 0;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** Requests sent to API servers so far, retries included. */
  get calls(): number {
    return this.#calls;
  }

  /** @throws {GoogleApiError} where the Connect gateway gives no credentials. */
  async open(way: Exclude<EndpointRoute, { kind: 'none' }>): Promise<KubernetesTransport> {
    const { transport, ...options } = this.#options;
    const server = way.kind === 'gateway' ? await gateway(transport, way.membership) : way;
    return new KubernetesTransport(server, {
      ...options,
      identity: transport,
      onRequest: () => {
        this.#calls += 1;
      },
    });
  }
}

/** connectgateway projects.locations.memberships.generateCredentials. */
const Credentials = z.object({ kubeconfig: z.string() });

const Kubeconfig = z.object({
  clusters: z.tuple(
    [z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.string().optional() }) })],
    z.unknown(),
  ),
});

/** The gateway's address out of the kubeconfig that it gives (base64 of YAML). */
async function gateway(transport: Transport, membership: string): Promise<Server> {
  const url = `https://connectgateway.googleapis.com/v1/${membership}:generateCredentials`;
  const [data, { parse }] = await Promise.all([transport.request({ url }), import('yaml')]);
  const credentials = Credentials.safeParse(data);
  const text = credentials.success ? Buffer.from(credentials.data.kubeconfig, 'base64').toString('utf8') : '';
  const kubeconfig = Kubeconfig.safeParse(parse(text, { logLevel: 'silent' }));
  if (!kubeconfig.success) {
    throw new GoogleApiError('the gateway gave no kubeconfig', { kind: 'malformed', service: 'connectgateway' });
  }
  const [{ cluster }] = kubeconfig.data.clusters;
  const ca = cluster['certificate-authority-data'];
  return { url: cluster.server, ...(ca ? { ca: Buffer.from(ca, 'base64').toString('utf8') } : {}) };
}
