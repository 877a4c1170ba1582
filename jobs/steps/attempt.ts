/** Asks Google something that takes a while. It ends with an answer, or because somebody cancels, time runs out or Google doesn't answer. */
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import { describeError } from '../../src/contracts/user-facing-error.ts';
import type { Session } from '../../src/diagnosis/facts/session.ts';
import { workerText } from '../../src/locales/worker.ts';
import { cancelledBy } from '../../src/store/cancellations.ts';
import type { Run } from '../../src/store/job-worker.ts';
import type { DiagnosisServices } from '../worker/services.ts';
import type { Outcome } from './answer.ts';
import { deadlineIn } from './deadline.ts';
import { showProgress } from './progress.ts';

export type OnProgress = (done: number, total: number) => void;

/** How often (ms) a running job looks whether somebody cancelled it. */
const CANCEL_LOOK_MS = 1_000;

class Cancelled extends Error {
  readonly by: string;
  constructor(by: string) {
    super(`cancelled by ${by}`);
    this.name = 'Cancelled';
    this.by = by;
  }
}

/** @param silent without progress. @throws only where the job has to run elsewhere (`Run.signal`). */
export async function attempt<Value>(
  services: DiagnosisServices,
  job: DiagnosisJob,
  run: Run,
  ask: (session: Session, onProgress: OnProgress) => Promise<Value>,
  { silent = false }: { silent?: boolean } = {},
): Promise<Outcome<Value>> {
  const { redis, log } = services;
  const { id } = job;
  const cancel = new AbortController();
  const deadline = deadlineIn(services.deadlineMs);
  const looking = setInterval(() => {
    cancelledBy(redis, id).then(
      by => by && cancel.abort(new Cancelled(by)),
      error => log.warn({ event: 'cancel.read_failed', err: error, trace: id }, 'failed to look for a cancellation'),
    );
  }, CANCEL_LOOK_MS);
  const progress = silent ? undefined : showProgress(services, job, run);
  try {
    const by = await cancelledBy(redis, id);
    if (by) return { kind: 'cancelled', by };
    const signal = AbortSignal.any([cancel.signal, deadline.signal, run.signal]);
    const session = await services.openSession(signal, job.kind === 'scan');
    const value = await ask(session, (done, total) => progress?.update(done, total));
    return { kind: 'answered', value };
  } catch (error) {
    if (run.signal.aborted) throw error;
    const { reason } = cancel.signal;
    if (reason instanceof Cancelled) return { kind: 'cancelled', by: reason.by };
    log.error({ event: 'job.answer_failed', err: error, trace: id }, 'failed to answer');
    const why = deadline.signal.aborted ? workerText.deadline(services.deadlineMs) : describeError(error);
    return { kind: 'failed', why };
  } finally {
    clearInterval(looking);
    deadline.clear();
    await progress?.stop();
  }
}
