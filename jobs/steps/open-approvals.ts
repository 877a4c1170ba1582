/** Opens signed approvals for remedies; a remedy that fixes several findings gets one approval. */
import { createHash } from 'node:crypto';
import type { Approval } from '../../src/approvals/approval.ts';
import { planRoleAllowed } from '../../src/approvals/roles.ts';
import { type Config, planRules } from '../../src/config/config.ts';
import { canonicalJson } from '../../src/contracts/canonical-json.ts';
import type { Requester } from '../../src/contracts/jobs.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import type { Finding, Remedy, Report } from '../../src/contracts/report.ts';
import { isWritten } from '../../src/remedies/index.ts';
import type { ApprovalStore } from '../../src/store/approvals.ts';
import type { Answer, Question } from './answer.ts';
import { shownGroups } from './shown-groups.ts';

/**
 * Opens an approval for every shown remedy that somebody may approve: one that we can write, with a role on the allow-list,
 * and where the configuration names approvers. Safe to repeat: the same report opens the same approvals.
 */
export async function openApprovals(
  { store, config }: { readonly store: ApprovalStore; readonly config: Config },
  { report, questions }: Answer,
  requester: Requester,
): Promise<Approval[]> {
  const shown = new Set(shownGroups(report).flatMap(({ findings }) => findings.map(({ finding }) => finding)));
  const plans = new Map<string, Plan>();
  for (const question of questions) {
    for (const finding of question.findings.filter(one => shown.has(one))) {
      for (const remedy of finding.remedies) {
        const key = canonicalJson([remedy.kind, remedy.params]);
        if (remedy.risk === 'manual' || !isWritten(remedy.kind) || plans.has(key)) continue;
        const plan = planOf(report, question, finding, remedy, requester, config);
        if (canBeApproved(plan, config)) plans.set(key, plan);
      }
    }
  }
  return Promise.all([...plans.values()].map(plan => store.open(plan)));
}

function planOf(
  report: Report,
  { target, request }: Question,
  finding: Finding,
  remedy: Remedy,
  requester: Requester,
  config: Config,
): Plan {
  const created = Date.parse(report.startedAt) + report.durationMs;
  const { kind, risk, params, command, undo, summary, change } = remedy;
  const plan: Plan = {
    id: createHash('sha256')
      .update(canonicalJson([report.id, kind, params]))
      .digest('hex')
      .slice(0, 20),
    createdAt: new Date(created).toISOString(),
    expiresAt: new Date(created).toISOString(),
    reportId: report.id,
    target,
    check: finding.check,
    subject: finding.subject,
    request,
    headline: finding.headline ?? finding.title,
    remedy: { kind, risk, params, command, undo, summary, change },
    requester,
    ...(request.grantMs && risk === 'grant' ? { grantMs: request.grantMs } : {}),
  };
  const expireAfter = Math.min(...planRules(config, plan).map(rules => rules.expireAfter));
  return { ...plan, expiresAt: new Date(created + expireAfter).toISOString() };
}

function canBeApproved(plan: Plan, config: Config): boolean {
  const rules = planRules(config, plan);
  const somebody = rules.every(({ approvers }) => Object.values(approvers).some(list => list.length > 0));
  return rules.length > 0 && somebody && rules.every(({ allowedRoles }) => planRoleAllowed(plan, allowedRoles).allowed);
}
