/** As Google's rehearsal, for API servers: TLS, the forms of the objects that nearly every diagnosis reads. */
import { connect, createSecureContext } from 'node:tls';
import { agentToNowhere, connectionToNowhere } from '../http/nowhere.ts';
import { createClient, type KubernetesClient } from './reads.ts';
import { KubernetesTransport } from './transport.ts';

const METADATA = {
  name: 'sample',
  labels: { a: 'b' },
  annotations: { a: 'b' },
  ownerReferences: [{ kind: 'ReplicaSet', name: 'sample' }],
};
const CONTAINER = { name: 'c', args: ['a'], command: ['c'], env: [{ name: 'n', value: 'v' }] };
const SELECTOR = { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] };
const STATE = { running: {}, waiting: {}, terminated: {} };

/** A Pod, a Deployment, a NetworkPolicy, a Node … in one. */
const OBJECT = {
  metadata: METADATA,
  spec: {
    containers: [CONTAINER],
    initContainers: [CONTAINER],
    nodeSelector: { a: 'b' },
    selector: SELECTOR,
    template: { metadata: METADATA, spec: { containers: [CONTAINER] } },
    podSelector: SELECTOR,
    policyTypes: ['Egress'],
    egress: [
      {
        to: [{ ipBlock: { cidr: '10.0.0.0/8' }, namespaceSelector: SELECTOR, podSelector: SELECTOR }],
        ports: [{ port: 1 }],
      },
    ],
    nodePoolConfig: {},
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'c', state: STATE, lastState: STATE }],
    nodeInfo: { kubeletVersion: 'v1.33.4-gke.1350000', operatingSystem: 'linux' },
  },
};

/** Fits the forms that are read here. */
const SAMPLE = {
  ...OBJECT,
  items: [OBJECT],
  data: { a: 'b' },
  gitVersion: 'v1.33.4-gke.1350000',
  resources: [{ name: 'pods', kind: 'Pod' }],
  groups: [{ name: 'g', versions: [{ groupVersion: 'g/v1' }] }],
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
  // Whatever comes of it: what was rehearsed badly is only slower the first time.
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
