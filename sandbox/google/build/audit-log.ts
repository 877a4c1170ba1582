import type { JsonObject } from '../world.ts';

export type AuditEntryOptions = {
  /** Id of the project whose log it is in: the one that owns the resource. */
  project: string;
  /** `activity` by default. Reads are in `data_access`, refusals by a perimeter in `policy`. */
  log?: 'activity' | 'data_access' | 'policy' | 'system_event';
  minutesAgo: number;
  /** Service name, `storage.googleapis.com`. */
  service: string;
  /** `storage.objects.get` */
  method: string;
  /** Email of the caller. */
  principal?: string;
  /** Instead of an email, the subject of a federated caller: `serviceAccount:POOL[NS/KSA]`, `principal://…`. */
  subject?: string;
  permission: string;
  /** The name that authorizationInfo has; some services write a short one. */
  resource: string;
  /** The entry's own name of the resource; `resource` by default. */
  resourceName?: string;
  /** PERMISSION_DENIED by default; `granted` for a call that went through. */
  outcome?: 'denied' | 'granted';
  /** Text of the status. */
  message?: string;
  /** Any fields of the LogEntry, over the defaults. */
  fields?: JsonObject;
};

const permissionDenied = 7;

function entry(project: string, log: string, minutesAgo: number, rest: JsonObject): JsonObject {
  const at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  return {
    logName: `projects/${project}/logs/cloudaudit.googleapis.com%2F${log}`,
    severity: 'ERROR',
    timestamp: at,
    receiveTimestamp: at,
    ...rest,
  };
}

/** An entry of Cloud Audit Logs (AuditLog). A denial has no `granted`: JSON of protobuf omits false. */
export function auditEntry(options: AuditEntryOptions): JsonObject {
  const { project, log = 'activity', service, permission, resource, outcome = 'denied' } = options;
  const granted = outcome === 'granted';
  const [type = ''] = service.split('.');
  return entry(project, log, options.minutesAgo, {
    ...(granted && { severity: 'NOTICE' }),
    resource: { type: 'audited_resource', labels: { project_id: project, service, method: options.method } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      status: granted
        ? {}
        : {
            code: permissionDenied,
            message: options.message ?? `Permission '${permission}' denied on resource (or it may not exist).`,
          },
      authenticationInfo: {
        ...(options.principal && { principalEmail: options.principal }),
        ...(options.subject && { principalSubject: options.subject }),
      },
      requestMetadata: { callerIp: '203.0.113.7', callerSuppliedUserAgent: `${type}-client/1.0` },
      serviceName: service,
      methodName: options.method,
      authorizationInfo: [{ resource, permission, ...(granted && { granted: true }) }],
      resourceName: options.resourceName ?? resource,
    },
    ...options.fields,
  });
}

export type KubernetesAuditOptions = {
  project: string;
  location: string;
  cluster: string;
  minutesAgo: number;
  /** The user as the API server knows it: an email, `system:serviceaccount:NS:NAME`. */
  user: string;
  verb: string;
  /** Plural, with the group for those that have one: `pods`, `apps/deployments`. */
  resource: string;
  namespace?: string;
  name?: string;
};

/** A 403 of a cluster's API server, as GKE's audit logs show it. */
export function kubernetesDenial(options: KubernetesAuditOptions): JsonObject {
  const { project, location, cluster, user, verb, resource, namespace, name = '' } = options;
  const [kind = '', group = ''] = resource.split('/').reverse();
  const place = namespace ? `/namespaces/${namespace}` : '';
  const message =
    `${kind}${group ? `.${group}` : ''} is forbidden: User "${user}" cannot ${verb} resource "${kind}" ` +
    `in API group "${group}"${namespace ? ` in the namespace "${namespace}"` : ' at the cluster scope'}`;
  const read = ['get', 'list', 'watch'].includes(verb);
  return entry(project, read ? 'data_access' : 'activity', options.minutesAgo, {
    resource: { type: 'k8s_cluster', labels: { project_id: project, location, cluster_name: cluster } },
    labels: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      status: { code: permissionDenied, message },
      authenticationInfo: { principalEmail: user },
      serviceName: 'k8s.io',
      methodName: `io.k8s.${group || 'core'}.v1.${kind}.${verb}`,
      authorizationInfo: [
        {
          resource: `${group || 'core'}/v1${place}/${kind}/${name}`,
          permission: `io.k8s.${group || 'core'}.v1.${kind}.${verb}`,
        },
      ],
      resourceName: `${group || 'core'}/v1${place}/${kind}/${name}`,
      response: {
        '@type': 'core.k8s.io/v1.Status',
        kind: 'Status',
        status: 'Failure',
        reason: 'Forbidden',
        code: 403,
        message,
      },
    },
  });
}

export type PerimeterDenialOptions = {
  project: string;
  projectNumber: string;
  minutesAgo: number;
  /** `vpcServiceControlsUniqueIdentifier` of the refusal. */
  id: string;
  service: string;
  method: string;
  principal: string;
  /** `accessPolicies/A/servicePerimeters/P` */
  perimeter: string;
  reason?: string;
  /** Only the perimeter's dry-run configuration would have refused it. */
  dryRun?: boolean;
};

/** A refusal by a service perimeter, in the log of the protected project (VpcServiceControlAuditMetadata). */
export function perimeterDenial(options: PerimeterDenialOptions): JsonObject {
  const { project, projectNumber, service, perimeter, dryRun = false } = options;
  return entry(project, 'policy', options.minutesAgo, {
    resource: { type: 'audited_resource', labels: { project_id: project, service, method: options.method } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      status: {
        code: permissionDenied,
        message:
          `${dryRun ? '(Dry Run Mode) ' : ''}Request is prohibited by organization's policy. ` +
          `vpcServiceControlsUniqueIdentifier: ${options.id}`,
      },
      authenticationInfo: { principalEmail: options.principal },
      serviceName: service,
      methodName: options.method,
      resourceName: `projects/${projectNumber}`,
      metadata: {
        '@type': 'type.googleapis.com/google.cloud.audit.VpcServiceControlAuditMetadata',
        vpcServiceControlsUniqueId: options.id,
        violationReason: options.reason ?? 'NO_MATCHING_ACCESS_LEVEL',
        resourceNames: [`projects/${projectNumber}`],
        securityPolicyInfo: { servicePerimeterName: perimeter, organizationId: '111111111111' },
        ingressViolations: [{ targetResource: `projects/${projectNumber}`, servicePerimeter: perimeter }],
        ...(dryRun && { dryRun: true }),
      },
    },
  });
}
