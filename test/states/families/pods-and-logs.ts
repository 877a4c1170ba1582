/** Pods that have ended are no evidence; logs prove something only of the workload's own Pods, and only when read to the end. */
import { containerLog } from '../../../sandbox/google/build/container-log.ts';
import { networkPolicy } from '../../../sandbox/google/build/network-policy.ts';
import { nodeName, type PodOptions, pod } from '../../../sandbox/google/build/objects.ts';
import type { JsonObject } from '../../../sandbox/google/world.ts';
import type { Family, State } from '../state.ts';
import { calico, checkout, healthy, workload } from '../worlds.ts';

const SHUTDOWN = 'linkerd/linkerd2#8010';
const PHASES = 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/';
const LEFTOVERS = 'kubernetes/kubernetes#98012';
const LIST = 'https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list';
const SLOW =
  'https://docs.cloud.google.com/ruby/docs/reference/google-cloud-logging-v2/latest/Google-Cloud-Logging-V2-ListLogEntriesResponse';

const kubeDns = (name: string, more: Partial<PodOptions> = {}) =>
  pod({ namespace: 'kube-system', name, serviceAccount: 'kube-dns', labels: { 'k8s-app': 'kube-dns' }, ...more });
const ended = (phase: 'Failed' | 'Succeeded', reason?: string): Partial<PodOptions> => ({
  phase,
  ...(reason && { reason }),
});
/** An earlier Pod of shop/checkout. */
const earlier = (more: Partial<PodOptions>) => checkout({ name: 'checkout-7c9d8b6f5d-aaaaa', ...more });

const killedAnHourAgo = () => ({
  lastState: {
    terminated: {
      reason: 'OOMKilled',
      exitCode: 137,
      finishedAt: new Date(Date.now() - 3_600_000).toISOString(),
    },
  },
});
const metadataServer = (more: Partial<PodOptions>) =>
  pod({
    namespace: 'kube-system',
    name: 'gke-metadata-server-8sm2l',
    serviceAccount: 'gke-metadata-server',
    labels: { 'k8s-app': 'gke-metadata-server' },
    spec: { hostNetwork: true },
    ...more,
  });

const twoPools = [{ name: 'pool-a' }, { name: 'pool-b', metadataMode: 'GCE_METADATA' as const }];
const onPoolB = { node: nodeName('cluster-x', 'pool-b') };
const mode = 'wi-nodepool-metadata-mode';
const dns = 'wi-metadata-dns';

