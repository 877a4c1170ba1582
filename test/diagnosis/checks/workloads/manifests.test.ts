/** What makes a workload's Pods, and the part of its manifest that a remedy changes. */
import { expect, test } from 'vitest';
import { type TemplateChange, templateRemedy } from '../../../../src/diagnosis/checks/workloads/workload/manifests.ts';
import { known as knownFact } from '../../../../src/diagnosis/facts/fact.ts';
import { controllersOf } from '../../../../src/diagnosis/facts/workload/controllers.ts';
import type { Workload } from '../../../../src/diagnosis/facts/workload/workload.ts';
import { Deployment, Pod } from '../../../../src/kubernetes/objects.ts';
import { unknown } from '../facts.ts';

const known = <T>(value: T) => knownFact(value, 'a source');

const pod = (name: string, owner?: { kind: string; name: string }) =>
  Pod.parse({
    metadata: { name, namespace: 'shop', ...(owner ? { ownerReferences: [{ ...owner, controller: true }] } : {}) },
    spec: { containers: [{ name: 'app' }, { name: 'istio-proxy' }] },
  });
const deployment = (name: string) =>
  Deployment.parse({
    metadata: { name, namespace: 'shop' },
    spec: { selector: {}, template: { metadata: {}, spec: { containers: [{ name: 'app' }, { name: 'side' }] } } },
  });
const workload = (pods: readonly Pod[], deployments: Workload['deployments'] = known([])): Workload => ({
  namespace: 'shop',
  serviceAccount: 'checkout',
  resource: 'projects/p/locations/l/clusters/c/k8s/namespaces/shop/serviceaccounts/checkout',
  account: unknown('denied'),
  pods: known(pods),
  endedPods: [],
  nodes: known([]),
  deployments,
});
const kinds = (one: Workload) =>
  controllersOf(one).map(({ kind, name, containers }) => `${kind} ${name} ${containers}`);

test.each([
  [
    'a ReplicaSet is a Deployment’s',
    [pod('a-7c9d8b6f5d-x', { kind: 'ReplicaSet', name: 'a-7c9d8b6f5d' })],
    ['Deployment a app'],
  ],
  [
    'a StatefulSet',
    [pod('db-0', { kind: 'StatefulSet', name: 'db' }), pod('db-1', { kind: 'StatefulSet', name: 'db' })],
    ['StatefulSet db app'],
  ],
  ['a DaemonSet', [pod('agent-x', { kind: 'DaemonSet', name: 'agent' })], ['DaemonSet agent app']],
  ['a Job can’t be changed', [pod('once-x', { kind: 'Job', name: 'once' })], ['Pod once-x app']],
  ['a Pod alone', [pod('alone')], ['Pod alone app']],
])('%s', (_, pods, expected) => {
  expect(kinds(workload(pods, unknown('denied')))).toEqual(expected);
});

test('Deployments that can be read tell their own containers', () => {
  expect(kinds(workload([pod('a-7c9d8b6f5d-x')], known([deployment('a'), deployment('b')])))).toEqual([
    'Deployment a app,side',
    'Deployment b app,side',
  ]);
});

const change: TemplateChange = {
  purpose: 'metadata-host',
  change: ({ containers }) => ({ spec: { containers: containers.map(name => ({ name })) } }),
  lines: ({ name }) => ({ before: [], after: [`+ ${name}`] }),
};

test('one object for each Deployment, only with what changes, and one undo', () => {
  const [remedy] = templateRemedy(workload([], known([deployment('a'), deployment('b')])), change);
  expect(remedy?.params).toMatchObject({
    resource: 'projects/p/locations/l/clusters/c/k8s/namespaces/shop/deployments/a',
    after: ['+ a', '+ b'],
    undo: ['kubectl', 'rollout', 'undo', 'deployment/a', 'deployment/b', '--namespace=shop'],
    objects: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a', namespace: 'shop' },
        spec: { template: { spec: { containers: [{ name: 'app' }, { name: 'side' }] } } },
      },
      { metadata: { name: 'b' } },
    ],
  });
});

test('nothing that makes Pods: no remedy', () => {
  expect(templateRemedy(workload([]), change)).toEqual([]);
});
