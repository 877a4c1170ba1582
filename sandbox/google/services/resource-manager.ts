import { errorInfo, GoogleError, invalid } from '../errors.ts';
import { parseFilter } from '../filter.ts';
import { ancestors, hierarchyResource } from '../iam/evaluate.ts';
import { effectiveRules } from '../iam/org-policy.ts';
import { modifiedRoles, nextPolicy, readBindings, showPolicy } from '../iam/policy.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import {
  asObject,
  asString,
  asStrings,
  type Folder,
  findProject,
  findServiceAccount,
  type JsonObject,
  type Organization,
  own,
  type Project,
} from '../world.ts';

const service = 'cloudresourcemanager.googleapis.com';

function denied(permission: string, resource: string): GoogleError {
  return new GoogleError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '//${service}/${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource })],
  );
}

/** The permission for a kind of resource, for example `resourcemanager.projects.get`. */
function permission(name: string, verb: string): string {
  return `resourcemanager.${name.split('/')[0]}.${verb}`;
}

/** The project, folder or organization of the path, if the caller has the permission. A missing one is a 403 too. */
function node(call: Call, verb: string): { name: string; node: Project | Folder | Organization } {
  const name = `${param(call, 'kind') || 'projects'}/${param(call, 'id')}`;
  const wanted = permission(name, verb);
  const [found] = ancestors(call.world, name);
  if (!found || !call.may(wanted, hierarchyResource(call.world, name))) throw denied(wanted, name);
  return found;
}

function isProject(candidate: Project | Folder | Organization): candidate is Project {
  return 'projectId' in candidate;
}

function projectV1(project: Project): JsonObject {
  const [kind, id] = project.parent?.split('/') ?? [];
  return {
    projectNumber: project.projectNumber,
    projectId: project.projectId,
    lifecycleState: project.state,
    name: project.displayName,
    createTime: project.createTime,
    ...(project.labels && { labels: project.labels }),
    ...(kind && { parent: { type: kind.replace(/s$/, ''), id } }),
  };
}

function showV3(name: string, found: Project | Folder | Organization): JsonObject {
  const common = { state: found.state, displayName: found.displayName, createTime: found.createTime, etag: 'W/"2d3b"' };
  if (isProject(found)) {
    return {
      name: `projects/${found.projectNumber}`,
      ...(found.parent && { parent: found.parent }),
      projectId: found.projectId,
      ...common,
      ...(found.labels && { labels: found.labels }),
    };
  }
  if ('parent' in found) return { name, parent: found.parent, ...common };
  return { name, ...common, directoryCustomerId: found.directoryCustomerId };
}

function visibleProjects(call: Call): Project[] {
  return Object.values(call.world.projects).filter(project =>
    call.may('resourcemanager.projects.get', hierarchyResource(call.world, `projects/${project.projectId}`)),
  );
}

function filtered(items: JsonObject[], filter: string | null): JsonObject[] {
  try {
    return items.filter(parseFilter(filter ?? ''));
  } catch (error) {
    throw error instanceof SyntaxError ? invalid(error.message) : error;
  }
}

function listV1(call: Call): JsonObject {
  const items = filtered(visibleProjects(call).map(projectV1), call.query.get('filter'));
  return listResponse('projects', page(call, items, { default: 500, max: 500 }));
}

function searchV3(call: Call): JsonObject {
  const projects = visibleProjects(call).map(project => showV3('', project));
  const query = (call.query.get('query') ?? '').replace(/\bid:/g, 'projectId:');
  return listResponse('projects', page(call, filtered(projects, query), { default: 500, max: 500 }));
}

function listV3(call: Call): JsonObject {
  const parent = call.query.get('parent') ?? '';
  const wanted = permission(parent, 'list').replace(/\.(folders|organizations)\./, '.projects.');
  if (!call.may(wanted, hierarchyResource(call.world, parent))) throw denied(wanted, parent);
  const projects = Object.values(call.world.projects).filter(project => project.parent === parent);
  return listResponse(
    'projects',
    page(
      call,
      projects.map(p => showV3('', p)),
      { default: 500, max: 500 },
    ),
  );
}

function getAncestry(call: Call): JsonObject {
  const { name } = node(call, 'get');
  const ancestor = ancestors(call.world, name).map(found => {
    const [kind = '', id] = found.name.split('/');
    return { resourceId: { type: kind.replace(/s$/, ''), id } };
  });
  return { ancestor };
}

function getIamPolicy(call: Call): JsonObject {
  return showPolicy(node(call, 'getIamPolicy').node.policy, asObject(call.body.options).requestedPolicyVersion);
}

function setIamPolicy(call: Call): JsonObject {
  const name = `${param(call, 'kind') || 'projects'}/${param(call, 'id')}`;
  const wanted = permission(name, 'setIamPolicy');
  const [found] = ancestors(call.world, name);
  const changed = found ? modifiedRoles(found.node.policy.bindings, readBindings(call.body)) : [];
  if (!found || !call.may(wanted, hierarchyResource(call.world, name), changed)) throw denied(wanted, name);
  found.node.policy = nextPolicy(call.world, found.name, found.node.policy, call.body);
  return showPolicy(found.node.policy, 3);
}

