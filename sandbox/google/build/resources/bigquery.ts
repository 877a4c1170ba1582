import { type Binding, type JsonObject, mergePatch } from '../../world.ts';
import { type Owner, policyWith, type ResourceEntries } from './resource.ts';

export type DatasetOptions = {
  /** `asia-northeast1` by default. */
  location?: string;
  /** The access list, in the API's form; what BigQuery gives the project's basic roles by default. */
  access?: JsonObject[];
  /** By id; a table has an allow policy of its own. */
  tables?: { [id: string]: { bindings?: Binding[] } };
  /** Any fields of the API's Dataset, merged over the defaults; null removes one. */
  fields?: JsonObject;
};

const defaultAccess: JsonObject[] = [
  { role: 'WRITER', specialGroup: 'projectWriters' },
  { role: 'OWNER', specialGroup: 'projectOwners' },
  { role: 'READER', specialGroup: 'projectReaders' },
];

/** A BigQuery dataset and its tables. */
export function dataset({ projectId }: Owner, id: string, options: DatasetOptions): ResourceEntries {
  const fullName = `//bigquery.googleapis.com/projects/${projectId}/datasets/${id}`;
  const resource: JsonObject = {
    kind: 'bigquery#dataset',
    etag: 'BwYkAAAAAAE=',
    id: `${projectId}:${id}`,
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${projectId}/datasets/${id}`,
    datasetReference: { datasetId: id, projectId },
    access: options.access ?? defaultAccess,
    creationTime: '1740819600000',
    lastModifiedTime: '1740819600000',
    location: options.location ?? 'asia-northeast1',
    type: 'DEFAULT',
  };
  const tables = Object.entries(options.tables ?? {}).map(([table, { bindings }]): ResourceEntries[number] => [
    `${fullName}/tables/${table}`,
    {
      resource: {
        kind: 'bigquery#table',
        id: `${projectId}:${id}.${table}`,
        tableReference: { projectId, datasetId: id, tableId: table },
        numRows: '0',
        type: 'TABLE',
      },
      policy: policyWith(bindings),
    },
  ]);
  return [[fullName, { resource: mergePatch(resource, options.fields ?? {}) }], ...tables];
}
