import { GoogleError } from '../errors.ts';
import { hierarchyResource } from '../iam/evaluate.ts';
import { isGrantableOn } from '../iam/grantable.ts';
import { canonicalName } from '../iam/resources.ts';
import { customRole, predefinedRole, predefinedRoleNames } from '../iam/roles.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import { asString, type CustomRole, findProject, type JsonObject, own } from '../world.ts';
import { denied } from './iam.ts';

const service = 'iam.googleapis.com';

function showPredefined(name: string, full: boolean): JsonObject {
  const role = predefinedRole(name);
  return {
    name,
    title: role?.title,
    ...(full && role && role.permissions.length > 0 && { includedPermissions: role.permissions }),
    stage: role?.stage ?? 'GA',
    etag: 'AA==',
  };
}

function showCustom(name: string, role: CustomRole, full: boolean): JsonObject {
  return {
    name,
    title: role.title,
    ...(role.description && { description: role.description }),
    ...(full && role.includedPermissions.length > 0 && { includedPermissions: role.includedPermissions }),
    stage: role.stage,
    etag: role.etag,
    ...(role.deleted && { deleted: true }),
  };
}

/** Predefined roles are public: every authenticated caller may read them. */
function getPredefined(call: Call): JsonObject {
  const name = `roles/${param(call, 'role')}`;
  if (!predefinedRole(name)) throw new GoogleError('NOT_FOUND', `The role named ${name} was not found.`);
  return showPredefined(name, true);
}

function listPredefined(call: Call): JsonObject {
  const full = call.query.get('view') === 'FULL';
  const roles = predefinedRoleNames.map(name => showPredefined(name, full));
  return listResponse('roles', page(call, roles, { default: 300, max: 1_000 }));
}

/** Predefined roles that can be granted on a resource, except those of service agents. */
function queryGrantableRoles(call: Call): JsonObject {
  const full = call.body.view === 'FULL';
  const fullName = canonicalName(call.world, asString(call.body.fullResourceName));
  const roles = predefinedRoleNames
    .filter(name => !/Agent$/.test(name) && isGrantableOn(name, fullName))
    .map(name => showPredefined(name, full));
  return listResponse('roles', page(call, roles, { default: 300, max: 1_000 }));
}

function owner(call: Call, permission: string): string {
  const resource = hierarchyResource(call.world, `${param(call, 'kind')}/${param(call, 'id')}`);
  if (!resource || !call.may(permission, resource)) throw denied(permission);
  return resource.name;
}

function getCustom(call: Call): JsonObject {
  const name = `${owner(call, 'iam.roles.get')}/roles/${param(call, 'role')}`;
  const role = customRole(call.world, name);
  if (!role) throw new GoogleError('NOT_FOUND', `The role named ${name} was not found.`);
  return showCustom(name, role, true);
}

function listCustom(call: Call): JsonObject {
  const name = owner(call, 'iam.roles.list');
  const [kind, id = ''] = name.split('/');
  const roles = (kind === 'projects' ? findProject(call.world, id) : own(call.world.organizations, name))?.roles ?? {};
  const full = call.query.get('view') === 'FULL';
  const shown = Object.entries(roles)
    .filter(([, role]) => !role.deleted || call.query.get('showDeleted') === 'true')
    .map(([roleName, role]) => showCustom(roleName, role, full));
  return listResponse('roles', page(call, shown, { default: 300, max: 1_000 }));
}

const custom = '/v1/{kind:projects|organizations}/{id}/roles';

export const iamRoleRoutes: Route[] = [
  { service, id: 'roles.list', method: 'GET', path: '/v1/roles', handle: listPredefined },
  { service, id: 'roles.get', method: 'GET', path: '/v1/roles/{role}', handle: getPredefined },
  {
    service,
    id: 'roles.queryGrantableRoles',
    method: 'POST',
    path: '/v1/roles:queryGrantableRoles',
    handle: queryGrantableRoles,
  },
  { service, id: 'projects.roles.list', method: 'GET', path: custom, handle: listCustom },
  { service, id: 'projects.roles.get', method: 'GET', path: `${custom}/{role}`, handle: getCustom },
];
