/** The bot: everything it needs, put together; started and stopped as one. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlackError } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { createAuditLog } from '../approvals/audit.ts';
import type { DecideContext } from '../approvals/decide.ts';
import type { Config } from '../config/config.ts';
import { Catalogue } from '../contracts/catalogue.ts';
import { redactDeep } from '../explain/redact.ts';
import type { Logger } from '../log.ts';
import { createSigning, type Keys } from '../signing/signing.ts';
import { failureOf } from '../slack/answers.ts';
import { Cards } from '../slack/approval-cards.ts';
import { botClient, type Connection, connect } from '../slack/connection.ts';
import { identify, TokenRefusedError } from '../slack/identify.ts';
import { Outbox } from '../slack/outbox.ts';
import { SlackUserDirectory, UserGroupHandles } from '../slack/user-directory.ts';
import { Backlog } from '../store/approval-backlog.ts';
import { ApprovalStore } from '../store/approvals.ts';
import { createProducer } from '../store/queue.ts';
import { connectRedis } from '../store/redis.ts';
import { Reports } from '../store/reports.ts';
import { announceKey } from '../store/signing-keys.ts';
import { Watches } from '../store/watches.ts';
import { registerListeners } from './listeners.ts';
import { People } from './people.ts';
import { enqueueDue } from './schedule.ts';
import type { Services } from './services.ts';

export interface Bot {
  readonly services: Services;
  readonly connection: Connection;
  stop(): Promise<void>;
}

export interface BotSecrets {
  readonly botToken: string;
  readonly redisUrl: string;
  readonly keys: Keys;
}

const WATCH_EVERY_MS = 15_000;
/** How long (ms) the start waits for Redis. */
const REDIS_WAIT_MS = 1_000;

/**
 * Connects to Redis and Slack; resolves once Slack can reach the bot. Redis may be away: it is told to whoever asks.
 * @throws {TokenRefusedError}
 */
export async function startBot(config: Config, secrets: BotSecrets, log: Logger, signal: AbortSignal): Promise<Bot> {
  const { botToken, redisUrl, keys } = secrets;
  const signing = createSigning(keys);
  const { environment } = config;
  const client = botClient(botToken, environment.SLACK_API_URL);
  const identity = await identify(client, botToken, log, signal);

  const onRedisError = quietly(log);
  const redis = connectRedis(redisUrl, 'prompt', onRedisError);
  const queue = createProducer(redisUrl, signing, onRedisError);
  const audit = createAuditLog({ redis, signing, redact: redactDeep });
  await whenRedisAnswers(redis, () => Promise.all([announceKey(redis, keys), audit.begin()]));
  const store = new ApprovalStore({
    redis,
    signing,
    onTampering: (approval, what) =>
      log.error({ event: 'approval.tampered', approval, what }, 'approval in Redis is not what was signed'),
    audit,
    redact: redactDeep,
    leaseMs: environment.GKE_AUTH_LEASE_MS,
    verifyMs: environment.GKE_AUTH_VERIFY_MS,
    onBehind: error => log.warn({ event: 'audit.write_failed', err: error }, 'failed to write audit log'),
  });
  const handles = new UserGroupHandles(client);
  const directory = new SlackUserDirectory(client, handles);
  const reports = new Reports(redis, signing);
  const outbox = new Outbox({ redis, wake: channel => queue.wakeDelivery(channel) });
  const { team, enterprise } = identity;
  const deciding: DecideContext = {
    store,
    audit,
    directory,
    queue,
    config,
    workspace: { team, ...(enterprise && { enterprise }), teams: config.slack.teams },
    onError: error => log.warn({ event: 'decision.failed', err: error }, 'failure while deciding'),
  };
  const services: Services = {
    config,
    log,
    client,
    redis,
    queue,
    people: new People(client),
    directory,
    reports,
    watches: new Watches(redis, signing),
    store,
    backlog: new Backlog(redis, store, error =>
      log.error({ event: 'approval.tampered', err: error }, 'approval in Redis does not match its signature'),
    ),
    cards: new Cards({ store, reports, outbox, handles, config }),
    deciding,
    catalogue: await readCatalogue(log),
    startedAt: new Date().toISOString(),
  };
  const connection = connect(environment, identity, log);
  registerListeners(connection.app, services);
  await connection.start().catch(error => {
    const failure = error instanceof SlackError ? failureOf(error) : undefined;
    throw failure?.kind === 'refused' ? new TokenRefusedError('SLACK_APP_TOKEN', failure.reason, error) : error;
  });
  log.info({ event: 'bot.started', team, botUser: identity.botUser }, 'bot started');
  const timer = setInterval(() => {
    enqueueDue(services).catch(error =>
      log.warn({ event: 'watch.enqueue_failed', err: error }, 'failed to enqueue due watches'),
    );
  }, WATCH_EVERY_MS);
  return {
    services,
    connection,
    stop: async () => {
      clearInterval(timer);
      await connection
        .stop()
        .catch(error => log.warn({ event: 'slack.close_failed', err: error }, 'failed to close Slack connection'));
      await queue.close();
      redis.disconnect();
    },
  };
}

/** What is written for people and programs by a test (`docs/checks.json`). */
async function readCatalogue(log: Logger): Promise<Catalogue> {
  try {
    return Catalogue.parse(JSON.parse(await readFile(new URL('../../docs/checks.json', import.meta.url), 'utf8')));
  } catch (error) {
    log.warn({ event: 'catalogue.read_failed', err: error }, 'failed to read catalogue of checks');
    return [];
  }
}

/**
 * Does it now, or once Redis is back: the bot starts without Redis, and tells whoever asks.
 * @throws what `work` throws. Later that ends the process (an unhandled rejection): the key here is a wrong one.
 */
async function whenRedisAnswers(redis: Redis, work: () => Promise<unknown>): Promise<void> {
  const ready = redis.status === 'ready' ? Promise.resolve() : new Promise(done => redis.once('ready', done));
  const done = ready.then(work);
  const late = sleep(REDIS_WAIT_MS, 'late', { ref: false });
  await Promise.race([done, late]);
}

/** While Redis is away its client reports it many times a second; once in ten seconds is enough. */
function quietly(log: Logger): (error: Error) => void {
  let last = 0;
  return error => {
    if (Date.now() - last < 10_000) return;
    last = Date.now();
    log.warn({ event: 'redis.connection_error', err: error }, 'Redis connection error, retrying');
  };
}
