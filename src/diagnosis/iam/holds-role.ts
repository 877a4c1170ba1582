/**
 * Does a principal hold a role, or all that the role gives? By the role's own name first: service agents' roles have
 * hundreds of permissions, some of which can't be read. Only where that fails by everything the role contains, so that a
 * custom superset counts (docs/domain/agents.md#agent-gke-service-agent).
 */
import { known } from '../facts/fact.ts';
import { evaluate } from './engine.ts';
import type { Answer, Knowledge, RoleQuestion } from './model.ts';

/** Stands for "is bound to this role"; the form is no permission of Google's, so it meets none. */
const HELD = 'role held by name';

/** As `evaluate`, for all that a role gives. Where the role's content can't be read, only its name counts. */
export function evaluateRole({ principal, role, resource }: RoleQuestion, knowledge: Knowledge): Answer {
  const wanted = knowledge.roles.get(role);
  const disabled = wanted?.known === true && wanted.value.disabled;
  const marked = known({ name: role, permissions: new Set([HELD]), disabled }, 'the name of the role');
  const roles = new Map([...knowledge.roles, [role, marked]]);
  const byName = evaluate({ principal, permission: HELD, resource }, { ...knowledge, roles });
  if (byName.state === 'granted' || byName.state === 'conditional') return byName;
  if (!wanted?.known || wanted.value.permissions.size === 0) return byName;
  const found = new Map<Answer['state'], Answer>();
  for (const permission of wanted.value.permissions) {
    const answer = evaluate({ principal, permission, resource }, knowledge);
    // One permission that is missing settles it; the role's own binding says best why (expired, a deleted account).
    if (answer.state === 'missing') return byName;
    found.set(answer.state, found.get(answer.state) ?? answer);
  }
  return found.get('unknown') ?? found.get('conditional') ?? found.get('granted') ?? byName;
}
