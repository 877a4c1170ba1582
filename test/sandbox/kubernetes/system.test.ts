/** What GKE itself runs in a cluster, by the cluster's own settings. */
import { expect, test } from 'vitest';
import { buildCluster } from '../../../sandbox/google/build/cluster.ts';
import { pod } from '../../../sandbox/google/build/objects.ts';
import type { KubernetesObject } from '../../../sandbox/google/kubernetes/server.ts';
import type { JsonObject } from '../../../sandbox/google/world.ts';

const owner = { projectId: 'sandbox-1', projectNumber: '123456789012' };

function objects(fields: JsonObject): KubernetesObject[] {
  return buildCluster(owner, { name: 'cluster-x', fields }).objects ?? [];
}

test('cluster DNS has the tenth address of the range of Services', () => {
  const found = objects({ servicesIpv4Cidr: '34.118.224.0/20' }).find(
    ({ kind, metadata }) => kind === 'Service' && metadata.name === 'kube-dns',
  );
  expect(found?.spec).toMatchObject({ clusterIP: '34.118.224.10', selector: { 'k8s-app': 'kube-dns' } });
});

test.each([
  ['nothing on', {}, []],
  ['network policy enforcement', { networkPolicy: { provider: 'CALICO', enabled: true } }, ['calico-node']],
  ['Dataplane V2', { networkConfig: { datapathProvider: 'ADVANCED_DATAPATH' } }, ['anetd']],
  ['NodeLocal DNSCache', { addonsConfig: { dnsCacheConfig: { enabled: true } } }, ['node-local-dns']],
] satisfies [string, JsonObject, string[]][])('network agents: %s', (_, fields, agents) => {
  const sets = objects(fields).filter(({ kind }) => kind === 'DaemonSet');
  expect(sets.map(({ metadata }) => metadata.name)).toEqual(agents);
});

test.each([
  ['Running', 'True', 'running'],
  ['Failed', 'False', 'terminated'],
  ['Succeeded', 'False', 'terminated'],
  ['Pending', 'False', 'waiting'],
] as const)('a Pod that is %s', (phase, ready, state) => {
  const made = pod({ namespace: 'shop', name: 'checkout-1', phase });
  expect(made.status).toMatchObject({
    phase,
    conditions: [{ type: 'Ready', status: ready }],
    containerStatuses: [{ ready: ready === 'True', state: { [state]: expect.anything() } }],
  });
});
