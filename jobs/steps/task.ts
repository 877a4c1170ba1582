/**
 * What the jobs `diagnose` and `scan` have in common: a question that takes a while, asked in a channel, that ends in findings,
 * unless somebody cancels it, time runs out or Google doesn't answer.
 */
import type { Redis } from 'ioredis';
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import type { Report } from '../../src/contracts/report.ts';
import type { Session } from '../../src/diagnosis/facts/session.ts';
import { type Explained, explainFailure } from '../../src/diagnosis/failure.ts';
import { workerText } from '../../src/locales/worker.ts';
import type { Logger } from '../../src/log.ts';
import type { Cards } from '../../src/slack/approval-cards.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { parentCancelled, parentFailed, parentRunning } from '../../src/slack/messages/parent.ts';
import type { Ref, SlackPoster } from '../../src/slack/poster.ts';
import { cancelledBy } from '../../src/store/cancellations.ts';
import type { Reports } from '../../src/store/reports.ts';
import { deadlineIn } from './deadline.ts';
import type { Asked, OfferContext } from './offers.ts';

export interface DiagnoseContext extends OfferContext {
  readonly redis: Redis;
  readonly poster: SlackPoster;
  readonly reports: Reports;
  readonly cards: Cards;
  readonly log: Logger;
  /** `scan`: for many clusters at once (`SessionOptions.scan`). */
  readonly openSession: (signal: AbortSignal, scan: boolean) => Promise<Session>;
  /** ms for one job, from start to verdict. */
  readonly deadlineMs: number;
  /** Aborted when this process is asked to stop. */
  readonly signal: AbortSignal;
}

/** What a task found: what is kept and posted, what can be asked again, and how it is said in one message. */
export interface Found {
  /** Its findings are those that are posted; their indices name them from then on. */
  readonly report: Report;
  readonly asked: readonly Asked[];
  /** `outside`: there is no parent message, and so no thread. */
  verdict(outside: boolean): Message;
}

export interface Task {
  /** What is looked at, as the channel reads it. */
  readonly target: string;
  readonly scan: boolean;
  run(session: Session, onProgress: (done: number, total: number) => void): Promise<Found>;
}

export type Outcome =
  | { readonly kind: 'found'; readonly found: Found }
  /** There is nothing to report, and the message says why. */
  | { readonly kind: 'failed'; readonly message: Message; readonly why: Explained }
  | { readonly kind: 'cancelled'; readonly message: Message };

/** How often (ms) a running job looks whether somebody cancelled it. */
const CANCEL_LOOK_MS = 1_000;

class Cancelled extends Error {
  readonly by: string;
  constructor(by: string) {
    super(`cancelled by ${by}`);
    this.by = by;
  }
}

/** Progress goes to `parent` where there is one. @throws only where this process is stopping: another worker takes the job. */
export async function attempt(
  worker: DiagnoseContext,
  job: DiagnosisJob,
  task: Task,
  parent: Ref | undefined,
): Promise<Outcome> {
  const { poster, redis, log } = worker;
  const { place, id, requester } = job;
  const cancel = new AbortController();
  const deadline = deadlineIn(worker.deadlineMs);
  const watching = setInterval(() => {
    cancelledBy(redis, id).then(
      by => by && cancel.abort(new Cancelled(by)),
      error => log.warn({ err: error, trace: id }, 'could not look for a cancellation'),
    );
  }, CANCEL_LOOK_MS);
  try {
    const by = await cancelledBy(redis, id);
    if (by) throw new Cancelled(by);
    const session = await worker.openSession(
      AbortSignal.any([cancel.signal, deadline.signal, worker.signal]),
      task.scan,
    );
    const found = await task.run(session, (done, total) => {
      if (parent && !cancel.signal.aborted) poster.updateCoalesced(parent, running(job, task, done, total));
    });
    return { kind: 'found', found };
  } catch (error) {
    if (worker.signal.aborted) throw error;
    const cancelled = cancel.signal.reason instanceof Cancelled ? cancel.signal.reason : error;
    const cluster = task.target;
    if (cancelled instanceof Cancelled) {
      return { kind: 'cancelled', message: parentCancelled({ cluster, by: cancelled.by, jobId: id }, place.language) };
    }
    log.error({ err: error, trace: id }, 'the job failed');
    const why = deadline.signal.aborted ? workerText.deadline(worker.deadlineMs) : explainFailure(error);
    const failed = { cluster, error: why, askedBy: requester.user, jobId: id };
    return { kind: 'failed', message: parentFailed(failed, place.language), why };
  } finally {
    clearInterval(watching);
    deadline.clear();
  }
}

/** The parent message while the task runs; before the first check is done, 0 of 0. */
export function running({ id, requester, place }: DiagnosisJob, task: Task, done: number, total: number): Message {
  const stage = total > 0 ? workerText.checking : task.scan ? workerText.readingAll : workerText.reading;
  return parentRunning(
    { target: task.target, stage, done, total, cancelId: id, askedBy: requester.user },
    place.language,
  );
}
