/**
 * A click → a decision. Who clicked is looked up anew at every click; the button gives only the approval's id. What is
 * refused is refused to that person, and goes into the audit log.
 */
import { randomUUID } from 'node:crypto';
import { planRules, type Rules } from '../config/config.ts';
import type { Settings } from '../config/settings.ts';
import type { Text } from '../contracts/text.ts';
import type { ApprovalStore, TransitionResult } from '../store/approvals.ts';
import type { Producer } from '../store/queue.ts';
import { alreadyDecidedText } from './already-decided.ts';
import { type Approval, decider, type Person, votes } from './approval.ts';
import type { AuditLog } from './audit.ts';
import {
  type Actor,
  type ClickOrigin,
  type Decision,
  type Groups,
  isSame,
  mayDecide,
  type Workspace,
} from './policy.ts';
import { ApprovalTamperedError } from './record.ts';
import { type RefusalCode, refusals } from './refusals.ts';
import { planRoleAllowed } from './roles.ts';

/** What Slack knows of people. Both throw where Slack doesn't answer, or answers with an error. */
export interface UserDirectory {
  /** `users.info` (and `conversations.info`, where the app may read it), see `actorOf`. */
  user(origin: ClickOrigin): Promise<Actor>;
  /** `usergroups.users.list`, read anew (docs/slack.md#rate-limits: 20 a minute; at most 60 s old). */
  group(id: string): Promise<{ readonly members: readonly string[]; readonly handle?: string }>;
}

export interface DecideContext {
  readonly store: ApprovalStore;
  readonly audit: AuditLog;
  readonly directory: UserDirectory;
  readonly queue: Pick<Producer, 'enqueueRemediation'>;
  readonly config: Pick<Settings, 'approvals'>;
  readonly workspace: Workspace;
  /** Told of every failure that the outcome hides from the person. */
  readonly onError?: (error: unknown) => void;
}

export interface Click {
  /** The button's value: whatever was sent. */
  readonly approvalId: string;
  readonly decision: Decision;
  readonly origin: ClickOrigin;
  /** Needed for deny and revoke. */
  readonly reason?: string;
  /** The person was shown what is interrupted, and agreed. Needed to approve what is disruptive. */
  readonly confirmed?: boolean;
  /** The delivery's own id (`trigger_id`): a click that is delivered twice is on record once. */
  readonly deliveryId?: string;
}

export type Outcome =
  /** Decided. `queued` is false where the queue didn't answer: the sweeper queues it later. */
  | {
      readonly kind: 'approved' | 'revoking';
      readonly approval: Approval;
      readonly queued: boolean;
      readonly says: Text;
    }
  | { readonly kind: 'denied'; readonly approval: Approval; readonly says: Text }
  /** A yes, and the quorum needs more. */
  | {
      readonly kind: 'counted';
      readonly approval: Approval;
      readonly votes: number;
      readonly quorum: number;
      readonly says: Text;
    }
  /** Nothing was done yet: it is disruptive, and the person has to be shown what is interrupted first. */
  | { readonly kind: 'unconfirmed'; readonly approval: Approval }
  /** The same person had decided the same before: a double click, a duplicate delivery. */
  | { readonly kind: 'repeated'; readonly approval: Approval; readonly says: Text }
  /** Nothing was done. `by` and `at` (ms): who had decided it before, with `settled`. */
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly says: Text;
      readonly approval?: Approval;
      readonly by?: Person;
      readonly at?: number;
    };

/** Never throws: what fails is an outcome that says so. */
export async function decide(deciding: DecideContext, click: Click): Promise<Outcome> {
  const seen: { actor?: Person } = {};
  const outcome = await attempt(deciding, click, seen).catch(error => {
    deciding.onError?.(error);
    return error instanceof ApprovalTamperedError ? refusal('altered') : refusal('store-unavailable');
  });
  if (outcome.kind !== 'refused') return outcome;
  const recorded = recordRefusal(deciding, click, outcome, seen.actor).catch(error => deciding.onError?.(error));
  // Where Redis doesn't answer the log doesn't either, and the person is waiting.
  if (outcome.code !== 'store-unavailable') await recorded;
  return outcome;
}

