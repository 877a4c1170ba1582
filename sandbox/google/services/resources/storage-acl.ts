import { groupsOf } from '../../iam/members.ts';
import { findResource, type Held } from '../../iam/resources.ts';
import { asObject, asString, type World } from '../../world.ts';

/** Entities of access control lists that include an account (Cloud Storage, "Scopes"). */
function entitiesOf(world: World, email: string): string[] {
  if (email === '') return ['allUsers'];
  const groups = groupsOf(world, email).map(group => `group-${group}`);
  return ['allUsers', 'allAuthenticatedUsers', `user-${email}`, `domain-${email.split('@')[1]}`, ...groups];
}

/** Whether the object's access control list lets an account read it; never with uniform bucket-level access. */
export function aclGrants(world: World, email: string, object: Held): boolean {
  const bucket = findResource(world, object.name.split('/objects/')[0] ?? '');
  const configuration = asObject(bucket?.entry.resource.iamConfiguration);
  if (asObject(configuration.uniformBucketLevelAccess).enabled === true) return false;
  const { acl } = object.entry.resource;
  const entities = entitiesOf(world, email);
  return (Array.isArray(acl) ? acl.map(asObject) : []).some(({ entity }) => entities.includes(asString(entity)));
}
