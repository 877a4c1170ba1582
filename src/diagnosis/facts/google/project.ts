/** The project and where it stands (cloudresourcemanager projects.get, projects.getAncestry). */
import { GoogleApiError } from '../../../google/errors.ts';
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

export interface Project {
  readonly id: string;
  /** Digits only. */
  readonly number: string;
  readonly state: string;
}

/** `project`: its id or its number; who asks by the other afterwards gets the same answer. */
export function readProject(session: Session, project: string): Promise<Fact<Project>> {
  return session.once(`project ${project}`, async () => {
    const fact = await asFact(
      {
        source: 'cloudresourcemanager projects.get',
        permission: 'resourcemanager.projects.get',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () => {
        const raw = await session.google.getProject(project);
        const number = raw.name?.split('/')[1] ?? '';
        if (!/^\d+$/.test(number)) throw malformed('the project has no number');
        return { id: raw.projectId ?? project, number, state: raw.state ?? 'STATE_UNSPECIFIED' };
      },
    );
    if (fact.known)
      for (const name of [fact.value.id, fact.value.number]) void session.once(`project ${name}`, async () => fact);
    return fact;
  });
}

/** The resources above a project, nearest first: `folders/7001`, `organizations/77`. */
export function readAncestors(session: Session, project: string): Promise<Fact<readonly string[]>> {
  return session.once(`ancestry ${project}`, () =>
    asFact(
      {
        source: 'cloudresourcemanager projects.getAncestry',
        permission: 'resourcemanager.projects.get',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () => {
        const chain = await session.google.getAncestry(project);
        if (chain.length === 0) throw malformed('the ancestry is empty');
        return chain
          .map(({ resourceId }) => ({ type: resourceId?.type ?? '', id: resourceId?.id ?? '' }))
          .filter(({ type }) => type === 'folder' || type === 'organization')
          .map(({ type, id }) => `${type}s/${id}`);
      },
    ),
  );
}

function malformed(message: string): GoogleApiError {
  return new GoogleApiError(message, { kind: 'malformed', service: 'cloudresourcemanager' });
}
