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

/** What Slack says of a bot token: the workspace and the bot that it belongs to. */
export interface Token {
  readonly token: string;
  readonly team: string;
  readonly enterprise?: string;
  readonly botUser?: string;
  readonly bot?: string;
}

/** The bot's own client. Somebody waits for its answers, so it gives up early. */
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
    // What auth.test answered at start: asked once, not for every workspace that a payload names.
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

/** Bolt's log lines among ours. Its debug lines hold whole payloads and are left out. */
function boltLogger(log: Logger): BoltLogger {
  const words = (parts: unknown[]) =>
    parts.map(part => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => {},
    info: (...parts) => log.debug(words(parts)),
    warn: (...parts) => log.warn(words(parts)),
    error: (...parts) => log.error(words(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
