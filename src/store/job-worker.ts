/** A BullMQ worker with our rules: jobs are validated, stalled ones are taken over, every failure is logged. */
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { type SignerName, type Signing, unsealed } from '../signing/signing.ts';
import { QUEUE_PREFIX } from './queue.ts';
import { connectRedis } from './redis.ts';
import { RateLimitedError } from './slack-limits.ts';

export interface JobWorkerOptions<Data> {
  readonly redisUrl: string;
  readonly queue: string;
  readonly schema: z.ZodType<Data>;
  readonly signing: Signing;
  /** Whose jobs this worker takes. */
  readonly from: readonly SignerName[];
  /** How many jobs this process runs at once. */
  readonly concurrency: number;
  /** A job whose worker doesn't renew its lock for this long (ms) is another's to take. */
  readonly lockMs: number;
  /** How often (ms) this worker looks for such jobs. */
  readonly stalledMs: number;
  /** How often one job may be taken over before it fails. */
  readonly maxStalled: number;
  readonly log: Logger;
  run(data: Data): Promise<void>;
  /** Told when a job has failed for good. Best effort. */
  gaveUp?(data: Data, error: Error): Promise<void>;
  /** Told of each job that nobody with a key put there; it is not run. Best effort. */
  forged?(id: string | undefined): Promise<void>;
  /** Called after each job that ended well. */
  completed?(): void;
}

export interface JobWorker {
  /** Lets running jobs end, and takes no more. */
  stop(): Promise<void>;
}

export async function startJobWorker<Data>(options: JobWorkerOptions<Data>): Promise<JobWorker> {
  const { log } = options;
  const connection = connectRedis(options.redisUrl, 'patient', error =>
    log.debug({ err: error, event: 'redis' }, 'Redis does not answer'),
  );
  const worker = new Worker(
    options.queue,
    async (job: Job, token?: string) => {
      const started = performance.now();
      const line = log.child({ trace: traceOf(job), job: job.name, id: job.id, attempt: job.attemptsMade + 1 });
      try {
        await options.run(read(options, job.data));
        line.info({ event: 'job', ms: Math.round(performance.now() - started) }, 'done');
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error;
        line.info({ event: 'job', waitMs: error.retryAfterMs }, 'job delayed by the rate limit of Slack');
        await job.moveToDelayed(Date.now() + error.retryAfterMs, token);
        throw new DelayedError();
      }
    },
    {
      connection,
      prefix: QUEUE_PREFIX,
      concurrency: options.concurrency,
      lockDuration: options.lockMs,
      stalledInterval: options.stalledMs,
      maxStalledCount: options.maxStalled,
    },
  );
  worker.on('completed', () => options.completed?.());
  worker.on('error', error => log.warn({ err: error, event: 'queue' }, 'the queue does not answer'));
  worker.on('failed', (job, error) => {
    const final =
      job === undefined || error instanceof UnrecoverableError || job.attemptsMade >= (job.opts.attempts ?? 1);
    const about = { event: 'job', trace: job && traceOf(job), id: job?.id, final };
    log[final ? 'error' : 'warn']({ ...about, err: error }, 'job failed');
    if (error instanceof UnsignedJobError) {
      log.error({ ...about, event: 'job.forged' }, 'job without a valid signature refused');
      options
        .forged?.(job?.id)
        .catch(failure => log.error({ ...about, err: failure }, 'failed to record a forged job'));
      return;
    }
    const data = final && job ? tried(() => read(options, job.data)) : undefined;
    if (data === undefined) return;
    options
      .gaveUp?.(data, error)
      .catch(failure => log.error({ ...about, err: failure }, 'failed to tell that a job failed'));
  });
  await worker.waitUntilReady();
  return {
    async stop() {
      await worker.close();
      connection.disconnect();
    },
  };
}

/** The id that leads from the command to the card: a diagnosis' own, and what a remediation carries of its report's. */
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
  throw new UnrecoverableError(`the job doesn't fit its contract: ${z.prettifyError(parsed.error)}`);
}

function tried<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
