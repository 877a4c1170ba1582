/**
 * Kubernetes' resources as IAM and RBAC name them. Sources: GKE, "IAM permissions for Kubernetes Engine" (the names of
 * `container.*` permissions); Kubernetes, `plugin/pkg/auth/authorizer/rbac/bootstrappolicy` (what `view` holds).
 */
export interface KubernetesResource {
  /** `''` is the core group. */
  readonly group: string;
  /** `networkpolicies`. */
  readonly plural: string;
  /** As IAM writes it: `networkPolicies`; `thirdPartyObjects` for custom resources without a name of their own. */
  readonly iam: string;
  readonly namespaced: boolean;
}

/** IAM's names by API group; a `*` marks what has no namespace. The plural is the same in lower case. */
const NAMES: Readonly<Record<string, string>> = {
  '': 'bindings componentStatuses* configMaps endpoints events limitRanges namespaces* nodes* persistentVolumeClaims persistentVolumes* podTemplates pods replicationControllers resourceQuotas secrets serviceAccounts services',
  'admissionregistration.k8s.io': 'mutatingWebhookConfigurations* validatingWebhookConfigurations*',
  'apiextensions.k8s.io': 'customResourceDefinitions*',
  'apiregistration.k8s.io': 'apiServices*',
  apps: 'controllerRevisions daemonSets deployments replicaSets statefulSets',
  'authentication.k8s.io': 'tokenReviews*',
  'authorization.k8s.io':
    'localSubjectAccessReviews selfSubjectAccessReviews* selfSubjectRulesReviews* subjectAccessReviews*',
  autoscaling: 'horizontalPodAutoscalers',
  batch: 'cronJobs jobs',
  'certificates.k8s.io': 'certificateSigningRequests*',
  'cloud.google.com': 'backendConfigs',
  'coordination.k8s.io': 'leases',
  'discovery.k8s.io': 'endpointSlices',
  'networking.gke.io': 'frontendConfigs managedCertificates',
  'networking.k8s.io': 'ingresses networkPolicies',
  'node.k8s.io': 'runtimeClasses*',
  'nodemanagement.gke.io': 'updateInfos',
  policy: 'podDisruptionBudgets',
  'rbac.authorization.k8s.io': 'clusterRoleBindings* clusterRoles* roleBindings roles',
  'scheduling.k8s.io': 'priorityClasses*',
  'snapshot.storage.k8s.io': 'volumeSnapshotClasses* volumeSnapshotContents* volumeSnapshots',
  'storage.k8s.io': 'csiDrivers* csiNodes* storageClasses* volumeAttachments*',
};

const RESOURCES: readonly KubernetesResource[] = Object.entries(NAMES).flatMap(([group, names]) =>
  names.split(' ').map(name => {
    const iam = name.replace('*', '');
    return { group, plural: iam.toLowerCase(), iam, namespaced: !name.endsWith('*') };
  }),
);

/**
 * The resource of this name: `roles`, `deployments.apps`, `backendconfigs.cloud.google.com`. `group` where it is known from
 * elsewhere. A resource of another group is a custom one. Undefined: a bare name that is none of Kubernetes' own.
 */
export function findResource(text: string, group?: string): KubernetesResource | undefined {
  const [plural = '', ...rest] = text.toLowerCase().split('.');
  const named = group ?? (rest.length > 0 ? rest.join('.') : undefined);
  const found = RESOURCES.find(one => one.plural === plural && (named === undefined || one.group === named));
  if (found || named === undefined || named === '') return found;
  return { group: named, plural, iam: 'thirdPartyObjects', namespaced: true };
}

const VERBS_OF_VIEW = ['get', 'list', 'watch'];

/** What the ClusterRole `view` lets one read, by API group, with subresources. No Secrets, nothing of RBAC. */
const VIEW: Readonly<Record<string, string>> = {
  '': 'bindings configmaps endpoints events limitranges namespaces namespaces/status persistentvolumeclaims persistentvolumeclaims/status pods pods/log pods/status replicationcontrollers replicationcontrollers/scale replicationcontrollers/status resourcequotas resourcequotas/status serviceaccounts services services/status',
  apps: 'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
  autoscaling: 'horizontalpodautoscalers horizontalpodautoscalers/status',
  batch: 'cronjobs cronjobs/status jobs jobs/status',
  'discovery.k8s.io': 'endpointslices',
  'networking.k8s.io': 'ingresses ingresses/status networkpolicies',
  policy: 'poddisruptionbudgets poddisruptionbudgets/status',
};

/** `resource` with its subresource: `pods/log`. */
export function isInView(verb: string, group: string, resource: string): boolean {
  return VERBS_OF_VIEW.includes(verb) && (VIEW[group]?.split(' ').includes(resource) ?? false);
}
