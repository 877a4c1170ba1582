/**
 * Adds one member to one binding of an allow policy, or takes it out again; everybody else's bindings stay as they are.
 * Read-modify-write under the etag, policy version 3; repeated whole when somebody else wrote in between (409, 412), and after
 * an answer that leaves open whether the write happened (docs/domain/iam.md#writing-a-policy).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GoogleApiError } from '../../google/errors.ts';
import type { GoogleWrites, WritablePolicy } from '../../google/writes.ts';

/** One member in one binding. With `condition` the binding that has exactly this condition, else the unconditional one. */
export interface Membership {
  readonly resource: string;
  readonly role: string;
  readonly member: string;
  readonly condition?: { readonly title: string; readonly description?: string; readonly expression: string };
}

export interface PolicyWrite {
  /** False where the policy was as wanted already: nothing was written. */
  readonly changed: boolean;
  /** Members of the binding before and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly etagBefore: string | undefined;
  readonly etagAfter: string | undefined;
}

type Binding = NonNullable<WritablePolicy['bindings']>[number];

const ATTEMPTS = 12;
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 3_000;

/** Somebody else wrote each time; nothing of ours is in the policy. */
export class PolicyContentionError extends Error {
  constructor(resource: string, cause: unknown) {
    super(`the policy of ${resource} changed ${ATTEMPTS} times while it was written`, { cause });
    this.name = 'PolicyContentionError';
  }
}

/** @throws {PolicyContentionError | GoogleApiError} */
export function addMember(google: GoogleWrites, membership: Membership): Promise<PolicyWrite> {
  return modify(google, membership, members =>
    members.includes(membership.member) ? members : [...members, membership.member],
  );
}

/** @throws {PolicyContentionError | GoogleApiError} */
export function removeMember(google: GoogleWrites, membership: Membership): Promise<PolicyWrite> {
  return modify(google, membership, members => members.filter(member => member !== membership.member));
}

const queues = new Map<string, Promise<unknown>>();

/** Writers of one process take turns on a policy; they would only make each other's etags stale. */
function inTurn<T>(resource: string, work: () => Promise<T>): Promise<T> {
  const turn = (queues.get(resource) ?? Promise.resolve()).then(work, work);
  const settled = turn.catch(() => {});
  queues.set(resource, settled);
  void settled.then(() => queues.get(resource) === settled && queues.delete(resource));
  return turn;
}

function modify(
  google: GoogleWrites,
  membership: Membership,
  change: (members: readonly string[]) => readonly string[],
): Promise<PolicyWrite> {
  return inTurn(membership.resource, async () => {
    let wrote: PolicyWrite | undefined;
    for (let attempt = 1; ; attempt++) {
      const policy = await google.readPolicy(membership.resource);
      const bindings = policy.bindings ?? [];
      const before = bindings.find(binding => isTarget(binding, membership))?.members ?? [];
      const after = change(before);
      const etagBefore = policy.etag ?? undefined;
      if (after === before || after.length === before.length) {
        // An earlier attempt of ours may have been written although its answer was lost.
        return wrote ?? { changed: false, before, after: before, etagBefore, etagAfter: etagBefore };
      }
      wrote = { changed: true, before, after, etagBefore, etagAfter: undefined };
      try {
        const written = await google.writePolicy(membership.resource, {
          ...policy,
          bindings: withMembers(bindings, membership, after),
        });
        return { ...wrote, etagAfter: written.etag ?? undefined };
      } catch (error) {
        const failure = GoogleApiError.from(error);
        if (isConflict(failure) || (await isOutdated(google, membership.resource, failure, etagBefore)))
          wrote = undefined;
        else if (!isAmbiguous(failure)) throw failure;
        if (attempt >= ATTEMPTS)
          throw isConflict(failure) ? new PolicyContentionError(membership.resource, failure) : failure;
        await sleep(Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + Math.random()));
      }
    }
  });
}

/** Somebody else's etag: certainly not written. */
function isConflict({ status }: GoogleApiError): boolean {
  return status === 409 || status === 412;
}

/**
 * A condition on what may be granted (`modifiedGrantsByRole`) is evaluated on the difference to the policy as it is by now: where
 * somebody else changed that meanwhile, their change counts as ours and is refused, which says nothing about us.
 */
async function isOutdated(
  google: GoogleWrites,
  resource: string,
  { status }: GoogleApiError,
  etag: string | undefined,
): Promise<boolean> {
  return status === 403 && ((await google.readPolicy(resource)).etag ?? undefined) !== etag;
}

/** It may have been written: the answer was lost, or the server failed on the way. */
function isAmbiguous({ kind, status }: GoogleApiError): boolean {
  return kind === 'timeout' || kind === 'unreachable' || kind === 'malformed' || status === 429 || (status ?? 0) >= 500;
}

function isTarget(binding: Binding, { role, condition }: Membership): boolean {
  if (binding.role !== role) return false;
  if (!condition) return !binding.condition;
  return binding.condition?.title === condition.title && binding.condition?.expression === condition.expression;
}

function withMembers(bindings: readonly Binding[], membership: Membership, members: readonly string[]): Binding[] {
  const { role, condition } = membership;
  const target = bindings.find(binding => isTarget(binding, membership));
  if (!target) return [...bindings, { role, members: [...members], ...(condition ? { condition } : {}) }];
  if (members.length === 0) return bindings.filter(binding => binding !== target);
  return bindings.map(binding => (binding === target ? { ...binding, members: [...members] } : binding));
}
