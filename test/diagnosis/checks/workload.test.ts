/** Checks of one workload (docs/domain/workloads.md) on facts that a table says: what differs in one thing is judged differently. */
import { describe, expect, test } from 'vitest';
import { wiIstioExclusion } from '../../../src/diagnosis/checks/workloads/wi-istio-exclusion.ts';
import { wiMetadataStartup } from '../../../src/diagnosis/checks/workloads/wi-metadata-startup.ts';
import { wiNetpolEgress } from '../../../src/diagnosis/checks/workloads/wi-netpol-egress.ts';
import { wiNodepoolMetadataMode } from '../../../src/diagnosis/checks/workloads/wi-nodepool-metadata-mode.ts';
import { type Fact, known as knownFact } from '../../../src/diagnosis/facts/fact.ts';
import type { Mesh } from '../../../src/diagnosis/facts/kubernetes/mesh.ts';
import type { LogLine } from '../../../src/diagnosis/facts/workload/logs.ts';
import type { WorkloadNetwork } from '../../../src/diagnosis/facts/workload/network.ts';
import type { Workload } from '../../../src/diagnosis/facts/workload/workload.ts';
import { NetworkPolicy, Node, Pod } from '../../../src/kubernetes/objects.ts';
import { CLUSTER, cluster, findingOf, pool, unknown } from './facts.ts';

const known = <T>(value: T) => knownFact(value, 'a source');
const REQUESTED = { workload: { namespace: 'shop', kind: 'serviceaccount', name: 'checkout' } } as const;

const onA = { serviceAccountName: 'checkout', nodeName: 'node-a', containers: [{ name: 'app' }] };
const pod = (name: string, more: { spec?: object; metadata?: object; status?: object } = {}) =>
  Pod.parse({
    metadata: { name, namespace: 'shop', ...more.metadata },
    spec: { ...onA, ...more.spec },
    ...(more.status ? { status: more.status } : {}),
  });
const workload = (...pods: Pod[]): Fact<Workload> =>
  known({
    namespace: 'shop',
    serviceAccount: 'checkout',
    resource: `${CLUSTER}/k8s/namespaces/shop/serviceaccounts/checkout`,
    account: unknown('denied'),
    pods: known(pods),
    nodes: known([Node.parse({ metadata: { name: 'node-a', labels: { 'cloud.google.com/gke-nodepool': 'a' } } })]),
    deployments: known([]),
  });

