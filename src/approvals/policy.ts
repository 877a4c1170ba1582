/** Who may decide what. Pure: everything that must be looked up is an argument. Sources: README.md#security-model and docs/slack.md#identity-of-who-clicks. */
import type { Rules } from '../config/config.ts';
import type { Requester } from '../contracts/jobs.ts';
import type { Plan } from '../contracts/plan.ts';
import type { Text } from '../contracts/text.ts';
import type { Person } from './approval.ts';
import { type RefusalCode, refusals } from './refusals.ts';

export const DECISIONS = ['approve', 'deny', 'revoke'] as const;
export type Decision = (typeof DECISIONS)[number];

/** A person as Slack's `users.info` and the click describe them. A flag that Slack doesn't send is absent. */
export interface Actor extends Person {
  /** The workspace that the click came from; empty where the payload names none. */
  readonly team: string;
  /** The workspace, and the organization, that the person belongs to. */
  readonly homeTeam?: string;
  readonly enterprise?: string;
  readonly deleted?: boolean;
  readonly bot?: boolean;
  readonly guest?: boolean;
  /** Invited, and has not accepted yet. */
  readonly invited?: boolean;
  readonly emailConfirmed?: boolean;
  readonly stranger?: boolean;
  /** The click came from a channel that is shared with another organization, or about to be. */
  readonly sharedChannel?: boolean;
}

/** The fields of Slack's user object that matter here (`users.info`); Slack-like servers may send few of them. */
export interface SlackUser {
  readonly id: string;
  readonly name?: string;
  readonly team_id?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_workflow_bot?: boolean;
  readonly is_connector_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_invited_user?: boolean;
  readonly is_email_confirmed?: boolean;
  readonly is_stranger?: boolean;
  readonly enterprise_user?: { readonly id?: string; readonly enterprise_id?: string };
  readonly profile?: { readonly email?: string };
}

/** Where a click came from, as its payload says. */
export interface ClickOrigin {
  readonly user: string;
  /** `team.id`, else `enterprise.id`, else `user.team_id`; empty where there is none of them. */
  readonly team: string;
  readonly channel?: string;
}

/** What Slack knows of a person, and where they clicked. `sharedChannel` comes from `conversations.info`, where it is known. */
export function actorOf(user: SlackUser, origin: ClickOrigin, sharedChannel?: boolean): Actor {
  const any = (...flags: (boolean | undefined)[]) => flags.some(flag => flag === true);
  return {
    team: origin.team,
    user: user.id,
    id: user.enterprise_user?.id || user.id,
    email: user.profile?.email?.toLowerCase(),
    name: user.name,
    homeTeam: user.team_id,
    enterprise: user.enterprise_user?.enterprise_id,
    deleted: user.deleted,
    bot: any(user.is_bot, user.is_workflow_bot, user.is_connector_bot),
    guest: any(user.is_restricted, user.is_ultra_restricted),
    invited: user.is_invited_user,
    emailConfirmed: user.is_email_confirmed,
    stranger: user.is_stranger,
    sharedChannel,
  };
}

/** The workspace of the bot's token (`auth.test`), and those of `slack.teams`. */
export interface Workspace {
  readonly team: string;
  readonly enterprise?: string;
  /** Empty: the token's own. */
  readonly teams: readonly string[];
}

/** A user group as far as it could be looked up. */
export type Group =
  | { readonly known: true; readonly members: readonly string[]; readonly handle?: string }
  | { readonly known: false; readonly handle?: string };
export type Groups = Readonly<Record<string, Group>>;

export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: RefusalCode; readonly reason: Text };

export interface Question {
  readonly actor: Actor;
  readonly decision: Decision;
  readonly plan: Plan;
  /** Of every project that the plan touches; all must be satisfied. */
  readonly rules: readonly Rules[];
  readonly groups: Groups;
  readonly workspace: Workspace;
}

