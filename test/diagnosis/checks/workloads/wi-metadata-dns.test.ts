/** wi-metadata-dns (docs/domain/workloads.md#wi-metadata-dns): signs of a name that doesn't resolve, and what is none. */
import { expect, test } from 'vitest';
import { wiMetadataDns } from '../../../../src/diagnosis/checks/workloads/wi-metadata-dns.ts';
import type { Fact } from '../../../../src/diagnosis/facts/fact.ts';
import type { Cluster } from '../../../../src/diagnosis/facts/google/cluster.ts';
import type { CredentialLine, WorkloadLogs } from '../../../../src/diagnosis/facts/workload/logs.ts';
import type { Workload } from '../../../../src/diagnosis/facts/workload/workload.ts';
import type { Pod } from '../../../../src/kubernetes/objects.ts';
import { cluster, findingOf, unknown } from '../facts.ts';
import { known, network, networkPolicy, pod, REQUESTED, SUBJECT, workload, workloadOf } from './workload.ts';

const failed: CredentialLine = {
  at: new Date('2026-01-01T12:00:00Z'),
  pod: 'app-1',
  container: 'app',
  text: 'lookup metadata.google.internal: no such host',
  about: 'dns',
};
const dnsPod = (name: string, ready: 'True' | 'False') =>
  pod(name, { metadata: { namespace: 'kube-system' }, status: { conditions: [{ type: 'Ready', status: ready }] } });
const up = dnsPod('kube-dns-1', 'True');
const down = dnsPod('kube-dns-2', 'False');
const unread = unknown('denied', { command: 'gcloud grant' });

interface Asked {
  readonly cluster?: Partial<Cluster>;
  readonly workload?: Fact<Workload>;
  readonly kubeDns?: readonly Pod[] | 'unread';
  readonly logs?: Fact<WorkloadLogs>;
  readonly network?: Parameters<typeof network>[0];
  readonly problem?: string;
}

const ask = ({ kubeDns = [up], problem, ...asked }: Asked) =>
  findingOf(
    wiMetadataDns,
    {
      cluster: cluster({ dataplaneV2: true, ...asked.cluster }),
      workload: asked.workload ?? workload(pod('app-1')),
      workloadNetwork: network({ kubeDns: kubeDns === 'unread' ? unread : known(kubeDns), ...asked.network }),
      workloadLogs: asked.logs ?? known({ lines: [], isComplete: true }),
    },
    {
      request: { ...REQUESTED, ...(problem ? { symptom: { problem, entities: {}, at: '2026-01-01T12:00:00Z' } } : {}) },
    },
  );
const logs = (lines: readonly CredentialLine[], isComplete = true) => known({ lines, isComplete });
const cloudDns = { dns: { provider: 'CLOUD_DNS', nodeLocal: false } };
const told = (value: string) => ({ name: 'GCE_METADATA_HOST', value });
const withHost = (value: string, more: object[] = []) =>
  pod('app-1', { spec: { containers: [{ name: 'app', env: [told(value)] }, ...more] } });

