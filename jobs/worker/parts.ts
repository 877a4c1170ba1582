/** What both kinds of workers are made of; made once at start, passed down. */
import type { WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { type AuditLog, createAuditLog } from '../../src/approvals/audit.ts';
import type { Config } from '../../src/config/config.ts';
import { redactDeep } from '../../src/explain/redact.ts';
import type { Logger } from '../../src/log.ts';
import { Cards, type CardsOptions } from '../../src/slack/approval-cards.ts';
import { identify } from '../../src/slack/identify.ts';
import { SlackPoster, slackClient } from '../../src/slack/poster.ts';
import { UserGroupHandles } from '../../src/slack/user-directory.ts';
import { ApprovalStore } from '../../src/store/approvals.ts';
import { PostLedger } from '../../src/store/post-ledger.ts';
import { connectRedis } from '../../src/store/redis.ts';
import { Reports } from '../../src/store/reports.ts';

export interface Secrets {
  readonly botToken: string;
  readonly redisUrl: string;
  readonly planKey: string;
}

export interface Parts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly redis: Redis;
  readonly client: WebClient;
  readonly poster: SlackPoster;
  readonly audit: AuditLog;
  readonly store: ApprovalStore;
  readonly reports: Reports;
  readonly handles: UserGroupHandles;
  readonly cards: Cards;
  readonly workspace: { readonly team: string; readonly enterprise?: string; readonly teams: readonly string[] };
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
}): Promise<Parts> {
  const { environment } = config;
  const client = slackClient(secrets.botToken, environment);
  const { team, enterprise } = await identify(client, secrets.botToken, log, signal);
  const redis = connectRedis(secrets.redisUrl, 'patient', error => log.debug({ err: error }, 'Redis does not answer'));
  const poster = new SlackPoster({ client, redis, log });
  const audit = createAuditLog({ redis, planKey: secrets.planKey, redact: redactDeep });
  const store = new ApprovalStore({
    redis,
    planKey: secrets.planKey,
    audit,
    redact: redactDeep,
    leaseMs: environment.GKE_AUTH_LEASE_MS,
    verifyMs: environment.GKE_AUTH_VERIFY_MS,
    onBehind: error => log.warn({ err: error }, 'the audit log is behind'),
  });
  const reports = new Reports(redis);
  const handles = new UserGroupHandles(client);
  const ledger = new PostLedger(redis);
  const withLock: CardsOptions['withLock'] = (key, work) => ledger.withLock(key, work);
  const cards = new Cards({ store, reports, poster, handles, config, withLock });
  const workspace = { team, ...(enterprise ? { enterprise } : {}), teams: config.slack.teams };
  return { config, secrets, log, redis, client, poster, audit, store, reports, handles, cards, workspace };
}
