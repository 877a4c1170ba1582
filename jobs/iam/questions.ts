/** What a collector still has to read, or to ask, before the engine can answer. */
import { evaluate } from './engine.ts';
import { candidates, canonicalMember, type Identity, identify, livingMember, membership } from './members.ts';
import type { Knowledge, Policy, Principal, Question } from './model.ts';

/**
 * Roles of the bindings that could be about one of these principals: by name, by an alias, through a group, domain or
 * set, or as a deleted account of the same name (which tells why a grant was lost). Sorted, each once. No other role
 * of the policy has to be read.
 */
export function relevantRoles(policy: Policy, principals: readonly Principal[]): string[] {
  const identities = principals.map(identify);
  const concerns = (identity: Identity, member: string) =>
    identity.names.has(canonicalMember(livingMember(member))) ||
    // A resource outside the hierarchy: there every member that exists can occur.
    membership(identity, member, '') !== 'no';
  const roles = policy.bindings
    .filter(({ members }) =>
      identities.some(identity => candidates(identity, members).some(member => concerns(identity, member))),
    )
    .map(binding => binding.role);
  return [...new Set(roles)].sort();
}

/** Roles that matter to these principals in the policies read so far and that were not asked for yet. */
export function rolesNeeded(
  knowledge: Pick<Knowledge, 'levels' | 'roles'>,
  principals: readonly Principal[],
): string[] {
  const relevant = knowledge.levels.flatMap(({ policy }) =>
    policy.known ? relevantRoles(policy.value, principals) : [],
  );
  return [...new Set(relevant)].filter(role => !knowledge.roles.has(role)).sort();
}

/**
 * The questions that what was read leaves open: unknown ones, and conditional ones while there are ancestors to read
 * (one of them may grant without a condition). With all levels read, only Policy Troubleshooter may still answer them.
 */
export function questionsLeft(questions: readonly Question[], knowledge: Knowledge): Question[] {
  const open = knowledge.complete.known ? ['unknown'] : ['unknown', 'conditional'];
  return questions.filter(question => open.includes(evaluate(question, knowledge).state));
}

/** Policy Troubleshooter takes Google Accounts and service accounts; federated identities and groups it rejects. */
export function troubleshootable(question: Question): boolean {
  const { kind } = identify(question.principal);
  return kind === 'user' || kind === 'serviceAccount';
}