test.each<[string, Asked, string, RegExp]>([
  ['no sign', {}, 'pass', /kube-dns is ready/],
  ['a failed look-up', { logs: logs([failed]) }, 'warn', /say 1 time in/],
  ['two', { logs: logs([failed, failed]) }, 'warn', /say 2 times in/],
  ['an error about credentials alone', { logs: logs([{ ...failed, about: 'credentials' }]) }, 'pass', /./],
  ['the pasted error', { problem: 'wi-metadata-dns' }, 'warn', /The error text says so/],
  ['another pasted error', { problem: 'wi-metadata-startup' }, 'pass', /./],
  ['kube-dns not ready', { kubeDns: [down] }, 'warn', /Not ready: kube-dns-2/],
  ['one of two not ready', { kubeDns: [up, down] }, 'warn', /Not ready: kube-dns-2\./],
  ['no kube-dns', { kubeDns: [] }, 'warn', /no kube-dns Pods/],
  ['kube-dns not ready, Cloud DNS in use', { kubeDns: [down], cluster: cloudDns }, 'pass', /uses Cloud DNS/],
  ['no kube-dns, Cloud DNS in use', { kubeDns: [], cluster: cloudDns }, 'pass', /uses Cloud DNS/],
  ['kube-dns unread, Cloud DNS in use', { kubeDns: 'unread', cluster: cloudDns }, 'pass', /./],
  ['kube-dns unread', { kubeDns: 'unread' }, 'unknown', /gcloud grant/],
  ['kube-dns unread, and a failed look-up', { kubeDns: 'unread', logs: logs([failed]) }, 'warn', /./],
  ['logs unread', { logs: unread }, 'unknown', /gcloud grant/],
  ['logs unread, and kube-dns not ready', { logs: unread, kubeDns: [down] }, 'warn', /./],
  ['a search that ended too early', { logs: logs([], false) }, 'unknown', /before all lines/],
  ['a search that ended too early, with a sign', { logs: logs([failed], false) }, 'warn', /./],
  [
    'the address is given',
    { workload: workload(withHost('169.254.169.254')), logs: logs([failed]) },
    'pass',
    /All containers have/,
  ],
  ['another address is given', { workload: workload(withHost('10.0.0.1')), logs: logs([failed]) }, 'warn', /./],
  [
    'the address is given to one container of two',
    { workload: workload(withHost('169.254.169.254', [{ name: 'b' }])), logs: logs([failed]) },
    'warn',
    /./,
  ],
  [
    'the address is given to all but the sidecar',
    { workload: workload(withHost('169.254.169.254', [{ name: 'istio-proxy' }])), logs: logs([failed]) },
    'pass',
    /./,
  ],
  [
    'the address is given to one Pod of two',
    { workload: workload(withHost('169.254.169.254'), pod('app-2')), logs: logs([failed]) },
    'warn',
    /./,
  ],
  ['no Pod', { workload: workload() }, 'not-applicable', /No Pod and no Deployment/],
  [
    'no Pod any more, and a failed look-up',
    { workload: workloadOf([], { endedPods: [pod('app-0')] }), logs: logs([failed]) },
    'warn',
    /./,
  ],
  [
    'a credentials file',
    {
      workload: workload(
        pod('app-1', {
          spec: { containers: [{ name: 'app', env: [{ name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/k' }] }] },
        }),
      ),
      logs: logs([failed]),
    },
    'not-applicable',
    /GOOGLE_APPLICATION_CREDENTIALS/,
  ],
  [
    'policies that block DNS',
    { network: { policies: known([networkPolicy('deny')]) }, logs: logs([failed]) },
    'not-applicable',
    /blocks the Pods from DNS/,
  ],
  [
    'policies that let DNS through',
    {
      network: { policies: known([networkPolicy('p', { egress: [{ ports: [{ protocol: 'UDP', port: 53 }] }] })]) },
      logs: logs([failed]),
    },
    'warn',
    /./,
  ],
  ['a workload that can’t be read', { workload: unread }, 'unknown', /gcloud grant/],
])('%s', (_, asked, status, detail) => {
  const finding = ask(asked);
  expect(finding).toMatchObject({ status, subject: SUBJECT });
  expect(finding.detail.en).toMatch(detail);
});

test('each container is given the address', () => {
  const finding = ask({
    logs: logs([failed]),
    workload: workload(pod('app-1', { spec: { containers: [{ name: 'app' }, { name: 'istio-proxy' }] } })),
  });
  expect(finding.remedies).toMatchObject([
    { kind: 'manifest', params: { after: ['+ Pod app-1, container app: env GCE_METADATA_HOST=169.254.169.254'] } },
  ]);
  expect(ask({}).remedies ?? []).toEqual([]);
});
