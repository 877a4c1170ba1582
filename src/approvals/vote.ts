/** A vote's signature: who can write to Redis, but has no plan key, can't make up a yes. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../contracts/plan.ts';
import type { Person } from './approval.ts';

/** HMAC-SHA256 over the plan's hash and the voter, with the plan key. */
export function signVote(planHash: string, { team, user, id, email }: Person, planKey: string): string {
  return createHmac('sha256', planKey)
    .update(canonicalJson({ vote: planHash, team, user, id, email }))
    .digest('hex');
}

export function verifyVote(
  planHash: string,
  voter: Person | undefined,
  signature: string | undefined,
  planKey: string,
) {
  if (!voter || !signature) return false;
  const expected = Buffer.from(signVote(planHash, voter, planKey));
  const actual = Buffer.from(signature);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
