/** Which grants are offered: where a deny policy or a boundary takes access away, people have to look at that policy instead. */
import type { Answer } from '../iam/model.ts';
import type { RemedyRequest } from './check.ts';

/**
 * The grants that end what these answers lack; and for each policy that takes access away, the command that shows it. No grant
 * where none of them would be ended by it, and none beside a grant under a condition: without that condition it would give more
 * than somebody decided to give.
 */
export function remediesOf(wanting: readonly Answer[], grants: readonly RemedyRequest[]): RemedyRequest[] {
  const showing = new Map(wanting.flatMap(showBlocking).map(one => [JSON.stringify(one), one]));
  const helps = wanting.some(answer => showBlocking(answer).length === 0 && !isWithoutAccount(answer));
  return [...(helps && !wanting.some(isUnderCondition) ? grants : []), ...showing.values()];
}

/** A role is held already, under a condition that can't be decided. */
export function isUnderCondition(answer: Answer): boolean {
  return answer.state === 'conditional' && answer.deny === undefined;
}

/** The account itself is disabled or deleted, whatever it was granted. */
export function isWithoutAccount(answer: Answer): boolean {
  return answer.state === 'missing' && /^principal-/.test(answer.because.kind);
}

/** The commands that show what takes access away, or may. */
function showBlocking(answer: Answer): RemedyRequest[] {
  if (answer.state === 'missing' && answer.because.kind === 'boundary') {
    return answer.because.policies.length > 0 ? answer.because.policies.map(showBoundary) : [LIST_BOUNDARIES];
  }
  const denying = denyingPolicy(answer);
  return denying === undefined ? [] : [showDenyPolicy(denying)];
}

function denyingPolicy(answer: Answer): string | undefined {
  if (answer.state === 'conditional') return answer.deny;
  return answer.state === 'missing' && answer.because.kind === 'denied' ? answer.because.policy : undefined;
}

/** `policies/ATTACHMENT/denypolicies/ID`, the attachment point encoded (IAM v2). */
function showDenyPolicy(policy: string): RemedyRequest {
  const [, attachment = '', , id = policy] = policy.split('/');
  const where = `--attachment-point=${decodeURIComponent(attachment)}`;
  return {
    kind: 'command',
    params: { command: ['gcloud', 'iam', 'policies', 'get', id, where, '--kind=denypolicies'] },
  };
}

/** `organizations/O/locations/global/principalAccessBoundaryPolicies/ID` (IAM v3). */
function showBoundary(policy: string): RemedyRequest {
  const [, organization = '', , location = 'global', , id = policy] = policy.split('/');
  const where = [`--organization=${organization}`, `--location=${location}`];
  return {
    kind: 'command',
    params: { command: ['gcloud', 'iam', 'principal-access-boundary-policies', 'describe', id, ...where] },
  };
}

const LIST_BOUNDARIES: RemedyRequest = {
  kind: 'command',
  params: {
    command: [
      ...['gcloud', 'iam', 'principal-access-boundary-policies', 'list'],
      ...['--organization=ORGANIZATION', '--location=global'],
    ],
  },
};
