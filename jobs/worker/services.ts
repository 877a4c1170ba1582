/** What workers work with; made once at start, passed down. */
import type { WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { type AuditLog, createAuditLog } from '../../src/approvals/audit.ts';
import type { Config } from '../../src/config/config.ts';
import type { Session } from '../../src/diagnosis/facts/session.ts';
import { redactDeep } from '../../src/explain/redact.ts';
import type { Logger } from '../../src/log.ts';
import { createSigning, type Keys, type Signing } from '../../src/signing/signing.ts';
import { Cards, type CardsOptions } from '../../src/slack/approval-cards.ts';
import { slackClient } from '../../src/slack/client.ts';
import { identify } from '../../src/slack/identify.ts';
import { Outbox } from '../../src/slack/outbox.ts';
import { UserGroupHandles } from '../../src/slack/user-directory.ts';
import { ApprovalStore } from '../../src/store/approvals.ts';
import { PostLedger } from '../../src/store/post-ledger.ts';
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
  readonly outbox: Outbox;
  readonly audit: AuditLog;
  readonly store: ApprovalStore;
  readonly reports: Reports;
  readonly handles: UserGroupHandles;
  readonly cards: Cards;
  readonly workspace: { readonly team: string; readonly enterprise?: string; readonly teams: readonly string[] };
}

/** What the jobs `diagnose`, `scan` and `watch` work with. */
export interface DiagnosisServices extends WorkerServices {
  /** `scan`: for many clusters at once (`SessionOptions.scan`). */
  readonly openSession: (signal: AbortSignal, scan: boolean) => Promise<Session>;
  /** ms for one job, from start to verdict. */
  readonly deadlineMs: number;
  /** Aborted when this process is asked to stop. */
  readonly signal: AbortSignal;
}

export interface Worker {
  /** Lets running jobs end, and takes no more. */
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
  const redis = connectRedis(secrets.redisUrl, 'patient', error =>
    log.debug({ event: 'redis', err: error }, 'Redis does not answer'),
  );
  const outbox = new Outbox({ client, redis, log });
  const signing = createSigning(secrets.keys);
  await announceKey(redis, secrets.keys);
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
      log.warn({ event: 'audit', err: error }, 'failed to write the audit log; the sweeper does it later'),
  });
  const reports = new Reports(redis, signing);
  const handles = new UserGroupHandles(client);
  const ledger = new PostLedger(redis);
  const withLock: CardsOptions['withLock'] = (key, work) => ledger.withLock(key, work);
  const cards = new Cards({ store, reports, outbox, handles, config, withLock });
  const workspace = { team, ...(enterprise ? { enterprise } : {}), teams: config.slack.teams };
  return { config, secrets, signing, log, redis, client, outbox, audit, store, reports, handles, cards, workspace };
}
