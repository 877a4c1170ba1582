/** The parent message of a job: it shows progress and ends as the verdict, or says why there is none. */
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import type { Outgoing } from '../../src/contracts/outgoing.ts';
import { workerText } from '../../src/locales/worker.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { parentCancelled, parentFailed, parentRunning } from '../../src/slack/messages/parent.ts';
import type { Stopped } from './answer.ts';

/** The job's parent message, always with the same key. `outside`: used instead where only the response URL works. */
export function parentOf({ id, place }: DiagnosisJob, message: Message, outside?: Message): Outgoing {
  const { channel, threadTs, responseUrl } = place;
  return {
    key: `${id}/parent`,
    channel,
    ...(threadTs && { threadTs }),
    ...(responseUrl && { responseUrl }),
    body: { kind: 'text', content: contentOf(message), ...(outside && { outside: contentOf(outside) }) },
  };
}

const contentOf = ({ text, blocks }: Message) => ({ text, blocks });

/** The target as the channel shows it. */
function targetOf(job: DiagnosisJob): string {
  return job.kind === 'scan' ? job.projects.join(', ') : job.request.cluster;
}

/** `done` and `total` are 0 before the first check has run. */
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
