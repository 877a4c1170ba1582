/** From what was found to approvals: what has a button, signed and stored; the same remedy on many subjects once. */
import { createHash } from 'node:crypto';
import type { Approval } from '../../src/approvals/approval.ts';
import { planRoleAllowed } from '../../src/approvals/roles.ts';
import { type Config, planRules } from '../../src/config/config.ts';
import type { DiagnoseRequest, Requester } from '../../src/contracts/jobs.ts';
import { canonicalJson, type Plan, signPlan } from '../../src/contracts/plan.ts';
import type { Finding, Remedy, Report, Target } from '../../src/contracts/report.ts';
import { isWritten } from '../../src/remedies/index.ts';
import type { ApprovalStore } from '../../src/store/approvals.ts';

export interface OfferContext {
  readonly store: ApprovalStore;
  readonly config: Config;
  readonly planKey: string;
}

/** Findings, and the question that has to be asked again before anything is done about them. */
export interface Asked {
  readonly target: Target;
  readonly request: DiagnoseRequest;
  readonly findings: readonly Finding[];
}

/**
 * Opens an approval for every remedy that somebody may approve: one that we can write, with a role on the allow-list, and
 * where the configuration names approvers. Safe to repeat: the same report opens the same approvals.
 */
export async function offerRemedies(
  { store, config, planKey }: OfferContext,
  report: Pick<Report, 'id' | 'startedAt' | 'durationMs'>,
  asked: readonly Asked[],
  requester: Requester,
): Promise<Approval[]> {
  const offers = new Map<string, Plan>();
  for (const one of asked) {
    for (const finding of one.findings) {
      for (const remedy of finding.remedies) {
        if (remedy.risk === 'manual' || !isWritten(remedy.kind)) continue;
        const key = canonicalJson([remedy.kind, remedy.params]);
        if (offers.has(key)) continue;
        const plan = toPlan({ report, asked: one, finding, remedy, requester, config });
        if (isOffered(plan, config)) offers.set(key, plan);
      }
    }
  }
  return Promise.all([...offers.values()].map(plan => store.open(signPlan(plan, planKey))));
}

function toPlan({
  report,
  asked: { target, request },
  finding,
  remedy,
  requester,
  config,
}: {
  report: Pick<Report, 'id' | 'startedAt' | 'durationMs'>;
  asked: Asked;
  finding: Finding;
  remedy: Remedy;
  requester: Requester;
  config: Config;
}): Plan {
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

function isOffered(plan: Plan, config: Config): boolean {
  const rules = planRules(config, plan);
  const somebody = rules.every(({ approvers }) => Object.values(approvers).some(list => list.length > 0));
  return rules.length > 0 && somebody && rules.every(({ allowedRoles }) => planRoleAllowed(plan, allowedRoles).allowed);
}
