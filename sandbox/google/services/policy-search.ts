import { errorInfo, GoogleError, invalid } from '../errors.ts';
import { parseFilter } from '../filter.ts';
import { ancestors, hierarchyResource } from '../iam/evaluate.ts';
import { typeOf } from '../iam/resource-types.ts';
import { policyOf } from '../iam/resources.ts';
import { customRole, predefinedRole } from '../iam/roles.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import type { Binding, JsonObject, Policy, Project } from '../world.ts';

const service = 'cloudasset.googleapis.com';

/** A policy and where it is set. */
type Found = { resource: string; assetType: string; name: string; policy: Policy };

function inProject(project: Project): Found[] {
  const name = `projects/${project.projectId}`;
  const accounts = Object.values(project.serviceAccounts)
    .filter(account => !account.deleteTime)
    .map(({ uniqueId, policy }) => ({
      resource: `//iam.googleapis.com/${name}/serviceAccounts/${uniqueId}`,
      assetType: 'iam.googleapis.com/ServiceAccount',
      name,
      policy,
    }));
  const resources = Object.entries(project.resources ?? {}).flatMap(([resource, entry]) => {
    const policy = policyOf({ name: resource, project, entry });
    return policy ? [{ resource, assetType: typeOf(resource)?.type ?? '', name, policy }] : [];
  });
  return [
    {
      resource: `//cloudresourcemanager.googleapis.com/${name}`,
      assetType: assetTypeOf(name),
      name,
      policy: project.policy,
    },
    ...accounts,
    ...resources,
  ];
}

function assetTypeOf(name: string): string {
  const kinds: { [kind: string]: string } = { projects: 'Project', folders: 'Folder', organizations: 'Organization' };
  return `cloudresourcemanager.googleapis.com/${kinds[name.split('/')[0] ?? '']}`;
}

function everything({ world }: Call): Found[] {
  const above = [...Object.entries(world.organizations), ...Object.entries(world.folders)].map(
    ([name, { policy }]) => ({
      resource: `//cloudresourcemanager.googleapis.com/${name}`,
      assetType: assetTypeOf(name),
      name,
      policy,
    }),
  );
  return [...above, ...Object.values(world.projects).flatMap(inProject)];
}

/** Where a policy is in the hierarchy, in the fields of a search result. */
function placeOf(call: Call, name: string): JsonObject {
  const chain = ancestors(call.world, name);
  const project = chain.find(({ node }) => 'projectNumber' in node)?.node as Project | undefined;
  const folders = chain.filter(link => link.name.startsWith('folders/')).map(link => link.name);
  const organization = chain.find(link => link.name.startsWith('organizations/'))?.name;
  return {
    ...(project && { project: `projects/${project.projectNumber}` }),
    ...(folders.length > 0 && { folders }),
    ...(organization && { organization }),
  };
}

/** The permissions of a role; undefined where the caller may not read it. */
function permissionsOf(call: Call, role: string): string[] | undefined {
  const predefined = predefinedRole(role);
  if (predefined) return predefined.permissions;
  const owner = hierarchyResource(call.world, role.split('/').slice(0, 2).join('/'));
  return call.may('iam.roles.get', owner) ? customRole(call.world, role)?.includedPermissions : undefined;
}

/**
 * Whether a binding matches the query. A query for permissions drops bindings of roles that the caller may not read
 * (cloudasset v1, searchAllIamPolicies).
 */
function bindingFilter(call: Call): (found: Found, binding: Binding) => boolean {
  const query = call.query.get('query') ?? '';
  const byPermission = query.includes('policy.role.permissions');
  const matches = filterOf(query);
  return ({ resource, assetType, name }, { role, members, condition }) => {
    const permissions = byPermission ? permissionsOf(call, role) : [];
    if (!permissions) return false;
    return matches({
      resource,
      assetType,
      ...placeOf(call, name),
      roles: role,
      memberTypes: members.map(member => member.split(':')[0] ?? ''),
      policy: { role: { name: role, permissions }, members, ...(condition && { condition }) },
    });
  };
}

function filterOf(query: string): (item: JsonObject) => boolean {
  try {
    return parseFilter(query);
  } catch (error) {
    throw error instanceof SyntaxError ? invalid(error.message) : error;
  }
}

/** Bindings anywhere in the scope that match the query (cloudasset v1, searchAllIamPolicies). */
function search(call: Call): JsonObject {
  const scope = hierarchyResource(call.world, `${param(call, 'kind')}/${param(call, 'id')}`);
  const permission = 'cloudasset.assets.searchAllIamPolicies';
  if (!scope || !call.may(permission, scope)) {
    const resource = `${param(call, 'kind')}/${param(call, 'id')}`;
    throw new GoogleError(
      'PERMISSION_DENIED',
      `Failed to authorize: permission '${permission}' denied on '${resource}'.`,
      [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource })],
    );
  }
  const types = call.query.getAll('assetTypes').map(type => new RegExp(`^${type}$`));
  const wanted = bindingFilter(call);
  const results = everything(call)
    .filter(({ name }) => ancestors(call.world, name).some(link => link.name === scope.name))
    .filter(({ assetType }) => types.length === 0 || types.some(type => type.test(assetType)))
    .map(found => ({ found, bindings: found.policy.bindings.filter(binding => wanted(found, binding)) }))
    .filter(({ bindings }) => bindings.length > 0)
    .map(
      ({ found, bindings }): JsonObject => ({
        resource: found.resource,
        assetType: found.assetType,
        ...placeOf(call, found.name),
        policy: { bindings },
      }),
    );
  return listResponse('results', page(call, results, { default: 100, max: 500 }));
}

export const policySearchRoutes: Route[] = [
  {
    service,
    id: 'searchAllIamPolicies',
    method: 'GET',
    path: '/v1/{kind:projects|folders|organizations}/{id}:searchAllIamPolicies',
    handle: search,
  },
];