async function attempt(deciding: DecideContext, click: Click, seen: { actor?: Person }): Promise<Outcome> {
  const { store, directory, config, workspace } = deciding;
  const { decision, origin } = click;
  const approval = await store.get(click.approvalId);
  if (!approval) return refusal('not-found');
  const { plan } = approval.signed;
  const asksFirst = decision === 'approve' && approval.state === 'pending' && plan.remedy.risk === 'disruptive';
  if (asksFirst && !click.confirmed) return { kind: 'unconfirmed', approval };
  const actor = await directory.user(origin).catch(error => {
    deciding.onError?.(error);
    return undefined;
  });
  if (!actor) return refusal('user-lookup-failed', { approval });
  seen.actor = personOf(actor);
  const tooLate = alreadyDecided(approval, decision, actor);
  if (tooLate) return tooLate;
  const rules = planRules(config, plan);
  const groups = await lookUp(directory, rules, deciding.onError);
  const permission = mayDecide({ actor, decision, plan, rules, groups, workspace });
  if (!permission.allowed) return refusal(permission.code, { approval, says: permission.reason });
  const reason = click.reason?.trim();
  if (decision === 'approve') return approve(deciding, approval, actor, rules);
  if (!reason) return refusal('reason-missing', { approval });
  return decision === 'deny' ? deny(deciding, approval, actor, reason) : revoke(deciding, approval, actor, reason);
}

async function approve(
  deciding: DecideContext,
  approval: Approval,
  actor: Actor,
  rules: readonly Rules[],
): Promise<Outcome> {
  for (const { allowedRoles } of rules) {
    const verdict = planRoleAllowed(approval.signed.plan, allowedRoles);
    if (!verdict.allowed) return refusal('role-not-allowed', { approval, says: verdict.reason });
  }
  const quorum = quorumOf(rules);
  const moved = await deciding.store.approve(approval, personOf(actor), quorum);
  if (moved.code === 'counted') {
    const says = texts.counted(moved.count, quorum);
    return { kind: 'counted', approval: moved.approval, votes: moved.count, quorum, says };
  }
  if (moved.code === 'voted') return { kind: 'repeated', approval: moved.approval, says: refusals['already-voted']() };
  if (moved.code !== 'moved') return lost(moved, 'approve', actor);
  const queued = await enqueue(deciding, 'apply', moved.approval);
  return { kind: 'approved', approval: moved.approval, queued, says: queued ? texts.approved : texts.notQueued };
}

async function deny({ store }: DecideContext, approval: Approval, actor: Actor, reason: string): Promise<Outcome> {
  const moved = await store.deny(approval, { by: personOf(actor), reason });
  return moved.code === 'moved'
    ? { kind: 'denied', approval: moved.approval, says: texts.denied }
    : lost(moved, 'deny', actor);
}

async function revoke(deciding: DecideContext, approval: Approval, actor: Actor, reason: string): Promise<Outcome> {
  const moved = await deciding.store.revoke(approval, { by: personOf(actor), reason });
  if (moved.code !== 'moved') return lost(moved, 'revoke', actor);
  const queued = await enqueue(deciding, 'revoke', moved.approval);
  return { kind: 'revoking', approval: moved.approval, queued, says: queued ? texts.revoking : texts.notQueued };
}

/** How many people must approve: what the strictest project asks for. */
export function quorumOf(rules: readonly Rules[]): number {
  return Math.max(...rules.map(({ quorum }) => quorum));
}

/** Somebody, or time, was faster. */
function lost({ code, approval }: TransitionResult, decision: Decision, actor: Actor): Outcome {
  if (code === 'expired') return refusal('expired', { approval });
  if (code === 'missing') return refusal('not-found');
  return alreadyDecided(approval, decision, actor) ?? refusal('store-unavailable', { approval });
}

