/** The queues: their names, and putting jobs on them. Contracts: `contracts/jobs.ts`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { DiagnosisJob, RemediationJob } from '../contracts/jobs.ts';
import type { Text } from '../contracts/text.ts';
import { type Signing, sealed } from '../signing/signing.ts';
import { addOutstanding, type Load, priorityOf, removeOutstanding } from './outstanding.ts';
import { ANSWER_MS, connectRedis } from './redis.ts';

/**
 * Each has places of its own, so that what waits in one is in the way of no other: `bulk` has the diagnoses of watches, and those
 * of a person who has many outstanding already; few scans run at once.
 */
export const QUEUES = {
  diagnose: 'diagnose',
  bulk: 'bulk',
  scan: 'scan',
  remediate: 'remediate',
  deliver: 'deliver',
} as const;

/** Prefix of the keys of all queues. */
export const QUEUE_PREFIX = 'gke-auth';

const DAY_S = 24 * 3600;
const kept: JobsOptions = {
  removeOnComplete: { count: 1_000, age: DAY_S },
  removeOnFail: { count: 1_000, age: 7 * DAY_S },
};
const OPTIONS = {
  diagnose: { ...kept, attempts: 3, backoff: { type: 'exponential', delay: 1_000 } },
  remediate: { ...kept, attempts: 8, backoff: { type: 'exponential', delay: 2_000 } },
  deliver: {
    removeOnComplete: true,
    removeOnFail: { count: 100 },
    attempts: 8,
    backoff: { type: 'exponential', delay: 1_000 },
  },
} as const satisfies Record<string, JobsOptions>;

/** The queue didn't take a job in time. */
export class QueueUnavailableError extends Error {
  readonly code = 'queue-unavailable';
  /** False where the job was sent and no answer came: it may run all the same. */
  readonly nothingStarted: boolean;
  readonly text: Text;

  constructor(nothingStarted: boolean, cause?: unknown) {
    const text = nothingStarted ? NOTHING_STARTED : NO_ANSWER;
    super(text.en, { cause });
    this.name = 'QueueUnavailableError';
    this.nothingStarted = nothingStarted;
    this.text = text;
  }
}

const NOTHING_STARTED: Text = {
  en: "The job queue isn't answering, so nothing was started. Try again in a minute; /gke-auth status shows details.",
  ja: '現在ジョブを受け付けられません（キューが応答しません）。何も開始していません。1 分ほどしてからもう一度お試しください。状態は /gke-auth status で確認できます。',
};
const NO_ANSWER: Text = {
  en: "The queue didn't answer in time. If it accepted the job, the result will be posted; if nothing arrives within a minute, try again. /gke-auth status shows details.",
  ja: 'キューから時間内に応答がありませんでした。受け付けられていれば結果が届きます。1 分たっても何も届かなければ、もう一度お試しください。状態は /gke-auth status で確認できます。',
};

export interface Enqueued {
  /** How many jobs wait before this one; 0 where it could not be told in time. */
  readonly ahead: number;
}

export interface Producer {
  /** Puts a diagnosis or scan on its queue, once per job id. @throws {QueueUnavailableError} within 2 s. */
  enqueueDiagnosis(job: DiagnosisJob): Promise<Enqueued>;
  /** Puts a step of remediation on its queue, once per job id, to run after `delayMs`. @throws {QueueUnavailableError} within 2 s. */
  enqueueRemediation(job: RemediationJob, delayMs?: number): Promise<void>;
  /** Something waits in the outbox for this channel: delivers it, once, however often this is called. @throws {QueueUnavailableError} within 2 s. */
  wakeDelivery(channel: string): Promise<void>;
  /** Waiting and running jobs: diagnoses with scans, and remediations. @throws {QueueUnavailableError} within 2 s. */
  counts(): Promise<Record<'diagnose' | 'remediate', { waiting: number; active: number }>>;
  close(): Promise<void>;
}

type Queues = Record<keyof typeof QUEUES, Queue>;
type InTime = <Result>(work: (queues: Queues, sent: () => void) => Promise<Result>) => Promise<Result>;

const RETRY_MS = 100;

