import { errorInfo, GoogleError, invalid } from '../errors.ts';
import { parseFilter } from '../filter.ts';
import { hierarchyResource } from '../iam/evaluate.ts';
import { longRunningOperation, startOperation } from '../operations.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import { asStrings, findProject, type JsonObject, newEtag, own, type Project } from '../world.ts';
import { serviceTitles } from './catalogue.ts';

const service = 'serviceusage.googleapis.com';

function denied(message: string): GoogleError {
  return new GoogleError('PERMISSION_DENIED', `${message}\nHelp Token: AXNBCtl9p2lBvT0sQ8c5Xr7tQm`, [
    {
      '@type': 'type.googleapis.com/google.rpc.PreconditionFailure',
      violations: [{ type: 'googleapis.com', subject: '110002' }],
    },
    errorInfo('AUTH_PERMISSION_DENIED', service),
  ]);
}

function projectFor(call: Call, permission: string, message: (project: string) => string): Project {
  const project = findProject(call.world, param(call, 'project'));
  const allowed = project && call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`));
  if (!allowed) throw denied(message(project?.projectNumber ?? param(call, 'project')));
  return project;
}

function known(name: string): string {
  if (own(serviceTitles, name)) return name;
  throw new GoogleError('PERMISSION_DENIED', `Not found or permission denied for service(s): ${name}.`, [
    errorInfo('SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED', service, { services: name }),
  ]);
}

function show(project: Project, name: string): JsonObject {
  return {
    name: `projects/${project.projectNumber}/services/${name}`,
    config: { name, title: serviceTitles[name], documentation: {}, quota: {}, authentication: {}, usage: {} },
    state: project.services[name] ?? 'DISABLED',
    parent: `projects/${project.projectNumber}`,
  };
}

function get(call: Call): JsonObject {
  const name = param(call, 'name');
  const project = projectFor(call, 'serviceusage.services.get', () => `Permission denied to get service [${name}]`);
  return show(project, known(name));
}

function list(call: Call): JsonObject {
  const project = projectFor(
    call,
    'serviceusage.services.list',
    number => `Permission denied to list services for consumer container [projects/${number}]`,
  );
  const services = Object.keys(serviceTitles).map(name => show(project, name));
  return listResponse('services', page(call, filtered(services, call.query.get('filter')), { default: 50, max: 200 }));
}

function filtered(services: JsonObject[], filter: string | null): JsonObject[] {
  try {
    return services.filter(parseFilter(filter ?? ''));
  } catch (error) {
    throw error instanceof SyntaxError ? invalid(error.message) : error;
  }
}

function batchGet(call: Call): JsonObject {
  const names = call.query.getAll('names').map(name => name.split('/').at(-1) ?? '');
  if (names.length === 0) throw invalid('At least one service name is needed.');
  if (names.length > 30) throw invalid('At most 30 services can be got at once.');
  const project = projectFor(
    call,
    'serviceusage.services.get',
    () => `Permission denied to get services [${names.join(', ')}]`,
  );
  return { services: names.map(name => show(project, known(name))) };
}

/**
 * Enabling the Kubernetes Engine API creates its service agents and grants their roles. An existing agent keeps its
 * roles.
 */
function makeAgents(call: Call, project: Project): void {
  const agents: [string, string][] = [
    [`service-${project.projectNumber}@container-engine-robot.iam.gserviceaccount.com`, 'roles/container.serviceAgent'],
    [
      `service-${project.projectNumber}@gcp-sa-gkenode.iam.gserviceaccount.com`,
      'roles/container.defaultNodeServiceAgent',
    ],
  ];
  for (const [email, role] of agents) {
    if (!project.serviceAgents.includes(email)) project.serviceAgents.push(email);
    project.policy.bindings.push({ role, members: [`serviceAccount:${email}`] });
  }
  project.policy.etag = newEtag(call.world);
}

function change(call: Call, names: string[], state: 'ENABLED' | 'DISABLED'): JsonObject {
  const verb = state === 'ENABLED' ? 'enable' : 'disable';
  const project = projectFor(
    call,
    `serviceusage.services.${verb}`,
    () => `Permission denied to ${verb} service [${names.join(', ')}]`,
  );
  const changed = names.map(known).filter(name => (project.services[name] ?? 'DISABLED') !== state);
  const after: Project = { ...project, services: { ...project.services } };
  for (const name of names) after.services[name] = state;
  const shown = names.map(name => show(after, name));
  const kind =
    names.length > 1
      ? 'BatchEnableServicesResponse'
      : state === 'ENABLED'
        ? 'EnableServiceResponse'
        : 'DisableServiceResponse';
  const response: JsonObject = {
    '@type': `type.googleapis.com/google.api.serviceusage.v1.${kind}`,
    ...(names.length > 1 ? { services: shown } : { service: shown[0] }),
  };
  if (changed.length === 0) return { name: 'operations/noop.DONE_OPERATION', done: true, response };
  if (state === 'ENABLED' && changed.includes('container.googleapis.com')) makeAgents(call, project);
  const services = Object.fromEntries(changed.map(name => [name, state]));
  const operation = startOperation(call.world, call.clock.now(), {
    service,
    services,
    response,
    resource: { project: project.projectId },
  });
  return longRunningOperation(operation, call.clock.now());
}

function getOperation(call: Call): JsonObject {
  const name = `operations/${param(call, 'operation')}`;
  if (name === 'operations/noop.DONE_OPERATION') return { name, done: true };
  const operation = call.world.operations.find(candidate => candidate.name === name);
  if (!operation) throw new GoogleError('NOT_FOUND', `Operation ${name} not found.`);
  return longRunningOperation(operation, call.clock.now());
}

const agentDomains: { [service: string]: string } = {
  'container.googleapis.com': 'container-engine-robot.iam.gserviceaccount.com',
  'compute.googleapis.com': 'compute-system.iam.gserviceaccount.com',
  'pubsub.googleapis.com': 'gcp-sa-pubsub.iam.gserviceaccount.com',
};

/** Creates a service's agent in a project, without granting it a role. */
function generateServiceIdentity(call: Call): JsonObject {
  const name = param(call, 'name');
  const project = projectFor(
    call,
    'serviceusage.services.enable',
    () => `Permission denied to generate service identity [${name}]`,
  );
  const domain = agentDomains[known(name)];
  if (!domain) throw invalid(`Service ${name} has no service identity.`);
  const email = `service-${project.projectNumber}@${domain}`;
  if (!project.serviceAgents.includes(email)) project.serviceAgents.push(email);
  const operation = startOperation(call.world, call.clock.now(), {
    service,
    response: {
      '@type': 'type.googleapis.com/google.api.serviceusage.v1beta1.ServiceIdentity',
      email,
      uniqueId: `1${project.projectNumber.padStart(20, '0')}`,
    },
  });
  operation.doneAt = call.clock.now();
  return longRunningOperation(operation, call.clock.now());
}

const services = '/v1/projects/{project}/services';

export const serviceUsageRoutes: Route[] = [
  { service, id: 'services.list', method: 'GET', path: services, handle: list },
  { service, id: 'services.batchGet', method: 'GET', path: `${services}:batchGet`, handle: batchGet },
  {
    service,
    id: 'services.batchEnable',
    method: 'POST',
    path: `${services}:batchEnable`,
    handle: call => change(call, asStrings(call.body.serviceIds), 'ENABLED'),
  },
  { service, id: 'services.get', method: 'GET', path: `${services}/{name}`, handle: get },
  {
    service,
    id: 'services.enable',
    method: 'POST',
    path: `${services}/{name}:enable`,
    handle: call => change(call, [param(call, 'name')], 'ENABLED'),
  },
  {
    service,
    id: 'services.disable',
    method: 'POST',
    path: `${services}/{name}:disable`,
    handle: call => change(call, [param(call, 'name')], 'DISABLED'),
  },
  {
    service,
    id: 'services.generateServiceIdentity',
    method: 'POST',
    path: '/v1beta1/projects/{project}/services/{name}:generateServiceIdentity',
    handle: generateServiceIdentity,
  },
  {
    service,
    id: 'operations.get',
    method: 'GET',
    path: '/{version:v1|v1beta1}/operations/{operation}',
    handle: getOperation,
  },
];
