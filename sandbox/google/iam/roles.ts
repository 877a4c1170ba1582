import predefined from '../../predefined-roles.json' with { type: 'json' };
import { type CustomRole, own, type World } from '../world.ts';

type PredefinedRole = { title: string; permissionsInAll: number; permissions: string[]; stage?: string };

const roles: { [name: string]: PredefinedRole } = predefined.roles;

/** Names of all predefined roles of the simulated cloud. */
export const predefinedRoleNames: string[] = Object.keys(roles);

/** A predefined role by its name `roles/X`. */
export function predefinedRole(name: string): PredefinedRole | undefined {
  return own(roles, name);
}

/** A custom role by its name `projects/P/roles/X` or `organizations/O/roles/X`. */
export function customRole(world: World, name: string): CustomRole | undefined {
  const [kind, owner] = name.split('/');
  if (kind !== 'projects' && kind !== 'organizations') return undefined;
  const holder =
    kind === 'projects' ? own(world.projects, owner ?? '') : own(world.organizations, `organizations/${owner}`);
  return holder && own(holder.roles, name);
}

const permissionSets = new Map<string, Set<string>>();

/**
 * Whether a role grants a permission. An unknown or deleted role grants none, nor does one in the launch stage DISABLED
 * (https://cloud.google.com/iam/docs/creating-custom-roles).
 */
export function grants(world: World, roleName: string, permission: string): boolean {
  const role = predefinedRole(roleName);
  if (role) {
    const set = permissionSets.get(roleName) ?? new Set(role.permissions);
    permissionSets.set(roleName, set);
    return set.has(permission);
  }
  const custom = customRole(world, roleName);
  if (!custom || custom.deleted || custom.stage === 'DISABLED') return false;
  return custom.includedPermissions.includes(permission);
}
