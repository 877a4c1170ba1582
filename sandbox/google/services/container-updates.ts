import { nodePool } from '../build/cluster.ts';
import { GoogleError, invalid } from '../errors.ts';
import { accessOf, hierarchyResource } from '../iam/evaluate.ts';
import { applyChange, containerOperation, isRunning, startOperation } from '../operations.ts';
import { type Call, param } from '../route.ts';
import {
  asObject,
  asString,
  type Cluster,
  type ClusterChange,
  clusterName,
  type JsonObject,
  mergePatch,
  type NodePool,
  type Project,
} from '../world.ts';
import { clusterFor } from './container-lookup.ts';

type Update = { operationType: string; detail?: string; during: ClusterChange; after: ClusterChange; target?: string };

function recreateOrUpgrade(cluster: string, pool: NodePool, version: string): Update {
  return {
    operationType: 'UPGRADE_NODES',
    detail: `Upgrading node pool ${pool.name} to ${version}.`,
    target: `/nodePools/${pool.name}`,
    during: {
      cluster,
      patch: { status: 'RECONCILING' },
      nodePool: pool.name,
      nodePoolPatch: { status: 'RECONCILING' },
    },
    after: {
      cluster,
      patch: { status: 'RUNNING' },
      nodePool: pool.name,
      nodePoolPatch: { status: 'RUNNING', version, conditions: null },
      recreatesNodesOf: pool.name,
    },
  };
}

/** Fields of ClusterUpdate, and the cluster field that each of them sets. */
const plainFields: { [desired: string]: string } = {
  desiredWorkloadIdentityConfig: 'workloadIdentityConfig',
  desiredLoggingService: 'loggingService',
  desiredMonitoringService: 'monitoringService',
  desiredControlPlaneEndpointsConfig: 'controlPlaneEndpointsConfig',
  desiredMasterAuthorizedNetworksConfig: 'masterAuthorizedNetworksConfig',
  desiredAuthenticatorGroupsConfig: 'authenticatorGroupsConfig',
  desiredReleaseChannel: 'releaseChannel',
  desiredAnonymousAuthenticationConfig: 'anonymousAuthenticationConfig',
  desiredRbacBindingConfig: 'rbacBindingConfig',
  desiredDatabaseEncryption: 'databaseEncryption',
};

function plannedUpdate(project: Project, cluster: Cluster, update: JsonObject): Update {
  const name = clusterName(project, cluster);
  const { currentMasterVersion } = cluster.resource;
  const resolve = (version: string): string => (version === '-' ? currentMasterVersion : version);
  if (update.desiredNodePoolId !== undefined || update.desiredNodeVersion !== undefined) {
    const poolName = asString(update.desiredNodePoolId) || cluster.resource.nodePools[0]?.name;
    const pool = cluster.resource.nodePools.find(candidate => candidate.name === poolName);
    if (!pool) throw new GoogleError('NOT_FOUND', `Not found: ${name}/nodePools/${poolName}.`);
    return recreateOrUpgrade(name, pool, resolve(asString(update.desiredNodeVersion) || '-'));
  }
  if (update.desiredMasterVersion !== undefined) {
    const version = resolve(asString(update.desiredMasterVersion));
    return {
      operationType: 'UPGRADE_MASTER',
      during: { cluster: name, patch: { status: 'RECONCILING' } },
      after: { cluster: name, patch: { status: 'RUNNING', currentMasterVersion: version } },
    };
  }
  const wanted = Object.entries(update).filter(([field]) => plainFields[field]);
  if (wanted.length === 0) throw invalid('Must specify a field to update.');
  const patch = Object.fromEntries(wanted.map(([field, value]) => [plainFields[field] ?? field, value]));
  return {
    operationType: 'UPDATE_CLUSTER',
    during: { cluster: name, patch: { status: 'RECONCILING' } },
    after: { cluster: name, patch: { ...patch, status: 'RUNNING' } },
  };
}

/** Refuses an update whose etag is not the cluster's (container v1, ClusterUpdate.etag). */
function refuseStale(cluster: Cluster, update: JsonObject): void {
  const etag = asString(update.etag);
  if (etag === '' || etag === cluster.resource.etag) return;
  throw new GoogleError(
    'ABORTED',
    `Cluster etag mismatch: the request has ${etag}, the cluster ${asString(cluster.resource.etag)}.`,
  );
}

/** GKE runs one operation on a cluster at a time. */
function refuseWhileBusy(call: Call, name: string): void {
  const busy = call.world.operations.find(
    operation => operation.change?.cluster === name && isRunning(operation, call.clock.now()),
  );
  if (!busy) return;
  const id = busy.name.split('/').at(-1);
  throw new GoogleError('FAILED_PRECONDITION', `Cluster is running incompatible operation ${id}.`);
}

/** Whether the GKE service agent has its role. Without it an update fails. */
function agentCanWork(call: Call, project: Project): boolean {
  const agent = `serviceAccount:service-${project.projectNumber}@container-engine-robot.iam.gserviceaccount.com`;
  const resource = hierarchyResource(call.world, `projects/${project.projectId}`);
  const access =
    resource && accessOf(call.world, new Set([agent]), 'compute.regions.get', resource, { time: call.clock.now() });
  return access === 'granted';
}

