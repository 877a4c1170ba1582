import {
  asObject,
  type ClusterChange,
  findCluster,
  findProject,
  type JsonObject,
  mergePatch,
  newEtag,
  nextSerial,
  type Operation,
  type World,
} from './world.ts';

/** Applies a change to a cluster. The resource object is replaced, never modified. */
export function applyChange(world: World, change: ClusterChange): void {
  const found = findCluster(world, change.cluster);
  if (!found) return;
  const { cluster, project } = found;
  const patched = mergePatch(cluster.resource, change.patch ?? {});
  const nodePools = patched.nodePools
    .filter(pool => pool.name !== change.removeNodePool)
    .map(pool => (pool.name === change.nodePool ? mergePatch(pool, change.nodePoolPatch ?? {}) : pool));
  cluster.resource = {
    ...patched,
    nodePools: change.addNodePool ? [...nodePools, change.addNodePool] : nodePools,
    etag: newEtag(world),
  };
  if (asObject(cluster.resource.workloadIdentityConfig).workloadPool) project.workloadIdentityPool = true;
}

export function isRunning(operation: Operation, now: number): boolean {
  return now < operation.doneAt;
}

/** Starts an operation that completes by itself in simulated time. */
export function startOperation(
  world: World,
  now: number,
  start: Pick<Operation, 'service' | 'resource' | 'change' | 'services' | 'response' | 'error'> & { parent?: string },
): Operation {
  const { parent, ...rest } = start;
  const serial = nextSerial(world).toString(16).padStart(8, '0');
  const id = start.service === 'container.googleapis.com' ? `operation-${now}-${serial}` : `acat.p2-${serial}`;
  const operation: Operation = {
    ...rest,
    name: parent ? `${parent}/operations/${id}` : `operations/${id}`,
    startAt: now,
    runAt: now + world.operationTimes.pending,
    doneAt: now + world.operationTimes.pending + world.operationTimes.running,
    settled: false,
  };
  world.operations.push(operation);
  return operation;
}

/**
 * Completes every operation whose end time has passed, with its effects; reports each node pool that got new nodes.
 * @returns whether there was one
 */
export function completeDueOperations(
  world: World,
  now: number,
  onNodesRecreated: (cluster: string, nodePool: string, at: number) => void = () => {},
): boolean {
  let any = false;
  for (const operation of world.operations) {
    if (operation.settled || now < operation.doneAt) continue;
    operation.settled = true;
    any = true;
    const { change } = operation;
    if (change) applyChange(world, change);
    if (change?.recreatesNodesOf) onNodesRecreated(change.cluster, change.recreatesNodesOf, operation.doneAt);
    for (const [service, state] of Object.entries(operation.services ?? {})) {
      const project = findProject(world, String(operation.resource?.project ?? ''));
      if (project) project.services[service] = state;
    }
  }
  return any;
}

/** container v1 Operation. */
export function containerOperation(operation: Operation, now: number): JsonObject {
  const done = now >= operation.doneAt;
  const running = operation.aborting ? 'ABORTING' : 'RUNNING';
  const [, project, , location, , id] = operation.name.split('/');
  return {
    name: id,
    ...operation.resource,
    status: done ? 'DONE' : now >= operation.runAt ? running : 'PENDING',
    startTime: new Date(operation.startAt).toISOString(),
    ...(done && { endTime: new Date(operation.doneAt).toISOString() }),
    ...(done && operation.error && { error: operation.error, statusMessage: operation.error.message }),
    selfLink: `https://container.googleapis.com/v1/projects/${project}/locations/${location}/operations/${id}`,
  };
}

/** google.longrunning.Operation. */
export function longRunningOperation(operation: Operation, now: number): JsonObject {
  const done = now >= operation.doneAt;
  return {
    name: operation.name,
    ...(done && { done: true }),
    ...(done && (operation.error ? { error: operation.error } : { response: operation.response })),
  };
}
