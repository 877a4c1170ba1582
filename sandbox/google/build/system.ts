import type { KubernetesObject } from '../kubernetes/server.ts';
import { asObject, asString, type ClusterResource } from '../world.ts';
import { daemonSet, nodeName, pod, service, serviceAccount, startedAt } from './objects.ts';

function node(cluster: ClusterResource, pool: string, version: string, windows: boolean): KubernetesObject {
  const name = nodeName(cluster.name, pool);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      creationTimestamp: startedAt,
      labels: {
        'cloud.google.com/gke-nodepool': pool,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': windows ? 'windows' : 'linux',
        'iam.gke.io/gke-metadata-server-enabled': 'true',
      },
    },
    spec: { podCIDR: '10.4.1.0/24', providerID: `gce://sandbox/${cluster.location}/${name}` },
    status: {
      conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: startedAt, lastTransitionTime: startedAt }],
      nodeInfo: {
        kubeletVersion: `v${version}`,
        operatingSystem: windows ? 'windows' : 'linux',
        architecture: 'amd64',
      },
    },
  };
}

/** The nth address of a range of IPv4 addresses. */
function addressIn(range: string, nth: number): string {
  const parts = (range.split('/')[0] ?? '').split('.').map(Number);
  const sum = parts.reduce((value, part) => value * 256 + part, 0) + nth;
  return [24, 16, 8, 0].map(bits => (sum >>> bits) & 255).join('.');
}

/** GKE's Services: the API server is the first address of their range, cluster DNS the tenth. */
function systemServices(cluster: ClusterResource): KubernetesObject[] {
  const range = asString(cluster.servicesIpv4Cidr) || '10.8.0.0/20';
  const port = (name: string, protocol: string) => ({ name, protocol, port: 53, targetPort: 53 });
  return [
    service({
      namespace: 'default',
      name: 'kubernetes',
      clusterIP: addressIn(range, 1),
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 443 }],
    }),
    service({
      namespace: 'kube-system',
      name: 'kube-dns',
      clusterIP: addressIn(range, 10),
      selector: { 'k8s-app': 'kube-dns' },
      ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')],
    }),
  ];
}

/**
 * GKE's own network agents, by what is on in the cluster: Calico for network policy enforcement, anetd for Dataplane V2,
 * and NodeLocal DNSCache, whose Pods are on the node's network except with Dataplane V2, which redirects to them.
 */
function networkAgents(cluster: ClusterResource): KubernetesObject[] {
  const namespace = 'kube-system';
  const v2 = asObject(cluster.networkConfig).datapathProvider === 'ADVANCED_DATAPATH';
  const calico = asObject(cluster.networkPolicy).enabled === true;
  const dnsCache = asObject(asObject(cluster.addonsConfig).dnsCacheConfig).enabled === true;
  const agents: [boolean, Parameters<typeof daemonSet>[0]][] = [
    [
      calico,
      {
        namespace,
        name: 'calico-node',
        image: 'gke.gcr.io/calico/node:v3.30.1-gke.7',
        labels: { 'k8s-app': 'calico-node' },
      },
    ],
    [
      v2,
      { namespace, name: 'anetd', image: 'gke.gcr.io/cilium/cilium:v1.16.6-gke.22', labels: { 'k8s-app': 'cilium' } },
    ],
    [
      dnsCache,
      {
        namespace,
        name: 'node-local-dns',
        image: 'gke.gcr.io/k8s-dns-node-cache:1.25.0-gke.3',
        labels: { 'k8s-app': 'node-local-dns' },
        spec: { hostNetwork: !v2 },
      },
    ],
  ];
  return agents.flatMap(([on, options]) => {
    if (!on) return [];
    const { name, image, labels, spec } = options;
    return [
      daemonSet(options),
      pod({ namespace, name: `${name}-7xk2p`, image, labels, spec: { hostNetwork: true, ...spec } }),
    ];
  });
}

/** What GKE itself runs in a healthy cluster: a node per pool, kube-dns, the GKE metadata server, network agents. */
export function systemObjects(cluster: ClusterResource): KubernetesObject[] {
  const nodes = cluster.nodePools.map(pool =>
    node(cluster, pool.name, pool.version, String(pool.config.imageType).startsWith('WINDOWS')),
  );
  const system = { namespace: 'kube-system', image: 'gke.gcr.io/system:1' };
  return [
    ...nodes,
    ...systemServices(cluster),
    ...networkAgents(cluster),
    serviceAccount('kube-system', 'kube-dns'),
    serviceAccount('kube-system', 'gke-metadata-server'),
    pod({
      ...system,
      name: 'kube-dns-6f9b7d5c4d-2xkfp',
      serviceAccount: 'kube-dns',
      labels: { 'k8s-app': 'kube-dns' },
    }),
    ...nodes.map((node, index) =>
      pod({
        ...system,
        name: `gke-metadata-server-${(index + 10).toString(36)}7k2p`,
        serviceAccount: 'gke-metadata-server',
        node: node.metadata.name,
        labels: { 'k8s-app': 'gke-metadata-server' },
        spec: { hostNetwork: true },
      }),
    ),
  ];
}
