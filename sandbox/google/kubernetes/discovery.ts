import type { Json } from './manifest.ts';
import { apiVersionOf, type ResourceType } from './resources.ts';

const storedVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const verbsOf = (type: ResourceType) => (type.review ? ['create'] : storedVerbs);
const subresourceVerbs = ['get', 'patch', 'update'];

export interface DiscoveryReply {
  body: Json;
  contentType?: string;
}

/**
 * The document at a discovery path, or undefined for any other path. `accept` selects the aggregated form, which lists
 * all resources at once (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery).
 */
export function discover(
  path: string,
  accept: string,
  types: ResourceType[],
  version: string,
): DiscoveryReply | undefined {
  const [, root, first, second, ...rest] = path.replace(/\/$/, '').split('/');
  if (path === '/version' || path === '/version/') return { body: versionOf(version) };
  if (root === 'openapi') return openApi(path, types);
  if ((root !== 'api' && root !== 'apis') || rest.length > 0) return undefined;
  const groups = groupsOf(types.filter(type => (root === 'api') === (type.group === '')));
  if (first === undefined) {
    const aggregated = /g=apidiscovery\.k8s\.io;v=(v2(?:beta1)?);as=APIGroupDiscoveryList/.exec(accept)?.[1];
    if (aggregated !== undefined) return aggregate(groups, aggregated);
    if (root === 'api') return { body: { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] } };
    return { body: { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups].map(groupBody) } };
  }
  if (root === 'apis' && second === undefined) {
    const versions = groups.get(first);
    return versions && { body: { kind: 'APIGroup', apiVersion: 'v1', ...groupBody([first, versions]) } };
  }
  const resources = root === 'api' ? groups.get('')?.get(first) : groups.get(first)?.get(second ?? '');
  return resources && { body: resourceList(resources) };
}

type Versions = Map<string, ResourceType[]>;

function groupsOf(types: ResourceType[]): Map<string, Versions> {
  const groups = new Map<string, Versions>();
  for (const type of types) {
    const versions = groups.get(type.group) ?? new Map<string, ResourceType[]>();
    groups.set(type.group, versions.set(type.version, [...(versions.get(type.version) ?? []), type]));
  }
  return groups;
}

function groupBody([name, versions]: [string, Versions]): Json {
  const listed = [...versions.keys()].map(version => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: listed, preferredVersion: listed[0] };
}

function resourceList(types: ResourceType[]): Json {
  const resources = types.flatMap(type => {
    const { plural: name, singular: singularName, namespaced, kind, shortNames, categories } = type;
    const main = { name, singularName, namespaced, kind, verbs: verbsOf(type), shortNames, categories };
    const subresources = type.subresources.map(subresource => ({
      name: `${name}/${subresource}`,
      singularName: '',
      namespaced,
      kind,
      verbs: subresourceVerbs,
    }));
    return [main, ...subresources];
  });
  const groupVersion = types[0] === undefined ? '' : apiVersionOf(types[0]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

function aggregate(groups: Map<string, Versions>, version: string): DiscoveryReply {
  const items = [...groups].map(([name, versions]) => ({
    metadata: { name, creationTimestamp: null },
    versions: [...versions].map(([served, types]) => ({
      version: served,
      freshness: 'Current',
      resources: types.map(aggregatedResource),
    })),
  }));
  return {
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    body: { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items },
  };
}

function aggregatedResource(type: ResourceType): Json {
  const responseKind = { group: type.group, version: type.version, kind: type.kind };
  return {
    resource: type.plural,
    responseKind,
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: verbsOf(type),
    shortNames: type.shortNames,
    categories: type.categories,
    subresources: type.subresources.map(subresource => ({ subresource, responseKind, verbs: subresourceVerbs })),
  };
}

/** Just enough OpenAPI v3 for kubectl to see that the server validates fields itself. */
function openApi(path: string, types: ResourceType[]): DiscoveryReply | undefined {
  const stored = types.filter(type => !type.review);
  const rootOf = (type: ResourceType) => (type.group === '' ? `api/${type.version}` : `apis/${apiVersionOf(type)}`);
  if (path === '/openapi/v3') {
    const roots = [...new Set(stored.map(rootOf))];
    const paths = Object.fromEntries(roots.map(root => [root, { serverRelativeURL: `/openapi/v3/${root}` }]));
    return { body: { paths } };
  }
  const served = stored.filter(type => path === `/openapi/v3/${rootOf(type)}`);
  if (served.length === 0) return undefined;
  const fieldValidation = { name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } };
  const paths = served.map(type => {
    const scope = type.namespaced ? 'namespaces/{namespace}/' : '';
    const { group, version, kind } = type;
    const patch = {
      parameters: [fieldValidation],
      responses: {},
      'x-kubernetes-action': 'patch',
      'x-kubernetes-group-version-kind': { group, version, kind },
    };
    return [`/${rootOf(type)}/${scope}${type.plural}/{name}`, { patch }];
  });
  const info = { title: 'Kubernetes', version: 'unversioned' };
  return { body: { openapi: '3.0.0', info, paths: Object.fromEntries(paths), components: { schemas: {} } } };
}

/** `/version` of a GKE control plane such as 1.33.4-gke.1350000. */
function versionOf(version: string): Json {
  const [major = '', minor = ''] = version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitTreeState: 'clean',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
