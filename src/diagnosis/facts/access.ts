/**
 * Reads all that is needed to answer a set of questions to IAM: the policies of each resource and its ancestors, the roles
 * that could matter, the state of service accounts, deny policies; and asks Policy Troubleshooter what these leave open.
 * Everything that can run side by side does: the longest chain is ancestry → ancestors' policies → their roles → Troubleshooter.
 */
import { parseResource, projectOf } from '../../contracts/resource-name.ts';
import { evaluate } from '../iam/engine.ts';
import { evaluateRole } from '../iam/holds-role.ts';
import {
  type Answer,
  isRoleQuestion,
  type Knowledge,
  type Level,
  type Policy,
  type Principal,
  type Question,
  questionKey,
  type Role,
  type RoleQuestion,
} from '../iam/model.ts';
import { relevantRoles } from '../iam/relevant-roles.ts';
import { type Fact, known } from './fact.ts';
import { readDenyPolicies, readPolicy } from './google/policy.ts';
import { readAncestors, readProject } from './google/project.ts';
import { readRole } from './google/role.ts';
import { projectOfAccount, readServiceAccount } from './google/service-account.ts';
import { attributesFor, type PendingLevel, type PendingLevels, readResourceLevels } from './resources/levels.ts';
import type { Session } from './session.ts';
import { askTroubleshooter } from './troubleshooter.ts';

/** What was read of IAM, and the engine's answers from it. Pure: asking reads nothing. */
export interface Access {
  /** @throws where the question was not among those that were prepared: a check has to declare what it asks. */
  answer(question: Question | RoleQuestion): Answer;
  /** The policy of a resource that was asked about, or of one that it is in. */
  policy(resource: string): Fact<Policy>;
  /** A role that was read, because a relevant binding names it or a check may offer it. */
  role(name: string): Fact<Role> | undefined;
}

type AnyQuestion = Question | RoleQuestion;

/** Starts the reads that every question about a resource (`projects/P`, `projects/P/serviceAccounts/E`) needs, before it is asked. */
export function prefetchAccess(session: Session, resource: string): void {
  void readLevels(session, resource);
}

export async function prepareAccess(
  session: Session,
  questions: readonly AnyQuestion[],
  offers: readonly string[],
): Promise<Access> {
  const distinct = new Map(questions.map(question => [keyOf(question), question]));
  const byResource = Map.groupBy(distinct.values(), question => question.resource);
  const [knowledge, offered, states] = await Promise.all([
    Promise.all(
      [...byResource].map(
        async ([resource, asked]) => [resource, await readKnowledge(session, resource, asked)] as const,
      ),
    ),
    Promise.all(offers.map(async name => [name, await readRole(session, name)] as const)),
    readStates(session, [...distinct.values()]),
  ]);
  const known = new Map(knowledge);
  const stateful = withStates(distinct, states);
  const answers = session.scan ? scanned(session) : await decide(session, stateful, known);
  const roles = new Map([...offered, ...knowledge.flatMap(([, { roles }]) => [...roles])]);
  return {
    answer(question) {
      const key = keyOf(question);
      const asked = stateful.get(key);
      const facts = known.get(question.resource);
      if (!facts || !asked) throw new Error(`not prepared: ${key}`);
      const answer = answers.get(key) ?? evaluateAny(asked, facts);
      answers.set(key, answer);
      return answer;
    },
    policy(resource) {
      const above = () => [...known.values()].flatMap(({ levels }) => levels).find(one => one.resource === resource);
      const level = known.get(resource)?.levels.find(one => one.resource === resource) ?? above();
      if (!level) throw new Error(`not prepared: the policy of ${resource}`);
      return level.policy;
    },
    role: name => roles.get(name),
  };
}

const answered = new WeakMap<Session, Map<string, Answer>>();

/** A scan's answers: whoever asks the same again gets the same, because everything is read only once in a session. */
function scanned(session: Session): Map<string, Answer> {
  const answers = answered.get(session) ?? new Map<string, Answer>();
  answered.set(session, answers);
  return answers;
}

