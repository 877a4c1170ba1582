/** From a cluster to a transport that talks to its API server, by whichever way is open, as the identity we are to Google. */

import type { EndpointRoute } from './route.ts';
import { KubernetesTransport, type Server, type TransportOptions } from './transport.ts';

export interface ConnectorOptions extends Omit<TransportOptions, 'onRequest'> {
  /** Where the Connect gateway serves a fleet membership, `projects/P/locations/L/memberships/M`. */
  readonly gateway: (membership: string) => Promise<Server>;
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

  /** @throws what `gateway` throws, where the way leads through it. */
  async open(route: Exclude<EndpointRoute, { kind: 'none' }>): Promise<KubernetesTransport> {
    const { gateway, ...options } = this.#options;
    const server = route.kind === 'gateway' ? await gateway(route.membership) : route;
    return new KubernetesTransport(server, {
      ...options,
      onRequest: () => {
        this.#calls += 1;
      },
    });
  }
}
