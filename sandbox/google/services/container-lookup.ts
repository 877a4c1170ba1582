import { errorInfo, GoogleError } from '../errors.ts';
import { hierarchyResource } from '../iam/evaluate.ts';
import { type Call, param } from '../route.ts';
import { type Cluster, findProject, own, type Project } from '../world.ts';

const service = 'container.googleapis.com';

/** The 403 of the container API: permission and resource are in the message only, and ErrorInfo has no metadata. */
export function denied(permission: string, resource: string): GoogleError {
  return new GoogleError('PERMISSION_DENIED', `Required "${permission}" permission(s) for "${resource}".`, [
    { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: '0x3bfa1f5b6c2f7d10' },
    errorInfo('IAM_PERMISSION_DENIED', service),
  ]);
}

/** The 404 for a missing cluster, or for something missing in a cluster. */
export function notFound(name: string): GoogleError {
  return new GoogleError('NOT_FOUND', `Not found: ${name}.`, [
    { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: '0x3bfa1f5b6c2f7d11' },
  ]);
}

/**
 * The project of the path, if the caller has the permission on it. Clusters have no policies of their own, and conditions
 * on a cluster's name do not match, so the permissions are those on the project.
 */
export function projectFor(call: Call, permission: string, resource = `projects/${param(call, 'project')}`): Project {
  const project = findProject(call.world, param(call, 'project'));
  const allowed = project && call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`));
  if (!allowed) throw denied(permission, resource);
  return project;
}

/** The full resource name of the cluster in the path. */
export function pathName(call: Call): string {
  return `projects/${param(call, 'project')}/locations/${param(call, 'location')}/clusters/${param(call, 'cluster')}`;
}

/**
 * The cluster of the path.
 * @throws GoogleError 403 without the permission, else 404 for a missing cluster, in this order as the real service.
 */
export function clusterFor(call: Call, permission: string): { project: Project; cluster: Cluster } {
  const project = projectFor(call, permission, pathName(call));
  const cluster = own(project.clusters, `${param(call, 'location')}/${param(call, 'cluster')}`);
  if (!cluster) throw notFound(pathName(call));
  return { project, cluster };
}
