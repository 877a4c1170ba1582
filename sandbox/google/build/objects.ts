import type { KubernetesObject } from '../kubernetes/server.ts';
import type { ClusterResource } from '../world.ts';

const startedAt = '2025-11-01T09:00:00Z';

export type PodOptions = {
  namespace: string;
  name: string;
  serviceAccount?: string;
  node?: string;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  image?: string;
  /** Fields of the PodSpec, over the defaults. */
  spec?: { [field: string]: unknown };
  /** Fields of its first container's status, over the defaults. */
  containerStatus?: { [field: string]: unknown };
};

/** A running Pod of one container. */
export function pod(options: PodOptions): KubernetesObject {
  const {
    namespace,
    name,
    serviceAccount = 'default',
    image = 'asia-docker.pkg.dev/sandbox-1/app/app:1.4.2',
  } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      creationTimestamp: startedAt,
      ...(options.labels && { labels: options.labels }),
      ...(options.annotations && { annotations: options.annotations }),
    },
    spec: {
      serviceAccountName: serviceAccount,
      ...(options.node && { nodeName: options.node }),
      containers: [{ name: 'app', image }],
      restartPolicy: 'Always',
      ...options.spec,
    },
    status: {
      phase: 'Running',
      podIP: '10.4.1.17',
      startTime: startedAt,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: startedAt }],
      containerStatuses: [
        {
          name: 'app',
          ready: true,
          restartCount: 0,
          image,
          state: { running: { startedAt } },
          lastState: {},
          ...options.containerStatus,
        },
      ],
    },
  };
}

/** A Kubernetes service account, bound to an IAM service account by annotation where one is given. */
export function serviceAccount(namespace: string, name: string, iamServiceAccount?: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name,
      namespace,
      ...(iamServiceAccount && { annotations: { 'iam.gke.io/gcp-service-account': iamServiceAccount } }),
    },
  };
}

/** A Deployment and one Pod of it, labelled `app: NAME`. */
export function workload(
  options: PodOptions & { templateAnnotations?: { [key: string]: string } },
): KubernetesObject[] {
  const labels = { app: options.name, ...options.labels };
  const running = pod({ ...options, name: `${options.name}-7c9d8b6f5d-x2x4q`, labels });
  const deployment: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: options.name, namespace: options.namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: options.name } },
      template: {
        metadata: { labels, ...(options.annotations && { annotations: options.annotations }) },
        spec: {
          serviceAccountName: options.serviceAccount ?? 'default',
          containers: [{ name: 'app', image: options.image ?? 'asia-docker.pkg.dev/sandbox-1/app/app:1.4.2' }],
          ...options.spec,
        },
      },
    },
    status: { replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 },
  };
  return [deployment, running];
}

/** The name of the first node of a pool. */
export function nodeName(cluster: string, pool: string): string {
  return `gke-${cluster}-${pool}-5b1f8a2c-0001`;
}

function node(cluster: ClusterResource, pool: string, version: string, windows: boolean): KubernetesObject {
  const name = nodeName(cluster.name, pool);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
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

/** The system objects of a healthy cluster: one node per pool, kube-dns, the GKE metadata server. */
export function systemObjects(cluster: ClusterResource): KubernetesObject[] {
  const nodes = cluster.nodePools.map(pool =>
    node(cluster, pool.name, pool.version, String(pool.config.imageType).startsWith('WINDOWS')),
  );
  const system = { namespace: 'kube-system', image: 'gke.gcr.io/system:1' };
  return [
    ...nodes,
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
