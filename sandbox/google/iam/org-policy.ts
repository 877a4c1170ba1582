import { type OrgPolicyRule, own, type World } from '../world.ts';
import { ancestors } from './evaluate.ts';

/** The policy for a constraint on the nearest node that sets one, from a resource upwards, and that node; undefined where none does. */
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
