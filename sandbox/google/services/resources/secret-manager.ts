import { errorInfo, GoogleError } from '../../errors.ts';
import { findResource } from '../../iam/resources.ts';
import { type Call, listResponse, page, param, type Route } from '../../route.ts';
import { asObject, asString, type JsonObject } from '../../world.ts';
import type { CloudResource } from '../../world-resources.ts';
import { collectionRoutes, relativeName } from './collection.ts';
import { type ResourceApi, resourceFor } from './policy-routes.ts';

const service = 'secretmanager.googleapis.com';

function denied(permission: string, resource: string): GoogleError {
  return new GoogleError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied for resource '${resource}' (or it may not exist).`,
    [errorInfo('IAM_PERMISSION_DENIED', 'iam.googleapis.com', { permission, resource })],
  );
}

/** Regional secrets have a location in their names, global ones have none. */
function parentName(call: Call): string {
  const location = call.params.location ? `/locations/${call.params.location}` : '';
  return `//${service}/projects/${param(call, 'project')}${location}`;
}

const secretName = (call: Call): string => `${parentName(call)}/secrets/${param(call, 'secret')}`;

const secrets: ResourceApi = {
  service,
  fullName: secretName,
  denied: (permission, fullName) => denied(permission, relativeName(fullName)),
  missing: fullName => new GoogleError('NOT_FOUND', `Secret [${relativeName(fullName)}] not found.`),
};

const versions: ResourceApi = {
  ...secrets,
  fullName: call => `${secretName(call)}/versions/${param(call, 'version')}`,
  missing: fullName =>
    new GoogleError('NOT_FOUND', `Secret Version [${relativeName(fullName)}] not found or has no versions.`),
};

/** Versions of the secret, by number. */
function versionsOf(call: Call): [string, CloudResource][] {
  const held = findResource(call.world, secretName(call));
  const beginning = `${held?.name}/versions/`;
  return Object.entries(held?.project.resources ?? {})
    .filter(([name]) => name.startsWith(beginning))
    .map(([name, entry]) => [name.slice(beginning.length), entry]);
}

/** The version of the path; `latest` is the one with the highest number. */
function versionFor(call: Call, permission: string): JsonObject {
  if (param(call, 'version') !== 'latest') return resourceFor(call, versions, permission).entry.resource;
  const last = versionsOf(call).sort(([a], [b]) => Number(b) - Number(a))[0];
  if (!last) return resourceFor(call, versions, permission).entry.resource;
  return resourceFor({ ...call, params: { ...call.params, version: last[0] } }, withPathsName(call), permission).entry
    .resource;
}

/** A denial names the version as the path does: `latest` stays `latest`. */
function withPathsName(call: Call): ResourceApi {
  return { ...versions, denied: permission => denied(permission, relativeName(versions.fullName(call))) };
}

function access(call: Call): JsonObject {
  const { payload, ...version } = versionFor(call, 'secretmanager.versions.access');
  if (version.state !== 'ENABLED') {
    throw new GoogleError(
      'FAILED_PRECONDITION',
      `Secret Version [${asString(version.name)}] is in ${asString(version.state)} state.`,
    );
  }
  return { name: asString(version.name), payload: asObject(payload) };
}

function getVersion(call: Call): JsonObject {
  const { payload: _, ...version } = versionFor(call, 'secretmanager.versions.get');
  return version;
}

function listVersions(call: Call): JsonObject {
  resourceFor(call, secrets, 'secretmanager.versions.list');
  const shown = versionsOf(call).map(
    ([
      ,
      {
        resource: { payload: _, ...version },
      },
    ]) => version,
  );
  return listResponse('versions', page(call, shown.reverse(), { default: 100, max: 25_000 }));
}

function routesBelow(parent: string, id: string): Route[] {
  const path = `${parent}/secrets/{secret}`;
  const version = `${path}/versions/{version}`;
  return [
    ...collectionRoutes({
      ...secrets,
      id,
      path,
      separator: ':',
      read: 'GET',
      key: 'secrets',
      list: `${parent}/secrets`,
      parent: parentName,
    }),
    { service, id: `${id}.versions.list`, method: 'GET', path: `${path}/versions`, handle: listVersions },
    { service, id: `${id}.versions.get`, method: 'GET', path: version, handle: getVersion },
    { service, id: `${id}.versions.access`, method: 'GET', path: `${version}:access`, handle: access },
  ];
}

export const secretManagerRoutes: Route[] = [
  ...routesBelow('/v1/projects/{project}', 'projects.secrets'),
  ...routesBelow('/v1/projects/{project}/locations/{location}', 'projects.locations.secrets'),
];
