import { errorInfo, GoogleError } from '../../errors.ts';
import { type Call, param, type Route } from '../../route.ts';
import { nextSerial } from '../../world.ts';
import { type Collection, collectionRoutes, relativeName } from './collection.ts';
import { resourceFor } from './policy-routes.ts';

const service = 'spanner.googleapis.com';

const instanceName = (call: Call): string =>
  `//${service}/projects/${param(call, 'project')}/instances/${param(call, 'instance')}`;

const instances: Collection = {
  service,
  id: 'projects.instances',
  path: '/v1/projects/{project}/instances/{instance}',
  separator: ':',
  read: 'POST',
  key: 'instances',
  list: '/v1/projects/{project}/instances',
  grantsByRole: 'unsupported',
  parent: call => `//${service}/projects/${param(call, 'project')}`,
  fullName: instanceName,
  denied: (permission, fullName) => {
    const resource = relativeName(fullName);
    return new GoogleError(
      'PERMISSION_DENIED',
      `Caller is missing IAM permission ${permission} on resource ${resource}.`,
      [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource })],
    );
  },
  missing: fullName => new GoogleError('NOT_FOUND', `Instance not found: ${relativeName(fullName)}`),
};

const databases: Collection = {
  ...instances,
  id: 'projects.instances.databases',
  path: `${instances.path}/databases/{database}`,
  key: 'databases',
  list: `${instances.path}/databases`,
  parent: instanceName,
  fullName: call => `${instanceName(call)}/databases/${param(call, 'database')}`,
  missing: fullName => new GoogleError('NOT_FOUND', `Database not found: ${relativeName(fullName)}`),
};

export const spannerRoutes: Route[] = [
  ...collectionRoutes(instances),
  ...collectionRoutes(databases),
  {
    service,
    id: 'projects.instances.databases.sessions.create',
    method: 'POST',
    path: `${databases.path}/sessions`,
    handle: call => {
      const { entry } = resourceFor(call, databases, 'spanner.sessions.create');
      return { name: `${String(entry.resource.name)}/sessions/session-${nextSerial(call.world)}` };
    },
  },
];
