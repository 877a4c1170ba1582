/** A BullMQ worker with our rules: stalled jobs are taken over, what Slack limits waits its time, every failure is logged. */
import { DelayedError, type Job, Worker as QueueWorker, UnrecoverableError } from 'bullmq';
import { z } from 'zod';
import { RateLimitedError } from '../../src/slack/poster.ts';
import { QUEUE_PREFIX } from '../../src/store/queue.ts';
import { connectRedis } from '../../src/store/redis.ts';
import { collectEvery } from './heap.ts';
import type { Parts, Worker } from './parts.ts';

const JOBS_PER_COLLECTION = 50;

export interface Taking<Data> {
  readonly queue: string;
  readonly schema: z.ZodType<Data>;
  readonly concurrency: number;
  run(data: Data): Promise<void>;
  /** Told when a job has failed for good. Best effort. */
  gaveUp?(data: Data, error: Error): Promise<void>;
}

export async function takeJobs<Data>({ config, secrets, log }: Parts, taking: Taking<Data>): Promise<Worker> {
  const { GKE_AUTH_LOCK_MS, GKE_AUTH_STALLED_MS, GKE_AUTH_MAX_STALLED } = config.environment;
  const connection = connectRedis(secrets.redisUrl, 'patient', error =>
    log.debug({ err: error }, 'Redis does not answer'),
  );
  const worker = new QueueWorker(
    taking.queue,
    async (job: Job, token?: string) => {
      const started = performance.now();
      const line = log.child({ trace: traceOf(job), job: job.name, id: job.id, attempt: job.attemptsMade + 1 });
      try {
        await taking.run(parse(taking.schema, job.data));
        line.info({ ms: Math.round(performance.now() - started) }, 'done');
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error;
        line.info({ waitMs: error.retryAfterMs }, 'Slack wants a pause');
        await job.moveToDelayed(Date.now() + error.retryAfterMs, token);
        throw new DelayedError();
      }
    },
    {
      connection,
      prefix: QUEUE_PREFIX,
      concurrency: taking.concurrency,
      lockDuration: GKE_AUTH_LOCK_MS,
      stalledInterval: GKE_AUTH_STALLED_MS,
      maxStalledCount: GKE_AUTH_MAX_STALLED,
    },
  );
  worker.on('completed', collectEvery(JOBS_PER_COLLECTION));
  worker.on('error', error => log.warn({ err: error }, 'the queue does not answer'));
  worker.on('failed', (job, error) => {
    const final =
      job === undefined || error instanceof UnrecoverableError || job.attemptsMade >= (job.opts.attempts ?? 1);
    log[final ? 'error' : 'warn']({ err: error, trace: job && traceOf(job), id: job?.id, final }, 'a job failed');
    const data = job && taking.schema.safeParse(job.data);
    if (!final || !data?.success) return;
    taking
      .gaveUp?.(data.data, error)
      .catch(failure => log.error({ err: failure, trace: job && traceOf(job) }, 'could not be told'));
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

/** What doesn't fit the contract is refused for good: it was not put there by us. */
function parse<Data>(schema: z.ZodType<Data>, data: unknown): Data {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new UnrecoverableError(`the job doesn't fit its contract: ${z.prettifyError(parsed.error)}`);
}
