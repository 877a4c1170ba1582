/** What was allowed at the click, asked again by the worker just before it applies. */
import { planRules } from '../config/config.ts';
import { type Approval, votes } from './approval.ts';
import type { AuditView } from './audit-tail.ts';
import { type DecideContext, lookUp, quorumOf } from './decide.ts';
import { isSame, mayDecide, type Permission } from './policy.ts';
import { type RefusalCode, refusals } from './refusals.ts';
import { planRoleAllowed } from './roles.ts';

/**
 * Whether enough of those who approved may still do so by this process's own configuration and look-ups, and whether the
 * role is on its allow-list. A code ending in `-lookup-failed` says that Slack didn't answer: worth another attempt.
 */
export async function stillApproved(
  { directory, config, workspace, onError }: Pick<DecideContext, 'directory' | 'config' | 'workspace' | 'onError'>,
  approval: Approval,
): Promise<Permission> {
  const { plan } = approval.signed;
  const rules = planRules(config, plan);
  for (const { allowedRoles } of rules) {
    const verdict = planRoleAllowed(plan, allowedRoles);
    if (!verdict.allowed) return { allowed: false, code: 'role-not-allowed', reason: verdict.reason };
  }
  const groups = await lookUp(directory, rules, onError);
  const voters = votes(approval).flatMap(({ by }) => by ?? []);
  const distinct = voters.filter((voter, i) => !voters.slice(0, i).some(earlier => isSame(earlier, voter)));
  const answers = await Promise.all(
    distinct.map(async ({ user, team }): Promise<Permission> => {
      try {
        const actor = await directory.user({ user, team });
        return mayDecide({ actor, decision: 'approve', plan, rules, groups, workspace });
      } catch (error) {
        onError?.(error);
        return { allowed: false, code: 'user-lookup-failed', reason: refusals['user-lookup-failed']() };
      }
    }),
  );
  const yes = answers.filter(({ allowed }) => allowed).length;
  if (rules.length > 0 && yes >= quorumOf(rules)) return { allowed: true };
  const refused = answers.find(answer => !answer.allowed);
  return refused ?? { allowed: false, code: 'not-enough-approvals', reason: refusals['not-enough-approvals']() };
}

/**
 * Whether Redis tells less of this approval than the audit log has on record, or something else: events were cut off (a denial,
 * a revocation), or all of Redis was put back from a copy. Undefined where history and log agree.
 */
export function isForgotten({ id, events }: Approval, log: AuditView): RefusalCode | undefined {
  const recorded = log.events(id);
  const agrees = events.every(({ hash }, i) => recorded.get(i + 1) === hash);
  if (!agrees || recorded.size !== events.length) return 'history-cut';
  return (events[0]?.at ?? 0) < log.notBefore ? 'restored' : undefined;
}
