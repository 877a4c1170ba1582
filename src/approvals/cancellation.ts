/** Stopping a running diagnosis: the bot notes who wants it, the worker looks between its steps. */
import type { Redis } from 'ioredis';
import { clickOrigin, type Interaction } from '../bot/interaction.ts';
import { approvalRules } from '../config/config.ts';
import type { DiagnosisJob } from '../contracts/jobs.ts';
import { type DecideContext, lookUp } from './decide.ts';
import { isApprover } from './policy.ts';

const KEPT_S = 3600;
const key = (job: string) => `{gke-auth}:cancel:${job}`;

/** `by`: Slack user id. The first one who cancels is the one who did. */
export async function cancelJob(redis: Redis, job: string, by: string): Promise<void> {
  await redis.set(key(job), by, 'EX', KEPT_S, 'NX');
}

/** The Slack user id of whoever cancelled this job; undefined where nobody did. */
export async function cancelledBy(redis: Redis, job: string): Promise<string | undefined> {
  return (await redis.get(key(job))) ?? undefined;
}

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
