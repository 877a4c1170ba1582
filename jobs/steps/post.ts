/** Hands a job's messages to the outbox: the parent, a message for each problem below it, the approvers' mirror. Each is posted once. */
import type { Approval } from '../../src/approvals/approval.ts';
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import type { Report } from '../../src/contracts/report.ts';
import { chainPicture } from '../../src/diagnosis/picture/picture.ts';
import { toPng } from '../../src/diagnosis/picture/png.ts';
import { workerText } from '../../src/locales/worker.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { belongsTo, findingMessage } from '../../src/slack/messages/finding.ts';
import type { Ref } from '../../src/slack/outbox.ts';
import type { DiagnosisServices } from '../worker/services.ts';
import type { Stopped } from './answer.ts';
import { runningMessage, stoppedMessage } from './messages.ts';
import { shownGroups } from './shown-groups.ts';
import type { Publication } from './store.ts';

export async function startParent({ outbox }: DiagnosisServices, job: DiagnosisJob): Promise<Ref | undefined> {
  const { channel, threadTs, responseUrl } = job.place;
  const message = runningMessage(job, 0, 0);
  const { ref } = await outbox.postOnce({ key: `${job.id}/parent`, channel, threadTs, message, responseUrl });
  return ref;
}

export async function postStopped(
  services: DiagnosisServices,
  job: DiagnosisJob,
  stopped: Stopped,
  parent: Ref | undefined,
): Promise<void> {
  await settleParent(services, job, parent, stoppedMessage(job, stopped));
}

/** The verdict first, then a message for each problem, failures first, then the approvers' mirror. */
export async function postReport(
  services: DiagnosisServices,
  job: DiagnosisJob,
  { stored, verdict, approvals }: Publication,
): Promise<void> {
  const { config, reports } = services;
  const parent = stored.ts === '' ? undefined : { channel: stored.channel, ts: stored.ts };
  const top = await settleParent(services, job, parent, verdict);
  if (!top) return;
  if (top.ts !== parent?.ts) await reports.save({ ...stored, channel: top.channel, ts: top.ts });
  await postPicture(services, job, top, stored.report);
  await postThread(services, job, top, { stored, verdict, approvals });
  const { approvalsChannel } = config.slack;
  if (approvalsChannel) await postMirrors(services, approvalsChannel, { stored, verdict, approvals });
  await showWhatMoved(services, approvals);
}

/**
 * Shows a message in the parent; posts it anew where somebody deleted that, or where the bot may only answer.
 * Undefined where there is nothing a thread could hang on.
 */
export async function settleParent(
  { outbox }: DiagnosisServices,
  { id, place }: DiagnosisJob,
  parent: Ref | undefined,
  message: Message,
): Promise<Ref | undefined> {
  if (parent && (await outbox.update(parent, message))) return parent;
  const { channel, responseUrl } = place;
  const threadTs = parent ? undefined : place.threadTs;
  const { ref } = await outbox.postOnce({ key: `${id}/verdict`, channel, threadTs, message, responseUrl });
  return ref;
}

/** Below `top`: the verdict's file, then a message for each problem, failures first, with the cards of its approvals. */
async function postThread(
  { outbox, cards, store }: DiagnosisServices,
  { id, place }: DiagnosisJob,
  top: Ref,
  { stored, verdict, approvals }: Publication,
): Promise<void> {
  const thread = { channel: top.channel, threadTs: place.threadTs ?? top.ts };
  const views = await Promise.all(approvals.map(approval => cards.view(approval)));
  if (verdict.file) await outbox.uploadOnce({ key: `${id}/file`, ...thread, ...verdict.file });
  for (const group of shownGroups(stored.report)) {
    const key = `${id}/finding/${group.findings[0]?.index ?? 0}`;
    const message = findingMessage(group, place.language, views);
    const { ref } = await outbox.postOnce({ key, ...thread, message });
    if (message.file) await outbox.uploadOnce({ key: `${key}/file`, ...thread, ...message.file });
    if (!ref) continue;
    for (const view of views.filter(one => belongsTo(group, one))) await store.saveCard(view.id, 'thread', ref);
  }
}

/** The chain of a workload, drawn, where the report is about one. Without the picture the words still stand. */
async function postPicture(
  { outbox, log }: DiagnosisServices,
  { id, place }: DiagnosisJob,
  top: Ref,
  report: Report,
): Promise<void> {
  const picture = chainPicture(report, place.language);
  if (!picture) return;
  const content = await toPng(picture.svg).catch(error =>
    log.warn({ event: 'picture', err: error, trace: id }, 'failed to draw the picture of a workload'),
  );
  if (!content) return;
  await outbox.uploadOnce({
    key: `${id}/picture`,
    channel: top.channel,
    threadTs: place.threadTs ?? top.ts,
    name: 'workload-identity.png',
    title: workerText.picture[place.language],
    content,
    altText: picture.alt,
  });
}

async function postMirrors(
  { outbox, cards, store }: DiagnosisServices,
  channel: string,
  { stored, approvals }: Publication,
): Promise<void> {
  for (const approval of approvals) {
    const message = await cards.mirror(approval, stored);
    const { ref } = await outbox.postOnce({ key: `${approval.id}/mirror`, channel, message });
    if (ref) await store.saveCard(approval.id, 'approvalsChannel', ref);
  }
}

/** The cards show what the approvals were when they were posted; whatever was decided meanwhile is shown now. */
async function showWhatMoved({ store, cards, log }: DiagnosisServices, approvals: readonly Approval[]): Promise<void> {
  for (const approval of approvals) {
    if (await store.cardShown(approval)) continue;
    await cards
      .refresh(approval)
      .catch(error =>
        log.warn({ event: 'cards', err: error, approval: approval.id }, 'failed to update approval card'),
      );
  }
}
