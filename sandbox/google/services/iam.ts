import { errorInfo, GoogleError, invalid } from '../errors.ts';
import { hierarchyResource, type Resource, serviceAccountResource } from '../iam/evaluate.ts';
import { modifiedRoles, nextPolicy, readBindings, showPolicy } from '../iam/policy.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import {
  asStrings,
  findProject,
  findServiceAccount,
  type JsonObject,
  type Project,
  type ServiceAccount,
  type World,
} from '../world.ts';

const service = 'iam.googleapis.com';
const undeleteWithinMs = 30 * 24 * 3_600_000;

export function denied(permission: string): GoogleError {
  return new GoogleError('PERMISSION_DENIED', `Permission '${permission}' denied on resource (or it may not exist).`, [
    errorInfo('IAM_PERMISSION_DENIED', service, { permission }),
  ]);
}

export type Found = { project: Project; account: ServiceAccount; resource: Resource };

/**
 * The service account of the path, if the caller has the permission. `modified` returns the roles that a change of its
 * policy modifies.
 * @throws GoogleError for a missing account 403 under `projects/-`, and under its project 404 to callers with access.
 */
export function accountFor(call: Call, permission: string, modified?: (account: ServiceAccount) => string[]): Found {
  const found = findServiceAccount(call.world, param(call, 'account'));
  const wanted = param(call, 'project');
  const inProject = wanted === '-' ? undefined : findProject(call.world, wanted);
  const resource = found && serviceAccountResource(call.world, found.account.email);
  const here = found && resource && !found.account.deleteTime && (wanted === '-' || inProject === found.project);
  if (here) {
    if (!call.may(permission, resource, modified?.(found.account))) throw denied(permission);
    return { ...found, resource };
  }
  if (!inProject || !call.may(permission, hierarchyResource(call.world, `projects/${inProject.projectId}`)))
    throw denied(permission);
  throw new GoogleError('NOT_FOUND', `Unknown service account`);
}

function show(project: Project, account: ServiceAccount): JsonObject {
  return {
    name: `projects/${project.projectId}/serviceAccounts/${account.email}`,
    projectId: project.projectId,
    uniqueId: account.uniqueId,
    email: account.email,
    ...(account.displayName && { displayName: account.displayName }),
    etag: account.etag,
    ...(account.description && { description: account.description }),
    oauth2ClientId: account.oauth2ClientId,
    ...(account.disabled && { disabled: true }),
  };
}

function list(call: Call): JsonObject {
  const project = findProject(call.world, param(call, 'project'));
  const permission = 'iam.serviceAccounts.list';
  if (!project || !call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`)))
    throw denied(permission);
  const accounts = Object.values(project.serviceAccounts)
    .filter(account => !account.deleteTime)
    .map(account => show(project, account));
  return listResponse('accounts', page(call, accounts, { default: 20, max: 100 }));
}

function get(call: Call): JsonObject {
  const { project, account } = accountFor(call, 'iam.serviceAccounts.get');
  return show(project, account);
}

function setDisabled(call: Call, disabled: boolean): JsonObject {
  const { account } = accountFor(call, `iam.serviceAccounts.${disabled ? 'disable' : 'enable'}`);
  if (disabled) account.disabled = true;
  else delete account.disabled;
  return {};
}

/** Replaces a member in all policies of the world. */
function rewriteMembers(world: World, from: string, to: string): void {
  const nodes = [
    ...Object.values(world.organizations),
    ...Object.values(world.folders),
    ...Object.values(world.projects),
  ];
  const accounts = Object.values(world.projects).flatMap(project => Object.values(project.serviceAccounts));
  const resources = Object.values(world.projects).flatMap(project => Object.values(project.resources ?? {}));
  for (const { policy } of [...nodes, ...accounts, ...resources]) {
    for (const binding of policy?.bindings ?? [])
      binding.members = binding.members.map(member => (member === from ? to : member));
  }
}

function deletedMember(account: ServiceAccount): string {
  return `deleted:serviceAccount:${account.email}?uid=${account.uniqueId}`;
}

function remove(call: Call): JsonObject {
  const { account } = accountFor(call, 'iam.serviceAccounts.delete');
  account.deleteTime = new Date(call.clock.now()).toISOString();
  rewriteMembers(call.world, `serviceAccount:${account.email}`, deletedMember(account));
  return {};
}

/** Undeletes by unique id, within 30 days, if no other account has the email. Its bindings apply again. */
function undelete(call: Call): JsonObject {
  const permission = 'iam.serviceAccounts.undelete';
  const found = findServiceAccount(call.world, param(call, 'account'));
  const project = found?.project ?? findProject(call.world, param(call, 'project'));
  if (!project || !call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`)))
    throw denied(permission);
  if (!found?.account.deleteTime) throw new GoogleError('NOT_FOUND', 'Unknown service account');
  if (call.clock.now() - Date.parse(found.account.deleteTime) > undeleteWithinMs) {
    throw new GoogleError('NOT_FOUND', 'Service account was deleted more than 30 days ago.');
  }
  delete found.account.deleteTime;
  rewriteMembers(call.world, deletedMember(found.account), `serviceAccount:${found.account.email}`);
  return { restoredAccount: show(project, found.account) };
}

