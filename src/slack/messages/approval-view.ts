/** What a card shows of an approval: the plan, who may decide, who decided, how it went. Nothing in it is escaped yet. */
import type { State } from '../../approvals/approval.ts';
import type { Change, CheckId, RemedyKind, Risk } from '../../contracts/report.ts';
import type { Text } from '../../contracts/text.ts';

/** One person's decision. `user` is a Slack user id; times are RFC 3339. */
export interface Decision {
  readonly user: string;
  readonly at: string;
  readonly reason?: string;
}

export interface ApprovalView {
  readonly id: string;
  readonly state: State;
  readonly check: CheckId;
  readonly subject: string;
  readonly headline: string;
  readonly project: string;
  readonly cluster: string;
  readonly location?: string;
  readonly remedy: {
    readonly kind: RemedyKind;
    readonly risk: Risk;
    readonly params: Readonly<Record<string, unknown>>;
    readonly command: string;
    readonly undo?: string;
    readonly summary?: string;
    readonly change?: Change;
  };
  readonly requester: string;
  /** Who may decide, as people read it: `@gke-admins`, `<user id>`, an email. Empty: nobody. */
  readonly approvers: readonly string[];
  /** How many people must approve. */
  readonly quorum: number;
  readonly approvals: readonly Decision[];
  readonly expiresAt: string;
  /** How long a time-bound grant lasts (ms), and when it ends once it is made. */
  readonly grantMs?: number;
  readonly grantEndsAt?: string;
  readonly denied?: Decision;
  /** Who took it back; absent where a time-bound grant ended by itself. */
  readonly revoked?: Decision;
  readonly appliedAt?: string;
  readonly verifiedAt?: string;
  /** Applied, and the check still failed when verification gave up. */
  readonly stillFailing?: boolean;
  /** Why it is stale or failed; where it is applied, why it could not be revoked. */
  readonly problem?: Text;
  /** The check passed before anything was done. */
  readonly alreadyFixed?: boolean;
  /** Somebody without a key wrote into the record; it has no effect. */
  readonly tampered?: boolean;
  /** How far a long operation is. */
  readonly progress?: Text;
}
