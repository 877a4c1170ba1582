import { errorInfo, GoogleError, PlainError } from '../../errors.ts';
import { may } from '../../iam/evaluate.ts';
import { cloudResource, findResource } from '../../iam/resources.ts';
import { type Call, param, type Route } from '../../route.ts';
import { type JsonObject, nextSerial } from '../../world.ts';
import { type Collection, collectionRoutes } from './collection.ts';

const service = 'artifactregistry.googleapis.com';

const locationName = (call: Call): string =>
  `//${service}/projects/${param(call, 'project')}/locations/${param(call, 'location')}`;

const repositories: Collection = {
  service,
  id: 'projects.locations.repositories',
  path: '/v1/projects/{project}/locations/{location}/repositories/{repository}',
  separator: ':',
  read: 'GET',
  key: 'repositories',
  list: '/v1/projects/{project}/locations/{location}/repositories',
  grantsByRole: 'unsupported',
  parent: locationName,
  fullName: call => `${locationName(call)}/repositories/${param(call, 'repository')}`,
  denied: (permission, fullName) =>
    new GoogleError(
      'PERMISSION_DENIED',
      `Permission '${permission}' denied on resource '${fullName}' (or it may not exist).`,
      [errorInfo('IAM_PERMISSION_DENIED', service, { permission, resource: fullName.replace(`//${service}/`, '') })],
    ),
  missing: () => new GoogleError('NOT_FOUND', 'Requested entity was not found.'),
};

/** Every project has settings; without `registrySettings` in the world they hold only a name. */
function projectSettings(call: Call): JsonObject {
  const fullName = `//${service}/projects/${param(call, 'project')}/projectSettings`;
  const permission = 'artifactregistry.projectsettings.get';
  if (!call.may(permission, cloudResource(call.world, fullName))) {
    throw repositories.denied(permission, fullName, call);
  }
  return (
    findResource(call.world, fullName)?.entry.resource ?? { name: `projects/${param(call, 'project')}/projectSettings` }
  );
}

/** Repositories that stand for the hosts of Container Registry ("Transition from Container Registry"). */
const legacyHosts: { [host: string]: string } = {
  'gcr.io': 'us',
  'us.gcr.io': 'us',
  'eu.gcr.io': 'europe',
  'asia.gcr.io': 'asia',
};

/** The repository that a registry host and the scope `repository:P/R/IMAGE:pull` mean. */
function repositoryOf(host: string, scope: string): string {
  const [project = '', repository = ''] = /^repository:([^:]+):/.exec(scope)?.[1]?.split('/') ?? [];
  const legacy = legacyHosts[host];
  const location = legacy ?? host.replace(/-docker\.pkg\.dev$/, '');
  return `projects/${project}/locations/${location}/repositories/${legacy ? host : repository}`;
}

/** Email of the caller, from a bearer token or from the password of `oauth2accesstoken`; '' without a valid token. */
function caller(call: Call): string {
  const [, scheme = '', value = ''] = /^(Basic|Bearer) (\S+)$/i.exec(call.headers.authorization ?? '') ?? [];
  const password = Buffer.from(value, 'base64').toString().split(':').slice(1).join(':');
  const token = /^basic$/i.test(scheme) ? password : value;
  const known = Object.hasOwn(call.world.tokens, token) ? call.world.tokens[token] : undefined;
  return known && known.expiresAt > call.clock.now() ? known.email : '';
}

/** A registry's token endpoint, which the container runtime asks before it pulls (Docker Registry, "Token authentication"). */
function pullToken(call: Call): JsonObject {
  const permission = 'artifactregistry.repositories.downloadArtifacts';
  const host = call.query.get('service') ?? '';
  const resource = repositoryOf(host, call.query.get('scope') ?? '');
  const found = cloudResource(call.world, `//${service}/${resource}`);
  const email = caller(call);
  if (found && may(call.world, email, permission, found, { time: call.clock.now() })) {
    return { token: `sandbox-registry-${nextSerial(call.world)}`, expires_in: 3_600 };
  }
  const message =
    email === ''
      ? `Unauthenticated request. Unauthenticated requests do not have permission "${permission}" on resource "${resource}" (or it may not exist)`
      : `Permission "${permission}" denied on resource "${resource}" (or it may not exist)`;
  throw new PlainError(403, { errors: [{ code: 'DENIED', message }] });
}

export const artifactRegistryRoutes: Route[] = [
  ...collectionRoutes(repositories),
  {
    service,
    id: 'projects.getProjectSettings',
    method: 'GET',
    path: '/v1/projects/{project}/projectSettings',
    handle: projectSettings,
  },
  { service, id: 'token', method: 'GET', path: '/v2/token', open: true, handle: pullToken },
];
