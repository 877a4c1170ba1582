import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../kubernetes/server.ts';
import { type PodOptions, pod, workload } from './objects.ts';

export type PullFailureOptions = Omit<PodOptions, 'containerStatus' | 'image'> & {
  image: string;
  /** The pull error; `pullForbidden(image)` by default: the node's account lacks the permission. */
  message?: string;
  /** Names of Secrets in the Pods' `imagePullSecrets`. */
  imagePullSecrets?: string[];
  /** An init container's image can't be pulled, not the first container's. */
  init?: boolean;
  /** When the first pull failed; ten minutes ago by default. */
  minutesAgo?: number;
};

/** containerd's error where the registry's token endpoint answers 403. */
export function pullForbidden(image: string): string {
  const [host = '', ...path] = image.replace(/[:@][^/]*$/, '').split('/');
  const scope = encodeURIComponent(`repository:${path.join('/')}:pull`);
  return (
    `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to authorize: failed to ` +
    `fetch oauth token: unexpected status from GET request to https://${host}/v2/token?scope=${scope}&service=${host}: ` +
    '403 Forbidden'
  );
}

type Waiting = 'ErrImagePull' | 'ImagePullBackOff';

/** The status of a container whose image can't be pulled: kubelet alternates between attempt and back-off. */
function waiting(reason: Waiting, image: string, message: string): { [field: string]: unknown } {
  const text = reason === 'ErrImagePull' ? message : `Back-off pulling image "${image}": ErrImagePull: ${message}`;
  return {
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason, message: text } },
    lastState: {},
  };
}

/** An Event about a Pod, as kubelet writes it. */
function event(
  about: KubernetesObject,
  reason: string,
  message: string,
  from: number,
  count: number,
): KubernetesObject {
  const { name, namespace, uid } = about.metadata;
  const last = new Date(from + count * 60_000).toISOString();
  const node = (about.spec as { nodeName?: string } | undefined)?.nodeName ?? '';
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name}.${reason.toLowerCase()}${count.toString(16).padStart(8, '0')}`,
      ...(namespace && { namespace }),
    },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, fieldPath: 'spec.containers{app}' },
    reason,
    message,
    type: 'Warning',
    count,
    firstTimestamp: new Date(from).toISOString(),
    lastTimestamp: last,
    source: { component: 'kubelet', host: node },
    reportingComponent: 'kubelet',
    reportingInstance: node,
  };
}

/** A uid that is the same in every run. */
function uidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

function waitingPod(options: PullFailureOptions, name: string, reason: Waiting, since: string): KubernetesObject {
  const { image, init = false, imagePullSecrets, spec } = options;
  const message = options.message ?? pullForbidden(image);
  const state = waiting(reason, image, message);
  const made = pod({
    ...options,
    name,
    image: init ? 'gke.gcr.io/pause:3.9' : image,
    spec: {
      ...(init && { initContainers: [{ name: 'init', image }] }),
      ...(imagePullSecrets && { imagePullSecrets: imagePullSecrets.map(secret => ({ name: secret })) }),
      ...spec,
    },
    ...(!init && { containerStatus: { ...state, imageID: '' } }),
  });
  const notReady = { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: since };
  const { podIP: _, ...rest } = made.status as { [field: string]: unknown };
  const status = { ...rest, phase: 'Pending', startTime: since, conditions: [notReady] };
  const pending = { waiting: { reason: 'PodInitializing' } };
  return {
    ...made,
    // `kubectl describe` finds a Pod's events by its uid.
    metadata: { ...made.metadata, uid: uidOf(`${options.namespace}/${name}`), creationTimestamp: since },
    status: init
      ? {
          ...status,
          initContainerStatuses: [{ name: 'init', image, imageID: '', ...state }],
          containerStatuses: [{ name: 'app', ready: false, restartCount: 0, image, state: pending, lastState: {} }],
        }
      : status,
  };
}

/**
 * A Deployment whose image can't be pulled: of its two Pods one is in ErrImagePull and one in ImagePullBackOff, between
 * which kubelet alternates, and there are kubelet's events on both.
 */
export function imagePullFailure(options: PullFailureOptions): KubernetesObject[] {
  const from = Date.now() - (options.minutesAgo ?? 10) * 60_000;
  const message = options.message ?? pullForbidden(options.image);
  const [deployment] = workload(options);
  const labels = { app: options.name, ...options.labels };
  const pods = (['ErrImagePull', 'ImagePullBackOff'] as const).map((reason, index) =>
    waitingPod(
      { ...options, labels },
      `${options.name}-7c9d8b6f5d-${index === 0 ? 'x2x4q' : 'k8vjm'}`,
      reason,
      new Date(from).toISOString(),
    ),
  );
  const events = pods.flatMap(about => [
    event(about, 'Failed', `Failed to pull image "${options.image}": ${message}`, from, 4),
    event(about, 'BackOff', `Back-off pulling image "${options.image}"`, from, 9),
  ]);
  const replicas = pods.length;
  const unavailable = { replicas, updatedReplicas: replicas, unavailableReplicas: replicas };
  const rolledOut = deployment && {
    ...deployment,
    spec: { ...(deployment.spec as { [field: string]: unknown }), replicas },
    status: unavailable,
  };
  return [...(rolledOut ? [rolledOut] : []), ...pods, ...events];
}
