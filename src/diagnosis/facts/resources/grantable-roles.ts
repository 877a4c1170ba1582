/** Which predefined roles a grant on a resource can be made with (iam roles.queryGrantableRoles). */
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';
import type { Needed } from './needed.ts';

/** Beta, and named by Google's documents for what no other role gives alone (docs/domain/resources.md#roles-to-offer). */
const BETA = new Set(['roles/storage.bucketViewer']);

/**
 * Names of roles of the permission's own service, generally available and grantable there. Roles of other services may contain
 * the permission and a little else, and are for those services' own purposes.
 */
export function readGrantableRoles(
  session: Session,
  { permission, holder, project }: Needed,
): Promise<Fact<readonly string[]>> {
  if (!holder && !project.known) return Promise.resolve(project);
  const onProject = project.known ? `//cloudresourcemanager.googleapis.com/projects/${project.value}` : '';
  const resource = holder?.fullName ?? onProject;
  const service = permission.split('.')[0] ?? '';
  return session.once(`grantable ${resource} ${service}`, () =>
    asFact({ source: 'iam roles.queryGrantableRoles', resource, self: session.self }, async () => {
      const roles = await session.google.queryGrantableRoles(resource);
      return roles
        .filter(({ name }) => name.startsWith(`roles/${service}.`) && mayOffer(name))
        .filter(({ name, stage }) => stage === 'GA' || BETA.has(name))
        .map(({ name }) => name)
        .sort();
    }),
  );
}

/** Administrators' roles are never offered; legacy roles stand for access control lists. */
function mayOffer(role: string): boolean {
  return !/admin$/i.test(role) && !/\.legacy[A-Z]/.test(role) && !/[aA]gent$/.test(role);
}
