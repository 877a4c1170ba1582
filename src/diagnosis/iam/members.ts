/**
 * Whether a member of a binding, or of a deny rule, is the principal: yes, no, or can't be seen.
 *
 * Sources: Google Cloud, IAM, "Principal identifiers" (forms for allow policies, v1, and deny policies, v2) and
 * "IAM principals" (what each kind contains); google/iam/v2/deny.proto; GKE, "About Workload Identity Federation
 * for GKE" (members of a pool). What they say, and what follows from it here:
 * - Emails and domains are compared without regard to case; names inside a workload identity pool are Kubernetes names
 *   and compared exactly.
 * - `deleted:…?uid=…` names an account that is gone. It is never the account that has the same email today.
 * - A group's members can't be read with the rights of a diagnosis, and a group may contain anyone: can't be seen.
 * - A domain contains the Google Accounts of one Workspace or Cloud Identity customer, secondary domains included; so
 *   another domain in an email proves nothing, except that consumer accounts belong to no customer. Service accounts
 *   and federated identities are not in it.
 * - A set of a workload identity pool contains only workloads of that pool; of a workforce pool only its users.
 * - `allAuthenticatedUsers` contains Google Accounts and service accounts, not federated identities.
 * - Projects, folders and organizations take neither `allUsers` and `allAuthenticatedUsers` nor the convenience values
 *   `projectOwner:`, `projectEditor:`, `projectViewer:`; where such a value stands in one of their policies, it has no effect.
 */
import type { Principal } from './model.ts';

export type Membership = 'yes' | 'maybe' | 'no';

const USER_SUBJECT = 'principal://goog/subject/';
const SERVICE_ACCOUNT_SUBJECT = 'principal://iam.googleapis.com/projects/-/serviceAccounts/';
const GROUP_SET = 'principalSet://goog/group/';
const CUSTOMER_SET = 'principalSet://goog/cloudIdentityCustomerId/';
const EVERYONE_SET = 'principalSet://goog/public:all';

const EMAIL_KINDS = /^(?:user|serviceAccount|group|domain):[^[]*$/;
const POOL_MEMBER =
  /^principal(?:Set)?:\/\/iam\.googleapis\.com\/projects\/(?<number>[^/]+)\/locations\/global\/workloadIdentityPools\/(?<pool>[^/]+)\/(?<rest>.+)$/;
const POOL_ACCOUNT = /^serviceAccount:(?<pool>[^[\]]+)\[(?<namespace>[^/\]]+)\/(?<name>[^\]]+)\]$/;
const SUBJECT = /^subject\/ns\/(?<namespace>[^/]+)\/sa\/(?<name>.+)$/;
const WORKFORCE_MEMBER =
  /^principal(?:Set)?:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/(?<pool>[^/]+)\/(?<rest>.+)$/;
const ACCOUNT_SET =
  /^principalSet:\/\/cloudresourcemanager\.googleapis\.com\/(?<container>(?:projects|folders|organizations)\/\d+)\/type\/(?<type>ServiceAccount|ServiceAgent)$/;

/** Agents that Google makes and runs for a project, numbered by it: not among the project's own service accounts. */
const AGENT =
  /^(?:service-(?<service>\d+)@(?:gcp-sa-[a-z0-9-]+|container-engine-robot|compute-system)\.iam|(?<apis>\d+)@cloudservices)\.gserviceaccount\.com$/;
/** What most agents are called; but anyone may call an own account so. */
const AGENT_LIKE = /^service-\d+@/;
const DEFAULT_COMPUTE = /^(?<number>\d+)-compute@developer\.gserviceaccount\.com$/;
const CONSUMER = /@(?:gmail|googlemail)\.com$/;
const HIERARCHY = /^(?:projects|folders|organizations)\/[^/]+$/;

/** True for what policies are inherited from: projects, folders, organizations. */
export function inHierarchy(resource: string): boolean {
  return HIERARCHY.test(resource);
}

/** The member that a `deleted:…?uid=…` was; any other as it is. */
export function livingMember(member: string): string {
  return member.replace(/^deleted:(.+?)(?:\?uid=.*)?$/, '$1');
}

/** One spelling for each principal: v2 forms become v1 forms, emails lower case. */
export function canonicalMember(member: string): string {
  if (EMAIL_KINDS.test(member)) {
    const colon = member.indexOf(':');
    return member.slice(0, colon) + member.slice(colon).toLowerCase();
  }
  if (member.startsWith(USER_SUBJECT)) return `user:${member.slice(USER_SUBJECT.length).toLowerCase()}`;
  if (member.startsWith(SERVICE_ACCOUNT_SUBJECT)) {
    return `serviceAccount:${member.slice(SERVICE_ACCOUNT_SUBJECT.length).toLowerCase()}`;
  }
  if (member.startsWith(GROUP_SET)) return `group:${member.slice(GROUP_SET.length).toLowerCase()}`;
  return member === EVERYONE_SET ? 'allUsers' : member;
}

