/**
 * Carries out an approval: reload → still approved? → still needed? → apply → verify → report. It trusts nothing that came out
 * of Redis: the plan's signature, who approved, the allow-list and the need are all checked again here (README.md#security-model).
 * Each step can be repeated: a crash at any point is resumed by whoever gets the job next.
 */

import type { Approval } from '../src/approvals/approval.ts';
import type { AuditTail } from '../src/approvals/audit-tail.ts';
import type { DecideContext } from '../src/approvals/decide.ts';
import { isForgotten, stillApproved } from '../src/approvals/recheck.ts';
import { refusals } from '../src/approvals/refusals.ts';
import { canonicalJson } from '../src/contracts/canonical-json.ts';
import type { Finding, Remedy } from '../src/contracts/report.ts';
import type { Text } from '../src/contracts/text.ts';
import { diagnose } from '../src/diagnosis/diagnose.ts';
import type { Session } from '../src/diagnosis/facts/session.ts';
import { GoogleApiError } from '../src/google/errors.ts';
import { PolicyContentionError } from '../src/remedies/apply/policy-write.ts';
import { ChangeRefusedError } from '../src/remedies/apply/refused.ts';
import { writingOf } from '../src/remedies/index.ts';
import type { CloudWrites } from '../src/remedies/open.ts';
import type { Applied, ApplyContext } from '../src/remedies/remedy.ts';
import type { ApprovalStore } from '../src/store/approvals.ts';
import type { Producer } from '../src/store/queue.ts';
import { hasOwnAuthority } from './steps/authority.ts';
import { codeOf, problemOf } from './steps/problem.ts';

export interface RemediationServices extends Pick<DecideContext, 'directory' | 'config' | 'workspace' | 'onError'> {
  readonly store: ApprovalStore;
  readonly queue: Pick<Producer, 'enqueueRemediation'>;
  /** A fresh session of the reading identity: nothing is shared between two looks at the world. */
  readonly openSession: () => Promise<Session>;
  /** The writing identity; made only when something is about to be written. */
  readonly openWrites: () => Promise<CloudWrites>;
  /**
   * Edits the cards to show the approval as it is: in the background, since Slack's limits may keep an edit waiting for longer
   * than a lease lasts. Best effort: the sweeper repairs.
   */
  readonly showCards: (approval: Approval) => void;
  /** Shows on the cards how far something long is. In the background, too. */
  readonly showProgress: (approval: Approval, progress: Text) => void;
  /** What is known of the audit log. */
  readonly auditTail: AuditTail;
  /** Whether the configuration file freezes approvals now. */
  readonly isFrozen: () => boolean;
  /** Puts a checkpoint of the audit log where Redis can't take it back. @throws where it can't be put anywhere. */
  readonly checkpoint: () => Promise<void>;
  readonly leaseMs: number;
  /** ms after applying at which it is verified. */
  readonly verifyMs: readonly number[];
  readonly signal: AbortSignal;
}

/** Another worker has it, or Slack or Google didn't answer: the same job again, a little later. */
export class TryAgainError extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause });
    this.name = 'TryAgainError';
  }
}

/** The job `apply`. @throws {TryAgainError} where another attempt makes sense. */
export async function applyApproval(services: RemediationServices, id: string): Promise<void> {
  const { store, showCards } = services;
  const approval = await store.get(id);
  if (!approval || !['approved', 'applying'].includes(approval.state)) return;
  const { frozen } = await services.auditTail.read();
  // Nothing is lost: the sweeper queues it again.
  if (frozen || services.isFrozen()) return;
  const claimed = await store.claim(approval);
  if (claimed.code === 'held') throw new TryAgainError('another worker holds it');
  showCards(claimed.approval);
  if (claimed.code !== 'moved') return;
  const fence = claimed.count;
  const lease = keepLease(services, claimed.approval);
  try {
    await carryOut(services, claimed.approval, fence, lease.signal);
  } catch (error) {
    // Nothing is lost: the job comes again, and takes the approval up where it stands.
    await store.release(claimed.approval).catch(services.onError);
    throw error;
  } finally {
    lease.stop();
  }
}

