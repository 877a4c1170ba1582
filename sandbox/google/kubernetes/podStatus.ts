import { at, type KubernetesObject, listAt, textAt } from './manifest.ts';

export interface PodStatus {
  /** Ready containers of all containers: `1/2`. */
  ready: string;
  status: string;
  restarts: number;
  /** RFC 3339, or '' where no container was restarted. */
  lastRestart: string;
}

/** The columns READY, STATUS and RESTARTS of `kubectl get pods` (Kubernetes, pkg/printers/internalversion, printPod). */
export function podStatus(pod: KubernetesObject): PodStatus {
  const containers = listAt(pod, 'status', 'containerStatuses');
  const ready = containers.filter(container => at(container, 'ready') === true).length;
  const total = Math.max(listAt(pod, 'spec', 'containers').length, containers.length);
  const restarted = containers.map(container => textAt(container, 'lastState', 'terminated', 'finishedAt'));
  return {
    ready: `${ready}/${total}`,
    status: statusOf(pod, containers),
    restarts: containers.reduce<number>((sum, container) => sum + countOf(container), 0),
    lastRestart: restarted.sort().at(-1) ?? '',
  };
}

function countOf(container: unknown): number {
  const count = at(container, 'restartCount');
  return typeof count === 'number' ? count : 0;
}

function statusOf(pod: KubernetesObject, containers: unknown[]): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const initContainers = listAt(pod, 'status', 'initContainerStatuses');
  const pending = initContainers.findIndex(container => at(container, 'state', 'terminated', 'exitCode') !== 0);
  if (pending >= 0 && at(initContainers[pending], 'started') !== true) {
    const reason = troubleOf(initContainers[pending]);
    return reason === '' || reason === 'PodInitializing'
      ? `Init:${pending}/${listAt(pod, 'spec', 'initContainers').length}`
      : `Init:${reason}`;
  }
  const phase = textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase') || 'Unknown';
  return containers.map(troubleOf).find(reason => reason !== '') ?? phase;
}

/** The reason why a container does not run, or ''. */
function troubleOf(container: unknown): string {
  const waiting = textAt(container, 'state', 'waiting', 'reason');
  if (waiting !== '') return waiting;
  if (at(container, 'state', 'terminated') === undefined) return '';
  const exitCode = at(container, 'state', 'terminated', 'exitCode');
  return textAt(container, 'state', 'terminated', 'reason') || `ExitCode:${exitCode}`;
}
