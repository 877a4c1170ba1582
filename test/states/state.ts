/**
 * What a row of the table of states is: a world, a question to the terminal, and what somebody who knows the platform would
 * answer. Rows come from the platforms' documents and from public reports; nothing here is taken from the program.
 */
import type { Google } from '../../sandbox/google/main.ts';
import type { World } from '../../sandbox/google/world.ts';

export type Status = 'pass' | 'warn' | 'fail' | 'unknown' | 'not-applicable';

/** A remedy, by what is given; `text` is looked for in its command, Terraform, manifest and undo. */
export interface Offer {
  readonly kind?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly text?: RegExp;
}

/** What the findings of a check must be. Without `check`: at least one finding of the report is so. */
export interface Expected {
  readonly check?: string;
  /** The end of the finding's subject. */
  readonly subject?: string;
  readonly status?: Status | readonly Status[];
  /** Found in headline, detail, effect, proof or missing permissions. */
  readonly says?: readonly RegExp[];
  /** Found in none of headline, detail, effect and doubts. */
  readonly never?: readonly RegExp[];
  /** Exactly these permissions are missing. */
  readonly missing?: readonly string[];
  readonly offers?: readonly Offer[];
  readonly refuses?: readonly Offer[];
}

/** An entry of the report's causes. */
export interface Cause {
  readonly permission?: RegExp;
  readonly resource?: RegExp;
  /** Found in any of its texts. */
  readonly text?: RegExp;
  /** Checks that it kept from deciding, among others. */
  readonly checks?: readonly string[];
}

export interface State {
  readonly id: string;
  /** The state in one sentence. */
  readonly says: string;
  /** A public page, or `owner/repository#number`. */
  readonly source: string;
  /** What looks alike and must not fire. */
  readonly opposite?: true;
  world(): World;
  /** What is typed after `gke-auth`. */
  readonly arguments: readonly string[];
  /** What is pasted into standard input. */
  readonly input?: string;
  /** The kubeconfig of the machine; `folder` is one of its own. */
  kubeconfig?(google: Google, folder: string): Promise<string> | string;
  readonly expect: readonly Expected[];
  /** About the whole report. */
  readonly report?: {
    readonly never?: readonly RegExp[];
    readonly refuses?: readonly Offer[];
    /** How many entries `causes` has. */
    readonly causes?: number;
    /** Each is an entry of `causes`. */
    readonly cause?: readonly Cause[];
    /** The best match of an explanation. */
    readonly problem?: readonly string[];
    /** No match of an explanation. */
    readonly noProblem?: readonly string[];
  };
}

export interface Family {
  readonly name: string;
  readonly states: readonly State[];
}
