/** Every kind of remedy, and how a request becomes one. */
import type { Remedy } from '../../src/contracts/report.ts';
import type { Language } from '../../src/contracts/text.ts';
import type { RemedyRequest } from '../checks/check.ts';
import { command } from './command.ts';
import { enableWorkloadIdentity } from './enable-workload-identity.ts';
import { grantProjectRole } from './grant-project-role.ts';
import { type PlanContext, type PlannedRemedy, planWith } from './remedy.ts';

/** Plans what a check asked for, and says it in one language. @throws where there is no such kind, or its parameters don't fit. */
export function planRemedy(request: RemedyRequest, context: PlanContext, language: Language): Remedy {
  const { change, summary, ...rest } = plan(request, context);
  return {
    ...rest,
    params: { ...rest.params },
    summary: summary[language],
    ...(change ? { change: { ...change, disrupts: change.disrupts?.[language] } } : {}),
    ...(request.doubt ? { doubt: request.doubt[language] } : {}),
  };
}

function plan(request: RemedyRequest, context: PlanContext): PlannedRemedy & Pick<Remedy, 'kind' | 'risk'> {
  switch (request.kind) {
    case 'grant-project-role':
      return planWith(grantProjectRole, request, context);
    case 'enable-workload-identity':
      return planWith(enableWorkloadIdentity, request, context);
    case 'command':
      return planWith(command, request, context);
    default:
      throw new Error(`no remedy of kind ${request.kind}`);
  }
}