interface Workload {
  readonly pool: string;
  readonly number?: string;
  readonly namespace?: string;
  /** The Kubernetes service account. */
  readonly name?: string;
  /** What else it told of itself. */
  readonly told: readonly string[];
}

/** Parts of a workload's names of which it has one value only. */
const SINGLE = ['kubernetes.serviceaccount.uid/', 'kubernetes.cluster/'];

/** A principal, read once for many comparisons. */
export interface Identity {
  readonly names: ReadonlySet<string>;
  readonly kind: 'user' | 'serviceAccount' | 'workload' | 'workforce' | 'other';
  readonly email: string;
  readonly workload?: Workload;
  readonly workforcePool?: string;
  readonly containers: ReadonlySet<string>;
}

/**
 * Whether access boundaries can concern it. Google's agents belong to Google's own projects, and so to no set of principals that
 * a customer's policy can be bound to (https://cloud.google.com/iam/docs/principal-access-boundary-policies).
 */
export function mayHaveBoundaries({ kind, email }: Identity): boolean {
  return kind !== 'serviceAccount' || !AGENT.test(email);
}

/** One for each principal, however often it is asked about. */
const identities = new WeakMap<Principal, Identity>();

export function identify(principal: Principal): Identity {
  const identity = identities.get(principal) ?? toIdentity(principal);
  identities.set(principal, identity);
  return identity;
}

function toIdentity(principal: Principal): Identity {
  const names = new Set([principal.member, ...(principal.aliases ?? [])].map(canonicalMember));
  const workload = workloadOf(names);
  // A subject of a GKE pool is an account under its other name, which policies may bind as well.
  const account = accountOf(workload);
  if (account !== undefined) names.add(account);
  const workforcePool = firstMatch(names, WORKFORCE_MEMBER)?.pool;
  const main = canonicalMember(principal.member);
  const email = main.slice(main.indexOf(':') + 1);
  return {
    names,
    kind: workload ? 'workload' : workforcePool ? 'workforce' : kindByPrefix(main),
    email,
    workload,
    workforcePool,
    containers: new Set([...(principal.containers ?? []), ...projectInName(email)]),
  };
}

interface Sorted {
  /** Accounts and workloads as they stand in the binding, by their one spelling: these are who they name and nobody else. */
  readonly single: ReadonlyMap<string, readonly string[]>;
  /** Groups, domains, sets, deleted accounts: to be looked at for everybody. */
  readonly rest: readonly string[];
}

/** Bindings never change once they were read; of one with a thousand members hardly any is about a given principal. */
const sorted = new WeakMap<readonly string[], Sorted>();

function sortOut(members: readonly string[]): Sorted {
  const known = sorted.get(members);
  if (known) return known;
  const single = new Map<string, string[]>();
  const rest: string[] = [];
  for (const member of members) {
    const canonical = canonicalMember(member);
    if (!canonical.startsWith('user:') && !canonical.startsWith('serviceAccount:')) rest.push(member);
    else single.set(canonical, [...(single.get(canonical) ?? []), member]);
  }
  const result = { single, rest };
  sorted.set(members, result);
  return result;
}

/** The members of a binding that can be about this principal at all; of the others `membership` says no. */
export function candidates(identity: Identity, members: readonly string[]): string[] {
  const { single, rest } = sortOut(members);
  return [...[...identity.names].flatMap(name => single.get(name) ?? []), ...rest];
}

/** Whether a member of a policy on `resource` (or of a deny rule attached to it) is this principal. */
export function membership(identity: Identity, member: string, resource: string): Membership {
  if (identity.names.has(member)) return 'yes';
  if (member.startsWith('deleted:')) return 'no';
  const canonical = canonicalMember(member);
  if (identity.names.has(canonical)) return 'yes';
  if (canonical === 'allUsers') return acceptsEveryone(member, resource) ? 'yes' : 'no';
  if (canonical === 'allAuthenticatedUsers') {
    const google = identity.kind === 'user' || identity.kind === 'serviceAccount';
    return google && acceptsEveryone(member, resource) ? 'yes' : 'no';
  }
  if (canonical.startsWith('user:') || canonical.startsWith('serviceAccount:')) return 'no';
  if (canonical.startsWith('group:')) return 'maybe';
  if (canonical.startsWith('domain:') || canonical.startsWith(CUSTOMER_SET)) return ofCustomer(identity, canonical);
  if (/^project(?:Owner|Editor|Viewer):/.test(canonical)) return inHierarchy(resource) ? 'no' : 'maybe';
  return ofPoolOrSet(identity, canonical);
}

