/** The services of a worker: created once at start and passed to the jobs. */
import type { WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { type AuditLog, createAuditLog } from '../../src/approvals/audit.ts';
import type { Config } from '../../src/config/config.ts';
import type { Session } from '../../src/diagnosis/facts/session.ts';
import { redactDeep } from '../../src/explain/redact.ts';
import type { Logger } from '../../src/log.ts';
import { createSigning, type Keys, type Signing } from '../../src/signing/signing.ts';
import { Cards } from '../../src/slack/approval-cards.ts';
import { slackClient } from '../../src/slack/client.ts';
import { Delivery } from '../../src/slack/delivery.ts';
import { identify } from '../../src/slack/identify.ts';
import { Outbox } from '../../src/slack/outbox.ts';
import { UserGroupHandles } from '../../src/slack/user-directory.ts';
import { ApprovalStore } from '../../src/store/approvals.ts';
import { createProducer, type Producer } from '../../src/store/queue.ts';
import { connectRedis } from '../../src/store/redis.ts';
import { Reports } from '../../src/store/reports.ts';
import { announceKey } from '../../src/store/signing-keys.ts';

export interface Secrets {
  readonly botToken: string;
  readonly redisUrl: string;
  readonly keys: Keys;
}

export interface WorkerServices {
  readonly signing: Signing;
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly redis: Redis;
  readonly client: WebClient;
  /** Puts jobs on the queues. */
  readonly queue: Producer;
  readonly outbox: Outbox;
  readonly delivery: Delivery;
  readonly audit: AuditLog;
  readonly store: ApprovalStore;
  readonly reports: Reports;
  readonly handles: UserGroupHandles;
  readonly cards: Cards;
  readonly workspace: { readonly team: string; readonly enterprise?: string; readonly teams: readonly string[] };
}

/** The services of the jobs `diagnose`, `scan` and `watch`. */
export interface DiagnosisServices extends WorkerServices {
  /** `scan`: for many clusters at once (`SessionOptions.scan`). */
  readonly openSession: (signal: AbortSignal, scan: boolean) => Promise<Session>;
  /** ms for one job, from start to verdict. */
  readonly deadlineMs: number;
}

export interface Worker {
  /** Takes no more jobs, and returns running ones to the queue. */
  stop(): Promise<void>;
}

/** Waits until Slack answers. @throws {TokenRefusedError} */
export async function assemble({
  config,
  secrets,
  log,
  signal,
}: {
  config: Config;
  secrets: Secrets;
  log: Logger;
  signal: AbortSignal;
}): Promise<WorkerServices> {
  const { environment } = config;
  const client = slackClient(secrets.botToken, environment);
  const { team, enterprise } = await identify(client, secrets.botToken, log, signal);
  const onRedisError = (error: Error) =>
    log.debug({ event: 'redis.connection_error', err: error }, 'Redis connection error, retrying');
  const redis = connectRedis(secrets.redisUrl, 'patient', onRedisError);
  const signing = createSigning(secrets.keys);
  await announceKey(redis, secrets.keys);
  const queue = createProducer(secrets.redisUrl, signing, onRedisError);
  const outbox = new Outbox({ redis, wake: channel => queue.wakeDelivery(channel) });
  const audit = createAuditLog({ redis, signing, redact: redactDeep });
  await audit.begin();
  const store = new ApprovalStore({
    redis,
    signing,
    audit,
    redact: redactDeep,
    leaseMs: environment.GKE_AUTH_LEASE_MS,
    verifyMs: environment.GKE_AUTH_VERIFY_MS,
    onTampering: (approval, what) =>
      log.error({ event: 'approval.tampered', approval, what }, 'approval in Redis is not what was signed'),
    onBehind: error =>
      log.warn({ event: 'audit.write_failed', err: error }, 'failed to write audit log, the sweep retries'),
  });
  const reports = new Reports(redis, signing);
  const handles = new UserGroupHandles(client);
  const cards = new Cards({ store, reports, outbox, handles, config });
  const delivery = new Delivery({ client, redis, reports, render: body => cards.render(body), log });
  const workspace = { team, ...(enterprise ? { enterprise } : {}), teams: config.slack.teams };
  return {
    config,
    secrets,
    signing,
    log,
    redis,
    client,
    queue,
    outbox,
    delivery,
    audit,
    store,
    reports,
    handles,
    cards,
    workspace,
  };
}
