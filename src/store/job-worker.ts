/**
 * A BullMQ worker that validates jobs, aborts a job whose lock was lost to another worker, returns running jobs to the queue
 * when the process stops, and logs every failure.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { type SignerName, type Signing, unsealed } from '../signing/signing.ts';
import { type Fence, FencedError, takeFence } from './fence.ts';
import { QUEUE_PREFIX } from './queue.ts';
import { connectRedis } from './redis.ts';

/** One run of a job: when it must stop, and the fence for its writes. */
export interface Run {
  /** Aborted when another worker has taken the job, or this process stops. The job then runs elsewhere. */
  readonly signal: AbortSignal;
  readonly fence: Fence;
}

export interface JobWorkerOptions<Data> {
  readonly redisUrl: string;
  readonly queue: string;
  readonly schema: z.ZodType<Data>;
  readonly signing: Signing;
  /** Whose jobs this worker takes. */
  readonly from: readonly SignerName[];
  /** How many jobs this process runs at once. */
  readonly concurrency: number;
  /** Names what only one worker may do at a time. Default: the job's id. */
  fenceOf?(data: Data): string;
  /** ms without a renewed lock after which another worker may take the job. */
  readonly lockMs: number;
  /** ms between two searches for such jobs. */
  readonly stalledMs: number;
  /** How often one job may be taken over before it fails. */
  readonly maxStalled: number;
  readonly log: Logger;
  /** Many a second, and of interest only where they fail. */
  readonly routine?: boolean;
  run(data: Data, run: Run): Promise<void>;
  /** Called when a job has failed and won't be retried. Best effort. */
  gaveUp?(data: Data, error: Error): Promise<void>;
  /** Called when a job has completed or failed. Best effort. */
  ended?(data: Data): Promise<void>;
  /** Told of each job that nobody with a key put there; it is not run. Best effort. */
  forged?(id: string | undefined): Promise<void>;
  /** Called after each job that ended well. */
  completed?(): void;
}

export interface JobWorker {
  /** Takes no more jobs, and returns running ones to the queue. */
  stop(): Promise<void>;
}

/** Thrown by a job to run again after `delayMs`. `afterwards` is called once the job is back in the queue. */
export class LaterError extends Error {
  readonly delayMs: number;
  readonly afterwards: () => Promise<void>;
  constructor(delayMs: number, afterwards: () => Promise<void>) {
    super(`Job delayed for ${delayMs} ms`);
    this.name = 'LaterError';
    this.delayMs = delayMs;
    this.afterwards = afterwards;
  }
}

/** ms that a running job has to react to its abort signal. */
const STOPPING_MS = 1_000;
const LOCK_LOST = 'job lock lost';
const STOPPING = 'worker is stopping';

