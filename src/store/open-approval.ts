/** The first event of an approval: the plan itself, signed (`lua/open.lua`). */
import { z } from 'zod';
import type { Approval, EventContent } from '../approvals/approval.ts';
import { FIRST_PREV, requestDigest } from '../approvals/record.ts';
import { type Plan, planHash } from '../contracts/plan.ts';
import { sealed } from '../signing/signing.ts';
import { keys } from './keys.ts';
import { scripts } from './scripts.ts';
import type { StoreOptions } from './store-options.ts';

const REMIND_BEFORE_MS = 3_600_000;
const Opened = z.tuple([z.enum(['opened', 'exists', 'taken']), z.string()]);

/** @returns the id of the approval that is there now, and whether it was there before. */
export async function openApproval(
  { redis, signing, redact }: Pick<StoreOptions, 'redis' | 'signing' | 'redact'>,
  plan: Plan,
  now: number,
  retryOf: string | undefined,
): Promise<{ code: 'opened' | 'exists'; found: string }> {
  if (plan.remedy.risk === 'manual') throw new Error(`A manual remedy can't be approved: ${plan.remedy.kind}`);
  const expiresAt = Date.parse(plan.expiresAt);
  const remindAt = expiresAt - Math.min(REMIND_BEFORE_MS, (expiresAt - Date.parse(plan.createdAt)) / 4);
  const { id, remedy, check, subject, target, request, requester } = plan;
  const content: EventContent = {
    approval: id,
    index: 1,
    prev: FIRST_PREV,
    at: now,
    move: 'open',
    by: requester,
    detail: redact({ remedy, check, subject, target, request, retryOf }),
    plan,
  };
  const reply = await scripts.open.run(
    redis,
    [
      keys.opened(requestDigest(plan, retryOf)),
      keys.events(id),
      keys.index.expiry,
      keys.index.reminders,
      keys.index.unrecorded,
      keys.index.staleCards,
      keys.history(),
      keys.history(target.cluster),
    ],
    [id, expiresAt, Math.round(remindAt), sealed(signing, 'event', content)],
  );
  const [code, found] = Opened.parse(reply);
  if (code === 'taken') throw new Error(`There is another approval with the id ${found}`);
  return { code, found };
}

/** Whether an approval is what was asked for: who can write to Redis can point a request at another one. */
export function isForSame({ signed }: Approval, { check, subject, reportId, remedy }: Plan): boolean {
  const { plan } = signed;
  return (
    plan.check === check &&
    plan.subject === subject &&
    plan.reportId === reportId &&
    planHash({ ...plan, remedy: { ...plan.remedy, params: remedy.params, kind: remedy.kind } }) === signed.hash
  );
}
