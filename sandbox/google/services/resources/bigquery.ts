import { createHash } from 'node:crypto';
import { type GoogleError, reasonError } from '../../errors.ts';
import { accessEntries, datasetPolicy } from '../../iam/dataset-access.ts';
import { memberError } from '../../iam/members.ts';
import { cloudResource, findResource } from '../../iam/resources.ts';
import { type Call, listResponse, page, param, type Route } from '../../route.ts';
import { asObject, asString, type Json, type JsonObject, mergePatch, newEtag, nextSerial } from '../../world.ts';
import { getRoute, listed } from './collection.ts';
import { type PolicyApi, policyRoutes, type ResourceApi, resourceFor } from './policy-routes.ts';

const service = 'bigquery.googleapis.com';

const projectName = (call: Call): string => `//${service}/projects/${param(call, 'project')}`;
const datasetName = (call: Call): string => `${projectName(call)}/datasets/${param(call, 'dataset')}`;

/** `Dataset P:D` or `Table P:D.T`, as BigQuery's messages name them. */
function spoken(fullName: string): { kind: string; id: string } {
  const [, project = '', dataset, table] =
    /projects\/([^/]+)(?:\/datasets\/([^/]+)(?:\/tables\/([^/]+))?)?$/.exec(fullName) ?? [];
  if (table) return { kind: 'Table', id: `${project}:${dataset}.${table}` };
  return dataset ? { kind: 'Dataset', id: `${project}:${dataset}` } : { kind: 'Project', id: project };
}

function accessDenied(message: string): Error {
  return reasonError(403, 'accessDenied', `Access Denied: ${message}`, { status: 'PERMISSION_DENIED' });
}

const named: Pick<ResourceApi, 'service' | 'denied' | 'missing'> = {
  service,
  denied: (permission, fullName) => {
    const { kind, id } = spoken(fullName);
    if (kind === 'Project') {
      return accessDenied(`${kind} ${id}: User does not have ${permission} permission in project ${id}.`);
    }
    return accessDenied(
      `${kind} ${id}: Permission ${permission} denied on ${kind.toLowerCase()} ${id} (or it may not exist).`,
    );
  },
  missing: fullName => {
    const { kind, id } = spoken(fullName);
    return reasonError(404, 'notFound', `Not found: ${kind} ${id}`, { status: 'NOT_FOUND' });
  },
};

const datasets: ResourceApi = { ...named, fullName: datasetName };
const tablePath = '/bigquery/v2/projects/{project}/datasets/{dataset}/tables/{table}';
const tables: PolicyApi = {
  ...named,
  id: 'tables',
  path: tablePath,
  separator: ':',
  read: 'POST',
  grantsByRole: 'unsupported',
  fullName: call => `${datasetName(call)}/tables/${param(call, 'table')}`,
  translate: (error: GoogleError) => reasonError(error.code, 'invalid', error.message, { status: error.status }),
};

/** A conditional entry as access policy versions below 3 show it (bigquery v2, datasets.get). */
function withoutCondition(entry: JsonObject): JsonObject {
  const { condition, ...rest } = entry;
  if (condition === undefined) return entry;
  const hash = createHash('sha256').update(JSON.stringify(condition)).digest('hex').slice(0, 10);
  return { ...rest, role: `${asString(entry.role)}_with_conditionalbinding_${hash}` };
}

function accessVersion(call: Call): number {
  const version = Number(call.query.get('accessPolicyVersion') ?? 0);
  if (![0, 1, 3].includes(version)) {
    throw reasonError(400, 'invalid', `Access policy version ${version} is not supported.`, {
      status: 'INVALID_ARGUMENT',
    });
  }
  return version;
}

function show(dataset: JsonObject, version: number, view = 'FULL'): JsonObject {
  const { access, ...metadata } = dataset;
  const entries = accessEntries(access);
  const shown: Json = version < 3 ? entries.map(withoutCondition) : entries;
  if (view === 'METADATA') return metadata;
  const { kind, id, datasetReference, etag } = dataset;
  return view === 'ACL' ? { kind, id, etag, datasetReference, access: shown } : { ...metadata, access: shown };
}

function getDataset(call: Call): JsonObject {
  const { entry } = resourceFor(call, datasets, 'bigquery.datasets.get');
  return show(entry.resource, accessVersion(call), call.query.get('datasetView') ?? 'FULL');
}