function alreadyDecided(approval: Approval, decision: Decision, actor: Actor): Outcome | undefined {
  const { state } = approval;
  const open = decision === 'revoke' ? state === 'applied' || state === 'verified' : state === 'pending';
  if (open) return undefined;
  if (state === 'expired') return refusal('expired', { approval });
  const last = decider(approval);
  const voted = decision === 'approve' && votes(approval).some(({ by }) => by && isSame(by, actor));
  if (voted || (last?.move === decision && last.by && isSame(last.by, actor))) {
    return { kind: 'repeated', approval, says: alreadyDecidedText(approval) };
  }
  const revocable = state === 'revoking' || state === 'revoked';
  if (decision === 'revoke' && !revocable) return refusal('not-revocable', { approval });
  return refusal('settled', { approval, says: alreadyDecidedText(approval), by: last?.by, at: last?.at });
}

/** Every group that the rules name, side by side. One that fails is unknown, and refuses. */
export async function lookUp(
  directory: UserDirectory,
  rules: readonly Rules[],
  onError: DecideContext['onError'],
): Promise<Groups> {
  const ids = [...new Set(rules.flatMap(({ approvers }) => approvers.userGroups))];
  const groups = await Promise.all(
    ids.map(async id => {
      try {
        return [id, { known: true, ...(await directory.group(id)) }] as const;
      } catch (error) {
        onError?.(error);
        return [id, { known: false }] as const;
      }
    }),
  );
  return Object.fromEntries(groups);
}

async function enqueue(
  { queue, onError }: DecideContext,
  kind: 'apply' | 'revoke',
  approval: Approval,
): Promise<boolean> {
  try {
    await queue.enqueueRemediation({
      kind,
      id: `${kind}-${approval.id}-${approval.events.length}`,
      approval: approval.id,
      trace: approval.signed.plan.reportId,
    });
    return true;
  } catch (error) {
    onError?.(error);
    return false;
  }
}

async function recordRefusal(
  { audit }: DecideContext,
  { approvalId, decision, origin, reason, deliveryId }: Click,
  { code, approval }: Extract<Outcome, { kind: 'refused' }>,
  actor: Person | undefined,
): Promise<void> {
  const event = {
    action: 'approval.refused',
    at: new Date().toISOString(),
    who: actor ?? { user: origin.user, team: origin.team },
    // Whatever a forged button carried, but not at any length.
    approval: approvalId.slice(0, 100),
    planHash: approval?.signed.hash,
    reason,
    refusal: code,
    detail: { decision, channel: origin.channel },
  };
  await audit.append([{ key: `refused ${deliveryId ?? randomUUID()}`, event }]);
}

const personOf = ({ team, user, id, email, name }: Actor): Person => ({ team, user, id, email, name });

type Refused = Extract<Outcome, { kind: 'refused' }>;

function refusal(code: RefusalCode, more: Partial<Omit<Refused, 'kind' | 'code'>> = {}): Refused {
  return { kind: 'refused', code, says: refusals[code](''), ...more };
}

const texts = {
  approved: { en: 'Approved. I apply it now.', ja: '承認しました。これから適用します。' },
  notQueued: {
    en: "Your decision is on record, but the queue doesn't answer. I start as soon as it does; nothing more to do for you.",
    ja: '判断は記録しましたが、キューが応答しません。復旧しだい開始します。操作は不要です。',
  },
  counted: (have: number, need: number): Text => ({
    en: `Approved by you: ${have} of ${need}. ${need - have === 1 ? 'One more approver is' : `${need - have} more approvers are`} needed.`,
    ja: `承認を受け付けました（${have} / ${need}）。あと ${need - have} 人の承認が必要です。`,
  }),
  denied: { en: 'Denied. The requester is told.', ja: '却下しました。依頼者に通知します。' },
  revoking: { en: 'I take it back now.', ja: 'これから取り消します。' },
} as const;