/** The questions with what is known of their principals; one principal for all that is asked about it. */
function withStates(
  questions: ReadonlyMap<string, AnyQuestion>,
  states: Awaited<ReturnType<typeof readStates>>,
): Map<string, AnyQuestion> {
  const principals = new Map<string, Principal>();
  return new Map(
    [...questions].map(([key, question]) => {
      const { member, aliases = [] } = question.principal;
      const name = [member, ...aliases].join(' ');
      const principal = principals.get(name) ?? { ...question.principal, ...states.get(member) };
      principals.set(name, principal);
      return [key, { ...question, principal }];
    }),
  );
}

function evaluateAny(question: AnyQuestion, knowledge: Knowledge): Answer {
  return isRoleQuestion(question) ? evaluateRole(question, knowledge) : evaluate(question, knowledge);
}

function keyOf(question: AnyQuestion): string {
  return isRoleQuestion(question)
    ? `${question.principal.member} ${question.role} ${question.resource}`
    : questionKey(question);
}

async function readKnowledge(session: Session, resource: string, asked: readonly AnyQuestion[]): Promise<Knowledge> {
  const principals = [...new Map(asked.map(({ principal }) => [principal.member, principal])).values()];
  const wanted = asked.filter(isRoleQuestion).map(question => question.role);
  const { levels, complete, doubts, attributes = attributesOf(resource) } = await readLevels(session, resource);
  const read = new Map<string, Promise<Fact<Role>>>();
  const want = (name: string) => read.set(name, read.get(name) ?? readRole(session, name));
  for (const name of wanted) want(name);
  const settled = await Promise.all(
    levels.map(async level => {
      const policy = await level.policy;
      if (policy.known) for (const name of relevantRoles(policy.value, principals)) want(name);
      const [deny, stands] = await Promise.all([level.deny, level.stands]);
      return {
        resource: level.resource,
        policy,
        ...(deny ? { deny } : {}),
        ...(stands ? { stands } : {}),
      } satisfies Level;
    }),
  );
  const roles = await Promise.all([...read].map(async ([name, role]) => [name, await role] as const));
  return {
    levels: settled,
    complete,
    roles: new Map(roles),
    now: session.now,
    ...(attributes ? { attributes } : {}),
    ...(doubts ? { doubts } : {}),
  };
}

/**
 * What conditions on `resource.*` see (IAM, "Attribute reference for IAM Conditions"). A permission on a service account is
 * checked on that account; its `resource.name` ends in its unique id. One on a project may be checked on something below the
 * project that nobody names here (a log, a cluster): nothing is certain of it.
 */
