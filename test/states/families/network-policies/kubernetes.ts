/** NetworkPolicies between a workload and what it needs: the metadata server, and DNS. */
import { networkPolicy } from '../../../../sandbox/google/build/network-policy.ts';
import { daemonSet } from '../../../../sandbox/google/build/objects.ts';
import type { KubernetesObject } from '../../../../sandbox/google/kubernetes/server.ts';
import type { JsonObject } from '../../../../sandbox/google/world.ts';
import type { State } from '../../state.ts';
import {
  calico,
  checkout,
  dataplaneV2,
  dnsCache,
  egress,
  healthy,
  toAddress,
  toDnsPods,
  toMetadata,
  toMetadataV2,
} from '../../worlds.ts';
import { rowsOf } from './row.ts';

const KUBERNETES = 'https://kubernetes.io/docs/concepts/services-networking/network-policies/';
const DNS_CACHE = 'kubernetes/kubernetes#70555';
const GKE_POLICIES = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/network-policy';

const _world = (fields: JsonObject, ...objects: KubernetesObject[]) => healthy({ fields, objects });
const row = rowsOf();

const notPass = ['fail', 'warn', 'unknown'] as const;
const cached = { ...calico, ...dnsCache };
const cachedV2 = { ...dataplaneV2, ...dnsCache };
const cloudDns = { networkConfig: { datapathProvider: 'ADVANCED_DATAPATH', dnsConfig: { clusterDns: 'CLOUD_DNS' } } };
const serviceRange = (cidr: string): JsonObject => ({
  servicesIpv4Cidr: cidr,
  ipAllocationPolicy: { servicesIpv4CidrBlock: cidr },
});
const anywhere = { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] };
const foreign = (namespace: string, name: string, image: string): KubernetesObject =>
  daemonSet({ namespace, name, image, labels: { 'k8s-app': name } });
const nobodyEnforces = /neither|enforces? no|not enforced|no(?:thing|body) enforces/i;

