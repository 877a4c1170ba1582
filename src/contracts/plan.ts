/**
 * A plan: what exactly an approval would do, fixed at the moment it was offered. It never changes afterwards; what
 * happens to it (states, decisions) is the approval's, in `src/approvals/approval.ts`.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
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

/** SHA-256 of the plan: names exactly this plan in the audit log. */
export function planHash(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}
