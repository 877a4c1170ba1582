/**
 * Does a principal hold a permission on a resource? Granted, conditional, missing or unknown, with the proof or the
 * reasons. Pure: it sees nothing but the question and what was read.
 *
 * Sources: Google Cloud, IAM, "Policy evaluation" (deny before allow; allow policies inherited and additive), "Roles and
 * permissions" (custom, disabled, deleted roles), "Overview of IAM Conditions"; `members.ts`, `conditions.ts` and
 * `deny.ts` for their parts. The order in which it decides:
 *
 * 1. A deleted account holds nothing. A deny rule that certainly applies takes the permission away, whatever is granted.
 * 2. A binding that names the principal, with a role that carries the permission, under no condition or one that holds
 *    now, grants it. Of several the lasting one is the proof.
 * 3. Such a binding under a condition that can't be decided: conditional.
 * 4. Whatever else could grant it, a policy, role, group or ancestor that can't be seen: unknown, each doubt listed.
 *    Policy Troubleshooter decides here where it was asked and knows; that it did not answer is one more doubt.
 * 5. Nothing: missing. "Not granted" is said only where everything was read.
 * A possible denial turns granted and conditional into unknown where it hangs on members that can't be seen, and granted into
 * conditional where only on its condition. Policy Troubleshooter, which knows the tags that such a condition is about, decides
 * there too.
 * 6. What is granted may be blocked by a principal access boundary, which Policy Troubleshooter alone tells of.
 * Unread deny policies and unread boundaries leave granted standing, and the answer says so.
 * A disabled service account makes no request, so what it was granted (or may have been) is missing; where the grant
 * itself is missing, that is the reason given, because enabling the account would not be enough.
 * A service account whose state is not known is taken as active: another check reports on the account itself.
 */

import type { Fact } from '../facts/fact.ts';
import { type Decision, decideOn } from './conditions.ts';
import { type Denial, denials, denyUnread } from './deny.ts';
import {
  candidates,
  canonicalMember,
  type Identity,
  identify,
  livingMember,
  mayHaveBoundaries,
  membership,
} from './members.ts';
import {
  type Answer,
  type Binding,
  type Doubt,
  type Knowledge,
  type Level,
  type MissingReason,
  type Proof,
  type Question,
  questionKey,
  type Troubleshot,
} from './model.ts';

/** A binding that grants the permission to the principal as far as can be seen. */
interface Claim {
  readonly proof: Proof;
  readonly member: 'yes' | 'maybe' | 'deleted';
  /** A doubt where the role's permissions are not known. */
  readonly unreadRole?: Doubt;
  readonly decision: Decision;
}

/** Answers a question from what was read about its resource. Never throws. */
export function evaluate(question: Question, knowledge: Knowledge): Answer {
  const { principal } = question;
  if (principal.state === 'deleted') return missing({ kind: 'principal-deleted' });
  const identity = identify(principal);
  const denied = denials(identity, question.permission, knowledge);
  const certain = denied.find(denial => denial.kind === 'denied');
  if (certain) return missing({ kind: 'denied', policy: certain.policy, level: certain.level });
  const claims = knowledge.levels.flatMap(level => claimsOf(level, identity, question, knowledge));
  const said = knowledge.troubleshooter?.get(questionKey(question));
  const decided = troubleshot(withDenials(weigh(claims, knowledge), denied), question, denied, said);
  const answer = withBoundaries(decided, identity, said);
  const disabled = principal.state === 'disabled' && answer.state !== 'missing';
  return disabled ? missing({ kind: 'principal-disabled' }) : answer;
}

function missing(because: MissingReason): Answer {
  return { state: 'missing', because };
}

/** A binding's member that is, or may be, the principal. */
interface Mention {
  readonly binding: Binding;
  readonly member: string;
  readonly standing: Claim['member'];
}

/** The same for every permission that is asked about. What was read never changes. */
const mentioned = new WeakMap<Identity, WeakMap<Level, readonly Mention[]>>();

function mentionsOf(identity: Identity, level: Level): readonly Mention[] {
  const byLevel = mentioned.get(identity) ?? new WeakMap<Level, readonly Mention[]>();
  mentioned.set(identity, byLevel);
  const found = byLevel.get(level) ?? findMentions(identity, level);
  byLevel.set(level, found);
  return found;
}

