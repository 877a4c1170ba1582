/** What the IAM engine reasons about, in IAM's own words. Only the needed fields. */
import type { Fact, Unknown } from '../facts/fact.ts';

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
  /** Where a service account lives, by number: `projects/123`, `folders/45`, `organizations/77`. Decides sets of accounts. */
  readonly containers?: readonly string[];
}

export interface Question {
  readonly principal: Principal;
  readonly permission: string;
  /** What the permission is needed on: `projects/p`, `projects/p/serviceAccounts/e`, `folders/1` … */
  readonly resource: string;
  /** What it is used on, where that has no policy of its own but conditions can name it. */
  readonly target?: Target;
}

/** Something below a project as conditions see it (https://cloud.google.com/iam/docs/conditions-resource-attributes). */
export interface Target {
  readonly type: string;
  readonly service: string;
  /** Every name under which its service may know it. At least one. */
  readonly names: readonly string[];
}

/** The holders of a basic role on a project. Google doesn't document whether a convenience value includes inherited ones. */
export interface ConvenienceValue {
  readonly members: readonly string[];
  readonly inherited: readonly string[];
}

/** One level of the hierarchy with its policies, from the resource itself up to the organization. */
export interface Level {
  readonly resource: string;
  readonly policy: Fact<Policy>;
  /** Absent where deny policies were not read. */
  readonly deny?: Fact<readonly DenyPolicy[]>;
  /** Who the convenience values in this policy stand for (`projectViewer:P`); one that is absent can't be seen. */
  readonly stands?: ReadonlyMap<string, ConvenienceValue> | undefined;
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
  readonly troubleshooter?: ReadonlyMap<string, Fact<Troubleshot>>;
  /** What else could grant, besides all policies. */
  readonly doubts?: readonly Doubt[];
  /** For conditions on `request.time`. */
  readonly now: Date;
  /** Attributes for conditions on the resource, where known. */
  readonly attributes?: { readonly name?: string; readonly type?: string; readonly service?: string };
}

/** What Policy Troubleshooter says of one question. */
export interface Troubleshot {
  /** By all policies that it could read. */
  readonly access: Answer['state'];
  /** Whether the principal's access boundaries make the resource eligible. */
  readonly boundary: 'allowed' | 'blocked' | 'unread';
  /** Names of the boundary policies that block the access. */
  readonly blockedBy: readonly string[];
}

/** The binding that decides, where it stands and through which role. */
export interface Proof {
  readonly level: string;
  /** Empty where Policy Troubleshooter said so without a binding that can be shown. */
  readonly role: string;
  readonly member: string;
  readonly condition?: Condition;
  /** When a condition on `request.time` ends, or ended, the grant. */
  readonly until?: Date;
  /** When a condition on `request.time` begins to grant, where it does not yet. */
  readonly from?: Date;
}

export type Answer =
  | {
      readonly state: 'granted';
      readonly proof: Proof;
      /** Deny policies that were not read could still take the permission away. */
      readonly denyUnread?: boolean;
      /** Principal access boundary policies that were not read could still block the access. */
      readonly boundariesUnread?: boolean;
    }
  | {
      readonly state: 'conditional';
      readonly proof: Proof;
      /** The deny policy whose condition can't be decided, where that is the doubt. */
      readonly deny?: string;
      /** The condition holds for the question's target by Google's documents; users report that GKE does not always honour it. */
      readonly namesTarget?: boolean;
    }
  | { readonly state: 'missing'; readonly because: MissingReason }
  | { readonly state: 'unknown'; readonly doubts: readonly Doubt[] };

export type MissingReason =
  | { readonly kind: 'no-binding' }
  | { readonly kind: 'denied'; readonly policy: string; readonly level: string }
  | { readonly kind: 'expired'; readonly proof: Proof }
  /** A binding whose condition does not hold: not yet begun (`proof.from`), or about another resource. */
  | { readonly kind: 'condition'; readonly proof: Proof }
  | { readonly kind: 'deleted-member'; readonly member: string; readonly role: string }
  | { readonly kind: 'principal-disabled' }
  | { readonly kind: 'principal-deleted' }
  /** Policies of the principal's own organization make the resource ineligible, whatever is granted. */
  | { readonly kind: 'boundary'; readonly policies: readonly string[] }
  | { readonly kind: 'troubleshooter' };

/** Something unread or unseeable that could hold the permission. */
export type Doubt =
  | { readonly kind: 'policy'; readonly level: string; readonly fact: Unknown }
  | { readonly kind: 'role'; readonly level: string; readonly role: string; readonly fact?: Unknown }
  | { readonly kind: 'ancestors'; readonly fact: Unknown }
  /** A group, domain or set whose members can't be seen, and whose role carries the permission. */
  | { readonly kind: 'group'; readonly level: string; readonly role: string; readonly member: string }
  /** A deny rule that names a group, domain or set whose members can't be seen. */
  | { readonly kind: 'deny'; readonly level: string; readonly policy: string }
  /** Access control lists of a bucket's objects, which no policy shows. `fact`: why it is not known whether it has any. */
  | { readonly kind: 'acl'; readonly level: string; readonly fact?: Unknown }
  /** Policy Troubleshooter, which could have decided about the other doubts, did not answer. */
  | { readonly kind: 'troubleshooter'; readonly fact: Unknown };

export function questionKey({ principal, permission, resource, target }: Question): string {
  return [principal.member, permission, resource, ...(target?.names ?? [])].join(' ');
}

/** Whether a principal holds all that a role gives, by that role or by others together. */
export interface RoleQuestion {
  readonly principal: Principal;
  readonly role: string;
  readonly resource: string;
}

export function isRoleQuestion(question: Question | RoleQuestion): question is RoleQuestion {
  return 'role' in question;
}
