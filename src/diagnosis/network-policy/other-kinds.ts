/** Policies whose rules are not evaluated: they may decide anything about the Pods that they may select. */
import type { LabelSelector } from '../../kubernetes/objects.ts';
import type { EgressPolicy, PolicyName, Source } from './model.ts';
import { selects } from './selectors.ts';

export interface UnevaluatedPolicy extends PolicyName {
  /** The Pods that it selects, if it selects by labels as Kubernetes does. */
  readonly podSelector?: LabelSelector;
  /** Whether it is known to isolate the Pods that it selects, so that it allows some destinations and denies the others. */
  readonly isolates: boolean;
}

export function selectUnevaluatedPolicies(policies: readonly UnevaluatedPolicy[], { labels }: Source): EgressPolicy[] {
  return policies
    .filter(({ podSelector }) => !podSelector || selects(podSelector, labels))
    .map(({ kind, name, isolates }) => ({
      kind,
      name,
      isolates,
      allows: () => 'maybe',
      // What only adds to others denies nothing that they allow.
      denies: () => (isolates ? 'no' : 'maybe'),
    }));
}
