/** How each service reads and writes the allow policy of a resource (docs/domain/resources.md#resources-with-a-policy). */
import type { CloudResource } from '../contracts/resource-name.ts';

/** One request to a Google API. */
export interface ApiRequest {
  /** `storage`: of `https://storage.googleapis.com/`. */
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path and query, without a leading slash. */
  readonly path: string;
  readonly data?: object;
}

const VERSION = 3;

/** Path of the resource in its API, and what separates the method from it. */
function place({ kind, service, path }: CloudResource): { readonly path: string; readonly separator: ':' | '/' } {
  const [, project = '', , name = '', , folder = ''] = path.split('/');
  switch (kind) {
    case 'bucket':
      return { path: `storage/v1/b/${encodeURIComponent(name)}`, separator: '/' };
    case 'managedFolder': {
      const folders = `${folder}${path
        .split('/')
        .slice(6)
        .map(part => `/${part}`)
        .join('')}`;
      return {
        path: `storage/v1/b/${encodeURIComponent(name)}/managedFolders/${encodeURIComponent(folders)}`,
        separator: '/',
      };
    }
    case 'zone':
      return { path: `dns/v1/projects/${project}/locations/global/managedZones/${name}`, separator: ':' };
    case 'table':
      return { path: `bigquery/v2/${path}`, separator: ':' };
    default:
      return service === 'compute'
        ? { path: `compute/v1/${path}`, separator: '/' }
        : { path: `v1/${path}`, separator: ':' };
  }
}

/** Services whose getIamPolicy is a POST. */
const READ_BY_POST = new Set(['spanner', 'dns', 'bigquery']);

/** Reads the policy, version 3. */
export function readPolicyRequest(resource: CloudResource): ApiRequest {
  const { service } = resource;
  const { path, separator } = place(resource);
  if (service === 'storage') {
    return { service, method: 'GET', path: `${path}/iam?optionsRequestedPolicyVersion=${VERSION}` };
  }
  if (READ_BY_POST.has(service)) {
    const data = { options: { requestedPolicyVersion: VERSION } };
    return { service, method: 'POST', path: `${path}${separator}getIamPolicy`, data };
  }
  const query = service === 'compute' ? 'optionsRequestedPolicyVersion' : 'options.requestedPolicyVersion';
  return { service, method: 'GET', path: `${path}${separator}getIamPolicy?${query}=${VERSION}` };
}

/** Replaces the policy. Cloud Storage takes the policy itself, by PUT; the other services take it in a body. */
export function writePolicyRequest(resource: CloudResource, policy: object): ApiRequest {
  const { service } = resource;
  const { path, separator } = place(resource);
  const data = { ...policy, version: VERSION };
  if (service === 'storage') return { service, method: 'PUT', path: `${path}/iam`, data };
  return { service, method: 'POST', path: `${path}${separator}setIamPolicy`, data: { policy: data } };
}
