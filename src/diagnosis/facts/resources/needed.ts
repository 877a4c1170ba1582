/** Which permission on which resource a request is about (docs/domain/resources.md#resource-permission). */
import type { DiagnoseRequest } from '../../../contracts/jobs.ts';
import {
  type CloudResource,
  isUsedOn,
  parseResource,
  policyHolder,
  projectOf,
} from '../../../contracts/resource-name.ts';
import type { Fact } from '../fact.ts';
import { readProject } from '../google/project.ts';
import type { Session } from '../session.ts';
import { readProjectOf } from './resource.ts';

export interface Needed {
  readonly permission: string;
  /** What the engine is asked about: the full name of the resource, or `projects/P`. */
  readonly on: string;
  /** Absent where it is a project. */
  readonly resource?: CloudResource;
  /** What a grant is made on: the resource, or what it is part of; absent where only the project has a policy for it. */
  readonly holder?: CloudResource;
  /** Id of the resource's project. */
  readonly project: Fact<string>;
}

type Request = Pick<DiagnoseRequest, 'needs' | 'on' | 'symptom'>;

const PERMISSION = /^[a-z][a-zA-Z]*(?:\.[a-zA-Z][a-zA-Z0-9]*){2}$/;
const PROJECT = /^(?:\/\/cloudresourcemanager\.googleapis\.com\/)?projects\/([^/]+)$/;

/** What the request names, without reading anything: undefined where the permission or the resource is not named. */
function namesOf({ needs, on, symptom }: Request): { readonly permission: string; readonly on: string } | undefined {
  if (needs && on) return { permission: needs, on };
  if (symptom?.problem !== 'resource-permission') return undefined;
  const { permission = '', resource, project } = symptom.entities;
  const where = resource ?? (/^bigquery\.jobs\./.test(permission) && project ? `projects/${project}` : undefined);
  return PERMISSION.test(permission) && where ? { permission, on: where } : undefined;
}

export async function readNeeded(session: Session, request: Request): Promise<Needed | undefined> {
  const asked = namesOf(request);
  if (!asked) return undefined;
  const { permission } = asked;
  const named = parseResource(asked.on, permission);
  if (named) {
    const project = await idOf(session, await readProjectOf(session, named));
    const resource = byId(named, project);
    const used = policyHolder(resource);
    return {
      permission,
      on: resource.fullName,
      resource,
      ...(used && isUsedOn(permission, used) ? { holder: used } : {}),
      project,
    };
  }
  const id = PROJECT.exec(asked.on)?.[1];
  if (id === undefined) return undefined;
  const source = 'the name of the resource';
  return { permission, on: `projects/${id}`, project: await idOf(session, { known: true, value: id, source }) };
}

/** Commands and grants name a project by its id, which is looked up where a name has the number. */
async function idOf(session: Session, project: Fact<string>): Promise<Fact<string>> {
  if (!project.known || !/^\d+$/.test(project.value)) return project;
  const fact = await readProject(session, project.value);
  return fact.known ? { ...project, value: fact.value.id } : project;
}

/** One name for one resource: errors name the project by its number where everything else has its id. */
function byId(resource: CloudResource, project: Fact<string>): CloudResource {
  const number = projectOf(resource);
  if (!project.known || number === undefined || !/^\d+$/.test(number)) return resource;
  return parseResource(resource.fullName.replace(`/projects/${number}/`, `/projects/${project.value}/`)) ?? resource;
}