async function carryOut(
  services: RemediationServices,
  approval: Approval,
  fence: number,
  signal: AbortSignal,
): Promise<void> {
  const { store } = services;
  const resumed = approval.events.filter(({ move }) => move === 'claim').length > 1;
  // On record before anything is written; the log also tells whether this history is the whole one.
  await store.record(approval);
  const forgotten = isForgotten(approval, await services.auditTail.read());
  if (forgotten)
    return settle(services, approval, 'fail', fence, { problem: refusals[forgotten](''), code: forgotten });
  await services.checkpoint();
  const permission = await stillApproved(services, approval);
  if (!permission.allowed) {
    if (permission.code.endsWith('-lookup-failed')) throw new TryAgainError(permission.code);
    return settle(services, approval, 'fail', fence, { problem: permission.reason, code: permission.code });
  }
  const authority = await hasOwnAuthority(services, approval);
  if (!authority.allowed) {
    return settle(services, approval, 'fail', fence, { problem: authority.reason, code: 'no-own-authority' });
  }
  const need = await stillNeeded(services, approval);
  if (need.kind === 'changed' || (need.kind === 'passes' && !resumed)) {
    return settle(services, approval, 'go-stale', fence, { problem: need.says, alreadyFixed: need.kind === 'passes' });
  }
  const writing = writingOf(approval.signed.plan.remedy);
  const context = await applyContext(services, approval, signal);
  let applied: Applied;
  try {
    applied = await writing.apply(context);
  } catch (error) {
    if (signal.aborted) throw new TryAgainError('the lease was lost', error);
    return settle(services, approval, 'fail', fence, { problem: problemOf(error), code: codeOf(error) });
  }
  const { code, approval: now } = await store.settle(approval, 'apply', fence, { detail: { ...applied, resumed } });
  services.showCards(now);
  if (code === 'moved') await enqueueVerification(services, now, 0);
}

/** The job `verify`: does the check pass now? */
export async function verifyApproval(services: RemediationServices, id: string, attempt: number): Promise<void> {
  const { store, verifyMs } = services;
  const approval = await store.get(id);
  if (approval?.state !== 'applied' || approval.stillFailing) return;
  const need = await stillNeeded(services, approval);
  if (need.kind === 'passes') {
    const { approval: now } = await store.verified(approval, { detail: { attempt, evidence: need.evidence } });
    services.showCards(now);
    return;
  }
  if (attempt + 1 < verifyMs.length) return enqueueVerification(services, approval, attempt + 1);
  const { approval: now } = await store.giveUpVerifying(approval, { detail: { attempt } });
  services.showCards(now);
}

/** The job `revoke`: takes back exactly what was granted. @throws {TryAgainError} */
export async function revokeApproval(services: RemediationServices, id: string): Promise<void> {
  const { store } = services;
  const approval = await store.get(id);
  if (approval?.state !== 'revoking') return;
  const claimed = await store.claimRevocation(approval);
  if (claimed.code === 'held') throw new TryAgainError('another worker holds it');
  if (claimed.code !== 'moved') return;
  const fence = claimed.count;
  const lease = keepLease(services, claimed.approval);
  try {
    const writing = writingOf(approval.signed.plan.remedy);
    const context = await applyContext(services, approval, lease.signal);
    // What stood there before us is not ours to take away.
    const ours = approval.events.some(
      ({ move, detail }) => move === 'apply' && (detail?.changed === true || detail?.resumed === true),
    );
    const undone: Applied =
      ours && writing.revoke ? await writing.revoke(context) : { changed: false, before: [], after: [] };
    const { approval: now } = await store.settle(claimed.approval, 'finish-revocation', fence, {
      detail: { ...undone },
    });
    services.showCards(now);
  } catch (error) {
    const failure = GoogleApiError.find(error);
    const refused = error instanceof PolicyContentionError || error instanceof ChangeRefusedError;
    if (lease.signal.aborted || !(failure || refused)) {
      await store.release(claimed.approval).catch(services.onError);
      throw error;
    }
    await settle(services, claimed.approval, 'fail-revocation', fence, {
      problem: problemOf(error),
      code: codeOf(error),
    });
  } finally {
    lease.stop();
  }
}

