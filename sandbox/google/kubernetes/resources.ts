import { at, type KubernetesObject, listAt, textAt, textsAt } from './manifest.ts';

/** One resource that the API server serves (APIResource in discovery). */
export interface ResourceType {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  shortNames: string[];
  subresources: string[];
  categories: string[];
  /** `reviews` are created and answered, never stored. */
  review: boolean;
  /** Defined by a CustomResourceDefinition; IAM treats its objects as third-party objects. */
  custom: boolean;
  /** The text of the `Warning` header that calls to it carry. */
  warning?: string;
}

type Extras = Partial<Omit<ResourceType, 'group' | 'version' | 'kind' | 'plural'>>;

function resource(apiVersion: string, kind: string, plural: string, extras: Extras = {}): ResourceType {
  const [group, version] = splitApiVersion(apiVersion);
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    namespaced: true,
    shortNames: [],
    subresources: [],
    categories: [],
    review: false,
    custom: false,
    ...extras,
  };
}

const workload = (shortNames: string[], subresources = ['status', 'scale']): Extras => ({
  shortNames,
  subresources,
  categories: ['all'],
});
const cluster = { namespaced: false };
const review = { review: true, namespaced: false };
const rbac = 'rbac.authorization.k8s.io/v1';
const authorization = 'authorization.k8s.io/v1';
const endpointsWarning = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice';