const dns: State[] = [
  row({
    id: 'dns-cache-selector-only',
    says: 'Calico with NodeLocal DNSCache: egress to 53 only by the selector of kube-dns, while Pods ask the Service’s address, which the node answers.',
    source: DNS_CACHE,
    fields: cached,
    objects: [egress(toMetadata, toDnsPods('kube-dns'))],
    expect: {
      status: ['fail', 'warn'],
      says: [/10\.8\.0\.10/],
      offers: [{ kind: 'manifest', text: /10\.8\.0\.10\/32/ }],
    },
  }),
  row({
    id: 'dns-cache-service-address',
    says: 'The same with the Service’s address as ipBlock.',
    source: DNS_CACHE,
    opposite: true,
    fields: cached,
    objects: [egress(toMetadata, toAddress('10.8.0.10/32', 53, 'UDP', 'TCP'))],
    expect: { status: 'pass', refuses: [{ kind: 'manifest' }] },
  }),
  row({
    id: 'dns-selector-without-cache',
    says: 'Calico without NodeLocal DNSCache: the selector of kube-dns lets DNS through.',
    source: KUBERNETES,
    opposite: true,
    fields: calico,
    objects: [egress(toMetadata, toDnsPods('kube-dns'))],
    expect: { status: 'pass' },
  }),
  row({
    id: 'dns-cache-policy-offered',
    says: 'Everything is denied with NodeLocal DNSCache on: the offered policy opens the metadata server and the Service’s address.',
    source: DNS_CACHE,
    fields: { ...cached, ...serviceRange('34.118.224.0/20') },
    objects: [egress()],
    expect: {
      status: 'fail',
      offers: [
        { kind: 'manifest', text: /169\.254\.169\.252\/32/ },
        { kind: 'manifest', text: /34\.118\.224\.10\/32/ },
      ],
    },
  }),
  row({
    id: 'dns-cache-v2-selector-of-kube-dns',
    says: 'Dataplane V2 redirects DNS to the Pods of node-local-dns and judges by these: the selector of kube-dns does not match them.',
    source: 'world-federation-of-advertisers/cross-media-measurement#3569',
    fields: cachedV2,
    objects: [egress(toMetadataV2, toDnsPods('kube-dns'))],
    expect: { status: notPass, says: [/node-local-dns|NodeLocal DNSCache/] },
  }),
  row({
    id: 'dns-cache-v2-selector-of-the-cache',
    says: 'Dataplane V2 with egress to the Pods of node-local-dns and of kube-dns.',
    source: 'gke-labs/kube-agents#162',
    opposite: true,
    fields: cachedV2,
    objects: [egress(toMetadataV2, toDnsPods('node-local-dns'), toDnsPods('kube-dns'))],
    expect: { status: 'pass' },
  }),
  row({
    id: 'cloud-dns-selector-only',
    says: 'Cloud DNS answers at 169.254.169.254, which no Pod selector matches.',
    source: 'tektoncd/operator#4000',
    fields: cloudDns,
    objects: [egress(toMetadataV2, toDnsPods('kube-dns'))],
    expect: { status: notPass, says: [/169\.254\.169\.254/], offers: [{ kind: 'manifest', text: /53/ }] },
  }),
  row({
    id: 'cloud-dns-by-address',
    says: 'Cloud DNS, opened by its address.',
    source: 'tektoncd/operator#4000',
    opposite: true,
    fields: cloudDns,
    objects: [egress(toMetadataV2, toAddress('169.254.169.254/32', 53, 'UDP', 'TCP'))],
    expect: { status: 'pass' },
  }),
  row({
    id: 'v2-ip-block-only',
    says: 'Dataplane V2 matches no Pod of the cluster by an ipBlock: 0.0.0.0/0 opens the metadata server, not kube-dns.',
    source: 'tryretool/retool-helm#375',
    fields: dataplaneV2,
    objects: [egress(anywhere)],
    expect: { status: notPass, says: [/DNS/] },
  }),
  row({
    id: 'calico-ip-block-only',
    says: 'Calico matches Pods by their addresses too: 0.0.0.0/0 opens everything.',
    source: KUBERNETES,
    opposite: true,
    fields: calico,
    objects: [egress(anywhere)],
    expect: { status: 'pass' },
  }),
];

const whichPolicies: State[] = [
  row({
    id: 'policy-of-another-namespace',
    says: 'A policy that denies all egress, of another namespace.',
    source: KUBERNETES,
    opposite: true,
    fields: calico,
    objects: [networkPolicy('bank', 'deny', { podSelector: {}, policyTypes: ['Egress'] })],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'policy-of-ingress',
    says: 'A policy that denies all ingress and says nothing of egress.',
    source: KUBERNETES,
    opposite: true,
    fields: calico,
    objects: [networkPolicy('shop', 'deny', { podSelector: {}, policyTypes: ['Ingress'] })],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'policy-of-ingress-with-unused-egress',
    says: 'policyTypes names Ingress only: the policy’s egress rules have no effect.',
    source: KUBERNETES,
    opposite: true,
    fields: calico,
    objects: [
      networkPolicy('shop', 'deny', {
        podSelector: {},
        policyTypes: ['Ingress'],
        egress: [toAddress('10.1.2.3/32', 5432)],
      }),
    ],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'policy-of-other-pods',
    says: 'A policy that denies all egress of other Pods in the namespace.',
    source: KUBERNETES,
    opposite: true,
    fields: calico,
    objects: [
      networkPolicy('shop', 'deny', { podSelector: { matchLabels: { app: 'cart' } }, policyTypes: ['Egress'] }),
    ],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'policy-types-absent',
    says: 'policyTypes is absent and there are egress rules: the policy limits egress.',
    source: KUBERNETES,
    fields: calico,
    objects: [networkPolicy('shop', 'db-only', { podSelector: {}, egress: [toAddress('10.1.2.3/32', 5432)] })],
    expect: { status: 'fail', says: [/db-only/] },
  }),
  row({
    id: 'policy-by-expression',
    says: 'A policy selects the Pods by what their labels are not.',
    source: KUBERNETES,
    fields: calico,
    objects: [
      networkPolicy('shop', 'all-but-cart', {
        podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['cart', 'web'] }] },
        policyTypes: ['Egress'],
      }),
    ],
    expect: { status: 'fail', says: [/all-but-cart/] },
  }),
  row({
    id: 'port-range',
    says: 'A rule opens the metadata server by a range of ports.',
    source: KUBERNETES,
    opposite: true,
    fields: calico,
    objects: [
      egress(
        {
          to: [{ ipBlock: { cidr: '169.254.0.0/16', except: ['169.254.169.254/32'] } }],
          ports: [{ protocol: 'TCP', port: 900, endPort: 1000 }],
        },
        toDnsPods('kube-dns'),
      ),
    ],
    expect: { status: 'pass' },
  }),
  row({
    id: 'policies-on-the-host-network',
    says: 'Policies don’t hold for Pods on the node’s network.',
    source: KUBERNETES,
    opposite: true,
    fields: calico,
    objects: [egress(), checkout({ spec: { hostNetwork: true } })],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'v2-denied',
    says: 'Everything is denied with Dataplane V2: the offered policy opens 169.254.169.254 on port 80.',
    source: 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity',
    fields: dataplaneV2,
    objects: [egress()],
    expect: { status: 'fail', offers: [{ kind: 'manifest', text: /169\.254\.169\.254\/32[\s\S]*\b80\b/ }] },
  }),
];