/** The policies of a project, folder or organization reject `allUsers`; deny rules name everyone in their own way. */
function acceptsEveryone(member: string, resource: string): boolean {
  return member === EVERYONE_SET || !inHierarchy(resource);
}

function ofCustomer(identity: Identity, member: string): Membership {
  if (identity.kind === 'user') return CONSUMER.test(identity.email) ? 'no' : 'maybe';
  // A customer's id stands for all principals of the organization, its service accounts included.
  return identity.kind === 'other' || member.startsWith(CUSTOMER_SET) ? 'maybe' : 'no';
}

function ofPoolOrSet(identity: Identity, member: string): Membership {
  const pool = POOL_MEMBER.exec(member)?.groups;
  if (pool) return inWorkloadPool(identity.workload, pool.number ?? '', pool.pool ?? '', pool.rest ?? '');
  const workforce = WORKFORCE_MEMBER.exec(member)?.groups;
  if (workforce) {
    if (identity.workforcePool !== workforce.pool || workforce.rest?.startsWith('subject/')) return 'no';
    return workforce.rest === '*' ? 'yes' : 'maybe';
  }
  const set = ACCOUNT_SET.exec(member)?.groups;
  if (set) return inAccountSet(identity, set.container ?? '', set.type === 'ServiceAgent');
  return member.startsWith('principalSet://') ? 'maybe' : 'no';
}

function inWorkloadPool(workload: Workload | undefined, number: string, pool: string, rest: string): Membership {
  if (!workload || workload.pool !== pool) return 'no';
  if (workload.number !== undefined && workload.number !== number) return 'no';
  if (rest === '*') return 'yes';
  const namespace = rest.startsWith('namespace/') ? rest.slice('namespace/'.length) : undefined;
  if (namespace !== undefined && workload.namespace !== undefined) {
    return namespace === workload.namespace ? 'yes' : 'no';
  }
  const subject = SUBJECT.exec(rest)?.groups;
  if (subject && workload.name !== undefined) {
    return subject.namespace === workload.namespace && subject.name === workload.name ? 'yes' : 'no';
  }
  // Another subject is another account, and so is another UID or cluster than the one it told of; whatever was not told may be its.
  return rest.startsWith('subject/') || workload.told.some(kind => rest.startsWith(kind)) ? 'no' : 'maybe';
}

function inAccountSet(identity: Identity, container: string, agents: boolean): Membership {
  if (identity.kind !== 'serviceAccount') return 'no';
  const agent = AGENT.test(identity.email);
  if (!agent && AGENT_LIKE.test(identity.email)) return 'maybe';
  if (agent !== agents) return 'no';
  if (identity.containers.has(container)) return 'yes';
  const project = [...identity.containers].some(known => known.startsWith('projects/'));
  return project && container.startsWith('projects/') ? 'no' : 'maybe';
}

function kindByPrefix(member: string): Identity['kind'] {
  if (member.startsWith('user:')) return 'user';
  return member.startsWith('serviceAccount:') ? 'serviceAccount' : 'other';
}

function workloadOf(names: ReadonlySet<string>): Workload | undefined {
  const account = firstMatch(names, POOL_ACCOUNT);
  const members = [...names].map(name => POOL_MEMBER.exec(name)?.groups).filter(groups => groups !== undefined);
  const pool = account?.pool ?? members[0]?.pool;
  if (pool === undefined) return undefined;
  const subject = members.map(groups => SUBJECT.exec(groups.rest ?? '')?.groups).find(groups => groups !== undefined);
  const told = SINGLE.filter(kind => members.some(({ rest }) => rest?.startsWith(kind)));
  const { namespace, name } = account ?? subject ?? {};
  return { pool, number: members[0]?.number, namespace, name, told };
}

function accountOf(workload: Workload | undefined): string | undefined {
  if (!workload?.pool.endsWith('.svc.id.goog') || workload.name === undefined) return undefined;
  return `serviceAccount:${workload.pool}[${workload.namespace}/${workload.name}]`;
}

function firstMatch(names: ReadonlySet<string>, pattern: RegExp): Record<string, string> | undefined {
  for (const name of names) {
    const groups = pattern.exec(name)?.groups;
    if (groups) return groups;
  }
  return undefined;
}

/** `123-compute@developer.gserviceaccount.com` and the agents' addresses say which project they belong to. */
function projectInName(email: string): string[] {
  const agent = AGENT.exec(email)?.groups;
  const number = agent?.service ?? agent?.apis ?? DEFAULT_COMPUTE.exec(email)?.groups?.number;
  return number === undefined ? [] : [`projects/${number}`];
}
