import { GoogleError, type PlainError, reasonError } from '../../errors.ts';
import { hierarchyResource } from '../../iam/evaluate.ts';
import { showPolicy } from '../../iam/policy.ts';
import { findResource, type Held, policyOf } from '../../iam/resources.ts';
import { type Call, JsonText, listResponse, page, param, type Route } from '../../route.ts';
import { asObject, asString, findProject, type JsonObject } from '../../world.ts';
import type { CloudResource } from '../../world-resources.ts';
import {
  heldPermissions,
  modifiedBy,
  permissionOn,
  type ResourceApi,
  resourceFor,
  writePolicy,
} from './policy-routes.ts';
import { aclGrants } from './storage-acl.ts';

const service = 'storage.googleapis.com';
const prefix = `//${service}/projects/_/buckets`;

function bucketName(call: Call): string {
  return `${prefix}/${param(call, 'bucket')}`;
}

function folderName(call: Call): string {
  return `${bucketName(call)}/managedFolders/${param(call, 'folder')}`;
}

function objectName(call: Call): string {
  return `${bucketName(call)}/objects/${param(call, 'object')}`;
}

/**
 * The denial names caller and permission (IAM, "Troubleshoot permission error messages"); a caller without credentials
 * gets 401.
 */
function refused(call: Call, permission: string, kind: string): PlainError {
  const who = call.caller === '' ? 'Anonymous caller' : call.caller;
  const message =
    `${who} does not have ${permission} access to the Google Cloud Storage ${kind}. ` +
    `Permission '${permission}' denied on resource (or it may not exist).`;
  if (call.caller !== '') return reasonError(403, 'forbidden', message);
  return reasonError(401, 'required', message, { locationType: 'header', location: 'Authorization' });
}

function noBucket(): PlainError {
  return reasonError(404, 'notFound', 'The specified bucket does not exist.');
}

function kindOf(fullName: string): string {
  if (fullName.includes('/objects/')) return 'object';
  return fullName.includes('/managedFolders/') ? 'managed folder' : 'bucket';
}

function apiOf(fullName: (call: Call) => string): ResourceApi {
  return {
    service,
    fullName,
    // A bucket that doesn't exist answers 404 to every caller.
    denied: (permission, name, call) =>
      findResource(call.world, bucketName(call)) ? refused(call, permission, kindOf(name)) : noBucket(),
    missing: name => {
      const what = kindOf(name) === 'object' ? 'object' : 'managed folder';
      const [bucket, path] = name.slice(prefix.length + 1).split(/\/(?:objects|managedFolders)\/(.*)/s);
      return reasonError(404, 'notFound', `No such ${what}: ${bucket}/${path}`);
    },
  };
}

const buckets = apiOf(bucketName);
const folders = apiOf(folderName);
const objects = apiOf(objectName);

/** IAM's errors as Cloud Storage sends them: a stale etag is a failed precondition, not a conflict. */
function translate(error: GoogleError): PlainError {
  if (error.status === 'ABORTED') {
    return reasonError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.', {
      locationType: 'header',
      location: 'If-Match',
    });
  }
  return reasonError(error.code, error.code === 400 ? 'invalid' : 'conditionNotMet', error.message);
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof GoogleError ? translate(error) : error;
  }
}

function show(held: Held, shown: JsonObject): JsonObject {
  return { kind: 'storage#policy', resourceId: held.name.slice(`//${service}/`.length), ...shown };
}

/** Fails for a policy of a later version than the requested one (storage v1, buckets.getIamPolicy). */
function getPolicy(call: Call, api: ResourceApi): JsonObject {
  const held = resourceFor(call, api, permissionOn(api.fullName(call), 'getIamPolicy'));
  const policy = policyOf(held) ?? { etag: 'CAE=', bindings: [] };
  const requested = Number(call.query.get('optionsRequestedPolicyVersion') ?? 1);
  const version = policy.bindings.some(({ condition }) => condition) ? 3 : 1;
  if (requested < version) {
    throw reasonError(
      400,
      'invalid',
      `Requested policy version (${requested}) cannot be less than the existing policy version (${version}).`,
    );
  }
  return translated(() => show(held, showPolicy(policy, requested)));
}

/** Refuses what the bucket's configuration forbids in its policy and in those of its managed folders. */
function refuseByConfiguration(call: Call, body: JsonObject): void {
  const configuration = asObject(findResource(call.world, bucketName(call))?.entry.resource.iamConfiguration);
  const bindings = Array.isArray(body.bindings) ? body.bindings.map(asObject) : [];
  if (asObject(configuration.uniformBucketLevelAccess).enabled !== true && bindings.some(b => b.condition)) {
    throw reasonError(
      412,
      'conditionNotMet',
      'IAM Conditions need uniform bucket-level access, which is not enabled on this bucket.',
    );
  }
  const open = bindings.some(({ members }) => Array.isArray(members) && members.some(m => /^all/.test(asString(m))));
  if (open && configuration.publicAccessPrevention === 'enforced') {
    throw reasonError(
      412,
      'conditionNotMet',
      'The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.',
    );
  }
}

/** `PUT …/iam`: the body is the policy itself. */
function setPolicy(call: Call, api: ResourceApi): JsonObject {
  const fullName = api.fullName(call);
  const body = { policy: call.body };
  const held = resourceFor(call, api, permissionOn(fullName, 'setIamPolicy'), modifiedBy(call, fullName, body));
  refuseByConfiguration(call, call.body);
  return translated(() => {
    writePolicy(call, held, body);
    return show(held, showPolicy(policyOf(held) ?? { etag: 'CAE=', bindings: [] }, 3));
  });
}

