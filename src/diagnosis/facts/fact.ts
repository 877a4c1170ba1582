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

/**
 * What kept something from being read, as data: equal by value where the same thing would end it, however many facts it keeps
 * from being known. It has no texts, so that it can be compared, counted and stored.
 */
export interface Cause {
  readonly reason: UnknownCode;
  /** The API that gave no answer (`iam`, `kubernetes`), or the one call of it (`iam roles.get`) where only that is concerned. */
  readonly call: string;
  /** What is lacking is lacking on this: `folders/7001`, `projects/p`. */
  readonly resource?: string;
  /** `resourcemanager.folders.getIamPolicy`. */
  readonly permission?: string;
  /** The command that ends it. */
  readonly command?: string;
  /** Stands in `command` for our own identity, where its email can't be known; whoever runs it has to replace it. */
  readonly placeholder?: typeof PLACEHOLDER;
}

/** For our own identity in a command. */
export const PLACEHOLDER = 'MEMBER';

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
  readonly cause: Cause;
}

export function known<T>(value: T, source: string): Known<T> {
  return { known: true, value, source };
}

export function unknown(parts: Omit<Unknown, 'known' | 'cause'>): Unknown {
  return { known: false, ...parts, cause: causeOf(parts) };
}

/** Reasons that concern one call: another call of the same API may well be answered. */
const OF_ONE_CALL: ReadonlySet<UnknownCode> = new Set(['absent', 'malformed', 'not-asked']);

function causeOf({ code, source, resource, permission, command }: Omit<Unknown, 'known' | 'cause'>): Cause {
  const [api = ''] = source.split(' ');
  // A failing API fails for every resource; an API server is one cluster's.
  const everywhere = !OF_ONE_CALL.has(code) && code !== 'denied' && code !== 'api-disabled' && api !== 'kubernetes';
  return {
    reason: code,
    call: OF_ONE_CALL.has(code) ? source : api,
    ...(resource === undefined || everywhere ? {} : { resource }),
    ...(permission === undefined ? {} : { permission }),
    ...(command === undefined ? {} : { command }),
    ...(command?.includes(`--member=${PLACEHOLDER} `) ? { placeholder: PLACEHOLDER } : {}),
  };
}
