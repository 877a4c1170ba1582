/**
 * Which role to offer for missing permissions: the one that adds least. Owner, Editor and Viewer never; roles of Google's
 * agents, and of workloads on service accounts, only to whom they belong (README.md#configuration).
 */
import type { Role } from './model.ts';

/** What the role would be granted on. */
export type GrantedOn = 'project' | 'serviceAccount';

export interface Choice {
  readonly role: Role;
  /** Permissions of the role beyond the missing ones, sorted. */
  readonly extra: readonly string[];
}

interface Pin {
  readonly on: GrantedOn;
  readonly member: RegExp;
}

const BASIC = new Set(['roles/owner', 'roles/editor', 'roles/viewer']);

const GKE_AGENT = /^serviceAccount:service-\d+@container-engine-robot\.iam\.gserviceaccount\.com$/;
const NODE_AGENT = /^serviceAccount:service-\d+@gcp-sa-gkenode\.iam\.gserviceaccount\.com$/;
const GKE_AGENTS = /^serviceAccount:service-\d+@(?:container-engine-robot|gcp-sa-gkenode)\.iam\.gserviceaccount\.com$/;
const WORKLOAD =
  /^(?:serviceAccount:[^@[\]]+\[[^/\]]+\/[^\]]+\]|principal:\/\/iam\.googleapis\.com\/projects\/\d+\/.+)$/;

const PINS: Readonly<Record<string, Pin>> = {
  'roles/container.serviceAgent': { on: 'project', member: GKE_AGENT },
  'roles/container.defaultNodeServiceAgent': { on: 'project', member: NODE_AGENT },
  'roles/container.hostServiceAgentUser': { on: 'project', member: GKE_AGENTS },
  'roles/iam.workloadIdentityUser': { on: 'serviceAccount', member: WORKLOAD },
};

/** Whether a role may be offered to this member there at all. Whether it is allow-listed is the caller's to know. */
export function mayHold(role: string, member: string, on: GrantedOn): boolean {
  const pin = PINS[role];
  return !BASIC.has(role) && (!pin || (pin.on === on && pin.member.test(member)));
}

/**
 * The candidate (allow-listed, grantable) that alone covers all missing permissions with the fewest extra ones, by name
 * among equals; undefined where none does.
 */
export function chooseRole(wish: {
  readonly missing: readonly string[];
  readonly candidates: readonly Role[];
  readonly member: string;
  readonly on: GrantedOn;
}): Choice | undefined {
  const { missing, candidates, member, on } = wish;
  const wanted = new Set(missing);
  const choices = candidates
    .filter(role => !role.disabled && mayHold(role.name, member, on))
    .filter(role => missing.every(permission => role.permissions.has(permission)))
    .map(role => ({ role, extra: [...role.permissions].filter(permission => !wanted.has(permission)).sort() }));
  const [best] = choices.sort((a, b) => a.extra.length - b.extra.length || (a.role.name < b.role.name ? -1 : 1));
  return best;
}
