/** A job's messages in Slack: the parent, a message for each problem below it, the approvers' mirror. Each is posted once. */
import type { Approval } from '../../src/approvals/approval.ts';
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import type { Report } from '../../src/contracts/report.ts';
import { chainPicture } from '../../src/diagnosis/picture/picture.ts';
import { toPng } from '../../src/diagnosis/picture/png.ts';
import { workerText } from '../../src/locales/worker.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { belongsTo, type FindingGroup, findingMessage } from '../../src/slack/messages/finding.ts';
import type { Ref } from '../../src/slack/poster.ts';
import type { StoredReport } from '../../src/store/reports.ts';
import type { DiagnoseContext } from './task.ts';

export async function postParent(
  { poster }: DiagnoseContext,
  { id, place }: DiagnosisJob,
  message: Message,
): Promise<Ref | undefined> {
  const { channel, threadTs, responseUrl } = place;
  const { ref } = await poster.postOnce({ key: `${id}/parent`, channel, threadTs, message, responseUrl });
  return ref;
}

/**
 * Shows the verdict in the parent message; posts it anew where somebody deleted that, or where the bot may only answer.
 * Undefined where there is nothing a thread could hang on.
 */
export async function settleParent(
  { poster }: DiagnoseContext,
  { id, place }: DiagnosisJob,
  parent: Ref | undefined,
  message: Message,
): Promise<Ref | undefined> {
  if (parent && (await poster.update(parent, message))) return parent;
  const { ref } = await poster.postOnce({
    key: `${id}/verdict`,
    channel: place.channel,
    threadTs: parent ? undefined : place.threadTs,
    message,
    responseUrl: place.responseUrl,
  });
  return ref;
}

export interface Thread {
  readonly top: Ref;
  readonly verdict: Message;
  readonly groups: readonly FindingGroup[];
  readonly approvals: readonly Approval[];
}

/** Below `top`: the verdict's file, then a message for each problem, failures first, with the cards of its approvals. */
export async function postThread(
  worker: DiagnoseContext,
  { id, place }: DiagnosisJob,
  { top, verdict, groups, approvals }: Thread,
): Promise<void> {
  const { poster, cards, store } = worker;
  const thread = { channel: top.channel, threadTs: place.threadTs ?? top.ts };
  const views = await Promise.all(approvals.map(approval => cards.view(approval)));
  if (verdict.file) await poster.uploadOnce({ key: `${id}/file`, ...thread, ...verdict.file });
  for (const group of groups) {
    const key = `${id}/finding/${group.findings[0]?.index ?? 0}`;
    const message = findingMessage(group, place.language, views);
    const { ref } = await poster.postOnce({ key, ...thread, message });
    if (message.file) await poster.uploadOnce({ key: `${key}/file`, ...thread, ...message.file });
    if (!ref) continue;
    for (const view of views.filter(one => belongsTo(group, one))) await store.saveCard(view.id, 'thread', ref);
  }
}

/** The chain of a workload, drawn, where the report is about one. Without the picture the words still stand. */
export async function postPicture(
  { poster, log }: DiagnoseContext,
  { id, place }: DiagnosisJob,
  top: Ref,
  report: Report,
): Promise<void> {
  const picture = chainPicture(report, place.language);
  if (!picture) return;
  const content = await toPng(picture.svg).catch(error =>
    log.warn({ err: error, trace: id }, 'the picture was not drawn'),
  );
  if (!content) return;
  await poster.uploadOnce({
    key: `${id}/picture`,
    channel: top.channel,
    threadTs: place.threadTs ?? top.ts,
    name: 'workload-identity.png',
    title: workerText.picture[place.language],
    content,
    altText: picture.alt,
  });
}

export async function postMirrors(
  { poster, cards, store }: DiagnoseContext,
  channel: string,
  approvals: readonly Approval[],
  stored: StoredReport,
): Promise<void> {
  for (const approval of approvals) {
    const message = await cards.mirror(approval, stored);
    const { ref } = await poster.postOnce({ key: `${approval.id}/mirror`, channel, message });
    if (ref) await store.saveCard(approval.id, 'approvalsChannel', ref);
  }
}

/** The cards show what the approvals were when they were posted; whatever was decided meanwhile is shown now. */
export async function showWhatMoved(
  { store, cards, log }: DiagnoseContext,
  approvals: readonly Approval[],
): Promise<void> {
  for (const approval of approvals) {
    if (await store.cardShown(approval.id, approval.events.length)) continue;
    await cards.refresh(approval).catch(error => log.warn({ err: error, approval: approval.id }, 'a card is behind'));
  }
}
