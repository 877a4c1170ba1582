import { errorInfo, GoogleError } from '../errors.ts';
import { hierarchyResource } from '../iam/evaluate.ts';
import { type Call, param } from '../route.ts';
import { type Cluster, findProject, own, type Project } from '../world.ts';

const service = 'container.googleapis.com';

/** The container API names permission and resource in the message only: its ErrorInfo has no metadata. */
export function denied(permission: string, resource: string): GoogleError {
  return new GoogleError('PERMISSION_DENIED', `Required "${permission}" permission(s) for "${resource}".`, [
    { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: '0x3bfa1f5b6c2f7d10' },
    errorInfo('IAM_PERMISSION_DENIED', service),
  ]);
}

/** A cluster or anything below one that isn't there. */
export function notFound(name: string): GoogleError {
  return new GoogleError('NOT_FOUND', `Not found: ${name}.`, [
    { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: '0x3bfa1f5b6c2f7d11' },
  ]);
}

/**
 * The project of the path, where the caller may do this in it. Clusters have no policies of their own, and conditions
 * on a cluster's name do not match: rights are those on the project.
 */
export function projectFor(call: Call, permission: string, resource = `projects/${param(call, 'project')}`): Project {
  const project = findProject(call.world, param(call, 'project'));
  const allowed = project && call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`));
  if (!allowed) throw denied(permission, resource);
  return project;
}

/** The full name that the path gives a cluster. */
export function pathName(call: Call): string {
  return `projects/${param(call, 'project')}/locations/${param(call, 'location')}/clusters/${param(call, 'cluster')}`;
}

/**
 * The cluster of the path.
 * @throws GoogleError 403 before 404, as the real service.
 */
export function clusterFor(call: Call, permission: string): { project: Project; cluster: Cluster } {
  const project = projectFor(call, permission, pathName(call));
  const cluster = own(project.clusters, `${param(call, 'location')}/${param(call, 'cluster')}`);
  if (!cluster) throw notFound(pathName(call));
  return { project, cluster };
}
