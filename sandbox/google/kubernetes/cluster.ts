import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { admitNew } from './admission.ts';
import { bootstrapPolicy } from './bootstrapPolicy.ts';
import { type KubernetesObject, listAt, type ObjectMeta } from './manifest.ts';
import type { PolicyStore } from './rbac.ts';
import {
  builtinResources,
  definitionOf,
  knownCustomResources,
  type ResourceType,
  resourcesOf,
  splitApiVersion,
} from './resources.ts';
import { runRollouts } from './rollouts.ts';
import { manifestSelector } from './selectors.ts';
import { createStore, type Store } from './store.ts';

/** The state of one cluster and what it serves. */
export interface Cluster {
  store: Store;
  policy: PolicyStore;
  types(): ResourceType[];
  /** Without a version: the first that is served. */
  type(group: string, plural: string, version?: string): ResourceType | undefined;
}

const systemNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const builtin = (kind: string): ResourceType => {
  const type = builtinResources.find(candidate => candidate.kind === kind);
  if (type === undefined) throw new Error(`no built-in resource of kind ${kind}`);
  return type;
};
const types = {
  namespace: builtin('Namespace'),
  node: builtin('Node'),
  pod: builtin('Pod'),
  deployment: builtin('Deployment'),
  serviceAccount: builtin('ServiceAccount'),
  role: builtin('Role'),
  clusterRole: builtin('ClusterRole'),
  roleBinding: builtin('RoleBinding'),
  clusterRoleBinding: builtin('ClusterRoleBinding'),
  definition: builtin('CustomResourceDefinition'),
};

/**
 * Creates a cluster with the system's namespaces and roles, and with `objects`; the last one counts where two have the
 * same name. Namespaces that objects use, default service accounts, and definitions of known custom resources are added.
 * An object without a uid gets one that is the same at each start.
 * Throws for an object of a kind that neither the server nor a CustomResourceDefinition among `objects` defines.
 */
export function createCluster(name: string, objects: KubernetesObject[]): Cluster {
  const store = createStore();
  let served: ResourceType[] | undefined;
  const allTypes = () => {
    served ??= [...builtinResources, ...store.list(types.definition).flatMap(resourcesOf)];
    return served;
  };
  store.watch(({ type, event, object }) => {
    if (type.kind === types.definition.kind) served = undefined;
    if (type.kind === types.clusterRole.kind) aggregate(store);
    if (type.kind === types.namespace.kind && event === 'ADDED') addDefaultServiceAccount(object.metadata.name);
  });

  let starting = true;
  const add = (type: ResourceType, object: KubernetesObject) => {
    const { namespace = 'default', ...metadata } = object.metadata;
    const placed: ObjectMeta = type.namespaced ? { ...metadata, namespace } : metadata;
    const uid = placed.uid ?? (starting ? uidOf(name, type, placed) : undefined);
    store.put(type, admitNew(type, { ...object, metadata: { ...placed, uid } }));
    if (type.namespaced && store.get(types.namespace, '', namespace) === undefined) {
      add(types.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    }
  };
  const addDefaultServiceAccount = (namespace: string) => {
    if (store.get(types.serviceAccount, namespace, 'default') !== undefined) return;
    const metadata = { name: 'default', namespace };
    add(types.serviceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  };
  const addAll = (manifests: KubernetesObject[]) => {
    for (const object of manifests) add(typeOf(allTypes(), object), object);
  };

  addAll(systemNamespaces.map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  addAll(bootstrapPolicy());
  const definitions = objects.filter(object => object.kind === types.definition.kind);
  addAll(definitions);
  addAll(missingDefinitions(allTypes(), objects));
  addAll(objects.filter(object => !definitions.includes(object)));
  starting = false;
  runRollouts(store, types);

  return {
    store,
    types: allTypes,
    type: (group, plural, version) =>
      allTypes().find(
        type => type.group === group && type.plural === plural && (version === undefined || type.version === version),
      ),
    policy: {
      role: (namespace, name) => store.get(types.role, namespace, name),
      clusterRole: name => store.get(types.clusterRole, '', name),
      roleBindings: namespace => store.list(types.roleBinding, namespace),
      clusterRoleBindings: () => store.list(types.clusterRoleBinding),
    },
  };
}

const isOf = (type: ResourceType, object: KubernetesObject): boolean => {
  const [group, version] = splitApiVersion(object.apiVersion);
  return type.kind === object.kind && type.group === group && type.version === version;
};

function typeOf(served: ResourceType[], object: KubernetesObject): ResourceType {
  const type = served.find(candidate => isOf(candidate, object));
  if (type === undefined) {
    throw new Error(
      `no resource for kind "${object.kind}" in version "${object.apiVersion}": give its CustomResourceDefinition too`,
    );
  }
  return type;
}

function missingDefinitions(served: ResourceType[], objects: KubernetesObject[]): KubernetesObject[] {
  const definitions = knownCustomResources
    .filter(type => objects.some(object => isOf(type, object)))
    .filter(type => !served.some(known => known.kind === type.kind && known.group === type.group))
    .map(definitionOf);
  // Objects in two versions of one custom resource need its definition once.
  return [...new Map(definitions.map(definition => [definition.metadata.name, definition])).values()];
}

/** A UUID derived from the cluster and the object's type, namespace and name. */
function uidOf(cluster: string, type: ResourceType, { namespace = '', name }: ObjectMeta): string {
  const digits = createHash('sha1')
    .update([cluster, type.group, type.plural, namespace, name].join('\n'))
    .digest('hex');
  const [a, b, c, d, e] = [8, 12, 15, 18, 30].map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end));
  return `${a}-${b}-4${c}-8${d}-${e}`;
}

/** Fills in the rules of aggregated ClusterRoles. Storing a role calls this again, for roles that aggregate it. */
function aggregate(store: Store): void {
  const roles = store.list(types.clusterRole);
  for (const role of roles) {
    const selectors = listAt(role, 'aggregationRule', 'clusterRoleSelectors').map(manifestSelector);
    if (selectors.length === 0) continue;
    const sources = roles.filter(source => source !== role && selectors.some(selects => selects(source)));
    const rules = sources.flatMap(source => listAt(source, 'rules'));
    if (!isDeepStrictEqual(rules, role.rules)) {
      store.put(types.clusterRole, { ...role, rules });
      return;
    }
  }
}