/** Producers of all queues on one connection that fails fast; it recovers by itself when Redis is back. */
export function createProducer(
  redisUrl: string,
  signing: Signing,
  onError: (error: Error) => void = () => {},
): Producer {
  const redis = connectRedis(redisUrl, 'prompt', onError);
  // A burst of commands right after the start waits for the connection, each on its own.
  redis.setMaxListeners(0);
  // Made once the connection stands, and anew after a failure: one whose first command fails never recovers.
  let queues: Queues | undefined;
  const drop = async () => {
    const dropped = Object.values(queues ?? {});
    queues = undefined;
    await Promise.allSettled(dropped.map(queue => queue.close()));
  };
  const make = (name: string) => {
    const queue = new Queue(name, { connection: redis, prefix: QUEUE_PREFIX });
    queue.on('error', onError);
    return queue;
  };
  const connected = async (signal: AbortSignal) => {
    await whenReady(redis, signal);
    queues ??= {
      diagnose: make(QUEUES.diagnose),
      bulk: make(QUEUES.bulk),
      scan: make(QUEUES.scan),
      remediate: make(QUEUES.remediate),
      deliver: make(QUEUES.deliver),
    };
    return queues;
  };
  /** Tries until the time is over: a job id is taken once, so trying again is safe. */
  const inTime: InTime = work =>
    withinAnswerTime(async (signal, sent) => {
      for (;;) {
        try {
          return await work(await connected(signal), sent);
        } catch (error) {
          if (signal.aborted) throw error;
          onError(error instanceof Error ? error : new Error(String(error)));
          await drop();
          await sleep(RETRY_MS, undefined, { signal });
        }
      }
    });

  return {
    enqueueDiagnosis: job =>
      inTime(async (all, sent) => {
        const id = jobId(job.id);
        sent();
        const load = await addOutstanding(redis, job);
        const queue = all[laneOf(job, load)];
        await queue.add(job.kind, signed(signing, job), {
          ...OPTIONS.diagnose,
          jobId: id,
          priority: priorityOf(job, load),
        });
        const ahead = redis.zrank(`${QUEUE_PREFIX}:${queue.name}:prioritized`, id);
        return { ahead: (await Promise.race([ahead, sleep(200, 0, { ref: false })]).catch(() => 0)) ?? 0 };
      }).catch(error => {
        void removeOutstanding(redis, job).catch(onError);
        throw error;
      }),
    enqueueRemediation: (job, delayMs = 0) =>
      inTime(async ({ remediate }, sent) => {
        sent();
        await remediate.add(job.kind, signed(signing, job), {
          ...OPTIONS.remediate,
          jobId: jobId(job.id),
          delay: delayMs,
        });
      }),
    wakeDelivery: channel =>
      inTime(async ({ deliver }, sent) => {
        sent();
        const deduplication = { id: channel, keepLastIfActive: true, reschedule: true };
        await deliver.add('deliver', signed(signing, { channel }), { ...OPTIONS.deliver, deduplication });
      }),
    counts: () =>
      inTime(async ({ diagnose, bulk, scan, remediate }) => {
        const count = async (queue: Queue) => {
          const { wait = 0, active = 0, prioritized = 0 } = await queue.getJobCounts('wait', 'active', 'prioritized');
          return { waiting: wait + prioritized, active };
        };
        const [remediating, ...diagnosing] = await Promise.all([
          count(remediate),
          ...[diagnose, bulk, scan].map(count),
        ]);
        const sum = (key: 'waiting' | 'active') => diagnosing.reduce((total, counts) => total + counts[key], 0);
        return { diagnose: { waiting: sum('waiting'), active: sum('active') }, remediate: remediating };
      }),
    async close() {
      await drop();
      redis.disconnect();
    },
  };
}

function laneOf({ kind, watch }: DiagnosisJob, { withinShare }: Load): 'diagnose' | 'bulk' | 'scan' {
  if (kind === 'scan') return 'scan';
  return watch === undefined && withinShare ? 'diagnose' : 'bulk';
}
/** What is put on a queue: the job with the signature of whoever asks, and what the logs need of it. */
const signed = (signing: Signing, job: DiagnosisJob | RemediationJob | { readonly channel: string }) => ({
  ...('trace' in job ? { trace: job.trace } : 'id' in job ? { trace: job.id } : {}),
  signed: sealed(signing, 'job', job),
});

/** BullMQ takes neither ids with a colon nor ones that are integers. */
function jobId(id: string): string {
  const safe = id.replaceAll(':', '-');
  return /^\d+$/.test(safe) ? `job-${safe}` : safe;
}

/** @throws {QueueUnavailableError} for every failure, at the latest after `ANSWER_MS`. */
async function withinAnswerTime<Result>(
  work: (signal: AbortSignal, sent: () => void) => Promise<Result>,
): Promise<Result> {
  const late = new AbortController();
  let nothingStarted = true;
  const deadline = sleep(ANSWER_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`No answer within ${ANSWER_MS} ms`);
  });
  try {
    const sent = () => {
      nothingStarted = false;
    };
    return await Promise.race([work(late.signal, sent), deadline]);
  } catch (cause) {
    throw new QueueUnavailableError(nothingStarted, cause);
  } finally {
    late.abort();
  }
}

async function whenReady(redis: Redis, signal: AbortSignal): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      redis.off('ready', done);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = () => {
      redis.off('ready', done);
      reject(signal.reason);
    };
    redis.once('ready', done);
    signal.addEventListener('abort', stop, { once: true });
  });
}