function getIamPolicy(call: Call): JsonObject {
  const version = call.query.get('options.requestedPolicyVersion') ?? undefined;
  return showPolicy(accountFor(call, 'iam.serviceAccounts.getIamPolicy').account.policy, version);
}

function setIamPolicy(call: Call): JsonObject {
  const { project, account } = accountFor(call, 'iam.serviceAccounts.setIamPolicy', before =>
    modifiedRoles(before.policy.bindings, readBindings(call.body)),
  );
  account.policy = nextPolicy(
    call.world,
    `projects/${project.projectId}/serviceAccounts/${account.email}`,
    account.policy,
    call.body,
  );
  return showPolicy(account.policy, 3);
}

function testIamPermissions(call: Call): JsonObject {
  const found = findServiceAccount(call.world, param(call, 'account'));
  const resource = found && serviceAccountResource(call.world, found.account.email);
  const permissions = asStrings(call.body.permissions).filter(permission => call.may(permission, resource));
  return permissions.length > 0 ? { permissions } : {};
}

function create(call: Call): JsonObject {
  const permission = 'iam.serviceAccounts.create';
  const project = findProject(call.world, param(call, 'project'));
  if (!project || !call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`)))
    throw denied(permission);
  const id = String(call.body.accountId ?? '');
  if (!/^[a-z][-a-z0-9]{4,28}[a-z0-9]$/.test(id)) throw invalid(`Invalid service account id ${id}.`);
  const email = `${id}@${project.projectId}.iam.gserviceaccount.com`;
  const before = project.serviceAccounts[email];
  if (before && !before.deleteTime)
    throw new GoogleError(
      'ALREADY_EXISTS',
      `Service account ${id} already exists within project projects/${project.projectId}.`,
    );
  call.world.serial += 1;
  const uniqueId = `1${String(call.world.serial).padStart(20, '0')}`;
  if (before) project.serviceAccounts[`${email}#${before.uniqueId}`] = before;
  const account: ServiceAccount = {
    email,
    uniqueId,
    oauth2ClientId: uniqueId,
    etag: 'MDEwMjE5MjA=',
    policy: { etag: 'ACAB', bindings: [] },
  };
  const { displayName, description } = (call.body.serviceAccount ?? {}) as JsonObject;
  if (displayName) account.displayName = String(displayName);
  if (description) account.description = String(description);
  project.serviceAccounts[email] = account;
  return show(project, account);
}

const accounts = '/v1/projects/{project}/serviceAccounts';
const account = `${accounts}/{account}`;

export const iamRoutes: Route[] = [
  { service, id: 'projects.serviceAccounts.list', method: 'GET', path: accounts, handle: list },
  { service, id: 'projects.serviceAccounts.create', method: 'POST', path: accounts, handle: create },
  { service, id: 'projects.serviceAccounts.get', method: 'GET', path: account, handle: get },
  { service, id: 'projects.serviceAccounts.delete', method: 'DELETE', path: account, handle: remove },
  {
    service,
    id: 'projects.serviceAccounts.enable',
    method: 'POST',
    path: `${account}:enable`,
    handle: call => setDisabled(call, false),
  },
  {
    service,
    id: 'projects.serviceAccounts.disable',
    method: 'POST',
    path: `${account}:disable`,
    handle: call => setDisabled(call, true),
  },
  { service, id: 'projects.serviceAccounts.undelete', method: 'POST', path: `${account}:undelete`, handle: undelete },
  {
    service,
    id: 'projects.serviceAccounts.getIamPolicy',
    method: 'POST',
    path: `${account}:getIamPolicy`,
    handle: getIamPolicy,
  },
  {
    service,
    id: 'projects.serviceAccounts.setIamPolicy',
    method: 'POST',
    path: `${account}:setIamPolicy`,
    handle: setIamPolicy,
  },
  {
    service,
    id: 'projects.serviceAccounts.testIamPermissions',
    method: 'POST',
    path: `${account}:testIamPermissions`,
    handle: testIamPermissions,
  },
];