describe('wi-nodepool-metadata-mode: Pods on the host network', () => {
  const judge = (mode: string, ...pods: Pod[]) => {
    const facts = { cluster: cluster({ nodePools: [pool('a', { metadataMode: mode })] }), workload: workload(...pods) };
    return findingOf(wiNodepoolMetadataMode, facts, { request: REQUESTED });
  };
  const onHost = pod('host-1', { spec: { hostNetwork: true } });

  test.each([
    ['in the right mode: nothing to switch', 'GKE_METADATA', [onHost], []],
    ['in the wrong mode: switching would not help them', 'GCE_METADATA', [onHost], []],
    ['in the wrong mode, with others', 'GCE_METADATA', [onHost, pod('app-1')], ['set-node-metadata-mode']],
  ])('%s', (_, mode, pods, kinds) => {
    const finding = judge(mode, ...pods);
    expect(finding.status).toBe('fail');
    expect(finding.detail.en).toContain('host-1');
    expect(finding.detail.en).toContain('hostNetwork');
    expect((finding.remedies ?? []).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('wi-netpol-egress: policies of kinds that can’t be read', () => {
  const closed = NetworkPolicy.parse({
    metadata: { name: 'deny' },
    spec: { podSelector: {}, policyTypes: ['Egress'] },
  });
  const judge = (policies: NetworkPolicy[], custom: WorkloadNetwork['custom']) =>
    findingOf(
      wiNetpolEgress,
      {
        cluster: cluster({ dataplaneV2: true }),
        workload: workload(pod('app-1')),
        workloadNetwork: known({
          policies: known(policies),
          ...(custom ? { custom } : {}),
          systemLabels: {},
          kubeDns: known([]),
        }),
      },
      { request: REQUESTED },
    );
  const unread = unknown('denied', { source: 'kubernetes thirdPartyObjects.list', command: 'gcloud grant' });

  test.each([
    ['there are none of other kinds, nothing is closed', [], known([]), 'pass'],
    ['nothing Kubernetes has closes it, but others may', [], unread, 'unknown'],
    ['Kubernetes’ own close it', [closed], unread, 'fail'],
  ])('%s', (_, policies, custom, status) => {
    const finding = judge(policies, custom);
    expect(finding.status).toBe(status);
    if (status === 'unknown') expect(finding.detail.en).toContain('gcloud grant');
  });
});

describe('wi-istio-exclusion: the mesh’s settings can’t be read', () => {
  const excluded = { 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '169.254.169.254/32' };
  const held = { 'proxy.istio.io/config': '{ "holdApplicationUntilProxyStarts": true }' };
  const proxy = { name: 'istio-proxy' };
  const judge = (annotations: object, spec: object) =>
    findingOf(
      wiIstioExclusion,
      {
        workload: workload(pod('app-1', { metadata: { annotations }, spec })),
        mesh: unknown('denied', { command: 'gcloud grant' }) satisfies Fact<Mesh>,
      },
      { request: REQUESTED },
    );
  const beside = { containers: [{ name: 'app' }, proxy] };

  test.each([
    ['excluded and held by the Pod itself', { ...excluded, ...held }, beside, 'pass'],
    [
      'excluded by a native sidecar’s Pod',
      excluded,
      { initContainers: [{ ...proxy, restartPolicy: 'Always' }] },
      'pass',
    ],
    ['excluded, but who starts first only the mesh says', excluded, beside, 'unknown'],
    ['nothing of its own', {}, beside, 'unknown'],
  ])('%s', (_, annotations, spec, status) => {
    const finding = judge(annotations, spec);
    expect(finding.status).toBe(status);
    if (status === 'unknown') expect(finding.detail.en).toContain('gcloud grant');
  });
});

describe('wi-metadata-startup: when the errors were', () => {
  const NOW = Date.parse('2026-01-01T12:00:00Z');
  const ago = (minutes: number) => new Date(NOW - minutes * 60_000);
  const start = (minutes: number) => ({ startedAt: ago(minutes).toISOString() });
  const error = (minutes: number): LogLine => ({
    at: new Date(ago(minutes).getTime() + 2_000),
    pod: 'app-1',
    container: 'app',
    text: 'Could not load the default credentials.',
    about: 'credentials',
  });
  const judge = (state: object, lastState: object, lines: LogLine[]) =>
    findingOf(
      wiMetadataStartup,
      {
        cluster: cluster(),
        workload: workload(pod('app-1', { status: { containerStatuses: [{ name: 'app', state, lastState }] } })),
        workloadNetwork: known({ systemLabels: {}, kubeDns: known([]) }),
        workloadLogs: known(lines),
      },
      { request: REQUESTED },
    );
  const running = { running: start(30) };
  const before = { terminated: { ...start(40), reason: 'Error' } };

  test.each([
    ['at the run before this one, then none', running, before, [error(40)], 'warn'],
    ['at this run’s start, then none', running, {}, [error(30)], 'warn'],
    ['at runs that are forgotten by now, too', running, before, [error(300), error(40)], 'warn'],
    ['only at runs that are forgotten by now', running, before, [error(300)], 'pass'],
    ['long after the start as well', running, before, [error(40), error(10)], 'not-applicable'],
    [
      'at each start of what never stays up',
      { waiting: { reason: 'CrashLoopBackOff' } },
      before,
      [error(40)],
      'not-applicable',
    ],
  ])('%s', (_, state, lastState, lines, status) => {
    expect(judge(state, lastState, lines).status).toBe(status);
  });
});
