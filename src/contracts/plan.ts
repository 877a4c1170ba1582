/**
 * A plan: what exactly an approval would do, fixed at the moment it was offered. It never changes afterwards; what
 * happens to it (states, decisions) is the approval's, in `src/approvals/approval.ts`.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { DiagnoseRequest, Requester } from './jobs.ts';
import { Change, CheckId, RemedyKind, Risk, Target } from './report.ts';

export const Plan = z.object({
  /** The approval's id; all that a button carries. */
  id: z.string().min(1),
  createdAt: z.string(),
  /** After this nobody can approve it any more (RFC 3339). */
  expiresAt: z.string(),
  reportId: z.string(),
  target: Target,
  check: CheckId,
  subject: z.string(),
  /** What was asked, so that the worker can ask it again. */
  request: DiagnoseRequest,
  headline: z.string(),
  remedy: z.object({
    kind: RemedyKind,
    risk: Risk,
    params: z.record(z.string(), z.unknown()),
    command: z.string(),
    undo: z.string().optional(),
    summary: z.string().optional(),
    change: Change.optional(),
  }),
  requester: Requester,
  /** How long a time-bound grant lasts, in ms; absent for a lasting one. */
  grantMs: z.number().int().positive().optional(),
});
export type Plan = z.infer<typeof Plan>;

export const SignedPlan = z.object({ plan: Plan, hash: z.string(), signature: z.string() });
export type SignedPlan = z.infer<typeof SignedPlan>;

/** JSON with sorted keys: the same plan has the same bytes, whatever order its keys came in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

export function planHash(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/** Signs a plan with the key of `GKE_AUTH_PLAN_KEY` (HMAC-SHA256 over its hash). */
export function signPlan(plan: Plan, key: string): SignedPlan {
  const hash = planHash(plan);
  return { plan, hash, signature: createHmac('sha256', key).update(hash).digest('hex') };
}

/** True only where the hash is the plan's own and the signature was made with this key. Compares in constant time. */
export function verifyPlan(signed: SignedPlan, key: string): boolean {
  const expected = signPlan(signed.plan, key);
  const same = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
  return same(expected.hash, signed.hash) && same(expected.signature, signed.signature);
}