function findMentions(identity: Identity, level: Level): readonly Mention[] {
  const { policy } = level;
  if (!policy.known) return [];
  return policy.value.bindings.flatMap(binding =>
    candidates(identity, binding.members).flatMap(member => {
      const standing = standingIn(level, identity, member);
      return standing === 'no' ? [] : [{ binding, member, standing }];
    }),
  );
}

function claimsOf(level: Level, identity: Identity, question: Question, knowledge: Knowledge): Claim[] {
  return mentionsOf(identity, level).flatMap(({ binding, member, standing }) => {
    const role = carries(binding.role, question.permission, level.resource, knowledge);
    if (role === 'no') return [];
    const decision = decideOn(question.target, binding.condition, knowledge.now, knowledge.attributes);
    const unreadRole = role === 'yes' ? undefined : role;
    return [{ proof: proofOf(level.resource, binding, member, decision), member: standing, unreadRole, decision }];
  });
}

function proofOf(level: string, binding: Binding, member: string, decision: Decision): Proof {
  const until = decision.holds === true ? decision.until : decision.holds === false ? decision.ended : undefined;
  const from = decision.holds === false ? decision.from : undefined;
  return {
    level,
    role: binding.role,
    member,
    ...(binding.condition && { condition: binding.condition }),
    ...(until && { until }),
    ...(from && { from }),
  };
}

/** As `membershipOf`; a convenience value is everybody whom it stands for. */
function standingIn({ resource, stands }: Level, identity: Identity, member: string): Claim['member'] | 'no' {
  const value = stands?.get(member);
  if (!value) return membershipOf(identity, member, resource);
  const among = (members: readonly string[]) => {
    const found = members.map(one => membershipOf(identity, one, IN_PROJECT));
    return found.includes('yes') ? 'yes' : found.includes('maybe') ? 'maybe' : 'no';
  };
  const direct = among(value.members);
  return direct !== 'yes' && among(value.inherited) !== 'no' ? 'maybe' : direct;
}

/** Stands for any project: its policy takes other members than that of a resource. */
const IN_PROJECT = 'projects/-';

/** As membership, and `deleted` for a deleted account of the principal's own name: the usual cause of a lost grant. */
function membershipOf(identity: Identity, member: string, resource: string): Claim['member'] | 'no' {
  if (!member.startsWith('deleted:')) return membership(identity, member, resource);
  return identity.names.has(canonicalMember(livingMember(member))) ? 'deleted' : 'no';
}

/** Whether a role carries a permission: yes, no, or the doubt that it could. A disabled or deleted role grants nothing. */
function carries(role: string, permission: string, level: string, knowledge: Knowledge): 'yes' | 'no' | Doubt {
  const fact = knowledge.roles.get(role);
  if (fact?.known) return !fact.value.disabled && fact.value.permissions.has(permission) ? 'yes' : 'no';
  // A custom role that is gone grants nothing. A predefined one that is not found is one that Google does not show.
  if (fact?.code === 'absent' && !role.startsWith('roles/')) return 'no';
  return { kind: 'role', level, role, ...(fact && { fact }) };
}

/** The allow policies alone. */
function weigh(claims: readonly Claim[], knowledge: Knowledge): Answer {
  const own = claims.filter(({ member, unreadRole }) => member === 'yes' && !unreadRole);
  const granting = own.filter(({ decision }) => decision.holds === true).map(({ proof }) => proof);
  const [proof] = granting.sort((a, b) => lasting(b) - lasting(a));
  if (proof) return { state: 'granted', proof, ...(denyUnread(knowledge) && { denyUnread: true }) };
  const [undecided] = own.filter(({ decision }) => decision.holds === undefined).sort((a, b) => named(b) - named(a));
  if (undecided) {
    return { state: 'conditional', proof: undecided.proof, ...(named(undecided) > 0 && { namesTarget: true }) };
  }
  const doubts = doubtsOf(claims, knowledge);
  if (doubts.length > 0) return { state: 'unknown', doubts };
  return missing(reasonOf(own, claims));
}

/** 1 where the condition is about what was asked for, else 0: the better proof. */
function named({ decision }: Claim): number {
  return decision.holds === undefined && decision.namesTarget ? 1 : 0;
}

