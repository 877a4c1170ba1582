/** The parent message of a job that has no report: it still runs, or it was stopped. */
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import { workerText } from '../../src/locales/worker.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { parentCancelled, parentFailed, parentRunning } from '../../src/slack/messages/parent.ts';
import type { Stopped } from './answer.ts';

/** What is looked at, as the channel reads it. */
function targetOf(job: DiagnosisJob): string {
  return job.kind === 'scan' ? job.projects.join(', ') : job.request.cluster;
}

/** Before the first check is done: 0 of 0. */
export function runningMessage(job: DiagnosisJob, done: number, total: number): Message {
  const { id, requester, place } = job;
  const reading = job.kind === 'scan' ? workerText.readingAll : workerText.reading;
  const stage = total > 0 ? workerText.checking : reading;
  const running = { target: targetOf(job), stage, done, total, cancelId: id, askedBy: requester.user };
  return parentRunning(running, place.language);
}

export function stoppedMessage(job: DiagnosisJob, stopped: Stopped): Message {
  const { id: jobId, requester, place } = job;
  const cluster = targetOf(job);
  if (stopped.kind === 'cancelled') return parentCancelled({ cluster, by: stopped.by, jobId }, place.language);
  return parentFailed({ cluster, error: stopped.why, askedBy: requester.user, jobId }, place.language);
}
