import { type OrgPolicyRule, own, type World } from '../world.ts';
import { ancestors } from './evaluate.ts';

/** The nearest policy for a constraint from a resource upwards, and where it is set; nothing where nobody set one. */
export function effectiveRules(
  world: World,
  name: string,
  constraint: string,
): { setOn: string; rules: OrgPolicyRule[] } | undefined {
  for (const { name: setOn, node } of ancestors(world, name)) {
    const rules = own(node.orgPolicies, constraint);
    if (rules) return { setOn, rules };
  }
  return undefined;
}
