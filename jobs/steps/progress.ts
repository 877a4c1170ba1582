/** Shows how far a job is in its parent message. Most jobs are over before there is anything to show. */
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import type { Run } from '../../src/store/job-worker.ts';
import type { DiagnosisServices } from '../worker/services.ts';
import { parentOf, runningMessage } from './messages.ts';

/** The first message comes after this long (ms): until then the acknowledgement is enough. Then one in this time at most. */
const EVERY_MS = 3_000;

export interface Progress {
  update(done: number, total: number): void;
  /** Resolves once nothing more of it is handed over: what follows takes its place. */
  stop(): Promise<void>;
}

export function showProgress({ outbox, log }: DiagnosisServices, job: DiagnosisJob, { fence }: Run): Progress {
  let now = { done: 0, total: 0 };
  let shown: typeof now | undefined;
  let sending: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    if (shown === now) return;
    shown = now;
    const message = { ...parentOf(job, runningMessage(job, now.done, now.total)), droppable: true };
    sending = outbox
      .send([message], { fence })
      .catch(error =>
        log.warn({ event: 'progress.show_failed', err: error, trace: job.id }, 'failed to show progress'),
      );
  }, EVERY_MS);
  return {
    update(done, total) {
      now = { done, total };
    },
    async stop() {
      clearInterval(timer);
      await sending;
    },
  };
}
