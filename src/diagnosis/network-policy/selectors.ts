/**
 * Label selectors. Source: Kubernetes, "Labels and Selectors", "Resources that support set-based requirements":
 * all requirements hold together; an empty selector selects everything; `NotIn` also selects what lacks the label.
 */
import type { LabelSelector } from '../../kubernetes/objects.ts';

type Labels = Readonly<Record<string, string>>;
type Requirement = LabelSelector['matchExpressions'][number];

export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(requirement => holds(requirement, labels[requirement.key]))
  );
}

/** An operator that Kubernetes doesn't have is refused by it, so it selects nothing. */
function holds({ operator, values }: Requirement, label: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      return false;
  }
}
