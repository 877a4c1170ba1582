import { findProject, type World } from '../world.ts';
import type { AccessBoundary } from '../world-resources.ts';
import { memberIdentifiers, normalizeMember } from './members.ts';

/** A resource by the levels that its policies come from. */
type Holder = { policies: { fullName: string }[] };

/** Principal access boundary policies that are bound to an account. */
export function boundariesOf(world: World, email: string): AccessBoundary[] {
  const boundaries = world.accessBoundaries ?? [];
  if (boundaries.length === 0) return boundaries;
  const meant = memberIdentifiers(world, email);
  return boundaries.filter(({ members }) => !members || members.some(member => meant.has(normalizeMember(member))));
}

/** Whether `named`, a project, folder or organization, is this resource or contains it. */
export function holdsResource(world: World, named: string, resource: Holder): boolean {
  const [, id] = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/([^/]+)$/.exec(named) ?? [];
  const project = id === undefined ? undefined : findProject(world, id)?.projectId;
  const name = project ? `//cloudresourcemanager.googleapis.com/projects/${project}` : named;
  return resource.policies.some(({ fullName }) => fullName === name);
}

/**
 * Whether an account is eligible to access a resource: it has no boundary, or one of its boundaries holds the resource
 * (IAM, "Principal access boundary policies": the policies of a principal add up).
 */
export function isEligible(world: World, email: string, resource: Holder): boolean {
  const boundaries = boundariesOf(world, email);
  return (
    boundaries.length === 0 ||
    boundaries.some(({ resources }) => resources.some(r => holdsResource(world, r, resource)))
  );
}
