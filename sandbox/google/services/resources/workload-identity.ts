import { errorInfo, GoogleError } from '../../errors.ts';
import { type Call, param, type Route } from '../../route.ts';
import { type Collection, collectionRoutes, getRoute, listed, relativeName } from './collection.ts';
import type { ResourceApi } from './policy-routes.ts';

const service = 'iam.googleapis.com';

const locationName = (call: Call): string =>
  `//${service}/projects/${param(call, 'project')}/locations/${param(call, 'location')}`;
const poolName = (call: Call): string => `${locationName(call)}/workloadIdentityPools/${param(call, 'pool')}`;

const pools: Collection = {
  service,
  id: 'projects.locations.workloadIdentityPools',
  path: '/v1/projects/{project}/locations/{location}/workloadIdentityPools/{pool}',
  separator: ':',
  read: 'POST',
  key: 'workloadIdentityPools',
  list: '/v1/projects/{project}/locations/{location}/workloadIdentityPools',
  parent: locationName,
  fullName: poolName,
  denied: (permission, fullName) =>
    new GoogleError(
      'PERMISSION_DENIED',
      `Permission '${permission}' denied on resource '${fullName}' (or it may not exist).`,
      [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource: relativeName(fullName) })],
    ),
  missing: () => new GoogleError('NOT_FOUND', 'Requested entity was not found.'),
};

const providers: ResourceApi & { id: string; path: string } = {
  ...pools,
  id: `${pools.id}.providers`,
  path: `${pools.path}/providers/{provider}`,
  fullName: call => `${poolName(call)}/providers/${param(call, 'provider')}`,
};

export const workloadIdentityRoutes: Route[] = [
  ...collectionRoutes(pools),
  getRoute(providers),
  {
    service,
    id: `${providers.id}.list`,
    method: 'GET',
    path: `${pools.path}/providers`,
    handle: call => ({
      workloadIdentityPoolProviders: listed(call, providers, poolName(call), `${poolName(call)}/providers/x`),
    }),
  },
];