function testIamPermissions(call: Call): JsonObject {
  const name = `${param(call, 'kind') || 'projects'}/${param(call, 'id')}`;
  const resource = hierarchyResource(call.world, name);
  const permissions = asStrings(call.body.permissions).filter(wanted => call.may(wanted, resource));
  return permissions.length > 0 ? { permissions } : {};
}

/** Organization policies in the older API, which answers even where the newer one is disabled. */
function getEffectiveOrgPolicy(call: Call): JsonObject {
  const name = `projects/${param(call, 'id')}`;
  const resource = hierarchyResource(call.world, name);
  if (!call.may('orgpolicy.policy.get', resource)) throw denied('orgpolicy.policy.get', name);
  const constraint = asString(call.body.constraint);
  const rules = effectiveRules(call.world, name, constraint.replace(/^constraints\//, ''))?.rules ?? [];
  if (rules.some(rule => rule.values || rule.allowAll || rule.denyAll)) {
    const allowedValues = rules.flatMap(rule => rule.values?.allowedValues ?? []);
    const deniedValues = rules.flatMap(rule => rule.values?.deniedValues ?? []);
    const allValues = rules.some(rule => rule.denyAll)
      ? 'DENY'
      : rules.some(rule => rule.allowAll)
        ? 'ALLOW'
        : undefined;
    return {
      constraint,
      listPolicy: {
        ...(allValues && { allValues }),
        ...(allowedValues.length > 0 && { allowedValues }),
        ...(deniedValues.length > 0 && { deniedValues }),
      },
    };
  }
  return { constraint, booleanPolicy: rules.some(rule => rule.enforce) ? { enforced: true } : {} };
}

const anyNode = '/v3/{kind:projects|folders|organizations}/{id}';
const anyNodeV1 = '/v1/{kind:projects|organizations}/{id}';

export const resourceManagerRoutes: Route[] = [
  { service, id: 'projects.list', method: 'GET', path: '/v1/projects', handle: listV1 },
  {
    service,
    id: 'projects.get',
    method: 'GET',
    path: '/v1/projects/{id}',
    handle: call => {
      const found = node(call, 'get').node;
      return isProject(found) ? projectV1(found) : {};
    },
  },
  {
    service,
    id: 'organizations.get',
    method: 'GET',
    path: '/v1/organizations/{id}',
    handle: call => {
      const name = `organizations/${param(call, 'id')}`;
      const organization = own(call.world.organizations, name);
      if (!organization || !call.may('resourcemanager.organizations.get', hierarchyResource(call.world, name))) {
        throw denied('resourcemanager.organizations.get', name);
      }
      const { displayName, createTime, state, directoryCustomerId } = organization;
      return { name, displayName, creationTime: createTime, lifecycleState: state, owner: { directoryCustomerId } };
    },
  },
  { service, id: 'projects.getAncestry', method: 'POST', path: '/v1/projects/{id}:getAncestry', handle: getAncestry },
  {
    service,
    id: 'projects.getEffectiveOrgPolicy',
    method: 'POST',
    path: '/v1/projects/{id}:getEffectiveOrgPolicy',
    handle: getEffectiveOrgPolicy,
  },
  { service, id: 'projects.list', method: 'GET', path: '/v3/projects', handle: listV3 },
  { service, id: 'projects.search', method: 'GET', path: '/v3/projects:search', handle: searchV3 },
  {
    service,
    id: 'get',
    method: 'GET',
    path: anyNode,
    handle: call => {
      const found = node(call, 'get');
      return showV3(found.name, found.node);
    },
  },
  ...[anyNode, anyNodeV1, '/v2/{kind:folders}/{id}'].flatMap((path): Route[] => [
    { service, id: 'getIamPolicy', method: 'POST', path: `${path}:getIamPolicy`, handle: getIamPolicy },
    { service, id: 'setIamPolicy', method: 'POST', path: `${path}:setIamPolicy`, handle: setIamPolicy },
    {
      service,
      id: 'testIamPermissions',
      method: 'POST',
      path: `${path}:testIamPermissions`,
      handle: testIamPermissions,
    },
  ]),
];

/**
 * The consumer project of a request, whose API it uses: the project of the path, that of the service account for
 * `projects/-`, or the one in the body.
 */
export function consumerProject(call: Pick<Call, 'world' | 'params' | 'body'>): Project | undefined {
  const { project, id, kind, account, attachment } = call.params;
  if (project === '-' && account) return findServiceAccount(call.world, account)?.project;
  const inHierarchy = kind === undefined || kind === 'projects' ? id : undefined;
  const named = [
    asStrings(call.body.resourceNames)[0],
    asString(asObject(call.body.accessTuple).fullResourceName),
    attachment,
  ]
    .map(text => /projects\/([^/]+)/.exec(text ?? '')?.[1])
    .find(found => found !== undefined);
  return findProject(call.world, project ?? inHierarchy ?? named ?? '');
}
