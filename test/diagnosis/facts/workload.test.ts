/** From a workload's name to its account, its Pods, what has ended of them, and who else is there. */
import { describe, expect, test } from 'vitest';
import { type Fact, known } from '../../../src/diagnosis/facts/fact.ts';
import type { KubernetesReads } from '../../../src/diagnosis/facts/kubernetes/api-server.ts';
import { hasEnded } from '../../../src/diagnosis/facts/kubernetes/pods.ts';
import { parseWorkloadName } from '../../../src/diagnosis/facts/workload/name.ts';
import { readWorkload, readWorkloadStart, type Workload } from '../../../src/diagnosis/facts/workload/workload.ts';
import { Deployment, Pod, ServiceAccount } from '../../../src/kubernetes/objects.ts';
import { cluster, unknown } from '../checks/facts.ts';

const pod = (name: string, serviceAccountName?: string, more: object = {}, phase = 'Running') =>
  Pod.parse({
    metadata: { name, namespace: 'shop', labels: { app: name.replace(/-.*/, '') } },
    spec: { serviceAccountName, containers: [{ name: 'app' }], ...more },
    status: { phase },
  });
const deployment = (name: string, serviceAccountName?: string) =>
  Deployment.parse({
    metadata: { name, namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: {}, spec: { serviceAccountName, containers: [{ name: 'app' }] } },
    },
  });

interface Served {
  readonly pods?: readonly Pod[] | 'unread';
  readonly deployments?: readonly Deployment[];
}

/** An API server with these objects; its lists are as in facts/kubernetes: Pods that have ended are lists of their own. */
async function read(
  text: string,
  { pods = [], deployments = [] }: Served,
): Promise<{ workload: Fact<Workload>; lists: string[] }> {
  const lists: string[] = [];
  const source = 'kubernetes';
  const selected = (query: object, isMeant: (one: Pod) => boolean): Promise<Fact<readonly Pod[]>> => {
    lists.push(JSON.stringify(query));
    return Promise.resolve(pods === 'unread' ? unknown('denied') : known(pods.filter(isMeant), source));
  };
  const find = <T extends { metadata: { name: string } }>(all: readonly T[], name: string): Promise<Fact<T>> => {
    const one = all.find(({ metadata }) => metadata.name === name);
    return Promise.resolve(one ? known(one, source) : unknown('absent'));
  };
  const reads: Pick<
    KubernetesReads,
    'pods' | 'endedPods' | 'pod' | 'deployment' | 'deployments' | 'nodes' | 'serviceAccount'
  > = {
    pods: query => selected(query, one => !hasEnded(one)),
    endedPods: query => selected(query, hasEnded),
    pod: (_, name) => find(pods === 'unread' ? [] : pods, name),
    deployment: (_, name) => find(deployments, name),
    deployments: async () => known(deployments, source),
    nodes: async () => known([], source),
    serviceAccount: async (_, name) => known(ServiceAccount.parse({ metadata: { name } }), source),
  };
  const here = cluster();
  const name = parseWorkloadName(text);
  if (!here.known || !name) throw new Error('the cluster and the name are known');
  const start = await readWorkloadStart(reads, here.value, name);
  return { workload: start.known ? await readWorkload(start.value) : start, lists };
}
const names = (fact: Fact<readonly { metadata: { name: string } }[]>) =>
  fact.known ? fact.value.map(({ metadata }) => metadata.name) : fact.code;
const summary = (fact: Fact<Workload>) => {
  if (!fact.known) return fact.code;
  const { serviceAccount, pods, endedPods, accountsInUse, deployments } = fact.value;
  return {
    serviceAccount,
    pods: names(pods),
    ended: endedPods.map(({ metadata }) => metadata.name),
    deployments: names(deployments),
    inUse: accountsInUse?.known ? accountsInUse.value : accountsInUse?.code,
  };
};

test.each([
  ['Pending', false],
  ['Running', false],
  ['Unknown', false],
  ['Succeeded', true],
  ['Failed', true],
])('a Pod in phase %s has ended: %s', (phase, ended) => {
  expect(hasEnded(pod('a', 'x', {}, phase))).toBe(ended);
});

describe('by its service account', () => {
  const all = [
    pod('checkout-1', 'checkout'),
    pod('checkout-0', 'checkout', {}, 'Failed'),
    pod('cart-1', 'cart'),
    pod('web-1'),
    pod('cart-0', 'billing', {}, 'Succeeded'),
  ];
  const deployments = [deployment('checkout', 'checkout'), deployment('cart', 'cart')];

  test('its Pods, and those that have ended', async () => {
    const { workload, lists } = await read('shop/checkout', { pods: all, deployments });
    expect(summary(workload)).toEqual({
      serviceAccount: 'checkout',
      pods: ['checkout-1'],
      ended: ['checkout-0'],
      deployments: ['checkout'],
      inUse: undefined,
    });
    expect(lists).toHaveLength(2);
  });

  test('an account that no running Pod uses: those that are in use', async () => {
    const { workload } = await read('shop/billing', { pods: all, deployments });
    expect(summary(workload)).toMatchObject({ pods: [], ended: ['cart-0'], inUse: ['cart', 'checkout', 'default'] });
  });

  test('Pods that can’t be read', async () => {
    const { workload } = await read('shop/checkout', { pods: 'unread' });
    expect(summary(workload)).toMatchObject({ pods: 'denied', ended: [], inUse: undefined });
  });

  test('`default` is that of Pods that name none', async () => {
    const { workload } = await read('shop/default', { pods: all, deployments: [deployment('web')] });
    expect(summary(workload)).toMatchObject({ pods: ['web-1'], deployments: ['web'] });
  });
});

test.each<[string, Pod, object]>([
  ['that runs', pod('checkout-1', 'checkout'), { pods: ['checkout-1'], ended: [], deployments: ['checkout'] }],
  ['that has ended', pod('checkout-1', 'checkout', {}, 'Succeeded'), { pods: [], ended: ['checkout-1'] }],
])('by a Pod %s', async (_, one, expected) => {
  const deployments = [deployment('checkout', 'checkout'), deployment('other', 'checkout')];
  const { workload } = await read('shop/pod/checkout-1', { pods: [one], deployments });
  expect(summary(workload)).toMatchObject({ serviceAccount: 'checkout', ...expected });
});

test('by a Deployment: its Pods that use its account', async () => {
  const { workload, lists } = await read('shop/deploy/checkout', {
    pods: [pod('checkout-1', 'checkout'), pod('checkout-2', 'old'), pod('checkout-0', 'checkout', {}, 'Failed')],
    deployments: [deployment('checkout', 'checkout')],
  });
  expect(summary(workload)).toMatchObject({ pods: ['checkout-1'], ended: ['checkout-0'], deployments: ['checkout'] });
  expect(lists[0]).toContain('"labelSelector":"app=checkout"');
});

test.each(['shop/pod/nobody', 'shop/deploy/nothing'])('%s, which is not there', async text => {
  expect(summary((await read(text, {})).workload)).toBe('absent');
});
