import { invalid } from '../errors.ts';
import { type Selector, select, selectorOf } from '../fields.ts';
import { containerOperation, isRunning } from '../operations.ts';
import { type Call, JsonText, param, type Route } from '../route.ts';
import { type Cluster, clusterName, findProject, type JsonObject, type NodePool, own, type Project } from '../world.ts';
import { clusterFor, notFound, pathName, projectFor } from './container-lookup.ts';
import { createNodePool, deleteNodePool, updateCluster, updateNodePool } from './container-updates.ts';

const service = 'container.googleapis.com';
/** The API has regions and zones under `locations`, and also the older `zones`. */
const inLocation = '/v1/projects/{project}/locations|zones/{location}';

function nodePoolOf(call: Call, cluster: Cluster): NodePool {
  const nodePool = cluster.resource.nodePools.find(pool => pool.name === param(call, 'nodePool'));
  if (!nodePool) throw notFound(`${pathName(call)}/nodePools/${param(call, 'nodePool')}`);
  return nodePool;
}

const texts = new WeakMap<object, Map<Selector | undefined, string>>();

/** The JSON of a cluster, or of its selected part. It is cached by resource object, which is replaced and never modified. */
function textOf({ resource }: Cluster, selector?: Selector): string {
  const bySelector = texts.get(resource) ?? new Map<Selector | undefined, string>();
  texts.set(resource, bySelector);
  const text = bySelector.get(selector) ?? JSON.stringify(selector ? select(resource, selector) : resource);
  bySelector.set(selector, text);
  return text;
}

function listClusters(call: Call): JsonText {
  const project = projectFor(call, 'container.clusters.list');
  const location = param(call, 'location');
  const wanted = selectorOf(call);
  const of = (name: string) => (wanted === undefined ? undefined : (wanted.get(name) ?? wanted.get('*')));
  const clusters = Object.values(project.clusters).filter(({ resource }) =>
    ['-', resource.location].includes(location),
  );
  const missing = location === '-' ? project.missingZones : [];
  const has = (name: string, list: readonly unknown[]) => list.length > 0 && (!wanted || of(name) !== undefined);
  const fields = [
    ...(has('clusters', clusters)
      ? [`"clusters":[${clusters.map(one => textOf(one, of('clusters'))).join(',')}]`]
      : []),
    ...(has('missingZones', missing) ? [`"missingZones":${JSON.stringify(missing)}`] : []),
  ];
  return new JsonText(`{${fields.join(',')}}`);
}

function listNodePools(call: Call): JsonObject {
  const { cluster } = clusterFor(call, 'container.clusters.get');
  const { nodePools } = cluster.resource;
  return nodePools.length > 0 ? { nodePools } : {};
}

function operationsOf(call: Call, project: Project): JsonObject[] {
  const location = param(call, 'location');
  const prefix = `projects/${project.projectId}/`;
  return call.world.operations
    .filter(operation => operation.service === service && operation.name.startsWith(prefix))
    .filter(operation => location === '-' || operation.name.split('/')[3] === location)
    .map(operation => containerOperation(operation, call.clock.now()));
}

function listOperations(call: Call): JsonObject {
  const operations = operationsOf(call, projectFor(call, 'container.operations.list'));
  return operations.length > 0 ? { operations } : {};
}

function getOperation(call: Call): JsonObject {
  const id = param(call, 'operation');
  const name = `projects/${param(call, 'project')}/locations/${param(call, 'location')}/operations/${id}`;
  const project = projectFor(call, 'container.operations.get', name);
  const found = operationsOf(call, project).find(operation => operation.name === id);
  if (!found) throw notFound(name);
  return found;
}

function cancelOperation(call: Call): JsonObject {
  const project = projectFor(call, 'container.operations.list');
  const name = `projects/${project.projectId}/locations/${param(call, 'location')}/operations/${param(call, 'operation')}`;
  const operation = call.world.operations.find(candidate => candidate.name === name);
  if (!operation) throw notFound(name);
  if (!isRunning(operation, call.clock.now())) throw invalid('Operation is already done.');
  operation.aborting = true;
  return {};
}

