/** What workers work with; made once at start, passed down. */
import type { WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { type AuditLog, createAuditLog } from '../../src/approvals/audit.ts';
import type { Config } from '../../src/config/config.ts';
import type { Session } from '../../src/diagnosis/facts/session.ts';
import { redactDeep } from '../../src/explain/redact.ts';
import type { Logger } from '../../src/log.ts';
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

export interface Secrets {
  readonly botToken: string;
  readonly redisUrl: string;
  readonly planKey: string;
}

export interface WorkerServices {
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

/** What the jobs `diagnose`, `scan` and `watch` work with. */
export interface DiagnosisServices extends WorkerServices {
  readonly planKey: string;
  /** `scan`: for many clusters at once (`SessionOptions.scan`). */
  readonly openSession: (signal: AbortSignal, scan: boolean) => Promise<Session>;
  /** ms for one job, from start to verdict. */
  readonly deadlineMs: number;
}

export interface Worker {
  /** Takes no more jobs, and hands back those that run. */
  stop(): Promise<void>;
}

/** Waits for Slack where it doesn't answer. @throws {TokenRefusedError} */
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
  const onRedisError = (error: Error) => log.debug({ event: 'redis.unavailable', err: error }, 'Redis does not answer');
  const redis = connectRedis(secrets.redisUrl, 'patient', onRedisError);
  const queue = createProducer(secrets.redisUrl, onRedisError);
  const outbox = new Outbox({ redis, wake: channel => queue.wakeDelivery(channel) });
  const audit = createAuditLog({ redis, planKey: secrets.planKey, redact: redactDeep });
  const store = new ApprovalStore({
    redis,
    planKey: secrets.planKey,
    audit,
    redact: redactDeep,
    leaseMs: environment.GKE_AUTH_LEASE_MS,
    verifyMs: environment.GKE_AUTH_VERIFY_MS,
    onBehind: error =>
      log.warn({ event: 'audit.write_failed', err: error }, 'failed to write the audit log; the sweeper does it later'),
  });
  const reports = new Reports(redis);
  const handles = new UserGroupHandles(client);
  const cards = new Cards({ store, reports, outbox, handles, config });
  const delivery = new Delivery({ client, redis, reports, render: body => cards.render(body), log });
  const workspace = { team, ...(enterprise ? { enterprise } : {}), teams: config.slack.teams };
  return {
    config,
    secrets,
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
