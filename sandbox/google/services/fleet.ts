import { stringify } from 'yaml';
import { errorInfo, GoogleError } from '../errors.ts';
import { hierarchyResource } from '../iam/evaluate.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import { asObject, asString, findCluster, findProject, type JsonObject, type Project } from '../world.ts';

function projectFor(call: Call, service: string, permission: string): Project {
  const project = findProject(call.world, param(call, 'project'));
  if (project && call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`))) return project;
  const resource = `projects/${param(call, 'project')}/locations/${param(call, 'location')}`;
  throw new GoogleError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '//${service}/${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource })],
  );
}

function membership(call: Call, project: Project): JsonObject {
  const name = `projects/${project.projectId}/locations/${param(call, 'location')}/memberships/${param(call, 'membership')}`;
  const found = project.memberships.find(candidate => candidate.name === name);
  if (!found) throw new GoogleError('NOT_FOUND', `Resource '${name}' was not found`);
  return found;
}

function list(call: Call): JsonObject {
  const project = projectFor(call, 'gkehub.googleapis.com', 'gkehub.memberships.list');
  const location = param(call, 'location');
  const found = project.memberships.filter(({ name }) => location === '-' || asString(name).split('/')[3] === location);
  return listResponse('resources', page(call, found, { default: 500, max: 1_000 }));
}

/** Access to a member cluster through the Connect gateway: an address and a kubeconfig. */
function generateCredentials(call: Call): JsonObject {
  const project = projectFor(call, 'connectgateway.googleapis.com', 'gkehub.gateway.get');
  const { gkeCluster } = asObject(membership(call, project).endpoint);
  const link = asString(asObject(gkeCluster).resourceLink).replace('//container.googleapis.com/', '');
  const resource = findCluster(call.world, link)?.cluster.resource;
  if (!resource) throw new GoogleError('FAILED_PRECONDITION', 'The membership has no reachable cluster.');
  const endpoint = `https://${resource.endpoint}`;
  const context = `connectgateway_${project.projectId}_${param(call, 'location')}_${param(call, 'membership')}`;
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: context,
        cluster: {
          server: endpoint,
          'certificate-authority-data': asString(asObject(resource.masterAuth).clusterCaCertificate),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    'current-context': context,
    users: [
      {
        name: context,
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1beta1',
            command: 'gke-gcloud-auth-plugin',
            provideClusterInfo: true,
          },
        },
      },
    ],
  };
  return { endpoint, kubeconfig: Buffer.from(stringify(kubeconfig)).toString('base64') };
}

const memberships = '/v1/projects/{project}/locations/{location}/memberships';

export const fleetRoutes: Route[] = [
  {
    service: 'gkehub.googleapis.com',
    id: 'projects.locations.memberships.list',
    method: 'GET',
    path: memberships,
    handle: list,
  },
  {
    service: 'gkehub.googleapis.com',
    id: 'projects.locations.memberships.get',
    method: 'GET',
    path: `${memberships}/{membership}`,
    handle: call => membership(call, projectFor(call, 'gkehub.googleapis.com', 'gkehub.memberships.get')),
  },
  {
    service: 'connectgateway.googleapis.com',
    id: 'projects.locations.memberships.generateCredentials',
    method: 'GET',
    path: `${memberships}/{membership}:generateCredentials`,
    handle: generateCredentials,
  },
];
