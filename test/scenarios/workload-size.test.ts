/** A workload in a crowd: 3,000 service accounts, 5,000 Pods, 500 network policies; and what one diagnosis costs. */
import { afterEach, expect, test } from 'vitest';
import { networkPolicy } from '../../sandbox/google/build/network-policy.ts';
import { nodeName, pod, serviceAccount } from '../../sandbox/google/build/objects.ts';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import type { Report } from '../../src/contracts/report.ts';
import { CLUSTER, Terminal } from './terminal.ts';

let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

const many = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
const total = ({ apiCalls }: Report) => Object.values(apiCalls).reduce((sum, calls) => sum + calls, 0);
const fields = { networkPolicy: { provider: 'CALICO', enabled: true } };

/** Half of the Pods are the workload's own: it is them that have to be paged. */
function crowded() {
  const node = nodeName('cluster-x', 'pool-a');
  return healthyWorld({
    fields,
    objects: [
      ...many(3_000, index => serviceAccount(`tenant-${index % 100}`, `job-${index}`)),
      ...many(5_000, index =>
        pod({
          namespace: 'shop',
          name: `checkout-7c9d8b6f5d-${index}`,
          serviceAccount: index % 2 === 0 ? 'checkout' : 'cart',
          labels: { app: index % 2 === 0 ? 'checkout' : 'cart' },
          node,
        }),
      ),
      ...many(500, index =>
        networkPolicy('shop', `policy-${index}`, {
          podSelector: { matchLabels: { app: `app-${index}` } },
          policyTypes: ['Egress'],
        }),
      ),
    ],
  }).world.world;
}

test('at most twice the calls of a small cluster, in a heap of 96 MB', async () => {
  terminal = await Terminal.start(healthyWorld({ fields }).world.world);
  const small = await terminal.diagnose(CLUSTER, '--workload', 'shop/checkout');
  await terminal.close();
  terminal = await Terminal.start(crowded());
  const heap = { NODE_OPTIONS: '--max-old-space-size=96' };
  const { out, err } = await terminal.gkeAuth(
    ['diagnose', CLUSTER, '--workload', 'shop/checkout', '--format', 'json'],
    heap,
  );
  if (out === '') throw new Error(err);
  const big: Report = JSON.parse(out);
  expect(big.workload?.podCount).toBe(2_501);
  expect(big.findings.find(({ check }) => check === 'wi-netpol-egress')?.status).toBe('pass');
  expect(total(big)).toBeLessThanOrEqual(2 * total(small));
});

test('nothing is asked twice, and what does not depend on another runs beside it', async () => {
  terminal = await Terminal.start(healthyWorld({ fields }).world.world);
  const latency = 150;
  await terminal.diagnose(CLUSTER, '--workload', 'shop/checkout');
  const { url } = terminal.google;
  await fetch(`${url}_sandbox/calls`, { method: 'DELETE' });
  await fetch(`${url}_sandbox/latency`, { method: 'PUT', body: JSON.stringify({ ms: latency }) });
  const report = await terminal.diagnose(CLUSTER, '--workload', 'shop/checkout', '--only', ALL.join(','));
  const { calls } = terminal.google.cloud.calls();
  const asked = calls.map(({ service, method, path }) => `${service} ${method} ${path}`);
  expect(asked.filter((call, index) => asked.indexOf(call) !== index)).toEqual([]);
  // Cluster, Kubernetes service account, its account's policy, the role in it: each needs the one before. Calls that run
  // beside each other would take a second and more one after the other.
  expect(calls.length * latency).toBeGreaterThan(2_000);
  expect(report.durationMs).toBeLessThan(1_500);
});

const ALL = [
  'wi-iamcredentials-api',
  'wi-workload-pool',
  'wi-nodepool-metadata-mode',
  'wi-ksa-annotation',
  'wi-gsa-binding',
  'wi-netpol-egress',
  'wi-metadata-dns',
  'wi-metadata-startup',
  'wi-istio-exclusion',
];
