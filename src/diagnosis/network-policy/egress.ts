/**
 * Whether the policies that select a Pod let it reach a destination. Pure.
 *
 * Sources: Kubernetes, "Network Policies" (https://kubernetes.io/docs/concepts/services-networking/network-policies/); Cilium,
 * "Policy Enforcement Modes" (https://docs.cilium.io/en/stable/security/policy/intro/); Network Policy API, "AdminNetworkPolicy"
 * (https://network-policy-api.sigs.k8s.io/reference/spec/):
 * - An AdminNetworkPolicy decides first, the one with the lowest priority before the others; its action Pass leaves the
 *   decision to what follows.
 * - A Pod is isolated once a policy that limits egress selects it; then only what some such policy allows is allowed. Policies
 *   add up and their order doesn't matter. A rule that denies wins over all that allow.
 * - A BaselineAdminNetworkPolicy decides only for Pods that no policy isolates.
 */
import type { NetworkPolicy } from '../../kubernetes/objects.ts';
import type { AdminPolicy, Destination, Egress, EgressPolicy, PolicyName, SelectedPolicies, Source } from './model.ts';
import { selectNetworkPolicies } from './network-policies.ts';
import type { Match } from './selectors.ts';

/** Whether the policies that select a Pod let it reach a destination. */
export function decideEgress({ admin, policies, baseline }: SelectedPolicies, destination: Destination): Egress {
  return (
    byAdministrators(admin, destination, 'rule') ??
    byPolicies(policies, destination) ??
    byAdministrators(baseline, destination, 'baseline') ?? { state: 'open' }
  );
}

/** The same for Kubernetes' own policies alone. */
export function evaluateEgress(policies: readonly NetworkPolicy[], source: Source, destination: Destination): Egress {
  const selected = selectNetworkPolicies(policies, source);
  return decideEgress({ admin: [], policies: selected, baseline: [] }, destination);
}

function byAdministrators(
  policies: readonly AdminPolicy[],
  destination: Destination,
  by: 'rule' | 'baseline',
): Egress | undefined {
  for (const policy of policies) {
    const action = policy.decides(destination);
    if (action === 'Allow') return { state: 'allowed', policy: nameOf(policy) };
    if (action === 'Deny') return { state: 'denied', policies: [nameOf(policy)], by };
    if (action === 'maybe') return { state: 'unknown', policies: [nameOf(policy)] };
    if (action === 'Pass') return undefined;
  }
  return undefined;
}

function byPolicies(policies: readonly EgressPolicy[], destination: Destination): Egress | undefined {
  const sorted = [...policies].sort(byName);
  const denying = (match: Match) => sorted.filter(policy => policy.denies(destination) === match);
  const allowing = (match: Match) => sorted.filter(policy => policy.allows(destination) === match);
  const [denial] = denying('yes');
  if (denial) return { state: 'denied', policies: [nameOf(denial)], by: 'rule' };
  const isolating = sorted.filter(({ isolates }) => isolates);
  const [allowance] = allowing('yes');
  const isOpen = isolating.length === 0 || allowance !== undefined;
  const inDoubt = isOpen ? denying('maybe') : allowing('maybe');
  if (inDoubt.length > 0) return { state: 'unknown', policies: inDoubt.map(nameOf) };
  if (isolating.length === 0) return undefined;
  if (allowance) return { state: 'allowed', policy: nameOf(allowance) };
  return { state: 'denied', policies: isolating.map(nameOf), by: 'isolation' };
}

function nameOf({ kind, name }: PolicyName): PolicyName {
  return { kind, name };
}

function byName(a: PolicyName, b: PolicyName): number {
  return a.name < b.name ? -1 : 1;
}
