/**
 * The job `diagnose`: acknowledge in the channel → collect, check, plan → open approvals → post. Every step returns a value,
 * and every step can be repeated: a worker that dies is followed by one that finds what was done (the report is stored before
 * it is posted, every message has a key).
 */
import type { Redis } from 'ioredis';
import type { Approval } from '../src/approvals/approval.ts';
import type { Ref, SlackPoster } from '../src/clients/slack.ts';
import type { DiagnoseJob } from '../src/contracts/jobs.ts';
import type { Report } from '../src/contracts/report.ts';
import { workerText } from '../src/locales/worker.ts';
import type { Logger } from '../src/log.ts';
import { cancelledBy } from '../src/slack/cancellation.ts';
import type { Cards } from '../src/slack/cards.ts';
import type { Message } from '../src/slack/messages/blocks.ts';
import { belongsTo, findingMessage, groupFindings } from '../src/slack/messages/finding.ts';
import { parentCancelled, parentFailed, parentRunning, parentSettled } from '../src/slack/messages/parent.ts';
import type { Reports } from '../src/slack/reports.ts';
import { diagnose } from './diagnosis.ts';
import type { Session } from './facts/session.ts';
import { explainFailure } from './failure.ts';
import { type Offering, offerRemedies } from './offers.ts';

export interface Diagnosing extends Offering {
  readonly redis: Redis;
  readonly poster: SlackPoster;
  readonly reports: Reports;
  readonly cards: Cards;
  readonly log: Logger;
  readonly openSession: (signal: AbortSignal) => Promise<Session>;
  /** ms for one job, from start to verdict. */
  readonly deadlineMs: number;
  /** Aborted when this process is asked to stop. */
  readonly signal: AbortSignal;
}

/** How often (ms) a running diagnosis looks whether somebody cancelled it. */
const CANCEL_LOOK_MS = 1_000;

export async function runDiagnosis(worker: Diagnosing, job: DiagnoseJob): Promise<void> {
  const { reports, store } = worker;
  const stored = await reports.report(job.id);
  if (stored) {
    // Another worker got this far. The messages find themselves by their keys.
    const approvals = await Promise.all(stored.approvals.map(id => store.get(id)));
    const parent = stored.ts === '' ? undefined : { channel: stored.channel, ts: stored.ts };
    return post(
      worker,
      job,
      stored.report,
      approvals.filter(approval => approval !== undefined),
      parent,
    );
  }
  const parent = await postParent(worker, job);
  const report = await collect(worker, job, parent);
  if (!report) return;
  const asked = {
    request: { ...job.request, cluster: fullName(report) ?? job.request.cluster },
    requester: job.requester,
  };
  const approvals = await offerRemedies(worker, report, asked);
  await reports.save({
    report,
    askedBy: job.requester.user,
    channel: parent?.channel ?? job.place.channel,
    ts: parent?.ts ?? '',
    language: job.place.language,
    approvals: approvals.map(({ id }) => id),
  });
  await post(worker, job, report, approvals, parent);
}

async function postParent({ poster }: Diagnosing, job: DiagnoseJob): Promise<Ref | undefined> {
  const { place, request, requester, id } = job;
  const running = {
    target: request.cluster,
    stage: workerText.reading,
    done: 0,
    total: 0,
    cancelId: id,
    askedBy: requester.user,
  };
  const { ref } = await poster.postOnce({
    key: `${id}/parent`,
    channel: place.channel,
    threadTs: place.threadTs,
    message: parentRunning(running, place.language),
    responseUrl: place.responseUrl,
  });
  return ref;
}

