/** Stores what a job found before it is posted, so that whoever comes after a crash finds what to post. */
import type { Approval } from '../../src/approvals/approval.ts';
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import type { Ref } from '../../src/slack/outbox.ts';
import type { StoredReport } from '../../src/store/reports.ts';
import type { DiagnosisServices } from '../worker/services.ts';
import type { Answer } from './answer.ts';

/** What is stored of a job, and what is posted. */
export interface Publication {
  readonly stored: StoredReport;
  readonly verdict: Message;
  readonly approvals: readonly Approval[];
}

/** Undefined where no worker got this far with the job. */
export async function publishedEarlier(
  { reports, store: approvals }: DiagnosisServices,
  id: string,
): Promise<Publication | undefined> {
  const [stored, verdict] = await Promise.all([reports.report(id), reports.verdict(id)]);
  if (!stored || !verdict) return undefined;
  const opened = await Promise.all(stored.approvals.map(approval => approvals.get(approval)));
  return { stored, verdict, approvals: opened.filter(approval => approval !== undefined) };
}

/** @param parent the message that shows progress; without one the verdict is posted anew. */
export async function store(
  { reports }: DiagnosisServices,
  { id, requester, place }: DiagnosisJob,
  { report, verdict, verdictOutside }: Answer,
  approvals: readonly Approval[],
  parent: Ref | undefined,
): Promise<Publication> {
  const shown = parent ? verdict : verdictOutside;
  await reports.saveVerdict(id, shown);
  const stored: StoredReport = {
    report,
    askedBy: requester.user,
    channel: parent?.channel ?? place.channel,
    ts: parent?.ts ?? '',
    language: place.language,
    approvals: approvals.map(approval => approval.id),
  };
  await reports.save(stored);
  return { stored, verdict: shown, approvals };
}