/** What every cluster serves, in the order in which discovery lists it. */
export const builtinResources: readonly ResourceType[] = [
  resource('v1', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  resource('v1', 'Endpoints', 'endpoints', { shortNames: ['ep'], warning: endpointsWarning }),
  resource('v1', 'Event', 'events', { shortNames: ['ev'] }),
  resource('v1', 'Namespace', 'namespaces', { ...cluster, shortNames: ['ns'], subresources: ['finalize', 'status'] }),
  resource('v1', 'Node', 'nodes', { ...cluster, shortNames: ['no'], subresources: ['proxy', 'status'] }),
  resource(
    'v1',
    'Pod',
    'pods',
    workload(['po'], ['attach', 'eviction', 'exec', 'log', 'portforward', 'proxy', 'status']),
  ),
  resource('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', { shortNames: ['pvc'], subresources: ['status'] }),
  resource('v1', 'ResourceQuota', 'resourcequotas', { shortNames: ['quota'], subresources: ['status'] }),
  resource('v1', 'LimitRange', 'limitranges', { shortNames: ['limits'] }),
  resource('v1', 'Secret', 'secrets'),
  resource('v1', 'Service', 'services', workload(['svc'], ['proxy', 'status'])),
  resource('v1', 'ServiceAccount', 'serviceaccounts', { shortNames: ['sa'], subresources: ['token'] }),
  resource('apps/v1', 'DaemonSet', 'daemonsets', workload(['ds'], ['status'])),
  resource('apps/v1', 'Deployment', 'deployments', workload(['deploy'])),
  resource('apps/v1', 'ReplicaSet', 'replicasets', workload(['rs'])),
  resource('apps/v1', 'StatefulSet', 'statefulsets', workload(['sts'])),
  resource('batch/v1', 'CronJob', 'cronjobs', workload(['cj'], ['status'])),
  resource('batch/v1', 'Job', 'jobs', workload([], ['status'])),
  resource('networking.k8s.io/v1', 'Ingress', 'ingresses', { shortNames: ['ing'], subresources: ['status'] }),
  resource('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', { shortNames: ['netpol'] }),
  resource('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  resource(rbac, 'ClusterRoleBinding', 'clusterrolebindings', cluster),
  resource(rbac, 'ClusterRole', 'clusterroles', cluster),
  resource(rbac, 'RoleBinding', 'rolebindings'),
  resource(rbac, 'Role', 'roles'),
  resource(authorization, 'LocalSubjectAccessReview', 'localsubjectaccessreviews', { review: true }),
  resource(authorization, 'SelfSubjectAccessReview', 'selfsubjectaccessreviews', review),
  resource(authorization, 'SelfSubjectRulesReview', 'selfsubjectrulesreviews', review),
  resource(authorization, 'SubjectAccessReview', 'subjectaccessreviews', review),
  resource('authentication.k8s.io/v1', 'SelfSubjectReview', 'selfsubjectreviews', review),
  resource('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', {
    ...cluster,
    shortNames: ['crd', 'crds'],
    subresources: ['status'],
  }),
];

/** One custom resource, once for each version that its definition serves; the first is the one that is stored. */
function customResource(
  group: string,
  versions: string[],
  kind: string,
  plural: string,
  extras: Extras = {},
): ResourceType[] {
  return versions.map(version => resource(`${group}/${version}`, kind, plural, { custom: true, ...extras }));
}

/** Istio serves its networking API in three versions (istio.io, "Announcing Istio 1.22": the promotion to v1). */
const istio = ['v1', 'v1beta1', 'v1alpha3'];

/** Custom resources that a cluster defines by itself as soon as it has an object of them. */
export const knownCustomResources: readonly ResourceType[] = [
  ...customResource('cilium.io', ['v2'], 'CiliumNetworkPolicy', 'ciliumnetworkpolicies', { shortNames: ['cnp'] }),
  ...customResource('cilium.io', ['v2'], 'CiliumClusterwideNetworkPolicy', 'ciliumclusterwidenetworkpolicies', {
    ...cluster,
    shortNames: ['ccnp'],
  }),
  ...customResource('crd.projectcalico.org', ['v1'], 'NetworkPolicy', 'networkpolicies'),
  ...customResource('crd.projectcalico.org', ['v1'], 'GlobalNetworkPolicy', 'globalnetworkpolicies', cluster),
  ...customResource('networking.gke.io', ['v1alpha1'], 'FQDNNetworkPolicy', 'fqdnnetworkpolicies', {
    shortNames: ['fqdnnp'],
  }),
  ...customResource('policy.networking.k8s.io', ['v1alpha1'], 'AdminNetworkPolicy', 'adminnetworkpolicies', {
    ...cluster,
    shortNames: ['anp'],
  }),
  ...customResource(
    'policy.networking.k8s.io',
    ['v1alpha1'],
    'BaselineAdminNetworkPolicy',
    'baselineadminnetworkpolicies',
    { ...cluster, shortNames: ['banp'] },
  ),
  ...customResource('networking.istio.io', istio, 'ServiceEntry', 'serviceentries', { shortNames: ['se'] }),
  ...customResource('networking.istio.io', istio, 'Sidecar', 'sidecars'),
  ...customResource('cloud.google.com', ['v1'], 'ComputeClass', 'computeclasses', cluster),
];

/** `apps/v1` as ["apps", "v1"]; `v1` as ["", "v1"]. */
export function splitApiVersion(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.lastIndexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

export function apiVersionOf(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** The resources that a CustomResourceDefinition adds, one for each served version. */
export function resourcesOf(definition: KubernetesObject): ResourceType[] {
  const group = textAt(definition, 'spec', 'group');
  return listAt(definition, 'spec', 'versions')
    .filter(version => at(version, 'served') !== false)
    .map(version =>
      resource(
        `${group}/${textAt(version, 'name')}`,
        textAt(definition, 'spec', 'names', 'kind'),
        textAt(definition, 'spec', 'names', 'plural'),
        {
          custom: true,
          namespaced: textAt(definition, 'spec', 'scope') !== 'Cluster',
          shortNames: textsAt(definition, 'spec', 'names', 'shortNames'),
          subresources: at(version, 'subresources', 'status') === undefined ? [] : ['status'],
        },
      ),
    );
}

/** The definition that an operator would have installed for a known custom resource, with all of its versions. */
export function definitionOf(type: ResourceType): KubernetesObject {
  const versions = knownCustomResources
    .filter(known => known.group === type.group && known.kind === type.kind)
    .map(({ version }, index) => ({
      name: version,
      served: true,
      storage: index === 0,
      schema: { openAPIV3Schema: { type: 'object' } },
    }));
  const names = { kind: type.kind, listKind: `${type.kind}List`, plural: type.plural, singular: type.singular };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${type.plural}.${type.group}` },
    spec: {
      group: type.group,
      names: { ...names, shortNames: type.shortNames },
      scope: type.namespaced ? 'Namespaced' : 'Cluster',
      versions,
    },
    status: { conditions: [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }] },
  };
}
