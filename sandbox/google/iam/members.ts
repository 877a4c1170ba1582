import { findProject, findServiceAccount, type World } from '../world.ts';

/** The member string of an account. Emails of service accounts end in gserviceaccount.com. */
export function memberOf(email: string): string {
  if (email.startsWith('principal://')) return email;
  return `${email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${email}`;
}

/** A member for comparison: its email in lower case, all else as it is. */
export function normalizeMember(member: string): string {
  return /^(user|group|domain|serviceAccount):[^[\]]*$/.test(member)
    ? member.toLowerCase().replace('serviceaccount:', 'serviceAccount:')
    : member;
}

/** Emails of all groups that contain this account, directly or through other groups. */
export function groupsOf(world: World, email: string): string[] {
  const found = new Set<string>();
  const pending = [email.toLowerCase()];
  for (let member = pending.pop(); member !== undefined; member = pending.pop()) {
    for (const [group, { members }] of Object.entries(world.groups)) {
      if (found.has(group) || !members.some(candidate => candidate.toLowerCase() === member)) continue;
      found.add(group);
      pending.push(group.toLowerCase());
    }
  }
  return [...found];
}

/**
 * All member strings of a policy that include this identity: an email, a federated identity (`principal://…`), or '' for a
 * caller without credentials. `allAuthenticatedUsers` doesn't include federated identities.
 */
export function memberIdentifiers(world: World, email: string): Set<string> {
  if (email === '') return new Set(['allUsers']);
  const self = memberOf(email);
  if (self.startsWith('principal://')) {
    const token = Object.values(world.tokens).find(known => known.email === email);
    return new Set(['allUsers', self, ...(token?.principalSets ?? [])]);
  }
  const members = new Set(['allUsers', 'allAuthenticatedUsers', normalizeMember(self)]);
  for (const group of groupsOf(world, email)) members.add(normalizeMember(`group:${group}`));
  if (self.startsWith('user:')) members.add(normalizeMember(`domain:${email.slice(email.indexOf('@') + 1)}`));
  return members;
}

/** The service agents that Google creates for a project, and the service that each belongs to. */
const serviceAgentForms: [RegExp, string][] = [
  [/^service-(\d+)@container-engine-robot\.iam\.gserviceaccount\.com$/, 'container.googleapis.com'],
  [/^service-(\d+)@gcp-sa-gkenode\.iam\.gserviceaccount\.com$/, 'container.googleapis.com'],
  [/^service-(\d+)@compute-system\.iam\.gserviceaccount\.com$/, 'compute.googleapis.com'],
  [/^(\d+)@cloudservices\.gserviceaccount\.com$/, 'compute.googleapis.com'],
  [/^service-(\d+)@[\w-]+\.iam\.gserviceaccount\.com$/, ''],
];

/** The project number in a service agent's email, and its service; undefined for other accounts. */
export function serviceAgent(email: string): { projectNumber: string; service: string } | undefined {
  for (const [form, service] of serviceAgentForms) {
    const projectNumber = form.exec(email)?.[1];
    if (projectNumber) return { projectNumber, service };
  }
  return undefined;
}

function serviceAccountExists(world: World, email: string): boolean {
  const found = findServiceAccount(world, email);
  if (found) return found.account.deleteTime === undefined;
  const agent = serviceAgent(email);
  return agent !== undefined && (findProject(world, agent.projectNumber)?.serviceAgents.includes(email) ?? false);
}

function poolExists(world: World, pool: string): boolean {
  return world.projects[pool.replace(/\.svc\.id\.goog$/, '')]?.workloadIdentityPool ?? false;
}

function noPool(pool: string): string {
  return (
    `Identity Pool does not exist (${pool}). Please check that you specified a valid resource name as returned in ` +
    'the `name` attribute in the configuration API.'
  );
}

/**
 * Why IAM rejects a member in a policy, or undefined where it accepts it. All users and groups of example.com exist, and
 * so do accounts that are in a group or have a token.
 */
export function memberError(world: World, member: string): string | undefined {
  const workload = /^serviceAccount:([^[\]]+\.svc\.id\.goog)\[([^/\]]+)\/([^/\]]+)\]$/.exec(member);
  if (workload) return poolExists(world, workload[1] ?? '') ? undefined : noPool(workload[1] ?? '');
  const federated = /^principal(?:Set)?:\/\/iam\.googleapis\.com\/.*workloadIdentityPools\/([^/]+)\/./.exec(member);
  if (federated) {
    const pool = federated[1] ?? '';
    return !pool.endsWith('.svc.id.goog') || poolExists(world, pool) ? undefined : noPool(pool);
  }
  if (/^(principal|principalSet):\/\/./.test(member)) return undefined;
  const [, kind = '', email = ''] = /^(user|group|serviceAccount|domain|deleted):(.+)$/.exec(member) ?? [];
  if (kind === 'domain' || kind === 'deleted') return undefined;
  if (!/^[^@\s]+@[^@\s]+$/.test(email))
    return `The member ${member} is of an unknown type. Please set a valid type prefix for the member.`;
  if (kind === 'serviceAccount') {
    return serviceAccountExists(world, email) ? undefined : `Service account ${email} does not exist.`;
  }
  const lower = email.toLowerCase();
  const known =
    lower.endsWith('@example.com') ||
    Object.keys(world.groups).some(group => group.toLowerCase() === lower) ||
    Object.values(world.groups).some(group => group.members.some(m => m.toLowerCase() === lower)) ||
    Object.values(world.tokens).some(token => token.email.toLowerCase() === lower);
  if (known) return undefined;
  return kind === 'user' ? `User ${email} does not exist.` : `Group ${email} does not exist.`;
}
