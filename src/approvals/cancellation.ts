/** Who may stop a running job. That somebody stopped it is noted by `src/store/cancellations.ts`. */
import { clickOrigin, type Interaction } from '../bot/interaction.ts';
import { approvalRules } from '../config/config.ts';
import type { DiagnosisJob } from '../contracts/jobs.ts';
import { type DecideContext, lookUp } from './decide.ts';
import { isApprover } from './policy.ts';

/** Who asked for a job may stop it, and whoever may approve grants in its projects. A lookup that fails refuses. */
export async function mayCancel(
  deciding: DecideContext,
  projects: readonly string[],
  interaction: Interaction,
  job: DiagnosisJob,
): Promise<boolean> {
  if (interaction.user === job.requester.user) return true;
  const { directory, config, workspace, onError } = deciding;
  const asked = job.kind === 'scan' ? job.projects : job.request.projects;
  const rules = (asked.length > 0 ? asked : projects).map(project => approvalRules(config, project, 'grant'));
  const actor = await directory.user(clickOrigin(interaction)).catch(error => {
    onError?.(error);
    return undefined;
  });
  return (
    actor !== undefined && isApprover({ actor, rules, groups: await lookUp(directory, rules, onError), workspace })
  );
}