async function settle(
  { store, showCards }: RemediationServices,
  approval: Approval,
  move: 'fail' | 'go-stale' | 'fail-revocation',
  fence: number,
  detail: { readonly problem: Text; readonly code?: string; readonly alreadyFixed?: boolean },
): Promise<void> {
  const { approval: now } = await store.settle(approval, move, fence, { detail });
  showCards(now);
}

async function enqueueVerification(
  { queue, verifyMs }: RemediationServices,
  approval: Approval,
  attempt: number,
): Promise<void> {
  const appliedAt = approval.events.findLast(({ move }) => move === 'apply')?.at ?? Date.now();
  const delay = Math.max(0, appliedAt + (verifyMs[attempt] ?? 0) - Date.now());
  const trace = approval.signed.plan.reportId;
  const job = {
    kind: 'verify',
    id: `verify-${approval.id}-${attempt}`,
    approval: approval.id,
    trace,
    attempt,
  } as const;
  await queue.enqueueRemediation(job, delay);
}

type Need =
  | { readonly kind: 'needed' }
  | { readonly kind: 'passes'; readonly says: Text; readonly evidence: Finding['evidence'] }
  | { readonly kind: 'changed'; readonly says: Text };

/** Asks the same question again: would the same remedy be offered for the same subject? */
async function stillNeeded({ openSession }: RemediationServices, { signed, id }: Approval): Promise<Need> {
  const { plan } = signed;
  const session = await openSession();
  const request = { ...plan.request, only: [plan.check], cluster: clusterOf(plan.target) };
  const report = await diagnose({ id: `recheck-${id}`, request, session, language: 'en' });
  const finding = report.findings.find(({ check, subject }) => check === plan.check && subject === plan.subject);
  if (!finding) return { kind: 'changed', says: GONE };
  if (finding.remedies.some(remedy => isSameRemedy(remedy, plan.remedy))) return { kind: 'needed' };
  if (finding.status === 'pass' || finding.status === 'warn' || finding.status === 'not-applicable') {
    return { kind: 'passes', says: PASSES, evidence: finding.evidence };
  }
  return { kind: 'changed', says: CHANGED };
}

function clusterOf({ project, location, cluster }: { project: string; location?: string; cluster: string }): string {
  return `projects/${project}/locations/${location ?? '-'}/clusters/${cluster}`;
}

function isSameRemedy(a: Pick<Remedy, 'kind' | 'params'>, b: Pick<Remedy, 'kind' | 'params'>): boolean {
  return a.kind === b.kind && canonicalJson(a.params) === canonicalJson(b.params);
}

async function applyContext(
  services: RemediationServices,
  approval: Approval,
  signal: AbortSignal,
): Promise<ApplyContext> {
  return {
    google: await services.openWrites(),
    approval: approval.id,
    projectNumber: approval.signed.plan.target.projectNumber,
    ...(approval.endsAt === undefined ? {} : { endsAt: new Date(approval.endsAt) }),
    signal,
    onProgress: progress => services.showProgress(approval, progress),
  };
}

/** Renews the hold on an approval while we work; `signal` aborts when it is lost, so that a stale worker stops writing. */
function keepLease({ store, leaseMs, signal, onError }: RemediationServices, claimed: Approval) {
  const lost = new AbortController();
  const timer = setInterval(() => {
    store.renew(claimed).then(ours => ours || lost.abort(new Error('the lease was lost')), onError);
  }, leaseMs / 3);
  return { signal: AbortSignal.any([lost.signal, signal]), stop: () => clearInterval(timer) };
}

const PASSES: Text = {
  en: 'Nothing to do any more: the check passes by now.',
  ja: '対応は不要になりました。チェックはすでに正常です。',
};
const CHANGED: Text = {
  en: 'The situation changed: this is no longer what would be done. Diagnose again.',
  ja: '状況が変わり、承認された内容は現在の対処と一致しません。もう一度診断してください。',
};
const GONE: Text = {
  en: 'What this was about is no longer there. Diagnose again.',
  ja: '対象がなくなりました。もう一度診断してください。',
};