const whoEnforces: State[] = [
  row({
    id: 'self-managed-cilium',
    says: 'The team runs its own Cilium on a Standard cluster whose API says that nobody enforces policies; a policy denies all egress.',
    source: 'Smana/runlore#562',
    objects: [foreign('kube-system', 'cilium', 'quay.io/cilium/cilium:v1.18.2'), egress()],
    expect: { status: ['fail', 'unknown'], says: [/cilium/i], never: [nobodyEnforces] },
  }),
  row({
    id: 'self-managed-cilium-allowed',
    says: 'The same, and the policy opens the metadata server and DNS: how its redirection to port 988 is judged is not sure.',
    source: 'cilium/cilium#28655',
    objects: [
      foreign('kube-system', 'cilium', 'quay.io/cilium/cilium:v1.18.2'),
      egress(toMetadataV2, toMetadata, toDnsPods('kube-dns')),
    ],
    expect: { status: ['warn', 'unknown'], says: [/cilium/i], never: [nobodyEnforces] },
  }),
  row({
    id: 'self-managed-calico',
    says: 'The team runs its own Calico in kube-system; a policy denies all egress.',
    source: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/managed-public-cloud/gke',
    objects: [foreign('kube-system', 'calico-node', 'docker.io/calico/node:v3.30.3'), egress()],
    expect: { status: ['fail', 'unknown'], says: [/calico/i], never: [nobodyEnforces] },
  }),
  row({
    id: 'self-managed-calico-by-operator',
    says: 'The same, as Tigera’s operator installs it: in the namespace calico-system.',
    source: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/managed-public-cloud/gke',
    objects: [foreign('calico-system', 'calico-node', 'quay.io/calico/node:v3.30.3'), egress()],
    expect: { status: ['fail', 'unknown'], says: [/calico/i], never: [nobodyEnforces] },
  }),
  row({
    id: 'nobody-enforces',
    says: 'Nobody enforces policies: one that denies everything denies nothing.',
    source: GKE_POLICIES,
    opposite: true,
    objects: [egress()],
    expect: { status: ['pass', 'not-applicable'] },
  }),
  row({
    id: 'an-agent-of-another-name',
    says: 'A DaemonSet of the team’s that has nothing to do with networks.',
    source: GKE_POLICIES,
    opposite: true,
    objects: [foreign('kube-system', 'node-exporter', 'quay.io/prometheus/node-exporter:v1.9.1'), egress()],
    expect: { status: ['pass', 'not-applicable'] },
  }),
];

export const networkPolicies: readonly State[] = [...dns, ...whichPolicies, ...whoEnforces];
