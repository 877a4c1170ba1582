import { typeOf } from '../../iam/resource-types.ts';
import { canonicalName, cloudResource } from '../../iam/resources.ts';
import { type Call, listResponse, page, type Route } from '../../route.ts';
import { findProject, type JsonObject } from '../../world.ts';
import { type PolicyApi, permissionOn, policyRoutes, type ResourceApi, resourceFor } from './policy-routes.ts';

/** The name of a full resource name without its service. */
export function relativeName(fullName: string): string {
  return fullName.replace(/^\/\/[^/]+\//, '');
}

/**
 * Resources below `parent` (full resource name), of the same type as the full resource name `like`.
 * @throws the service's `denied` for a caller without the list permission on `parent`
 */
export function listed(call: Call, api: ResourceApi, parent: string, like: string): JsonObject[] {
  const permission = permissionOn(like, 'list');
  if (!call.may(permission, cloudResource(call.world, parent))) throw api.denied(permission, parent, call);
  const beginning = `${canonicalName(call.world, parent)}/`;
  const project = findProject(call.world, /\/projects\/([^/]+)/.exec(parent)?.[1] ?? '');
  const type = typeOf(like);
  return Object.entries(project?.resources ?? {})
    .filter(([name]) => name.startsWith(beginning) && typeOf(name) === type)
    .map(([, { resource }]) => resource);
}

export type Collection = PolicyApi & {
  /** Key of the items in the answer to a list. */
  key: string;
  /** Full resource name of the parent, and the path of the list. */
  parent(call: Call): string;
  list: string;
};

/** The `get` of a kind of resource. */
export function getRoute(api: ResourceApi & { id: string; path: string }): Route {
  return {
    service: api.service,
    id: `${api.id}.get`,
    method: 'GET',
    path: api.path,
    handle: call => resourceFor(call, api, permissionOn(api.fullName(call), 'get')).entry.resource,
  };
}

function listRoute(api: Collection): Route {
  return {
    service: api.service,
    id: `${api.id}.list`,
    method: 'GET',
    path: api.list,
    handle: call => {
      const parent = api.parent(call);
      const like = `${parent}${api.path.slice(api.list.lastIndexOf('/')).replace(/\{\w+\*?\}/g, 'x')}`;
      return listResponse(api.key, page(call, listed(call, api, parent, like), { default: 100, max: 1_000 }));
    },
  };
}

/** get, list and the three policy calls of one kind of resource. */
export function collectionRoutes(api: Collection): Route[] {
  return [getRoute(api), listRoute(api), ...policyRoutes(api)];
}