function serverConfig(call: Call): JsonObject {
  const project = projectFor(call, 'container.clusters.list');
  const versions = Object.values(project.clusters).map(({ resource }) => resource.currentMasterVersion);
  const valid = [...new Set([...versions, '1.34.1-gke.2037000', '1.33.5-gke.1201000'])].sort().reverse();
  return {
    defaultClusterVersion: '1.33.5-gke.1201000',
    validMasterVersions: valid,
    validNodeVersions: valid,
    defaultImageType: 'COS_CONTAINERD',
    validImageTypes: ['COS_CONTAINERD', 'UBUNTU_CONTAINERD', 'WINDOWS_LTSC_CONTAINERD'],
    channels: [{ channel: 'REGULAR', defaultVersion: '1.33.5-gke.1201000', validVersions: valid }],
  };
}

/** The OpenID discovery document of a cluster, which workload identity federation reads. It is public. */
function openIdConfiguration(call: Call): JsonObject {
  const project = findProject(call.world, param(call, 'project'));
  const cluster = project && own(project.clusters, `${param(call, 'location')}/${param(call, 'cluster')}`);
  if (!project || !cluster) throw notFound(pathName(call));
  const issuer = `https://container.googleapis.com/v1/${clusterName(project, cluster)}`;
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

const cluster = `${inLocation}/clusters/{cluster}`;

export const containerRoutes: Route[] = [
  {
    service,
    id: 'projects.locations.clusters.list',
    method: 'GET',
    path: `${inLocation}/clusters`,
    handle: listClusters,
  },
  {
    service,
    id: 'projects.locations.clusters.get',
    method: 'GET',
    path: cluster,
    handle: call => new JsonText(textOf(clusterFor(call, 'container.clusters.get').cluster, selectorOf(call))),
  },
  { service, id: 'projects.locations.clusters.update', method: 'PUT', path: cluster, handle: updateCluster },
  {
    service,
    id: 'projects.locations.clusters.nodePools.list',
    method: 'GET',
    path: `${cluster}/nodePools`,
    handle: listNodePools,
  },
  {
    service,
    id: 'projects.locations.clusters.nodePools.create',
    method: 'POST',
    path: `${cluster}/nodePools`,
    handle: createNodePool,
  },
  {
    service,
    id: 'projects.locations.clusters.nodePools.delete',
    method: 'DELETE',
    path: `${cluster}/nodePools/{nodePool}`,
    handle: call => deleteNodePool(call, nodePoolOf(call, clusterFor(call, 'container.clusters.update').cluster)),
  },
  {
    service,
    id: 'projects.locations.clusters.nodePools.get',
    method: 'GET',
    path: `${cluster}/nodePools/{nodePool}`,
    handle: call => nodePoolOf(call, clusterFor(call, 'container.clusters.get').cluster),
  },
  {
    service,
    id: 'projects.locations.clusters.nodePools.update',
    method: 'PUT',
    path: `${cluster}/nodePools/{nodePool}`,
    handle: call => updateNodePool(call, nodePoolOf(call, clusterFor(call, 'container.clusters.update').cluster)),
  },
  {
    service,
    id: 'projects.locations.clusters.getOpenIdConfiguration',
    method: 'GET',
    path: `${cluster}/.well-known/openid-configuration`,
    open: true,
    handle: openIdConfiguration,
  },
  {
    service,
    id: 'projects.locations.operations.list',
    method: 'GET',
    path: `${inLocation}/operations`,
    handle: listOperations,
  },
  {
    service,
    id: 'projects.locations.operations.get',
    method: 'GET',
    path: `${inLocation}/operations/{operation}`,
    handle: getOperation,
  },
  {
    service,
    id: 'projects.locations.operations.cancel',
    method: 'POST',
    path: `${inLocation}/operations/{operation}:cancel`,
    handle: cancelOperation,
  },
  {
    service,
    id: 'projects.locations.getServerConfig',
    method: 'GET',
    path: `${inLocation}/serverConfig|serverconfig`,
    handle: serverConfig,
  },
];