const pods: State[] = [
  {
    id: 'kube-dns-failed-beside-running',
    says: 'A kube-dns Pod that a node’s shutdown left in phase Failed, beside a running one.',
    source: SHUTDOWN,
    opposite: true,
    world: () => healthy({ objects: [kubeDns('kube-dns-6f9b7d5c4d-aaaaa', ended('Failed', 'NodeShutdown'))] }),
    arguments: workload(dns),
    expect: [{ check: dns, status: 'pass', never: [/not ready|isn.t ready/i] }],
  },
  {
    id: 'kube-dns-completed-beside-running',
    says: 'The same, left in phase Succeeded.',
    source: 'kubernetes/kubernetes#113278',
    opposite: true,
    world: () => healthy({ objects: [kubeDns('kube-dns-6f9b7d5c4d-aaaaa', ended('Succeeded', 'Completed'))] }),
    arguments: workload(dns),
    expect: [{ check: dns, status: 'pass', never: [/not ready|isn.t ready/i] }],
  },
  {
    id: 'kube-dns-running-not-ready',
    says: 'A kube-dns Pod that runs and is not ready.',
    source: PHASES,
    world: () => {
      const made = kubeDns('kube-dns-6f9b7d5c4d-2xkfp');
      const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] };
      return healthy({ objects: [{ ...made, status }] });
    },
    arguments: workload(dns),
    expect: [{ check: dns, status: 'warn', says: [/kube-dns/] }],
  },
  {
    id: 'kube-dns-only-failed',
    says: 'Every kube-dns Pod has failed: nobody answers.',
    source: PHASES,
    world: () => healthy({ objects: [kubeDns('kube-dns-6f9b7d5c4d-2xkfp', ended('Failed', 'Evicted'))] }),
    arguments: workload(dns),
    expect: [{ check: dns, status: ['warn', 'fail', 'unknown'] }],
  },
  {
    id: 'failed-pod-on-another-pool',
    says: 'A failed Pod of the workload stays listed on a pool without the GKE metadata server; the running one is on a pool with it.',
    source: LEFTOVERS,
    opposite: true,
    world: () => healthy({ nodePools: twoPools, objects: [earlier({ ...ended('Failed', 'Terminated'), ...onPoolB })] }),
    arguments: workload(mode),
    expect: [
      { check: mode, subject: 'nodePools/pool-a', status: 'pass' },
      { check: mode, subject: 'nodePools/pool-b', status: ['warn', 'pass', 'not-applicable'] },
    ],
  },
  {
    id: 'running-pod-on-another-pool',
    says: 'A running Pod of the workload is on the pool without the GKE metadata server.',
    source: 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity',
    world: () => healthy({ nodePools: twoPools, objects: [earlier(onPoolB)] }),
    arguments: workload(mode),
    expect: [{ check: mode, subject: 'nodePools/pool-b', status: 'fail' }],
  },
  {
    id: 'ended-pod-on-the-host-network',
    says: 'An earlier Pod of the workload was on the node’s network and has ended; the running one is not.',
    source: LEFTOVERS,
    opposite: true,
    world: () => healthy({ objects: [earlier({ ...ended('Succeeded'), spec: { hostNetwork: true } })] }),
    arguments: workload(mode),
    expect: [{ check: mode, status: 'pass', never: [/host ?network/i] }],
  },
  {
    id: 'metadata-server-evicted',
    says: 'A Pod of the GKE metadata server was killed for memory and then evicted; its successor runs.',
    source: LEFTOVERS,
    opposite: true,
    world: () =>
      healthy({ objects: [metadataServer({ ...ended('Failed', 'Evicted'), containerStatus: killedAnHourAgo() })] }),
    arguments: workload('wi-metadata-server-oom'),
    expect: [{ check: 'wi-metadata-server-oom', status: 'pass' }],
  },
  {
    id: 'metadata-server-killed',
    says: 'A running Pod of the GKE metadata server was killed for memory an hour ago.',
    source: 'https://docs.cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
    world: () => healthy({ objects: [metadataServer({ containerStatus: killedAnHourAgo() })] }),
    arguments: workload('wi-metadata-server-oom'),
    expect: [{ check: 'wi-metadata-server-oom', status: 'fail', says: [/OOMKilled|memory/i] }],
  },
  {
    id: 'ended-pod-with-sidecar',
    says: 'An earlier Pod had Istio’s sidecar and has ended; the running one has none.',
    source: SHUTDOWN,
    opposite: true,
    world: () =>
      healthy({
        objects: [
          earlier({
            ...ended('Failed', 'NodeShutdown'),
            spec: {
              containers: [
                { name: 'app', image: 'app' },
                { name: 'istio-proxy', image: 'proxyv2' },
              ],
            },
          }),
        ],
      }),
    arguments: workload('wi-istio-exclusion'),
    expect: [{ check: 'wi-istio-exclusion', status: ['not-applicable', 'pass'] }],
  },
  {
    id: 'ended-pod-under-a-policy',
    says: 'A policy that denies all egress selects only an earlier Pod, which has ended.',
    source: PHASES,
    opposite: true,
    world: () =>
      healthy({
        fields: calico,
        objects: [
          earlier({ ...ended('Succeeded'), labels: { app: 'checkout', track: 'canary' } }),
          networkPolicy('shop', 'canary', {
            podSelector: { matchLabels: { track: 'canary' } },
            policyTypes: ['Egress'],
          }),
        ],
      }),
    arguments: workload('wi-netpol-egress'),
    expect: [{ check: 'wi-netpol-egress', status: ['pass', 'not-applicable'] }],
  },
];

