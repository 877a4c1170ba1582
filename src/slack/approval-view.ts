/** An approval as it is stored → as a card shows it. Used by the bot and by the workers. Pure. */
import { type Approval, type ApprovalEvent, votes } from '../approvals/approval.ts';
import { type Config, planRules, type Rules } from '../config/config.ts';
import type { Text } from '../contracts/text.ts';
import type { ApprovalView, Decision } from './messages/approval-view.ts';

/** `handles`: of user groups, by id (see `UserGroupHandles`). */
export function viewOf(
  approval: Approval,
  config: Pick<Config, 'approvals'>,
  handles: Readonly<Record<string, string>>,
): ApprovalView {
  const { plan } = approval.signed;
  const rules = planRules(config, plan);
  const { target, remedy } = plan;
  const at = (move: ApprovalEvent['move']) => approval.events.findLast(event => event.move === move);
  const time = (event: ApprovalEvent | undefined) => event && new Date(event.at).toISOString();
  const last = approval.events.at(-1);
  return {
    id: approval.id,
    state: approval.state,
    check: plan.check,
    subject: plan.subject,
    headline: plan.headline,
    project: target.project,
    cluster: target.cluster,
    ...(target.location && { location: target.location }),
    remedy,
    requester: plan.requester.user,
    approvers: approverLabels(rules, handles),
    quorum: Math.max(1, ...rules.map(({ quorum }) => quorum)),
    approvals: votes(approval).flatMap(decisionOf),
    expiresAt: plan.expiresAt,
    ...(plan.grantMs && { grantMs: plan.grantMs }),
    ...(approval.endsAt && { grantEndsAt: new Date(approval.endsAt).toISOString() }),
    ...one('denied', at('deny')),
    ...one('revoked', at('revoke')),
    appliedAt: time(at('apply')),
    verifiedAt: time(at('verify')),
    stillFailing: approval.stillFailing,
    ...(approval.tampering !== undefined && { tampered: true }),
    ...(approval.state === 'stale' && { alreadyFixed: last?.detail?.alreadyFixed === true }),
    ...problemOf(last),
  };
}

const decisionOf = (event: ApprovalEvent): Decision[] =>
  event.by
    ? [{ user: event.by.user, at: new Date(event.at).toISOString(), ...(event.reason && { reason: event.reason }) }]
    : [];

function one<Name extends 'denied' | 'revoked'>(
  name: Name,
  event: ApprovalEvent | undefined,
): Partial<Record<Name, Decision>> {
  const decision = event ? decisionOf(event)[0] : undefined;
  const found: Partial<Record<Name, Decision>> = {};
  if (decision) found[name] = decision;
  return found;
}

/** The worker's words for why it is stale or failed: `detail.problem`, in both languages. */
function problemOf(event: ApprovalEvent | undefined): { problem?: Text } {
  const problem = event?.detail?.problem;
  if (typeof problem !== 'object' || problem === null || !('en' in problem) || !('ja' in problem)) return {};
  const { en, ja } = problem;
  return typeof en === 'string' && typeof ja === 'string' ? { problem: { en, ja } } : {};
}

/** Empty where some rule lets nobody decide. */
export function approverLabels(rules: readonly Rules[], handles: Readonly<Record<string, string>>): string[] {
  const empty = ({ approvers }: Rules) => Object.values(approvers).every(list => list.length === 0);
  if (rules.length === 0 || rules.some(empty)) return [];
  const labels = rules.flatMap(({ approvers }) => [
    ...approvers.userGroups.map(id => (handles[id] ? `@${handles[id]}` : id)),
    ...approvers.users,
    ...approvers.emails,
  ]);
  return [...new Set(labels)];
}
