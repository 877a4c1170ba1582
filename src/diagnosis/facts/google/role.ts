/** What a role contains (iam roles.get). */
import type { Role } from '../../iam/model.ts';
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

export function readRole(session: Session, name: string): Promise<Fact<Role>> {
  const resource = name.startsWith('roles/') ? name : name.split('/').slice(0, 2).join('/');
  const read = () =>
    asFact({ source: `iam roles.get ${name}`, permission: 'iam.roles.get', resource, self: session.self }, async () => {
      const raw = await session.google.getRole(name);
      return {
        name,
        permissions: new Set(raw.includedPermissions ?? []),
        disabled: raw.deleted === true || raw.stage === 'DISABLED',
      };
    });
  const predefined = name.startsWith('roles/');
  const { roleCache } = session;
  return session.once(`role ${name}`, () => (predefined && roleCache ? roleCache.get(name, read) : read()));
}