const lookupFailed = 'dial tcp: lookup metadata.google.internal on 10.8.0.10:53: no such host';
const many = (count: number, entry: (index: number) => JsonObject) =>
  Array.from({ length: count }, (_, index) => entry(index));
/** What Pods of shop/cart wrote in the last ten minutes. */
const neighbours = (count: number) =>
  many(count, index =>
    containerLog({ minutesAgo: 0.5 + index / 200, text: lookupFailed, pod: 'cart-6f9b7d5c4d-abcde' }),
  );
const ofAnotherCluster = (): JsonObject => {
  const entry = containerLog({ minutesAgo: 5, text: lookupFailed });
  return JSON.parse(JSON.stringify(entry).replace('"cluster-x"', '"cluster-y"'));
};

const logs: State[] = [
  {
    id: 'own-sign-behind-neighbours',
    says: 'Another workload of the namespace wrote 1,200 such lines since; the workload’s own is an hour old.',
    source: LIST,
    world: () =>
      healthy({}, ({ project }) => {
        project.log(...neighbours(1_200), containerLog({ minutesAgo: 60, text: lookupFailed }));
      }),
    arguments: workload(dns),
    expect: [{ check: dns, status: 'warn', says: [/metadata\.google\.internal/] }],
  },
  {
    id: 'only-neighbours',
    says: 'Another workload of the namespace wrote 1,200 such lines, this one none.',
    source: LIST,
    opposite: true,
    world: () => healthy({}, ({ project }) => project.log(...neighbours(1_200))),
    arguments: workload(dns),
    expect: [{ check: dns, status: 'pass' }],
  },
  {
    id: 'own-sign-behind-own-lines',
    says: 'The workload wrote 1,200 harmless lines about the metadata server since; the sign is eight hours old.',
    source: LIST,
    world: () =>
      healthy({}, ({ project }) => {
        const harmless = (index: number) =>
          containerLog({ minutesAgo: 1 + index / 10, text: `GET http://metadata.google.internal/ 200 in ${index} ms` });
        project.log(...many(1_200, harmless), containerLog({ minutesAgo: 480, text: lookupFailed }));
      }),
    arguments: workload(dns),
    expect: [{ check: dns, status: ['warn', 'unknown'] }],
  },
  {
    id: 'search-goes-on',
    says: 'Cloud Logging answers twice without entries and with a page token before it finds the sign.',
    source: SLOW,
    world: () =>
      healthy({}, ({ project }) => {
        project.slowLogSearch(2).log(containerLog({ minutesAgo: 30, text: lookupFailed }));
      }),
    arguments: workload(dns),
    expect: [{ check: dns, status: 'warn', says: [/metadata\.google\.internal/] }],
  },
  {
    id: 'search-without-end',
    says: 'Cloud Logging goes on answering without entries and with a page token: nothing found is no proof of nothing.',
    source: SLOW,
    world: () => healthy({}, ({ project }) => project.slowLogSearch(5_000)),
    arguments: workload(dns, 'wi-metadata-startup'),
    expect: [
      { check: dns, status: 'unknown' },
      { check: 'wi-metadata-startup', status: 'unknown' },
    ],
  },
  {
    id: 'neighbour-with-a-longer-name',
    says: 'checkout-worker is another workload, though its Pods’ names begin like those of checkout.',
    source: LIST,
    opposite: true,
    world: () =>
      healthy({}, ({ project }) => {
        project.log(containerLog({ minutesAgo: 5, text: lookupFailed, pod: 'checkout-worker-5d9c7b6f4-abcde' }));
      }),
    arguments: workload(dns),
    expect: [{ check: dns, status: 'pass' }],
  },
  {
    id: 'logs-of-another-cluster',
    says: 'A cluster in the same project has a workload and a Pod of the same name.',
    source: LIST,
    opposite: true,
    world: () => healthy({}, ({ project }) => project.log(ofAnotherCluster())),
    arguments: workload(dns),
    expect: [{ check: dns, status: 'pass' }],
  },
];

export const podsAndLogs: Family = { name: 'pods-and-logs', states: [...pods, ...logs] };
