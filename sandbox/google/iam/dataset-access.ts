import { asObject, asString, type Binding, type Json, type JsonObject, type Policy } from '../world.ts';

/** The roles that the basic roles of a dataset stand for (BigQuery, "Basic roles for datasets"). */
const datasetRoles: { [basic: string]: string } = {
  READER: 'roles/bigquery.dataViewer',
  WRITER: 'roles/bigquery.dataEditor',
  OWNER: 'roles/bigquery.dataOwner',
};

const specialGroups: { [group: string]: (project: string) => string } = {
  projectReaders: project => `projectViewer:${project}`,
  projectWriters: project => `projectEditor:${project}`,
  projectOwners: project => `projectOwner:${project}`,
  allAuthenticatedUsers: () => 'allAuthenticatedUsers',
};

function memberOfEntry(entry: JsonObject, project: string): string | undefined {
  const email = asString(entry.userByEmail);
  if (email) return `${email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${email}`;
  if (entry.groupByEmail) return `group:${asString(entry.groupByEmail)}`;
  if (entry.domain) return `domain:${asString(entry.domain)}`;
  if (entry.iamMember) return asString(entry.iamMember);
  return specialGroups[asString(entry.specialGroup)]?.(project);
}

/** Entries of a dataset's access list: views, routines and other datasets among them carry no role. */
export function accessEntries(access: Json): JsonObject[] {
  return Array.isArray(access) ? access.map(asObject) : [];
}

/** What a dataset's access list grants, as an allow policy. */
export function datasetPolicy(project: string, dataset: JsonObject): Policy {
  const bindings = accessEntries(dataset.access).flatMap((entry): Binding[] => {
    const member = memberOfEntry(entry, project);
    if (!entry.role || !member) return [];
    const role = datasetRoles[asString(entry.role)] ?? asString(entry.role);
    const { title, expression } = asObject(entry.condition);
    const condition = entry.condition && { title: asString(title), expression: asString(expression) };
    return [{ role, members: [member], ...(condition && { condition }) }];
  });
  return { etag: asString(dataset.etag), bindings };
}
