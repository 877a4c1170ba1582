import type { KubernetesObject } from '../kubernetes/server.ts';

/** Since when what a world starts with is running. */
export const startedAt = '2025-11-01T09:00:00Z';

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
  /** `Running` by default. A Pod that has ended keeps its object until somebody, or the collector, deletes it. */
  phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  /** Why it is in its phase: `Terminated` and `NodeShutdown` after a node's shutdown, `Evicted` … */
  reason?: string;
};

/** A Pod's status by its phase (Kubernetes docs, "Pod Lifecycle" and, for shut down nodes, "Node Shutdowns"). */
function podStatus(options: PodOptions, image: string): { [field: string]: unknown } {
  const { phase = 'Running', reason, containerStatus } = options;
  const ended = phase === 'Succeeded' || phase === 'Failed';
  const running = phase === 'Running';
  const terminated = {
    exitCode: phase === 'Failed' ? 137 : 0,
    reason: ended && phase === 'Failed' ? 'Error' : 'Completed',
  };
  const condition = {
    type: 'Ready',
    status: running ? 'True' : 'False',
    lastTransitionTime: startedAt,
    ...(ended && { reason: phase === 'Failed' ? 'PodFailed' : 'PodCompleted' }),
  };
  const state = ended
    ? { terminated: { ...terminated, startedAt, finishedAt: startedAt } }
    : running
      ? { running: { startedAt } }
      : { waiting: { reason: 'ContainerCreating' } };
  return {
    phase,
    ...(reason && { reason }),
    ...(phase !== 'Pending' && { podIP: '10.4.1.17', startTime: startedAt }),
    conditions: [condition],
    containerStatuses: [
      { name: 'app', ready: running, restartCount: 0, image, state, lastState: {}, ...containerStatus },
    ],
  };
}

/** A Pod of one container, which runs unless another phase is given. */
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
    status: podStatus(options, image),
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

/** A DaemonSet whose Pods run this image on every node. */
export function daemonSet(options: {
  namespace: string;
  name: string;
  image: string;
  labels: { [key: string]: string };
  /** Fields of the PodSpec, over the defaults. */
  spec?: { [field: string]: unknown };
}): KubernetesObject {
  const { namespace, name, image, labels, spec } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { hostNetwork: true, containers: [{ name, image }], ...spec },
      },
      updateStrategy: { type: 'RollingUpdate' },
    },
    status: { desiredNumberScheduled: 1, currentNumberScheduled: 1, numberReady: 1, numberAvailable: 1 },
  };
}

/** A Service of a cluster address. */
export function service(options: {
  namespace: string;
  name: string;
  clusterIP: string;
  selector?: { [key: string]: string };
  ports: { [field: string]: unknown }[];
}): KubernetesObject {
  const { namespace, name, clusterIP, selector, ports } = options;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, ...(selector && { labels: selector }) },
    spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports, ...(selector && { selector }) },
  };
}

/** The name of the first node of a pool. */
export function nodeName(cluster: string, pool: string): string {
  return `gke-${cluster}-${pool}-5b1f8a2c-0001`;
}
