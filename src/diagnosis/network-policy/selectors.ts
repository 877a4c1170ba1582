/**
 * Label selectors. Source: Kubernetes, "Labels and Selectors", "Resources that support set-based requirements"
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/): all requirements hold together; an empty selector
 * selects everything; `NotIn` also selects what lacks the label.
 */
import type { LabelSelector } from '../../kubernetes/objects.ts';

export type Labels = Readonly<Record<string, string>>;

/** Labels, and whether they are all that there are. */
export interface KnownLabels {
  readonly labels: Labels;
  readonly isComplete: boolean;
}

export type Match = 'yes' | 'no' | 'maybe';

type Requirement = LabelSelector['matchExpressions'][number];

export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(requirement => holds(requirement, labels[requirement.key]))
  );
}

/** The same if some labels may not be known. */
export function selectsKnown(selector: LabelSelector, { labels, isComplete }: KnownLabels): Match {
  const isKnown = (key: string) => isComplete || labels[key] !== undefined;
  const { matchLabels, matchExpressions } = selector;
  const known: LabelSelector = {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => isKnown(key))),
    matchExpressions: matchExpressions.filter(({ key }) => isKnown(key)),
  };
  if (!selects(known, labels)) return 'no';
  return keysOf(selector).every(isKnown) ? 'yes' : 'maybe';
}

/** The labels that a selector looks at. */
export function keysOf({ matchLabels, matchExpressions }: LabelSelector): string[] {
  return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
}

/** Of several matches, of which one is enough. */
export function best(matches: readonly Match[]): Match {
  if (matches.includes('yes')) return 'yes';
  return matches.includes('maybe') ? 'maybe' : 'no';
}

/** Of several matches, all of which have to hold. */
export function every(matches: readonly Match[]): Match {
  if (matches.includes('no')) return 'no';
  return matches.includes('maybe') ? 'maybe' : 'yes';
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
