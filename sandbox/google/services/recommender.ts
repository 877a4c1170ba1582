import { errorInfo, GoogleError, invalid } from '../errors.ts';
import { parseFilter } from '../filter.ts';
import { hierarchyResource } from '../iam/evaluate.ts';
import { type Call, listResponse, page, param, type Route } from '../route.ts';
import { asObject, asString, findProject, type JsonObject, type Project } from '../world.ts';

const service = 'recommender.googleapis.com';

function projectFor(call: Call, verb: string): Project {
  const permission = `recommender.containerDiagnosisRecommendations.${verb}`;
  const project = findProject(call.world, param(call, 'project'));
  if (project && call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`))) return project;
  const resource = `projects/${param(call, 'project')}/locations/${param(call, 'location')}/recommenders/${param(call, 'recommender')}`;
  throw new GoogleError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource '//${service}/${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource })],
  );
}

function parent(call: Call, project: Project): string {
  return `projects/${project.projectNumber}/locations/${param(call, 'location')}/recommenders/${param(call, 'recommender')}/`;
}

function list(call: Call): JsonObject {
  const project = projectFor(call, 'list');
  const inPlace = project.recommendations.filter(({ name }) => asString(name).startsWith(parent(call, project)));
  try {
    const found = inPlace.filter(parseFilter(call.query.get('filter') ?? ''));
    return listResponse('recommendations', page(call, found, { default: 100, max: 1_000 }));
  } catch (error) {
    throw error instanceof SyntaxError ? invalid(error.message) : error;
  }
}

function find(call: Call, project: Project): number {
  const name = `${parent(call, project)}recommendations/${param(call, 'recommendation')}`;
  const index = project.recommendations.findIndex(recommendation => recommendation.name === name);
  if (index < 0) throw new GoogleError('NOT_FOUND', `Recommendation ${name} not found.`);
  return index;
}

function mark(state: string): (call: Call) => JsonObject {
  return call => {
    const project = projectFor(call, 'update');
    const index = find(call, project);
    const before = project.recommendations[index] ?? {};
    if (call.body.etag !== before.etag) {
      throw new GoogleError('ABORTED', 'The etag of the recommendation does not match: it was changed meanwhile.');
    }
    const after = {
      ...before,
      stateInfo: { ...asObject(before.stateInfo), state },
      etag: `"${Date.now().toString(16)}"`,
    };
    project.recommendations[index] = after;
    return after;
  };
}

const recommendations = '/v1/projects/{project}/locations/{location}/recommenders/{recommender}/recommendations';
const one = `${recommendations}/{recommendation}`;
const id = 'projects.locations.recommenders.recommendations';

export const recommenderRoutes: Route[] = [
  { service, id: `${id}.list`, method: 'GET', path: recommendations, handle: list },
  {
    service,
    id: `${id}.get`,
    method: 'GET',
    path: one,
    handle: call => {
      const project = projectFor(call, 'get');
      return project.recommendations[find(call, project)] ?? {};
    },
  },
  { service, id: `${id}.markClaimed`, method: 'POST', path: `${one}:markClaimed`, handle: mark('CLAIMED') },
  { service, id: `${id}.markSucceeded`, method: 'POST', path: `${one}:markSucceeded`, handle: mark('SUCCEEDED') },
  { service, id: `${id}.markFailed`, method: 'POST', path: `${one}:markFailed`, handle: mark('FAILED') },
  { service, id: `${id}.markDismissed`, method: 'POST', path: `${one}:markDismissed`, handle: mark('DISMISSED') },
];
