/** Whether the organization keeps default service accounts from getting Editor by themselves. */
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

const CONSTRAINT = 'iam.automaticIamGrantsForDefaultServiceAccounts';

/** Whether a constraint is enforced on a project; `conditional` where that hangs on the project's tags. */
export type Enforcement = boolean | 'conditional';

/** By the Organization Policy API; where that can't be asked, by Resource Manager's older method (docs/domain/projects.md#default-sa-orgpolicy). */
export function readAutomaticGrantsDisabled(session: Session, project: string): Promise<Fact<Enforcement>> {
  return session.once(`automatic grants ${project}`, async () => {
    const call = { permission: 'orgpolicy.policy.get', resource: `projects/${project}`, self: session.self };
    const fact: Fact<Enforcement> = await asFact({ ...call, source: 'orgpolicy policies.getEffectivePolicy' }, () =>
      session.google.isConstraintEnforced(project, CONSTRAINT),
    );
    if (fact.known || fact.code !== 'api-disabled') return fact;
    return asFact({ ...call, source: 'cloudresourcemanager projects.getEffectiveOrgPolicy' }, () =>
      session.google.isConstraintEnforcedV1(project, CONSTRAINT),
    );
  });
}
