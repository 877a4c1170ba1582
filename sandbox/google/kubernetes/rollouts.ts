import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { admitNew, timestamp } from './admission.ts';
import { at, isJson, type Json, type KubernetesObject, listAt, textAt } from './manifest.ts';
import type { ResourceType } from './resources.ts';
import { manifestSelector } from './selectors.ts';
import type { Store } from './store.ts';

export interface RolloutTypes {
  namespace: ResourceType;
  node: ResourceType;
  pod: ResourceType;
  deployment: ResourceType;
}

/**
 * Does the work of the Deployment controller, the scheduler and the kubelet in one step: a changed template replaces the
 * Pods, a deleted Pod is recreated, a changed replica count is applied. New Pods are running and ready. Pods that exist
 * at the start are left alone.
 */
export function runRollouts(store: Store, types: RolloutTypes): void {
  const templates = new Map(store.list(types.deployment).map(deployment => [deployment.metadata.uid, deployment]));

  const podsOf = (deployment: KubernetesObject) => {
    const isSelected = manifestSelector(at(deployment, 'spec', 'selector'));
    return store.list(types.pod, deployment.metadata.namespace).filter(isSelected);
  };
  const removePod = ({ metadata }: KubernetesObject) =>
    store.remove(types.pod, metadata.namespace ?? '', metadata.name);

  const addPod = (deployment: KubernetesObject, replaced?: KubernetesObject) => {
    const before = templates.get(deployment.metadata.uid) ?? deployment;
    const injected = replaced === undefined ? {} : injectedInto(replaced, before);
    const nodeName = textAt(replaced, 'spec', 'nodeName') || store.list(types.node)[0]?.metadata.name;
    store.put(types.pod, admitNew(types.pod, newPod(deployment, injected, nodeName)));
  };

  const meetCount = (deployment: KubernetesObject) => {
    const pods = podsOf(deployment);
    for (let missing = replicasOf(deployment) - pods.length; missing > 0; missing -= 1) addPod(deployment, pods[0]);
    for (const extra of pods.slice(replicasOf(deployment))) removePod(extra);
  };

  const report = ({ metadata: { namespace = '', name } }: KubernetesObject) => {
    const deployment = store.get(types.deployment, namespace, name);
    if (deployment === undefined) return;
    const status = statusOf(deployment, podsOf(deployment).length);
    if (!isDeepStrictEqual(status, deployment.status)) store.put(types.deployment, { ...deployment, status });
  };

  const onDeployment = (deployment: KubernetesObject) => {
    const before = templates.get(deployment.metadata.uid);
    if (isDeepStrictEqual(before?.spec, deployment.spec)) return;
    if (
      before !== undefined &&
      !isDeepStrictEqual(at(before, 'spec', 'template'), at(deployment, 'spec', 'template'))
    ) {
      for (const pod of podsOf(deployment)) removePod(pod);
    }
    templates.set(deployment.metadata.uid, deployment);
    meetCount(deployment);
    report(deployment);
  };

  const onPodGone = (pod: KubernetesObject) => {
    const { namespace = '' } = pod.metadata;
    if (store.get(types.namespace, '', namespace) === undefined) return;
    const deployment = store
      .list(types.deployment, namespace)
      .find(candidate => manifestSelector(at(candidate, 'spec', 'selector'))(pod));
    if (deployment !== undefined && podsOf(deployment).length < replicasOf(deployment)) addPod(deployment, pod);
  };

  store.watch(({ event, type, object }) => {
    if (type === types.pod && event === 'DELETED') onPodGone(object);
    if (type !== types.deployment) return;
    if (event !== 'DELETED') onDeployment(object);
    else for (const pod of podsOf(object)) removePod(pod);
  });
}

function replicasOf(deployment: KubernetesObject): number {
  const replicas = at(deployment, 'spec', 'replicas');
  return typeof replicas === 'number' ? replicas : 1;
}

interface Injected {
  containers?: unknown[];
  initContainers?: unknown[];
}

/** What a webhook injected into a Pod: the containers that are not in its template. */
function injectedInto(pod: KubernetesObject, deployment: KubernetesObject): Injected {
  const foreign = (field: string) => {
    const own = listAt(deployment, 'spec', 'template', 'spec', field).map(container => textAt(container, 'name'));
    return listAt(pod, 'spec', field).filter(container => !own.includes(textAt(container, 'name')));
  };
  return { containers: foreign('containers'), initContainers: foreign('initContainers') };
}

const excludedRanges = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';

/** Istio's webhook copies the Pod's annotation into the `-x` argument of the container that sets up iptables. */
function redirected(container: unknown, annotations: unknown): unknown {
  const excluded = textAt(annotations, excludedRanges);
  const args = listAt(container, 'args');
  const position = args.indexOf('-x');
  if (excluded === '' || position < 0 || !isJson(container)) return container;
  return { ...container, args: args.with(position + 1, excluded) };
}

function newPod(deployment: KubernetesObject, injected: Injected, nodeName: string | undefined): KubernetesObject {
  const template = at(deployment, 'spec', 'template');
  const metadata = at(template, 'metadata');
  const own = at(template, 'spec');
  const hash = createHash('sha1').update(JSON.stringify(template)).digest('hex').slice(0, 10);
  const containers = [...listAt(own, 'containers'), ...(injected.containers ?? [])];
  const initContainers = [...listAt(own, 'initContainers'), ...(injected.initContainers ?? [])].map(container =>
    redirected(container, at(metadata, 'annotations')),
  );
  const startedAt = timestamp();
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(isJson(metadata) ? metadata : {}),
      name: `${deployment.metadata.name}-${hash}-${randomBytes(3).toString('hex').slice(0, 5)}`,
      namespace: deployment.metadata.namespace,
    },
    spec: {
      ...(isJson(own) ? own : {}),
      containers,
      ...(initContainers.length > 0 ? { initContainers } : {}),
      nodeName,
    },
    status: {
      phase: 'Running',
      startTime: startedAt,
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(type => ({ type, status: 'True' })),
      containerStatuses: containers.map(container => running(container, startedAt)),
    },
  };
}

function running(container: unknown, startedAt: string): Json {
  return {
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt } },
  };
}

function statusOf(deployment: KubernetesObject, pods: number): Json {
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: pods,
    updatedReplicas: pods,
    readyReplicas: pods,
    availableReplicas: pods,
    conditions: [
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ],
  };
}
