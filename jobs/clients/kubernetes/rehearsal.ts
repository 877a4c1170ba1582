/** As Google's rehearsal, for API servers: TLS, the forms of the objects that nearly every diagnosis reads. */
import { connect, createSecureContext } from 'node:tls';
import { agentToNowhere, connectionToNowhere } from '../../../src/clients/nowhere.ts';
import { createClient } from './reads.ts';
import { KubernetesTransport } from './transport.ts';

/** Fits every form that is read here. */
const SAMPLE = {
  gitVersion: 'v1.33.4-gke.1350000',
  metadata: { name: 'sample', labels: { a: 'b' } },
  items: [{ metadata: { name: 'sample' }, spec: { containers: [{ name: 'c' }] }, status: { phase: 'Running' } }],
  resources: [],
};

let rehearsed: Promise<void> | undefined;

/** Once for the process. */
export function rehearse(): Promise<void> {
  rehearsed ??= run();
  return rehearsed;
}

async function run(): Promise<void> {
  const identity = { getRequestHeaders: async () => new Headers({ authorization: 'Bearer none' }) };
  const agent = agentToNowhere('https:', SAMPLE);
  const client = createClient(new KubernetesTransport({ url: 'https://nowhere.invalid' }, { identity, agent }));
  const handshake = connect({ socket: connectionToNowhere(''), secureContext: createSecureContext({ ca: [] }) });
  handshake.on('error', () => {});
  await Promise.all([
    client.version(),
    client.pods({ namespace: 'kube-system' }),
    client.countServiceAccounts(),
    client.computeClasses(),
    client.resourcesOf('group', 'v1'),
  ]);
  handshake.destroy();
}