export async function startJobWorker<Data>(options: JobWorkerOptions<Data>): Promise<JobWorker> {
  const { log } = options;
  const connection = connectRedis(options.redisUrl, 'patient', error =>
    log.debug({ event: 'redis.connection_error', err: error }, 'Redis connection error, retrying'),
  );
  let stopping = false;
  // One for each run: signals made of a long-lived one would be kept with it.
  const running = new Set<AbortController>();

  async function process(job: Job, token: string | undefined, lost: AbortSignal): Promise<void> {
    const started = performance.now();
    const line = log.child({ trace: traceOf(job), job: job.name, id: job.id, attempt: job.attemptsMade + 1 });
    const data = read(options, job.data);
    const fence = await takeFence(connection, `${options.queue}:${options.fenceOf?.(data) ?? job.id}`);
    const ending = new AbortController();
    running.add(ending);
    lost.addEventListener('abort', () => ending.abort(new Error(LOCK_LOST)), { once: true });
    if (stopping) ending.abort(new Error(STOPPING));
    const { signal } = ending;
    const work = options.run(data, { signal, fence });
    try {
      await Promise.race([work, stopped(signal)]);
      line[options.routine ? 'debug' : 'info'](
        { event: 'job.done', ms: Math.round(performance.now() - started) },
        'job done',
      );
    } catch (error) {
      work.catch(() => {});
      if (lost.aborted || error instanceof FencedError) {
        line.warn({ event: 'job.taken_over', err: error }, 'job taken over by another worker');
        throw new WaitingError();
      }
      if (stopping) {
        await job.moveToWait(token);
        line.info({ event: 'job.returned' }, 'worker is stopping, job returned to queue');
        throw new WaitingError();
      }
      if (!(error instanceof LaterError)) throw error;
      await job.moveToDelayed(Date.now() + error.delayMs, token);
      await error.afterwards();
      throw new DelayedError();
    } finally {
      running.delete(ending);
    }
  }

  const worker = new Worker(
    options.queue,
    // BullMQ gives a signal to functions of three arguments only.
    (job: Job, token: string | undefined, lost: AbortSignal | undefined) =>
      process(job, token, lost ?? new AbortController().signal),
    {
      connection,
      prefix: QUEUE_PREFIX,
      concurrency: options.concurrency,
      lockDuration: options.lockMs,
      stalledInterval: options.stalledMs,
      maxStalledCount: options.maxStalled,
    },
  );
  const ended = (job: Job, data: Data) =>
    options
      .ended?.(data)
      .catch(error =>
        log.warn({ event: 'job.cleanup_failed', err: error, id: job.id }, 'failed to clean up after job'),
      );
  worker.on('lockRenewalFailed', ids => {
    for (const id of ids) worker.cancelJob(id, LOCK_LOST);
  });
  worker.on('completed', job => {
    options.completed?.();
    const data = tried(() => read(options, job.data));
    if (data !== undefined) ended(job, data);
  });
  worker.on('error', error =>
    log.warn({ event: 'queue.connection_error', err: error }, 'queue connection error, retrying'),
  );
  worker.on('failed', (job, error) => {
    const final =
      job === undefined || error instanceof UnrecoverableError || job.attemptsMade >= (job.opts.attempts ?? 1);
    const about = { event: 'job.failed', trace: job && traceOf(job), id: job?.id, final };
    log[final ? 'error' : 'warn']({ ...about, err: error }, 'job failed');
    if (error instanceof UnsignedJobError) {
      log.error({ ...about, event: 'job.forged' }, 'job without a valid signature refused');
      options
        .forged?.(job?.id)
        .catch(failure =>
          log.error({ ...about, event: 'job.tell_failed', err: failure }, 'failed to record a forged job'),
        );
      return;
    }
    if (!final || !job) return;
    const data = tried(() => read(options, job.data));
    if (data === undefined) return;
    ended(job, data);
    options
      .gaveUp?.(data, error)
      .catch(failure =>
        log.error(
          { ...about, event: 'job.report_failure_failed', err: failure },
          'failed to report job failure to requester',
        ),
      );
  });
  await worker.waitUntilReady();
  return {
    async stop() {
      const closing = worker.close();
      stopping = true;
      for (const run of running) run.abort(new Error(STOPPING));
      await closing;
      connection.disconnect();
    },
  };
}

/** Rejects `STOPPING_MS` after the signal, so that work that ignores it doesn't block the worker. */
async function stopped(signal: AbortSignal): Promise<never> {
  await new Promise(resolve => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', resolve, { once: true });
  });
  await sleep(STOPPING_MS, undefined, { ref: false });
  throw signal.reason;
}

/** The id that connects log lines from command to card: the diagnosis' own id, also in remediations that follow from it. */
function traceOf({ id, data }: Job): string | undefined {
  const carried: unknown = data?.trace;
  return typeof carried === 'string' ? carried : id;
}

/** Nobody with a key put it there. */
class UnsignedJobError extends UnrecoverableError {
  constructor() {
    super('the job is not signed by anybody who may put it there');
    this.name = 'UnsignedJobError';
  }
}

const Queued = z.object({ signed: z.string() });

/** What is not signed, or doesn't fit the contract, is refused for good: it was not put there by us. */
function read<Data>({ signing, from, schema }: JobWorkerOptions<Data>, data: unknown): Data {
  const queued = Queued.safeParse(data);
  const content = queued.success ? unsealed(signing, 'job', queued.data.signed, from) : undefined;
  if (content === undefined) throw new UnsignedJobError();
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new UnrecoverableError(`invalid job payload: ${z.prettifyError(parsed.error)}`);
}

function tried<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
