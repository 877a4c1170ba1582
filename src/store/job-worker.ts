/**
 * A BullMQ worker with our rules: jobs are validated; stalled ones are taken over, and whoever lost one stops working on it; a
 * worker that is asked to stop hands its jobs back at once; every failure is logged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { type Fence, FencedError, takeFence } from './fence.ts';
import { QUEUE_PREFIX } from './queue.ts';
import { connectRedis } from './redis.ts';

/** How one run of a job goes on, and what it may still write. */
export interface Run {
  /** Aborted where the job is another's by now, or this process is asked to stop: the job then runs elsewhere. */
  readonly signal: AbortSignal;
  readonly fence: Fence;
}

export interface JobWorkerOptions<Data> {
  readonly redisUrl: string;
  readonly queue: string;
  readonly schema: z.ZodType<Data>;
  /** How many jobs this process runs at once. */
  readonly concurrency: number;
  /** What only one worker may do at a time; by default one job. */
  fenceOf?(data: Data): string;
  /** A job whose worker doesn't renew its lock for this long (ms) is another's to take. */
  readonly lockMs: number;
  /** How often (ms) this worker looks for such jobs. */
  readonly stalledMs: number;
  /** How often one job may be taken over before it fails. */
  readonly maxStalled: number;
  readonly log: Logger;
  /** Many a second, and of interest only where they fail. */
  readonly routine?: boolean;
  run(data: Data, run: Run): Promise<void>;
  /** Told when a job has failed for good. Best effort. */
  gaveUp?(data: Data, error: Error): Promise<void>;
  /** Told when a job has ended, well or not. Best effort. */
  ended?(data: Data): Promise<void>;
  /** Called after each job that ended well. */
  completed?(): void;
}

export interface JobWorker {
  /** Takes no more jobs, and hands back those that run. */
  stop(): Promise<void>;
}

/** The job is put off: it runs again after `delayMs`. `afterwards` is called once it waits. */
export class LaterError extends Error {
  readonly delayMs: number;
  readonly afterwards: () => Promise<void>;
  constructor(delayMs: number, afterwards: () => Promise<void>) {
    super(`The job is put off for ${delayMs} ms`);
    this.name = 'LaterError';
    this.delayMs = delayMs;
    this.afterwards = afterwards;
  }
}

/** How long (ms) a running job may take to notice that it is to stop. */
const STOPPING_MS = 1_000;
const LOCK_LOST = 'the lock of the job was lost';
const STOPPING = 'this process is asked to stop';

export async function startJobWorker<Data>(options: JobWorkerOptions<Data>): Promise<JobWorker> {
  const { log, schema } = options;
  const connection = connectRedis(options.redisUrl, 'patient', error =>
    log.debug({ err: error, event: 'redis.unavailable' }, 'Redis does not answer'),
  );
  let stopping = false;
  // One for each run: signals made of a long-lived one would be kept with it.
  const running = new Set<AbortController>();

  async function process(job: Job, token: string | undefined, lost: AbortSignal): Promise<void> {
    const started = performance.now();
    const line = log.child({ trace: traceOf(job), job: job.name, id: job.id, attempt: job.attemptsMade + 1 });
    const data = parse(schema, job.data);
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
        line.info({ event: 'job.handed_back' }, 'job handed back');
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
        log.warn({ event: 'job.end_failed', err: error, id: job.id }, 'failed to note that a job has ended'),
      );
  worker.on('lockRenewalFailed', ids => {
    for (const id of ids) worker.cancelJob(id, LOCK_LOST);
  });
  worker.on('completed', job => {
    options.completed?.();
    const data = schema.safeParse(job.data);
    if (data.success) ended(job, data.data);
  });
  worker.on('error', error => log.warn({ err: error, event: 'queue.unavailable' }, 'the queue does not answer'));
  worker.on('failed', (job, error) => {
    const final =
      job === undefined || error instanceof UnrecoverableError || job.attemptsMade >= (job.opts.attempts ?? 1);
    const about = { event: 'job.failed', trace: job && traceOf(job), id: job?.id, final };
    log[final ? 'error' : 'warn']({ ...about, err: error }, 'job failed');
    const data = job && schema.safeParse(job.data);
    if (!final || !job || !data?.success) return;
    ended(job, data.data);
    options
      .gaveUp?.(data.data, error)
      .catch(failure =>
        log.error({ ...about, event: 'job.tell_failed', err: failure }, 'failed to tell that a job failed'),
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

/** Rejects some time after the signal: work that doesn't notice it is left alone. */
async function stopped(signal: AbortSignal): Promise<never> {
  await new Promise(resolve => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', resolve, { once: true });
  });
  await sleep(STOPPING_MS, undefined, { ref: false });
  throw signal.reason;
}

/** The id that leads from the command to the card: a diagnosis' own, and what a remediation carries of its report's. */
function traceOf({ id, data }: Job): string | undefined {
  const carried: unknown = data?.trace;
  return typeof carried === 'string' ? carried : id;
}

/** What doesn't fit the contract is refused for good: it was not put there by us. */
function parse<Data>(schema: z.ZodType<Data>, data: unknown): Data {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new UnrecoverableError(`the job doesn't fit its contract: ${z.prettifyError(parsed.error)}`);
}