function start(call: Call, project: Project, cluster: Cluster, update: Update): JsonObject {
  const name = clusterName(project, cluster);
  refuseWhileBusy(call, name);
  const works = agentCanWork(call, project);
  const operation = startOperation(call.world, call.clock.now(), {
    service: 'container.googleapis.com',
    parent: `projects/${project.projectId}/locations/${cluster.resource.location}`,
    change: works ? update.after : { cluster: name, patch: { status: cluster.resource.status } },
    ...(!works && { error: { code: 13, message: 'DeployPatch failed' } }),
    resource: {
      operationType: update.operationType,
      zone: cluster.resource.location,
      location: cluster.resource.location,
      ...(update.detail && { detail: update.detail }),
      targetLink: `https://container.googleapis.com/v1/projects/${project.projectNumber}/locations/${cluster.resource.location}/clusters/${cluster.resource.name}${update.target ?? ''}`,
    },
  });
  applyChange(call.world, update.during);
  return containerOperation(operation, call.clock.now());
}

/** `PUT …/clusters/C`, as `gcloud container clusters update` and `upgrade` send it. */
export function updateCluster(call: Call): JsonObject {
  const { project, cluster } = clusterFor(call, 'container.clusters.update');
  const update = asObject(call.body.update);
  refuseStale(cluster, update);
  const pool = asObject(update.desiredWorkloadIdentityConfig).workloadPool;
  if (pool !== undefined && pool !== '' && pool !== `${project.projectId}.svc.id.goog`) {
    throw invalid(`Currently, the only supported WorkloadPool is "${project.projectId}.svc.id.goog".`);
  }
  return start(call, project, cluster, plannedUpdate(project, cluster, update));
}

/**
 * `PUT …/nodePools/NP`: version, or the metadata mode of its nodes. Either is an operation of the type UPGRADE_NODES, which
 * "includes most forms of updates to node pools" (container v1, Operation.Type).
 */
export function updateNodePool(call: Call, pool: NodePool): JsonObject {
  const { project, cluster } = clusterFor(call, 'container.clusters.update');
  const name = clusterName(project, cluster);
  const mode = asObject(call.body.workloadMetadataConfig).mode;
  if (mode === undefined) {
    const version = asString(call.body.nodeVersion);
    if (!version) throw invalid('Must specify a field to update.');
    const resolved = version === '-' ? cluster.resource.currentMasterVersion : version;
    return start(call, project, cluster, recreateOrUpgrade(name, pool, resolved));
  }
  if (mode === 'GKE_METADATA' && !asObject(cluster.resource.workloadIdentityConfig).workloadPool) {
    throw invalid('GKE_METADATA requires Workload Identity Federation for GKE to be enabled on the cluster.');
  }
  return start(call, project, cluster, {
    operationType: 'UPGRADE_NODES',
    target: `/nodePools/${param(call, 'nodePool')}`,
    during: { cluster: name, nodePool: pool.name, nodePoolPatch: { status: 'RECONCILING' } },
    after: {
      cluster: name,
      nodePool: pool.name,
      nodePoolPatch: { status: 'RUNNING', config: { workloadMetadataConfig: { mode } } },
    },
  });
}

/** `POST …/nodePools`: creates a pool with the given fields and the service's defaults. */
export function createNodePool(call: Call): JsonObject {
  const { project, cluster } = clusterFor(call, 'container.clusters.update');
  const { name: poolName, config, ...fields } = asObject(call.body.nodePool);
  const name = asString(poolName);
  if (!/^[a-z][-a-z0-9]{0,38}[a-z0-9]$/.test(name))
    throw invalid(`Invalid value for field "node_pool.name": "${name}".`);
  if (cluster.resource.nodePools.some(pool => pool.name === name)) {
    throw new GoogleError('ALREADY_EXISTS', `Already exists: ${clusterName(project, cluster)}/nodePools/${name}.`);
  }
  const { location, currentMasterVersion } = cluster.resource;
  const made = nodePool(project, cluster.resource.name, location, { name, metadataMode: null }, currentMasterVersion);
  const addNodePool = mergePatch(made, { ...fields, config });
  return start(call, project, cluster, {
    operationType: 'CREATE_NODE_POOL',
    target: `/nodePools/${name}`,
    during: { cluster: clusterName(project, cluster) },
    after: { cluster: clusterName(project, cluster), addNodePool },
  });
}

/** `DELETE …/nodePools/NP`. */
export function deleteNodePool(call: Call, pool: NodePool): JsonObject {
  const { project, cluster } = clusterFor(call, 'container.clusters.update');
  const name = clusterName(project, cluster);
  return start(call, project, cluster, {
    operationType: 'DELETE_NODE_POOL',
    target: `/nodePools/${pool.name}`,
    during: { cluster: name, nodePool: pool.name, nodePoolPatch: { status: 'STOPPING' } },
    after: { cluster: name, removeNodePool: pool.name },
  });
}
