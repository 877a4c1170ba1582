/** The contract of a remedy: `plan` says exactly what would be done, and is pure; `apply` does it, and can be repeated. */
import type { z } from 'zod';
import type { Change, RemedyKind, Risk } from '../contracts/report.ts';
import type { Text } from '../contracts/text.ts';
import type { Access } from '../diagnosis/facts/access.ts';
import type { CloudWrites } from './open.ts';

/** What planning may look at: what was read for the check that asks. */
export interface PlanContext {
  readonly access: Access;
  /** The permissions that the finding names as missing. */
  readonly missing: readonly string[];
  /** It is the role itself that is missing, with all that it gives. */
  readonly wholeRole?: true;
}

/** A planned remedy, in every language; `renderRemedy` picks one. */
export interface PlannedRemedy {
  readonly params: Readonly<Record<string, unknown>>;
  readonly command: string;
  readonly summary: Text;
  readonly terraform?: string;
  readonly manifest?: string;
  readonly undo?: string;
  readonly console?: string;
  readonly change?: Omit<Change, 'disrupts'> & { readonly disrupts?: Text };
}

/** What applying may use, beside the parameters that were approved. */
export interface ApplyContext {
  readonly google: CloudWrites;
  /** The approval's id: names what belongs to it, so that a repeated attempt finds what an earlier one wrote. */
  readonly approval: string;
  /** When a time-bound grant ends. */
  readonly endsAt?: Date;
  readonly projectNumber?: string;
  readonly signal: AbortSignal;
  /** Told of the progress of something long. */
  readonly onProgress?: (text: Text) => void;
}

/** What was done, for the record. */
export interface Applied {
  /** False where it was so already, and nothing was written. */
  readonly changed: boolean;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly etagBefore?: string;
  readonly etagAfter?: string;
}

/** What an approver has to be able to do in Google Cloud on their own (`requireOwnAuthority`). */
export interface Authority {
  readonly permission: string;
  /** `projects/P` or `projects/P/serviceAccounts/E`. */
  readonly resource: string;
}

export interface RemedyDefinition<Params> {
  readonly kind: RemedyKind;
  readonly risk: Risk;
  /** Validates parameters, also those that came back out of Redis. */
  readonly params: z.ZodType<Params>;
  plan(params: Params, context: PlanContext): PlannedRemedy;
  /** Absent for what people do themselves. */
  readonly writing?: Writing<Params>;
}

export interface Writing<Params> {
  authority(params: Params): Authority;
  /** Can be repeated: a second call finds the first one's work and changes nothing. */
  apply(params: Params, context: ApplyContext): Promise<Applied>;
  /** Takes back exactly what `apply` did; absent where it can't be undone. */
  revoke?(params: Params, context: ApplyContext): Promise<Applied>;
}
