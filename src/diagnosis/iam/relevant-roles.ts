/** What has to be read before the engine can answer. */
import { candidates, canonicalMember, type Identity, identify, livingMember, membership } from './members.ts';
import type { Policy, Principal } from './model.ts';

/**
 * Roles of the bindings that could be about one of these principals: by name, by an alias, through a group, domain or
 * set, or as a deleted account of the same name (which tells why a grant was lost). Sorted, each once. No other role
 * of the policy has to be read.
 */
export function relevantRoles(policy: Policy, principals: readonly Principal[]): string[] {
  const identities = principals.map(identify);
  const concerns = (identity: Identity, member: string) =>
    identity.names.has(canonicalMember(livingMember(member))) ||
    // A resource outside the hierarchy: there every member that exists can occur.
    membership(identity, member, '') !== 'no';
  const roles = policy.bindings
    .filter(({ members }) =>
      identities.some(identity => candidates(identity, members).some(member => concerns(identity, member))),
    )
    .map(binding => binding.role);
  return [...new Set(roles)].sort();
}
