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
 * conditional where only on its condition. Unread deny policies leave granted standing, and the answer says so.
 * A disabled service account makes no request, so what it was granted (or may have been) is missing; where the grant
 * itself is missing, that is the reason given, because enabling the account would not be enough.
 * A service account whose state is not known is taken as active: another check reports on the account itself.
 */
import { type Decision, decide } from './conditions.ts';
import { type Denial, denials, denyUnread } from './deny.ts';
import { candidates, canonicalMember, type Identity, identify, livingMember, membership } from './members.ts';
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
  const claims = knowledge.levels.flatMap(level => claimsOf(level, identity, question.permission, knowledge));
  const allowed = weigh(claims, knowledge);
  const answer = troubleshot(withDenials(allowed, denied), question, knowledge);
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

function findMentions(identity: Identity, { policy, resource }: Level): readonly Mention[] {
  if (!policy.known) return [];
  return policy.value.bindings.flatMap(binding =>
    candidates(identity, binding.members).flatMap(member => {
      const standing = membershipOf(identity, member, resource);
      return standing === 'no' ? [] : [{ binding, member, standing }];
    }),
  );
}

function claimsOf(level: Level, identity: Identity, permission: string, knowledge: Knowledge): Claim[] {
  return mentionsOf(identity, level).flatMap(({ binding, member, standing }) => {
    const role = carries(binding.role, permission, level.resource, knowledge);
    if (role === 'no') return [];
    return [claim(level.resource, binding, member, standing, role === 'yes' ? undefined : role, knowledge)];
  });
}

function claim(
  level: string,
  binding: Binding,
  member: string,
  standing: Claim['member'],
  unreadRole: Doubt | undefined,
  knowledge: Knowledge,
): Claim {
  const decision = decide(binding.condition, knowledge.now, knowledge.attributes);
  const proof: Proof = { level, role: binding.role, member };
  const until = decision.holds === true ? decision.until : decision.holds === false ? decision.ended : undefined;
  const from = decision.holds === false ? decision.from : undefined;
  return {
    proof: {
      ...proof,
      ...(binding.condition && { condition: binding.condition }),
      ...(until && { until }),
      ...(from && { from }),
    },
    member: standing,
    unreadRole,
    decision,
  };
}

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
  const undecided = own.find(({ decision }) => decision.holds === undefined);
  if (undecided) return { state: 'conditional', proof: undecided.proof };
  const doubts = doubtsOf(claims, knowledge);
  if (doubts.length > 0) return { state: 'unknown', doubts };
  return missing(reasonOf(own, claims));
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
  return [...policies, ...ancestors, ...distinct(bindings)];
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

/** Policy Troubleshooter sees groups, ancestors and deny policies that we do not; it decides what is unknown to us. */
function troubleshot(answer: Answer, question: Question, knowledge: Knowledge): Answer {
  if (answer.state !== 'unknown') return answer;
  const said = knowledge.troubleshooter?.get(questionKey(question));
  if (!said) return answer;
  if (!said.known) return { state: 'unknown', doubts: [...answer.doubts, { kind: 'troubleshooter', fact: said }] };
  if (said.value === 'unknown') return answer;
  if (said.value === 'missing') return missing({ kind: 'troubleshooter' });
  return { state: said.value, proof: { level: question.resource, role: '', member: question.principal.member } };
}
