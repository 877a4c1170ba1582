/** As Google's rehearsal, for API servers: TLS, the forms of the objects that nearly every diagnosis reads. */
import { connect, createSecureContext } from 'node:tls';
import { agentToNowhere, connectionToNowhere } from '../../../src/clients/nowhere.ts';
import { createClient, type KubernetesClient } from './reads.ts';
import { KubernetesTransport } from './transport.ts';

/** Fits most of the forms that are read here. */
const SAMPLE = {
  gitVersion: 'v1.33.4-gke.1350000',
  metadata: { name: 'sample', labels: { a: 'b' } },
  items: [{ metadata: { name: 'sample' }, spec: { containers: [{ name: 'c' }] }, status: { phase: 'Running' } }],
  resources: [],
  groups: [],
};

const rehearsed = new Map<boolean, Promise<void>>();

/** Once for the process. `workload`: also what is read for the chain of a workload. */
export function rehearse(workload: boolean): Promise<void> {
  const running = rehearsed.get(workload) ?? run(workload);
  rehearsed.set(workload, running);
  return running;
}

async function run(workload: boolean): Promise<void> {
  const identity = { getRequestHeaders: async () => new Headers({ authorization: 'Bearer none' }) };
  const agent = agentToNowhere('https:', SAMPLE);
  const client = createClient(new KubernetesTransport({ url: 'https://nowhere.invalid' }, { identity, agent }));
  const handshake = connect({ socket: connectionToNowhere(''), secureContext: createSecureContext({ ca: [] }) });
  handshake.on('error', () => {});
  // A form that the sample does not fit is compiled all the same.
  await Promise.allSettled([
    client.version(),
    client.pods({ namespace: 'kube-system' }),
    client.countServiceAccounts(),
    client.computeClasses(),
    ...(workload ? chain(client) : []),
  ]);
  handshake.destroy();
}

function chain(client: KubernetesClient): Promise<unknown>[] {
  return [
    client.serviceAccount('namespace', 'name'),
    client.networkPolicies('namespace'),
    client.nodes(),
    client.configMaps('namespace'),
    client.deployments('namespace'),
    client.apiGroups(),
  ];
}
