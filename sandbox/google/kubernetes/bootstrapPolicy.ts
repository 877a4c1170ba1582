import type { KubernetesObject } from './manifest.ts';

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const everything = [...write, ...read];

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

const on = (group: string, resources: string, verbs: string[]): Rule => ({
  apiGroups: [group],
  resources: resources.split(' '),
  verbs,
});
const paths = (urls: string): Rule => ({ nonResourceURLs: urls.split(' '), verbs: ['get'] });

const podConnections = 'pods/attach pods/exec pods/portforward pods/proxy';
const rbacGroup = 'rbac.authorization.k8s.io';

/** What `admin` adds to `edit`. */
const adminRules: Rule[] = [
  on('authorization.k8s.io', 'localsubjectaccessreviews', ['create']),
  on(rbacGroup, 'rolebindings roles', everything),
];

/** What `edit` adds to `view`. */
const editRules: Rule[] = [
  on('', `${podConnections} secrets services/proxy`, read),
  on('', 'serviceaccounts', ['impersonate']),
  on('', `pods ${podConnections}`, write),
  on('', 'pods/eviction', ['create']),
  on(
    '',
    'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    write,
  ),
  on('', 'serviceaccounts/token', ['create']),
  on(
    'apps',
    'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    write,
  ),
  on('autoscaling', 'horizontalpodautoscalers', write),
  on('batch', 'cronjobs jobs', write),
  on(
    'extensions',
    'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale',
    write,
  ),
  on('policy', 'poddisruptionbudgets', write),
  on('networking.k8s.io', 'ingresses networkpolicies', write),
];

/** What `view` sees: no Secrets, no Roles, no RoleBindings. */
const viewRules: Rule[] = [
  on(
    '',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    read,
  ),
  on(
    '',
    'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    read,
  ),
  on('', 'namespaces', read),
  on('discovery.k8s.io', 'endpointslices', read),
  on(
    'apps',
    'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    read,
  ),
  on('autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status', read),
  on('batch', 'cronjobs cronjobs/status jobs jobs/status', read),
  on(
    'extensions',
    'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
    read,
  ),
  on('policy', 'poddisruptionbudgets poddisruptionbudgets/status', read),
  on('networking.k8s.io', 'ingresses ingresses/status networkpolicies', read),
];

const metadata = (name: string, labels: Record<string, string> = {}) => ({
  name,
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
});

const aggregates = (to: string) => ({ [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true' });

function clusterRole(name: string, rules: Rule[], labels: Record<string, string> = {}): KubernetesObject {
  return { apiVersion: `${rbacGroup}/v1`, kind: 'ClusterRole', metadata: metadata(name, labels), rules };
}

/** An aggregated role: the server fills in the rules of the roles that have its label. */
function aggregated(name: string, labels: Record<string, string> = {}): KubernetesObject {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: aggregates(name) }] };
  return { ...clusterRole(name, [], labels), aggregationRule };
}

function clusterRoleBinding(role: string, ...groups: string[]): KubernetesObject {
  return {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: metadata(role),
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role },
    subjects: groups.map(name => ({ apiGroup: rbacGroup, kind: 'Group', name })),
  };
}

/** The default roles and bindings for users (https://kubernetes.io/docs/reference/access-authn-authz/rbac/, version 1.33). */
export function bootstrapPolicy(): KubernetesObject[] {
  return [
    clusterRole('cluster-admin', [on('*', '*', ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }]),
    clusterRole('system:discovery', [
      paths('/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/'),
    ]),
    clusterRole('system:basic-user', [
      on('authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews', ['create']),
      on('authentication.k8s.io', 'selfsubjectreviews', ['create']),
    ]),
    clusterRole('system:public-info-viewer', [paths('/healthz /livez /readyz /version /version/')]),
    aggregated('admin'),
    aggregated('edit', aggregates('admin')),
    aggregated('view', aggregates('edit')),
    clusterRole('system:aggregate-to-admin', adminRules, aggregates('admin')),
    clusterRole('system:aggregate-to-edit', editRules, aggregates('edit')),
    clusterRole('system:aggregate-to-view', viewRules, aggregates('view')),
    clusterRole('system:auth-delegator', [
      on('authentication.k8s.io', 'tokenreviews', ['create']),
      on('authorization.k8s.io', 'subjectaccessreviews', ['create']),
    ]),
    clusterRoleBinding('cluster-admin', 'system:masters'),
    clusterRoleBinding('system:discovery', 'system:authenticated'),
    clusterRoleBinding('system:basic-user', 'system:authenticated'),
    clusterRoleBinding('system:public-info-viewer', 'system:authenticated', 'system:unauthenticated'),
  ];
}
