/** A workload in a crowd: 3,000 service accounts, 5,000 Pods, 500 network policies; and what one diagnosis costs. */
import { afterEach, expect, test } from 'vitest';
import type { Report } from '../../src/contracts/report.ts';
import { aloneWorld, crowdedWorld, WORKLOAD } from './crowd.ts';
import { CLUSTER, Terminal } from './terminal.ts';

let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

const total = ({ apiCalls }: Report) => Object.values(apiCalls).reduce((sum, calls) => sum + calls, 0);

test('at most twice the calls of a small cluster, in a heap of 96 MB', async () => {
  terminal = await Terminal.start(aloneWorld());
  const small = await terminal.diagnose(CLUSTER, '--workload', WORKLOAD);
  await terminal.close();
  terminal = await Terminal.start(crowdedWorld());
  const heap = { NODE_OPTIONS: '--max-old-space-size=96' };
  const { out, err } = await terminal.gkeAuth(['diagnose', CLUSTER, '--workload', WORKLOAD, '--format', 'json'], heap);
  if (out === '') throw new Error(err);
  const big: Report = JSON.parse(out);
  expect(big.workload?.podCount).toBe(2_501);
  expect(big.findings.find(({ check }) => check === 'wi-netpol-egress')?.status).toBe('pass');
  expect(total(big)).toBeLessThanOrEqual(2 * total(small));
});

test('nothing is asked twice, and what does not depend on another runs beside it', async () => {
  terminal = await Terminal.start(aloneWorld());
  const latency = 150;
  await terminal.diagnose(CLUSTER, '--workload', WORKLOAD);
  const { url } = terminal.google;
  await fetch(`${url}_sandbox/calls`, { method: 'DELETE' });
  await fetch(`${url}_sandbox/latency`, { method: 'PUT', body: JSON.stringify({ ms: latency }) });
  const report = await terminal.diagnose(CLUSTER, '--workload', WORKLOAD, '--only', ALL.join(','));
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
