/**
 * The contract of a check: facts in, findings out. A check is pure: no I/O, no clock, no environment.
 * Adding one is a file here, a line in `index.ts`, a scenario and a snapshot.
 */
import type { CheckId, Remedy, Status } from '../../contracts/report.ts';
import type { Text } from '../../contracts/text.ts';
import type { Access } from '../facts/access.ts';
import type { FactName, Facts } from '../facts/index.ts';
import type { Line } from '../iam/describe.ts';
import type { Question, RoleQuestion } from '../iam/model.ts';

export interface FindingDraft {
  readonly subject: string;
  readonly status: Status;
  /** How it is now, in one line. */
  readonly headline: Text;
  readonly detail: Text;
  readonly effect?: Text;
  readonly evidence: readonly Line[];
  /** Turned into a remedy by planning, where the check asks for none of its own. */
  readonly missing?: { readonly principal: string; readonly permissions: readonly string[] };
  readonly remedies?: readonly RemedyRequest[];
}

/** What a check wants done; `jobs/remedies/<kind>.ts` turns it into command, Terraform, exact change and undo. */
export interface RemedyRequest {
  readonly kind: Remedy['kind'];
  readonly params: Readonly<Record<string, unknown>>;
  /** It is the role itself that is wanting: none of what it gives is extra. */
  readonly wholeRole?: true;
  /** Why offering it does no harm although the need is not proven. */
  readonly doubt?: Text;
}

export interface Check<Name extends FactName = FactName> {
  readonly id: CheckId;
  /** The good state. */
  readonly title: Text;
  /** What it looks at, why it matters and how it decides: the user's documentation. */
  readonly description: Text;
  readonly docs: string;
  /** Permissions the bot needs for it. */
  readonly needs: readonly string[];
  readonly facts: readonly Name[];
  /**
   * Where a scan asks it: once for a project, or for each of its clusters. Only what costs no call per cluster; absent: a scan
   * doesn't ask it.
   */
  readonly inScan?: 'project' | 'cluster';
  /** Whether it is asked at all: some need a workload, a principal or an error text. `named`: the user named it. Default: always. */
  readonly appliesTo?: (request: CheckRequest, named: boolean) => boolean;
  /** Roles it may offer, read along with the others so that a remedy can show what they give. */
  readonly offers?: readonly string[] | ((request: CheckRequest) => readonly string[]);
  /** Further roles it may offer, where its facts tell which. */
  offersFor?(facts: Pick<Facts, Name>, request: CheckRequest): readonly string[];
  /** What it wants to know of IAM, given its facts. Answered together for all checks, each policy and role read once. */
  questions?(facts: Pick<Facts, Name>, request: CheckRequest): readonly (Question | RoleQuestion)[];
  /** Those of its questions that need no slower fact than these: what they read is on its way before the rest is there. */
  early?(facts: Pick<Facts, 'cluster' | 'project'>): readonly (Question | RoleQuestion)[];
  /** @throws only where it has a bug: that fails the whole diagnosis, loudly. */
  run(facts: Pick<Facts, Name>, access: Access, request: CheckRequest): readonly FindingDraft[];
}

/** What the user asked, as checks see it. */
export interface CheckRequest {
  /** Full resource name of the cluster; where it was not found, `projects/P/locations/-/clusters/C`. */
  readonly cluster: string;
  readonly project: string;
  readonly principal?: string;
  readonly verb?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly workload?: {
    readonly namespace: string;
    readonly kind: 'serviceaccount' | 'pod' | 'deployment';
    readonly name: string;
  };
  /** The permission that is asked about, and the resource that it is needed on. */
  readonly needs?: string;
  readonly on?: string;
  /** The caller's own IP address, as they state it. */
  readonly from?: string;
  readonly symptom?: {
    readonly problem: string;
    readonly entities: Readonly<Record<string, string>>;
    readonly at: string;
  };
}