function refuseAccess(call: Call, before: JsonObject, after: JsonObject): void {
  const version = accessVersion(call);
  const conditional = [...accessEntries(before.access), ...accessEntries(after.access)].some(entry => entry.condition);
  if (conditional && version < 3) {
    throw reasonError(400, 'invalid', 'Conditional access entries need access policy version 3.', {
      status: 'INVALID_ARGUMENT',
    });
  }
  const members = datasetPolicy(param(call, 'project'), after).bindings.flatMap(binding => binding.members);
  const wrong = members
    .filter(member => !/^(?:project(?:Owner|Editor|Viewer):|all)/.test(member))
    .map(member => memberError(call.world, member))
    .find(error => error !== undefined);
  if (wrong) {
    const { id } = spoken(datasetName(call));
    throw reasonError(400, 'invalid', `IAM setPolicy failed for Dataset ${id}: ${wrong}`, {
      status: 'INVALID_ARGUMENT',
    });
  }
}

/**
 * `PATCH` and `PUT` of a dataset: the whole access list is replaced. Whoever may update a dataset may grant anything on
 * it: BigQuery does not tell conditions which roles a request changes.
 */
function updateDataset(call: Call): JsonObject {
  const held = resourceFor(call, datasets, 'bigquery.datasets.update');
  const before = held.entry.resource;
  const expected = call.headers['if-match'];
  if (expected !== undefined && expected !== '*' && expected !== before.etag) {
    throw reasonError(412, 'conditionNotMet', 'Precondition check failed.', { status: 'FAILED_PRECONDITION' });
  }
  const { access, etag: _, ...rest } = call.body;
  const patched = mergePatch(before, rest);
  const after = access === undefined ? patched : { ...patched, access };
  refuseAccess(call, before, after);
  held.entry.resource = { ...after, etag: newEtag(call.world) };
  return show(held.entry.resource, 3);
}

/** Tables that a query names after FROM and JOIN: `P.D.T`, `D.T`, with or without backticks. */
function queriedTables(call: Call, query: string): string[] {
  return [...query.matchAll(/\b(?:FROM|JOIN)\s+`?([\w-]+(?:\.[\w-]+){1,2})`?/gi)].map(([, name = '']) => {
    const parts = name.split('.');
    const [table = '', dataset = '', project = param(call, 'project')] = parts.reverse();
    return `//${service}/projects/${project}/datasets/${dataset}/tables/${table}`;
  });
}

/** A query needs `bigquery.jobs.create` on the billed project and `bigquery.tables.getData` on every table. */
function runQuery(call: Call): JsonObject {
  const permission = 'bigquery.jobs.create';
  if (!call.may(permission, cloudResource(call.world, projectName(call)))) {
    throw named.denied(permission, projectName(call), call);
  }
  const query = asString(asObject(asObject(call.body.configuration).query).query) || asString(call.body.query);
  for (const table of queriedTables(call, query)) {
    const { id } = spoken(table);
    const allowed = call.may('bigquery.tables.getData', cloudResource(call.world, table));
    if (!allowed || !findResource(call.world, table)) {
      throw accessDenied(
        `Table ${id}: User does not have permission to query table ${id}, or perhaps it does not exist.`,
      );
    }
  }
  const jobReference = { projectId: param(call, 'project'), jobId: `job_${nextSerial(call.world)}` };
  return { kind: 'bigquery#job', jobReference, status: { state: 'DONE' }, jobComplete: true, totalRows: '0' };
}

function listDatasets(call: Call): JsonObject {
  const found = listed(call, datasets, projectName(call), `${projectName(call)}/datasets/x`);
  const shown = found.map(({ kind, id, datasetReference, location }) => ({ kind, id, datasetReference, location }));
  return { kind: 'bigquery#datasetList', ...listResponse('datasets', page(call, shown, { default: 50, max: 1_000 })) };
}

const dataset = '/bigquery/v2/projects/{project}/datasets/{dataset}';

export const bigQueryRoutes: Route[] = [
  {
    service,
    id: 'datasets.list',
    method: 'GET',
    path: '/bigquery/v2/projects/{project}/datasets',
    handle: listDatasets,
  },
  { service, id: 'datasets.get', method: 'GET', path: dataset, handle: getDataset },
  { service, id: 'datasets.patch', method: 'PATCH', path: dataset, handle: updateDataset },
  { service, id: 'datasets.update', method: 'PUT', path: dataset, handle: updateDataset },
  getRoute(tables),
  ...policyRoutes(tables),
  { service, id: 'jobs.insert', method: 'POST', path: '/bigquery/v2/projects/{project}/jobs', handle: runQuery },
  { service, id: 'jobs.query', method: 'POST', path: '/bigquery/v2/projects/{project}/queries', handle: runQuery },
];
