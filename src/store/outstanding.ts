/**
 * Whose turn it is: jobs that were asked for and have not ended, by requester and team. Kept as sets of job ids, so that a job
 * that is queued or ends twice counts once; one whose end nobody noted stops counting after an hour.
 */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { DiagnosisJob } from '../contracts/jobs.ts';
import { scripts } from './scripts.ts';

const COUNTED_MS = 3_600_000;

/** How many other jobs the requester and their team have outstanding. */
export interface Load {
  readonly requester: number;
  readonly team: number;
  /** Few enough of the requester's own to run beside those of everybody else. */
  readonly withinShare: boolean;
}

/** How many diagnoses of one requester may take the places that are everybody's: half of what a worker has by default. */
export const SHARE = 10;

type Asked = Pick<DiagnosisJob, 'id' | 'requester'>;

const keysOf = ({ requester: { team, id } }: Asked) => [
  `{gke-auth}:outstanding:requester:${team}:${id}`,
  `{gke-auth}:outstanding:team:${team}`,
];
const shareKey = ({ id }: Asked) => `{gke-auth}:outstanding:share:${id}`;

export async function addOutstanding(redis: Redis, job: Asked, now = Date.now()): Promise<Load> {
  const keys = [...keysOf(job), shareKey(job)];
  const counts = await scripts.outstanding.run(redis, keys, [job.id, now, COUNTED_MS, SHARE]);
  const [requester, team, share] = z.tuple([z.number(), z.number(), z.number()]).parse(counts);
  return { requester, team, withinShare: share === 1 };
}

/** The job has ended, or was never queued. */
export async function removeOutstanding(redis: Redis, job: Asked): Promise<void> {
  const write = redis.multi();
  for (const key of keysOf(job)) write.zrem(key, job.id);
  await write.exec();
}

/** A watch's run waits for everything that a person asked for. */
const WATCH = 1_000_000;
/** A requester's own jobs count for as much as these many of their colleagues'. */
const OWN = 4;

/**
 * BullMQ's priority: 1 comes first (at most 2,097,152; https://docs.bullmq.io/guide/jobs/prioritized). Who has little
 * outstanding comes before who has much, first by team, then by person: forty diagnoses of one person don't hold up the one of another.
 */
export function priorityOf(
  { watch }: Pick<DiagnosisJob, 'watch'>,
  { requester, team }: Omit<Load, 'withinShare'>,
): number {
  return 1 + Math.min(OWN * requester + team, WATCH - 1) + (watch === undefined ? 0 : WATCH);
}
