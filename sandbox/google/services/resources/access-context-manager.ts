import { errorInfo, GoogleError } from '../../errors.ts';
import { hierarchyResource } from '../../iam/evaluate.ts';
import { type Call, listResponse, page, param, type Route } from '../../route.ts';
import { asString, type JsonObject, own } from '../../world.ts';
import type { AccessPolicy } from '../../world-resources.ts';

const service = 'accesscontextmanager.googleapis.com';

function denied(permission: string, resource: string): GoogleError {
  return new GoogleError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '//${service}/${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource })],
  );
}

function listPolicies(call: Call): JsonObject {
  const parent = call.query.get('parent') ?? '';
  const permission = 'accesscontextmanager.policies.list';
  if (!call.may(permission, hierarchyResource(call.world, parent))) throw denied(permission, parent);
  const policies = Object.values(call.world.accessPolicies ?? {}).map(({ resource }) => resource);
  const found = policies.filter(policy => policy.parent === parent);
  return listResponse('accessPolicies', page(call, found, { default: 100, max: 1_000 }));
}

/** The access policy of the path; rights on it are those on its organization. */
function policyFor(call: Call, permission: string): AccessPolicy {
  const name = `accessPolicies/${param(call, 'policy')}`;
  const policy = own(call.world.accessPolicies ?? {}, name);
  if (!policy || !call.may(permission, hierarchyResource(call.world, asString(policy.resource.parent)))) {
    throw denied(permission, name);
  }
  return policy;
}

function routesOf(noun: 'servicePerimeters' | 'accessLevels'): Route[] {
  const path = `/v1/accessPolicies/{policy}/${noun}`;
  return [
    {
      service,
      id: `accessPolicies.${noun}.list`,
      method: 'GET',
      path,
      handle: call => {
        const found = policyFor(call, `accesscontextmanager.${noun}.list`)[noun];
        return listResponse(noun, page(call, found, { default: 100, max: 1_000 }));
      },
    },
    {
      service,
      id: `accessPolicies.${noun}.get`,
      method: 'GET',
      path: `${path}/{name}`,
      handle: call => {
        const name = `accessPolicies/${param(call, 'policy')}/${noun}/${param(call, 'name')}`;
        const found = policyFor(call, `accesscontextmanager.${noun}.get`)[noun].find(entry => entry.name === name);
        if (!found) throw new GoogleError('NOT_FOUND', `Requested entity was not found: ${name}`);
        return found;
      },
    },
  ];
}

export const accessContextManagerRoutes: Route[] = [
  { service, id: 'accessPolicies.list', method: 'GET', path: '/v1/accessPolicies', handle: listPolicies },
  {
    service,
    id: 'accessPolicies.get',
    method: 'GET',
    path: '/v1/accessPolicies/{policy}',
    handle: call => policyFor(call, 'accesscontextmanager.policies.get').resource,
  },
  ...routesOf('servicePerimeters'),
  ...routesOf('accessLevels'),
];
