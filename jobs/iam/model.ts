/** What the IAM engine reasons about, in IAM's own words. Only the needed fields. */
import type { Fact } from '../facts/fact.ts';

export interface Condition {
  readonly title?: string;
  readonly description?: string;
  /** CEL. */
  readonly expression: string;
}

export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  readonly condition?: Condition;
}

export interface Policy {
  readonly bindings: readonly Binding[];
  readonly etag?: string;
  readonly version?: number;
}

export interface Role {
  /** `roles/X`, `projects/P/roles/X` or `organizations/O/roles/X`. */
  readonly name: string;
  readonly permissions: ReadonlySet<string>;
  /** A disabled or deleted role grants nothing. */
  readonly disabled: boolean;
}

export interface DenyRule {
  readonly deniedPrincipals: readonly string[];
  readonly exceptionPrincipals: readonly string[];
  /** v2 names: `cloudresourcemanager.googleapis.com/projects.setIamPolicy`. */
  readonly deniedPermissions: readonly string[];
  readonly exceptionPermissions: readonly string[];
  readonly condition?: Condition;
}

export interface DenyPolicy {
  readonly name: string;
  readonly rules: readonly DenyRule[];
}

/**
 * Who is asked about. `member` is how IAM policies name them (`user:…`, `serviceAccount:…`, `principal://…`);
 * `aliases` are other members that are the same caller (the five forms of a workload, a service account's
 * `principal://` form). `state` is about service accounts only.
 */
export interface Principal {
  readonly member: string;
  readonly aliases?: readonly string[];
  readonly state?: 'active' | 'disabled' | 'deleted' | 'unknown';
}

export interface Question {
  readonly principal: Principal;
  readonly permission: string;
  /** What the permission is needed on: `projects/p`, `projects/p/serviceAccounts/e`, `folders/1` … */
  readonly resource: string;
}

/** One level of the hierarchy with its policies, from the resource itself up to the organization. */
export interface Level {
  readonly resource: string;
  readonly policy: Fact<Policy>;
  /** Absent where deny policies were not read. */
  readonly deny?: Fact<readonly DenyPolicy[]>;
}

/** All that was read about one resource. */
export interface Knowledge {
  /** The resource first, then its ancestors. */
  readonly levels: readonly Level[];
  /** Known and true where `levels` reaches the root; unknown with the reason where ancestors could not be listed. */
  readonly complete: Fact<true>;
  /** Roles that were read; absent where a role was not asked for. */
  readonly roles: ReadonlyMap<string, Fact<Role>>;
  /** Answers of Policy Troubleshooter, by `questionKey`. */
  readonly troubleshooter?: ReadonlyMap<string, Fact<'granted' | 'missing' | 'conditional' | 'unknown'>>;
  /** For conditions on `request.time`. */
  readonly now: Date;
  /** Attributes for conditions on the resource, where known. */
  readonly attributes?: { readonly name?: string; readonly type?: string; readonly service?: string };
}

/** The binding that decides, where it stands and through which role. */
export interface Proof {
  readonly level: string;
  readonly role: string;
  readonly member: string;
  readonly condition?: Condition;
  /** When a condition on `request.time` ends the grant. */
  readonly until?: Date;
}

export type Answer =
  | { readonly state: 'granted'; readonly proof: Proof; readonly denyUnread?: boolean }
  | { readonly state: 'conditional'; readonly proof: Proof }
  | { readonly state: 'missing'; readonly because: MissingReason }
  | { readonly state: 'unknown'; readonly doubts: readonly Doubt[] };

export type MissingReason =
  | { readonly kind: 'no-binding' }
  | { readonly kind: 'denied'; readonly policy: string }
  | { readonly kind: 'expired'; readonly proof: Proof }
  | { readonly kind: 'deleted-member'; readonly member: string; readonly role: string }
  | { readonly kind: 'principal-disabled' }
  | { readonly kind: 'principal-deleted' }
  | { readonly kind: 'troubleshooter' };

/** Something unread or unseeable that could hold the permission. */
export type Doubt =
  | { readonly kind: 'policy'; readonly level: string; readonly fact: Extract<Fact<unknown>, { known: false }> }
  | { readonly kind: 'role'; readonly level: string; readonly role: string; readonly fact?: Extract<Fact<unknown>, { known: false }> }
  | { readonly kind: 'ancestors'; readonly fact: Extract<Fact<unknown>, { known: false }> }
  | { readonly kind: 'group'; readonly level: string; readonly role: string; readonly member: string }
  | { readonly kind: 'principal-state' };

export function questionKey(question: Question): string {
  return `${question.principal.member} ${question.permission} ${question.resource}`;
}