/** The report; undefined where there is none and the parent already says why. */
async function collect(worker: Diagnosing, job: DiagnoseJob, parent: Ref | undefined): Promise<Report | undefined> {
  const { poster, redis, log } = worker;
  const { place, request, requester, id } = job;
  const language = place.language;
  const cancel = new AbortController();
  const deadline = AbortSignal.timeout(worker.deadlineMs);
  const watching = setInterval(() => {
    cancelledBy(redis, id).then(
      by => by && cancel.abort(new Cancelled(by)),
      error => log.warn({ err: error, trace: id }, 'could not look for a cancellation'),
    );
  }, CANCEL_LOOK_MS);
  try {
    const by = await cancelledBy(redis, id);
    if (by) throw new Cancelled(by);
    const session = await worker.openSession(AbortSignal.any([cancel.signal, deadline, worker.signal]));
    const projects = request.projects.length > 0 ? request.projects : worker.config.projects;
    return await diagnose({
      id,
      request: { ...request, projects },
      session,
      language,
      onProgress: (done, total) => {
        if (!parent || cancel.signal.aborted) return;
        const running = {
          target: request.cluster,
          stage: workerText.checking,
          done,
          total,
          cancelId: id,
          askedBy: requester.user,
        };
        poster.updateCoalesced(parent, parentRunning(running, language));
      },
    });
  } catch (error) {
    if (worker.signal.aborted) throw error;
    const cancelled = cancel.signal.reason instanceof Cancelled ? cancel.signal.reason : error;
    const message =
      cancelled instanceof Cancelled
        ? parentCancelled({ cluster: request.cluster, by: cancelled.by, jobId: id }, language)
        : parentFailed(
            {
              cluster: request.cluster,
              error: deadline.aborted ? workerText.deadline(worker.deadlineMs) : explainFailure(error),
              askedBy: requester.user,
              jobId: id,
            },
            language,
          );
    if (!(cancelled instanceof Cancelled)) log.error({ err: error, trace: id }, 'the diagnosis failed');
    await settleParent(worker, job, parent, message);
    return undefined;
  } finally {
    clearInterval(watching);
  }
}

/** The verdict first, then a message for each problem, failures first, then the approvers' mirror. */
async function post(
  worker: Diagnosing,
  job: DiagnoseJob,
  report: Report,
  approvals: readonly Approval[],
  parent: Ref | undefined,
): Promise<void> {
  const { poster, cards, store, config } = worker;
  const { place, requester, id } = job;
  const language = place.language;
  const views = await Promise.all(approvals.map(approval => cards.view(approval)));
  const settled = parentSettled(
    { report, askedBy: requester.user, durationMs: Date.now() - Date.parse(job.requestedAt), outside: !parent },
    language,
  );
  const shown = await settleParent(worker, job, parent, settled);
  if (!shown) return;
  if (shown.ts !== parent?.ts) await moveReport(worker, id, shown);
  const threadTs = place.threadTs ?? shown.ts;
  for (const group of groupFindings(report)) {
    const index = group.findings[0]?.index ?? 0;
    const message = findingMessage(group, language, views);
    const key = `${id}/finding/${index}`;
    const { ref } = await poster.postOnce({ key, channel: shown.channel, threadTs, message });
    if (message.file)
      await poster.uploadOnce({ key: `${key}/file`, channel: shown.channel, threadTs, ...message.file });
    if (!ref) continue;
    for (const view of views.filter(one => belongsTo(group, one))) await store.saveCard(view.id, 'thread', ref);
  }
  if (config.slack.approvalsChannel) await postMirrors(worker, config.slack.approvalsChannel, approvals);
  await showWhatMoved(worker, approvals);
}

async function postMirrors(
  { poster, cards, store }: Diagnosing,
  channel: string,
  approvals: readonly Approval[],
): Promise<void> {
  for (const approval of approvals) {
    const message = await cards.mirror(approval);
    const { ref } = await poster.postOnce({ key: `${approval.id}/mirror`, channel, message });
    if (ref) await store.saveCard(approval.id, 'approvalsChannel', ref);
  }
}

/** The cards show what the approvals were when they were posted; whatever was decided meanwhile is shown now. */
async function showWhatMoved({ store, cards, log }: Diagnosing, approvals: readonly Approval[]): Promise<void> {
  for (const approval of approvals) {
    if (await store.cardShown(approval.id, approval.events.length)) continue;
    await cards.refresh(approval).catch(error => log.warn({ err: error, approval: approval.id }, 'a card is behind'));
  }
}

/**
 * Shows the verdict in the parent message; posts it anew where somebody deleted that, or where the bot may only answer.
 * Undefined where there is nothing a thread could hang on.
 */
async function settleParent(
  { poster }: Diagnosing,
  { id, place }: DiagnoseJob,
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

async function moveReport({ reports }: Diagnosing, id: string, { channel, ts }: Ref): Promise<void> {
  const stored = await reports.report(id);
  if (stored) await reports.save({ ...stored, channel, ts });
}

/** So that the worker asks for the same cluster again, also where a second one of its name appears meanwhile. */
function fullName({ target }: Report): string | undefined {
  return target.location
    ? `projects/${target.project}/locations/${target.location}/clusters/${target.cluster}`
    : undefined;
}

class Cancelled extends Error {
  readonly by: string;
  constructor(by: string) {
    super(`cancelled by ${by}`);
    this.by = by;
  }
}