function attributesOf(resource: string): Knowledge['attributes'] {
  if (!/^projects\/[^/]+\/serviceAccounts\//.test(resource)) return undefined;
  return { service: 'iam.googleapis.com', type: 'iam.googleapis.com/ServiceAccount' };
}

/** The policies from the resource up, all on their way; resolves as soon as the ancestors are known. */
function readLevels(session: Session, resource: string): Promise<PendingLevels> {
  return session.once(`levels ${resource}`, async () => {
    if (resource.startsWith('//')) {
      return readResourceLevels(session, resource, project => readLevels(session, `projects/${project}`));
    }
    const project = resource.split('/')[1] ?? '';
    const top = resource.startsWith('projects/') ? `projects/${project}` : resource;
    const own: PendingLevel[] = resource === top ? [] : [{ resource, policy: readPolicy(session, resource) }];
    if (!top.startsWith('projects/')) {
      return { levels: [{ resource: top, policy: readPolicy(session, top) }], complete: known(true, 'no ancestors') };
    }
    // First what most waits for: the ancestors' policies, their roles, Policy Troubleshooter.
    const ancestry = readAncestors(session, project);
    const topPolicy = readPolicy(session, top);
    const deny = session.once(`deny of ${top}`, async () => {
      const fact = await readProject(session, project);
      return readDenyPolicies(session, fact.known ? `projects/${fact.value.number}` : top);
    });
    const ancestors = await ancestry;
    const above = ancestors.known ? ancestors.value : [];
    return {
      levels: [
        ...own,
        { resource: top, policy: topPolicy, deny },
        ...above.map(name => ({
          resource: name,
          policy: readPolicy(session, name),
          deny: readDenyPolicies(session, name),
        })),
      ],
      complete: ancestors.known ? known(true as const, ancestors.source) : ancestors,
    };
  });
}

/**
 * What decides about a service account besides its bindings: disabled and deleted ones have no effective permissions (docs/domain/iam.md#how-iam-decides),
 * and sets of accounts hold those that live below a project, folder or organization. Where an account of another project
 * stands in the hierarchy is not read: it would take that project's ancestry.
 */
async function readStates(
  session: Session,
  questions: readonly AnyQuestion[],
): Promise<Map<string, Pick<Principal, 'state' | 'containers'>>> {
  const members = new Set(questions.map(({ principal }) => principal.member).filter(isReadableAccount));
  const entries = [...members].map(async member => {
    const email = member.slice('serviceAccount:'.length);
    const asker = questions.find(({ principal }) => principal.member === member);
    const id = projectIn(asker?.resource ?? '');
    const own = id === undefined ? undefined : await readProject(session, id);
    const number = own?.known ? own.value.number : undefined;
    const project = projectOfAccount(email, { id: id ?? '', ...(number ? { number } : {}) });
    if (!project) return [member, { state: 'unknown' as const }] as const;
    const [fact, ancestors] = await Promise.all([
      readServiceAccount(session, project, email),
      id !== undefined && project === id ? readAncestors(session, id) : undefined,
    ]);
    const containers =
      number !== undefined && ancestors?.known ? { containers: [`projects/${number}`, ...ancestors.value] } : {};
    return [member, { state: stateOf(fact), ...containers }] as const;
  });
  return new Map(await Promise.all(entries));
}

/** The project that a resource is in, as far as its name tells: a bucket's doesn't. */
function projectIn(resource: string): string | undefined {
  const below = resource.startsWith('//') ? parseResource(resource) : undefined;
  return below ? projectOf(below) : resource.split('/')[1];
}

function stateOf(fact: Awaited<ReturnType<typeof readServiceAccount>>): NonNullable<Principal['state']> {
  if (fact.known) return fact.value.disabled ? 'disabled' : 'active';
  return fact.code === 'absent' ? 'deleted' : 'unknown';
}

/** Google's own agents live in Google's projects, and workloads are no accounts: neither can be looked up. */
function isReadableAccount(member: string): boolean {
  if (!member.startsWith('serviceAccount:') || member.includes('.svc.id.goog[')) return false;
  const domain = member.split('@')[1] ?? '';
  return !/^(gcp-sa-[a-z0-9-]+|container-engine-robot|compute-system)\.iam\.gserviceaccount\.com$|^cloudservices\.gserviceaccount\.com$/.test(
    domain,
  );
}

/** The engine's answers to what isn't about roles, with what Policy Troubleshooter says where it can be asked. */
async function decide(
  session: Session,
  questions: ReadonlyMap<string, AnyQuestion>,
  knowledge: ReadonlyMap<string, Knowledge>,
): Promise<Map<string, Answer>> {
  const decided = [...questions].map(async ([key, question]) => {
    const facts = knowledge.get(question.resource);
    if (isRoleQuestion(question) || !facts) return [];
    const seen = {
      ...facts,
      ...(facts.attributes && { attributes: attributesFor(question.permission, question.resource, facts.attributes) }),
    };
    const answer = evaluate(question, seen);
    const said = await askTroubleshooter(session, question, answer);
    if (!said) return [[key, answer] as const];
    const troubleshooter = new Map([[questionKey(question), said]]);
    return [[key, evaluate(question, { ...seen, troubleshooter })] as const];
  });
  return new Map((await Promise.all(decided)).flat());
}
