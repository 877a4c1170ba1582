/** What a role contains (iam roles.get). */
import type { Role } from '../../iam/model.ts';
import { type Fact, known } from '../fact.ts';
import { asFact } from '../read.ts';
import type { RoleCache, Session } from '../session.ts';

/** `name`: `roles/R`, `projects/P/roles/R` or `organizations/O/roles/R`. */
export function readRole(session: Session, name: string): Promise<Fact<Role>> {
  const isPredefined = name.startsWith('roles/');
  const resource = isPredefined ? name : name.split('/').slice(0, 2).join('/');
  const source = `iam roles.get ${name}`;
  const read = () =>
    asFact({ source, permission: 'iam.roles.get', resource, self: session.self }, async () => {
      const { includedPermissions, deleted, stage } = await session.google.getRole(name);
      return {
        name,
        permissions: new Set(includedPermissions ?? []),
        disabled: deleted === true || stage === 'DISABLED',
      };
    });
  const { roleCache } = session;
  return session.once(`role ${name}`, () =>
    isPredefined && roleCache ? cached(roleCache, name, source, read) : read(),
  );
}

async function cached(
  roles: RoleCache,
  name: string,
  source: string,
  read: () => Promise<Fact<Role>>,
): Promise<Fact<Role>> {
  let fact: Fact<Role> | undefined;
  const role = await roles.get(name, async () => {
    fact = await read();
    return fact.known ? { permissions: [...fact.value.permissions], disabled: fact.value.disabled } : undefined;
  });
  if (role) return known({ name, permissions: new Set(role.permissions), disabled: role.disabled }, source);
  // Another session may have been the one that asked: its reason need not be ours.
  return fact ?? read();
}
