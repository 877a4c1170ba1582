import { type GoogleError, reasonError } from '../../errors.ts';
import { type Call, param, type Route } from '../../route.ts';
import { getRoute, listed, relativeName } from './collection.ts';
import { type PolicyApi, policyRoutes } from './policy-routes.ts';

const service = 'compute.googleapis.com';

/** IAM's errors as Compute Engine sends them: a stale etag is a condition that is not met. */
function translate(error: GoogleError): Error {
  return error.status === 'ABORTED'
    ? reasonError(412, 'conditionNotMet', 'Supplied fingerprint does not match current metadata fingerprint.')
    : reasonError(error.code, 'invalid', error.message);
}

function collection(noun: string, scope: 'zones' | 'regions'): PolicyApi {
  return {
    service,
    id: noun,
    path: `/compute/v1/projects/{project}/${scope}/{place}/${noun}/{name}`,
    separator: '/',
    read: 'GET',
    fullName: call =>
      `//${service}/projects/${param(call, 'project')}/${scope}/${param(call, 'place')}/${noun}/${param(call, 'name')}`,
    denied: (permission, fullName) =>
      reasonError(403, 'forbidden', `Required '${permission}' permission for '${relativeName(fullName)}'`),
    missing: fullName => reasonError(404, 'notFound', `The resource '${relativeName(fullName)}' was not found`),
    translate,
  };
}

function listRoute(api: PolicyApi): Route {
  const path = api.path.replace(/\/\{name\}$/, '');
  return {
    service,
    id: `${api.id}.list`,
    method: 'GET',
    path,
    handle: (call: Call) => {
      const [parent = ''] = api.fullName(call).split(/\/[^/]+\/$/);
      return { kind: `compute#${api.id}List`, items: listed(call, api, parent, `${api.fullName(call)}x`) };
    },
  };
}

export const computeRoutes: Route[] = [
  collection('disks', 'zones'),
  collection('disks', 'regions'),
  collection('instances', 'zones'),
  collection('subnetworks', 'regions'),
].flatMap(api => [getRoute(api), listRoute(api), ...policyRoutes(api)]);
