/** Bolt, over Socket Mode or HTTP. Listeners' client and the socket's have options of their own (docs/slack.md#shared-client-options). */
import { App, type Logger as BoltLogger, HTTPReceiver, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Environment } from '../config/environment.ts';
import type { Logger } from '../log.ts';
import { slackDispatcher, slackFetch } from './fetch.ts';

export interface Connection {
  readonly app: App;
  /** Whether Slack can reach us right now. */
  isUp(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A bot token with its workspace and bot, as auth.test returns them. */
export interface Token {
  readonly token: string;
  readonly team: string;
  readonly enterprise?: string;
  readonly botUser?: string;
  readonly bot?: string;
}

/** The bot's client. A person waits for its answers, so its timeout is short. */
export function botClient(token: string, slackApiUrl: string): WebClient {
  return new WebClient(token, { ...clientOptions(slackApiUrl), timeout: 5_000 });
}

const clientOptions = (slackApiUrl: string): WebClientOptions => ({
  slackApiUrl,
  fetch: slackFetch,
  timeout: 10_000,
  retryConfig: { retries: 2, minTimeout: 200, maxTimeout: 1_000 },
  rejectRateLimitedCalls: true,
});

export function connect(env: Environment, identity: Token, log: Logger): Connection {
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret, SLACK_API_URL: slackApiUrl } = env;
  const logger = boltLogger(log);
  const socket = appToken
    ? new SocketModeReceiver({
        appToken,
        logger,
        dispatcher: slackDispatcher(),
        installerOptions: { clientOptions: { slackApiUrl, fetch: slackFetch } },
      })
    : undefined;
  const receiver: Receiver =
    socket ??
    new HTTPReceiver({
      signingSecret: signingSecret ?? '',
      logger,
      port: env.PORT ?? 3000,
      endpoints: ['/', '/slack/events'],
    });
  let listening = false;
  const { token, team, enterprise, bot, botUser } = identity;
  const app = new App({
    receiver,
    logger,
    clientOptions: clientOptions(slackApiUrl),
    // The result of auth.test at start, so that Bolt doesn't call it for each workspace.
    authorize: async () => ({
      botToken: token,
      teamId: team,
      enterpriseId: enterprise,
      botId: bot,
      botUserId: botUser,
    }),
  });
  return {
    app,
    isUp: () => (socket ? Boolean(socket.client.websocket?.isActive()) : listening),
    start: async () => {
      if (socket) await app.start();
      else await app.start(env.PORT ?? 3000);
      listening = true;
    },
    stop: async () => {
      listening = false;
      await app.stop();
    },
  };
}

/** Writes Bolt's log lines to our log. Debug lines are dropped because they contain whole payloads. */
function boltLogger(log: Logger): BoltLogger {
  const words = (parts: unknown[]) =>
    parts.map(part => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => {},
    info: (...parts) => log.debug({ event: 'slack.bolt' }, words(parts)),
    warn: (...parts) => log.warn({ event: 'slack.bolt' }, words(parts)),
    error: (...parts) => log.error({ event: 'slack.bolt' }, words(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