/**
 * Whether this person may make this decision. What is unknown never helps: a group that could not be looked up refuses,
 * unless the person is an approver without it; an absent email matches nothing; an absent flag alone refuses nothing.
 */
export function mayDecide({ actor, decision, plan, rules, groups, workspace }: Question): Permission {
  // What was granted can be taken back also while nothing is granted.
  if (decision !== 'revoke' && rules.some(({ frozen }) => frozen)) return refuse('frozen');
  if (rules.length === 0) return refuse('not-approvable');
  const wrongPerson = standing(actor, workspace);
  if (wrongPerson) return refuse(wrongPerson);
  const who = approverNames(rules, groups);
  if (rules.some(({ approvers }) => Object.values(approvers).every(list => list.length === 0))) {
    return refuse('no-approvers');
  }
  if (decision === 'approve' && isSame(actor, plan.requester) && !rules.every(({ selfApproval }) => selfApproval)) {
    return refuse('own-request', who);
  }
  const memberships = rules.map(({ approvers }) => membership(actor, approvers, groups));
  if (memberships.includes('no')) return refuse('not-approver', who);
  if (memberships.includes('unknown')) return refuse('group-lookup-failed', who);
  return { allowed: true };
}

/** Whether this person is among those who may decide, by every one of the rules. Nobody is where there are no rules. */
export function isApprover({ actor, rules, groups, workspace }: Omit<Question, 'decision' | 'plan'>): boolean {
  if (rules.length === 0 || standing(actor, workspace)) return false;
  return rules.every(({ approvers }) => membership(actor, approvers, groups) === 'yes');
}

const refuse = (code: RefusalCode, who = ''): Permission => ({ allowed: false, code, reason: refusals[code](who) });

/** What about the person themselves forbids every decision. */
function standing(actor: Actor, { team, enterprise, teams }: Workspace): RefusalCode | undefined {
  if (actor.deleted) return 'deactivated';
  if (actor.bot) return 'bot';
  if (actor.guest) return 'guest';
  if (actor.invited) return 'invited';
  if (actor.sharedChannel) return 'shared-channel';
  const ours = [team, enterprise, ...teams].filter(id => id !== undefined);
  const external = actor.homeTeam && !ours.includes(actor.homeTeam) && !(enterprise && actor.enterprise === enterprise);
  if (actor.stranger || external) return 'external';
  const accepted = teams.length > 0 ? teams : ours;
  // A click without a workspace is the token's own: it came over a connection, or with a signature, of this app.
  if (!accepted.includes(actor.team || team)) return 'workspace';
  if (actor.emailConfirmed === false) return 'email-unconfirmed';
  return undefined;
}

/** The same person, by any id or by email: two accounts of one person are one. */
export function isSame(a: Requester, b: Requester): boolean {
  const email = a.email?.toLowerCase();
  return [a.id, a.user].some(id => id === b.id || id === b.user) || (!!email && email === b.email?.toLowerCase());
}

function membership(actor: Actor, approvers: Rules['approvers'], groups: Groups): 'yes' | 'no' | 'unknown' {
  const ids = [actor.id, actor.user];
  if (approvers.users.some(id => ids.includes(id))) return 'yes';
  if (actor.email && approvers.emails.includes(actor.email.toLowerCase())) return 'yes';
  const looked: Group[] = approvers.userGroups.map(id => groups[id] ?? { known: false });
  if (looked.some(group => group.known && group.members.some(id => ids.includes(id)))) return 'yes';
  return looked.every(({ known }) => known) ? 'no' : 'unknown';
}

/** `@gke-admins, @sre`: whom a message can name; empty where no group's handle is known. */
function approverNames(rules: readonly Rules[], groups: Groups): string {
  const ids = new Set(rules.flatMap(({ approvers }) => approvers.userGroups));
  const handles = [...ids].map(id => groups[id]?.handle).filter(handle => handle !== undefined);
  return handles.map(handle => `@${handle}`).join(', ');
}
