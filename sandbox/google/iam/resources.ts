import { findProject, own, type Policy, type Project, type World } from '../world.ts';
import type { CloudResource } from '../world-resources.ts';
import { datasetPolicy } from './dataset-access.ts';
import { hierarchyResource, type Resource, serviceAccountResource } from './evaluate.ts';
import { hasAttributes, splitFullName, typeOf } from './resource-types.ts';

/** The key of a resource in a world: its full name with the project's id, and DNS zones without their location. */
export function canonicalName(world: World, fullName: string): string {
  return fullName
    .replace(/(\/projects\/)([^/]+)/, (_, before: string, id: string) => {
      return before + (findProject(world, id)?.projectId ?? id);
    })
    .replace('/locations/global/managedZones/', '/managedZones/');
}

function bucketOf(name: string): string | undefined {
  return /^\/\/storage\.googleapis\.com\/projects\/_\/buckets\/[^/]+/.exec(name)?.[0];
}

/** The project of a resource; a bucket's name doesn't contain it. */
function projectOf(world: World, name: string): Project | undefined {
  const bucket = bucketOf(name);
  if (bucket) return Object.values(world.projects).find(project => own(project.resources ?? {}, bucket));
  return findProject(world, /\/projects\/([^/]+)/.exec(name)?.[1] ?? '');
}

export type Held = { name: string; project: Project; entry: CloudResource };

/** A resource that exists, with its project; `fullName` may have the project's number. */
export function findResource(world: World, fullName: string): Held | undefined {
  const name = canonicalName(world, fullName);
  const project = projectOf(world, name);
  const entry = project && own(project.resources ?? {}, name);
  return project && entry && { name, project, entry };
}

/** A resource's own allow policy; a dataset's is its access list. Nothing for a type that has none. */
export function policyOf({ name, project, entry }: Held): Policy | undefined {
  const type = typeOf(name);
  if (!type || type.withoutPolicy) return undefined;
  if (type.type === 'bigquery.googleapis.com/Dataset') return datasetPolicy(project.projectId, entry.resource);
  return entry.policy ?? { etag: 'ACAB', bindings: [] };
}

/** The resource and its parents within the service: an object is in every managed folder whose name is its prefix. */
function levels(project: Project, name: string): string[] {
  const bucket = bucketOf(name);
  if (bucket) {
    const path = /\/(?:objects|managedFolders)\/(.+)$/s.exec(name)?.[1];
    if (path === undefined) return [name];
    const folders = Object.keys(project.resources ?? {}).filter(other => {
      const folder = other.startsWith(`${bucket}/managedFolders/`) && other.slice(`${bucket}/managedFolders/`.length);
      return folder && path.startsWith(folder) && other !== name;
    });
    return [name, ...folders.sort((a, b) => b.length - a.length), bucket];
  }
  const parent = name.split('/').slice(0, -2).join('/');
  return typeOf(parent) ? [name, ...levels(project, parent)] : [name];
}

/** `resource.name` in conditions: secrets have the project's number (IAM, "Resource attributes for IAM Conditions"). */
function attributeName(project: Project, service: string, name: string): string {
  if (service !== 'secretmanager.googleapis.com') return name;
  return name.replace(`projects/${project.projectId}/`, `projects/${project.projectNumber}/`);
}

/**
 * A resource by its full name, with the policies that apply to it: its own, its parents', the project's and so on. It need
 * not exist: then only inherited policies apply. Undefined where its project or bucket doesn't exist.
 */
export function cloudResource(world: World, fullName: string): Resource | undefined {
  const split = splitFullName(fullName);
  if (!split) return undefined;
  if (split.service === 'cloudresourcemanager.googleapis.com') return hierarchyResource(world, split.name);
  const account = /^projects\/[^/]+\/serviceAccounts\/([^/]+)$/.exec(split.name)?.[1];
  if (split.service === 'iam.googleapis.com' && account) return serviceAccountResource(world, account);
  const name = canonicalName(world, fullName);
  const project = projectOf(world, name);
  const parent = project && hierarchyResource(world, `projects/${project.projectId}`);
  if (!project || !parent) return undefined;
  const policies = levels(project, name).flatMap(level => {
    const held = findResource(world, level);
    const policy = held && policyOf(held);
    return policy ? [{ fullName: level, policy }] : [];
  });
  return {
    ...parent,
    fullName: name,
    type: typeOf(name)?.type ?? `${split.service}/Resource`,
    service: split.service,
    name: attributeName(project, split.service, splitFullName(name)?.name ?? ''),
    policies: [...policies, ...parent.policies],
    ...(!hasAttributes(split.service) && { withoutAttributes: true }),
  };
}
