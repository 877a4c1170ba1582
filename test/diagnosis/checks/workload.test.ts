/** Checks of one workload (docs/domain/workloads.md) on facts that a table says: what differs in one thing is judged differently. */
import { describe, expect, test } from 'vitest';
import { wiIstioExclusion } from '../../../src/diagnosis/checks/workloads/wi-istio-exclusion.ts';
import { wiNodepoolMetadataMode } from '../../../src/diagnosis/checks/workloads/wi-nodepool-metadata-mode.ts';
import { type Fact, known as knownFact } from '../../../src/diagnosis/facts/fact.ts';
import type { Mesh } from '../../../src/diagnosis/facts/kubernetes/mesh.ts';
import type { Workload } from '../../../src/diagnosis/facts/workload/workload.ts';
import { Node, Pod } from '../../../src/kubernetes/objects.ts';
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
    endedPods: [],
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
