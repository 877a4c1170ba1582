/** What the grammar gives: a typed command, or what is wrong with what was typed. */
import type { DiagnoseRequest } from '../contracts/jobs.ts';
import type { Language, Text } from '../contracts/text.ts';
import type { Verb } from './verbs.ts';

export type Surface = 'slack' | 'terminal';
export type Format = 'text' | 'json' | 'markdown';

/** What every verb can carry. */
export interface Common {
  /** `--project`, each once; empty where it was not given. */
  readonly projects: readonly string[];
  readonly language?: Language;
  readonly format?: Format;
  readonly verbose: boolean;
}

export type Command = Common &
  (
    | { readonly verb: 'diagnose'; readonly request: DiagnoseRequest; readonly picture?: string }
    | { readonly verb: 'scan'; readonly all: boolean }
    | { readonly verb: 'explain'; readonly text?: string }
    | { readonly verb: 'history'; readonly cluster?: string }
    | { readonly verb: 'cancel'; readonly id: string }
    | { readonly verb: 'unwatch'; readonly id: string }
    | { readonly verb: 'watch'; readonly target: string; readonly everyMs: number }
    | { readonly verb: 'checks'; readonly id?: string }
    | { readonly verb: 'help'; readonly topic?: Verb }
    | { readonly verb: 'doctor'; readonly cluster: string }
    | { readonly verb: 'audit'; readonly action: 'verify' | 'export'; readonly checkpoint?: string }
    | { readonly verb: 'freeze' | 'unfreeze' | 'revoke'; readonly by: string }
    | { readonly verb: 'pending' }
    | { readonly verb: 'status' }
  );

export type UsageCode =
  | 'verb-missing'
  | 'verb-unknown'
  | 'option-unknown'
  | 'option-value'
  | 'argument-missing'
  | 'argument-extra'
  | 'argument-invalid'
  | 'too-long'
  | 'control-characters';

/** Wrong usage: what is wrong, and what to do about it. */
export interface Usage {
  readonly code: UsageCode;
  readonly message: Text;
  readonly next: Text;
  readonly verb?: Verb;
  /** The known word that was probably meant. */
  readonly nearest?: string;
  /** Only the cluster is missing: the rest of what was asked, for a picker to complete. */
  readonly request?: DiagnoseRequest;
}

export type Parsed = { readonly ok: true; readonly command: Command } | { readonly ok: false; readonly usage: Usage };