/** When a grant ends, for sorting: the one that lasts longest comes first, then the one nearest to the resource. */
function lasting(proof: Proof): number {
  return proof.until?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function doubtsOf(claims: readonly Claim[], knowledge: Knowledge): Doubt[] {
  const { complete, levels } = knowledge;
  const policies = levels.flatMap((level): Doubt[] =>
    level.policy.known ? [] : [{ kind: 'policy', level: level.resource, fact: level.policy }],
  );
  const ancestors: Doubt[] = complete.known ? [] : [{ kind: 'ancestors', fact: complete }];
  const possible = claims.filter(({ member, decision }) => member !== 'deleted' && decision.holds !== false);
  const bindings = possible.map(
    ({ proof: { level, role, member }, unreadRole }): Doubt => unreadRole ?? { kind: 'group', level, role, member },
  );
  return [...policies, ...ancestors, ...(knowledge.doubts ?? []), ...distinct(bindings)];
}

/** Each doubt once: a policy may bind the same group to the same role several times, under different conditions. */
function distinct(doubts: readonly Doubt[]): Doubt[] {
  return [...new Map(doubts.map(doubt => [JSON.stringify(doubt), doubt])).values()];
}

function reasonOf(own: readonly Claim[], claims: readonly Claim[]): MissingReason {
  const expired = own.find(({ decision }) => decision.holds === false && decision.ended);
  if (expired) return { kind: 'expired', proof: expired.proof };
  const unmet = own.find(({ decision }) => decision.holds === false);
  if (unmet) return { kind: 'condition', proof: unmet.proof };
  const deleted = claims.find(({ member, unreadRole }) => member === 'deleted' && !unreadRole);
  if (deleted) return { kind: 'deleted-member', member: deleted.proof.member, role: deleted.proof.role };
  return { kind: 'no-binding' };
}

function withDenials(allowed: Answer, denied: readonly Denial[]): Answer {
  if (allowed.state === 'missing') return allowed;
  const unseen = denied.filter(({ kind }) => kind === 'members');
  const doubts = distinct(unseen.map(({ level, policy }): Doubt => ({ kind: 'deny', level, policy })));
  if (allowed.state === 'unknown') return { state: 'unknown', doubts: [...allowed.doubts, ...doubts] };
  if (doubts.length > 0) return { state: 'unknown', doubts };
  const [conditional] = denied;
  return conditional ? { state: 'conditional', proof: allowed.proof, deny: conditional.policy } : allowed;
}

/** Policy Troubleshooter sees groups, ancestors, deny policies and tags that we do not; it decides what is open to us. */
function troubleshot(
  answer: Answer,
  { resource, principal }: Question,
  denied: readonly Denial[],
  said: Fact<Troubleshot> | undefined,
): Answer {
  if (answer.state === 'conditional') return answer.deny === undefined ? answer : withTags(answer, denied, said);
  if (answer.state !== 'unknown' || !said) return answer;
  if (!said.known) return { state: 'unknown', doubts: [...answer.doubts, { kind: 'troubleshooter', fact: said }] };
  const { access, boundary, blockedBy } = said.value;
  if (access === 'unknown') return answer;
  if (access === 'missing') {
    return missing(boundary === 'blocked' ? { kind: 'boundary', policies: blockedBy } : { kind: 'troubleshooter' });
  }
  return { state: access, proof: { level: resource, role: '', member: principal.member } };
}

/** What a deny rule takes away depends on tags, which Policy Troubleshooter has read. */
function withTags(
  answer: Extract<Answer, { state: 'conditional' }>,
  denied: readonly Denial[],
  said: Fact<Troubleshot> | undefined,
): Answer {
  if (!said?.known) return answer;
  if (said.value.access === 'granted') return { state: 'granted', proof: answer.proof };
  const [rule] = denied.filter(({ policy }) => policy === answer.deny);
  const blocked = said.value.boundary === 'blocked';
  return said.value.access === 'missing' && rule && !blocked
    ? missing({ kind: 'denied', policy: rule.policy, level: rule.level })
    : answer;
}

/** Boundaries come before every grant. Where nobody told of them, the answer says so. */
function withBoundaries(answer: Answer, identity: Identity, said: Fact<Troubleshot> | undefined): Answer {
  if (answer.state === 'missing' || !mayHaveBoundaries(identity)) return answer;
  const { boundary, blockedBy } = said?.known ? said.value : NOT_TOLD;
  if (boundary === 'blocked') return missing({ kind: 'boundary', policies: blockedBy });
  return boundary === 'unread' && answer.state === 'granted' ? { ...answer, boundariesUnread: true } : answer;
}

const NOT_TOLD: Pick<Troubleshot, 'boundary' | 'blockedBy'> = { boundary: 'unread', blockedBy: [] };