function testPermissions(call: Call, api: ResourceApi): JsonObject {
  if (!findResource(call.world, bucketName(call))) throw noBucket();
  const permissions = heldPermissions(call, api.fullName(call), call.query.getAll('permissions'));
  return { kind: 'storage#testIamPermissionsResponse', ...(permissions.length > 0 && { permissions }) };
}

/** The objects or managed folders of a bucket. */
function list(call: Call, noun: 'objects' | 'managedFolders'): JsonObject {
  const { project } = resourceFor(call, buckets, `storage.${noun}.list`);
  const found = Object.entries(project.resources ?? {})
    .filter(([name]) => name.startsWith(`${bucketName(call)}/${noun}/`))
    .map(([, entry]) => (noun === 'objects' ? showObject(call, entry) : entry.resource));
  return { kind: `storage#${noun}`, ...listResponse('items', page(call, found, { default: 1_000, max: 1_000 })) };
}

function listBuckets(call: Call): JsonObject {
  const project = findProject(call.world, call.query.get('project') ?? '');
  const permission = 'storage.buckets.list';
  if (!project || !call.may(permission, hierarchyResource(call.world, `projects/${project.projectId}`))) {
    throw refused(call, permission, 'project');
  }
  const found = Object.entries(project.resources ?? {})
    .filter(([name]) => name.startsWith(`${prefix}/`) && kindOf(name) === 'bucket')
    .map(([, { resource }]) => resource);
  return { kind: 'storage#buckets', ...listResponse('items', page(call, found, { default: 1_000, max: 1_000 })) };
}

/** The metadata of an object; gcloud downloads the content from `mediaLink`. */
function showObject(call: Call, { resource }: CloudResource): JsonObject {
  const { content: _, acl: __, ...metadata } = resource;
  const path = `storage/v1/b/${asString(metadata.bucket)}/o/${encodeURIComponent(asString(metadata.name))}`;
  return { ...metadata, mediaLink: `${call.baseUrl}download/${path}?alt=media` };
}

/** Without uniform bucket-level access, the object's access control list grants access too. */
function getObject(call: Call): JsonObject | JsonText {
  const held = findResource(call.world, objectName(call));
  const byAcl = held && aclGrants(call.world, call.caller, held);
  const { entry } = byAcl ? held : resourceFor(call, objects, 'storage.objects.get');
  return call.query.get('alt') === 'media' ? new JsonText(asString(entry.resource.content)) : showObject(call, entry);
}

/** A simple upload, whose name is in the query. */
function insertObject(call: Call): JsonObject {
  const name = call.query.get('name') ?? '';
  const { project } = resourceFor(call, buckets, 'storage.objects.create');
  if (name === '') throw reasonError(400, 'required', 'Required');
  const bucket = param(call, 'bucket');
  const resource = { kind: 'storage#object', id: `${bucket}/${name}`, name, bucket };
  project.resources = { ...project.resources, [`${bucketName(call)}/objects/${name}`]: { resource } };
  return resource;
}

function deleteObject(call: Call): JsonObject {
  const { project, name } = resourceFor(call, objects, 'storage.objects.delete');
  delete project.resources?.[name];
  return {};
}

const bucket = '/storage/v1/b/{bucket}';

function policyRoutesOf(id: string, path: string, api: ResourceApi): Route[] {
  return [
    { service, id: `${id}.getIamPolicy`, method: 'GET', path: `${path}/iam`, handle: call => getPolicy(call, api) },
    { service, id: `${id}.setIamPolicy`, method: 'PUT', path: `${path}/iam`, handle: call => setPolicy(call, api) },
    {
      service,
      id: `${id}.testIamPermissions`,
      method: 'GET',
      path: `${path}/iam/testPermissions`,
      handle: call => testPermissions(call, api),
    },
  ];
}

export const storageRoutes: Route[] = [
  { service, id: 'buckets.list', method: 'GET', path: '/storage/v1/b', handle: listBuckets },
  {
    service,
    id: 'buckets.get',
    method: 'GET',
    path: bucket,
    handle: call => resourceFor(call, buckets, 'storage.buckets.get').entry.resource,
  },
  ...policyRoutesOf('buckets', bucket, buckets),
  {
    service,
    id: 'managedFolders.list',
    method: 'GET',
    path: `${bucket}/managedFolders`,
    handle: call => list(call, 'managedFolders'),
  },
  {
    service,
    id: 'managedFolders.get',
    method: 'GET',
    path: `${bucket}/managedFolders/{folder}`,
    handle: call => resourceFor(call, folders, 'storage.managedFolders.get').entry.resource,
  },
  ...policyRoutesOf('managedFolders', `${bucket}/managedFolders/{folder}`, folders),
  {
    service,
    id: 'objects.list',
    method: 'GET',
    path: `${bucket}/o`,
    anonymous: true,
    handle: call => list(call, 'objects'),
  },
  { service, id: 'objects.get', method: 'GET', path: `${bucket}/o/{object}`, anonymous: true, handle: getObject },
  {
    service,
    id: 'objects.get',
    method: 'GET',
    path: `/download${bucket}/o/{object}`,
    anonymous: true,
    handle: getObject,
  },
  { service, id: 'objects.delete', method: 'DELETE', path: `${bucket}/o/{object}`, handle: deleteObject },
  { service, id: 'objects.insert', method: 'POST', path: `/upload${bucket}/o`, handle: insertObject },
];
