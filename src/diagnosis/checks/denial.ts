/** Where a deny policy takes a permission away, granting it again changes nothing: people have to look at that policy. */
import type { Answer } from '../iam/model.ts';
import type { RemedyRequest } from './check.ts';

/** The grants, unless all that is wanting is denied, or may be; and for each deny policy the command that shows it. */
export function remediesOf(wanting: readonly Answer[], grants: readonly RemedyRequest[]): RemedyRequest[] {
  const policies = wanting.flatMap(answer => denyingPolicy(answer) ?? []);
  const granting = policies.length < wanting.length ? grants : [];
  return [...granting, ...[...new Set(policies)].map(showDenyPolicy)];
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
