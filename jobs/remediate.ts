/**
 * Carries out an approval: reload → still approved? → still needed? → apply → verify → report. It trusts nothing that came out
 * of Redis: the plan's signature, who approved, the allow-list and the need are all checked again here (README.md#security-model).
 * Each step is idempotent: after a crash the next worker resumes.
 */

import type { Approval } from '../src/approvals/approval.ts';
import type { DecideContext } from '../src/approvals/decide.ts';
import { stillApproved } from '../src/approvals/recheck.ts';
import { canonicalJson } from '../src/contracts/plan.ts';
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

export interface RemediationServices extends Pick<DecideContext, 'directory' | 'config' | 'workspace' | 'onError'> {
  readonly store: ApprovalStore;
  readonly queue: Pick<Producer, 'enqueueRemediation'>;
  /** A new session for each diagnosis, so that no facts are reused. */
  readonly openSession: () => Promise<Session>;
  /** The clients that write; created only before a write. */
  readonly openWrites: () => Promise<CloudWrites>;
  /**
   * Updates the cards in the background, because Slack's rate limits may delay an edit for longer than a lease lasts. Best
   * effort: the sweep retries.
   */
  readonly showCards: (approval: Approval) => void;
  /** Shows the progress of a long operation on the cards, in the background. */
  readonly showProgress: (approval: Approval, progress: Text) => void;
  readonly leaseMs: number;
  /** ms after applying at which it is verified. */
  readonly verifyMs: readonly number[];
  readonly signal: AbortSignal;
}

/** Another worker holds the approval, or Slack or Google didn't answer: the job is retried later. */
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
  if (services.config.approvals.frozen) return;
  const claimed = await store.claim(approval);
  if (claimed.code === 'held') throw new TryAgainError('another worker holds it');
  showCards(claimed.approval);
  if (claimed.code !== 'moved') return;
  const fence = claimed.count;
  const lease = keepLease(services, id, fence);
  try {
    await carryOut(services, claimed.approval, fence, lease.signal);
  } catch (error) {
    // The job is retried and continues from the approval's state.
    await store.release(id, fence).catch(services.onError);
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
  const lease = keepLease(services, id, fence);
  try {
    const writing = writingOf(approval.signed.plan.remedy);
    const context = await applyContext(services, approval, lease.signal);
    // Only remove what this approval added, not what was there before.
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
      await store.release(id, fence).catch(services.onError);
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

/** Renews the lease of an approval. `signal` aborts when the lease is lost, so that a stale worker stops writing. */
function keepLease({ store, leaseMs, signal, onError }: RemediationServices, id: string, fence: number) {
  const lost = new AbortController();
  const timer = setInterval(() => {
    store.renew(id, fence).then(ours => ours || lost.abort(new Error('the lease was lost')), onError);
  }, leaseMs / 3);
  return { signal: AbortSignal.any([lost.signal, signal]), stop: () => clearInterval(timer) };
}

function codeOf(error: unknown): string {
  if (error instanceof PolicyContentionError) return 'policy-contention';
  if (error instanceof ChangeRefusedError) return error.code;
  const failure = GoogleApiError.find(error);
  return failure?.code ?? failure?.kind ?? 'internal';
}

/** Why nothing was changed, for the card. */
function problemOf(error: unknown): Text {
  if (error instanceof PolicyContentionError) {
    return {
      en: 'Others changed the policy each time before it could be written. Nothing was changed. Try again.',
      ja: '書き込む前にポリシーが何度も変更されました。何も変更していません。もう一度お試しください。',
    };
  }
  if (error instanceof ChangeRefusedError) return error.text;
  const failure = GoogleApiError.find(error);
  if (!failure) throw error;
  const permission = failure.metadata.permission ? ` (${failure.metadata.permission})` : '';
  if (failure.status === 403) {
    return {
      en: `Google refused the change: the remediator lacks permission${permission}. ${failure.message}`,
      ja: `Google が変更を拒否しました。修正用サービス アカウントに権限がありません${permission}。${failure.message}`,
    };
  }
  return {
    en: `Google refused the change: ${failure.message}`,
    ja: `Google が変更を受け付けませんでした: ${failure.message}`,
  };
}

const PASSES: Text = {
  en: 'No change is needed: the check passes now.',
  ja: '対応は不要になりました。問題はすでに解消しています。',
};
const CHANGED: Text = {
  en: 'The change needed now differs from the approved one.',
  ja: '現在必要な変更は、承認された内容と異なります。',
};
const GONE: Text = {
  en: 'The resource of this fix no longer exists.',
  ja: '対象のリソースがなくなりました。',
};
