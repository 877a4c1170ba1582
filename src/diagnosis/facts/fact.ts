/** A fact is something read from an API: known, or unknown with its reason. There is no third state and no default. */
import type { Text } from '../../contracts/text.ts';

export type Fact<T> = Known<T> | Unknown;

export interface Known<T> {
  readonly known: true;
  readonly value: T;
  /** The call that told it, as Google or Kubernetes names it: `cloudresourcemanager projects.getIamPolicy`. */
  readonly source: string;
}

/** Why a fact could not be read. `absent` is an answer too (404): the thing is not there. */
export type UnknownCode =
  | 'absent'
  | 'denied'
  | 'api-disabled'
  | 'unauthenticated'
  | 'timeout'
  | 'unreachable'
  | 'malformed'
  | 'rate-limited'
  | 'server-error'
  | 'not-asked';

export interface Unknown {
  readonly known: false;
  readonly code: UnknownCode;
  readonly source: string;
  /** A sentence a user understands: what could not be read and why. */
  readonly reason: Text;
  /** The permission that is lacking, where that is the reason: `resourcemanager.folders.getIamPolicy`. */
  readonly permission?: string;
  /** What that permission would be needed on: `folders/7001`. */
  readonly resource?: string;
  /** The command that gives the bot what it lacks. */
  readonly command?: string;
}

export function known<T>(value: T, source: string): Known<T> {
  return { known: true, value, source };
}
