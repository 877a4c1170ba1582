/** Bolt, over Socket Mode or HTTP. Listeners' client and the socket's have options of their own (docs/slack.md#shared-client-options). */
import { App, type Logger as BoltLogger, HTTPReceiver, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Environment } from '../config/environment.ts';
import type { Logger } from '../log.ts';

export interface Connection {
  readonly app: App;
  /** Whether Slack can reach us right now. */
  isUp(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What this token is: the workspace that it belongs to. */
export interface Token {
  readonly token: string;
  readonly team: string;
  readonly enterprise?: string;
  readonly botUser?: string;
  readonly bot?: string;
}

/** The bot's own client: somebody waits, so it gives up early. */
export function botClient(token: string, slackApiUrl: string): WebClient {
  return new WebClient(token, { ...clientOptions(slackApiUrl), timeout: 5_000 });
}

const clientOptions = (slackApiUrl: string): WebClientOptions => ({
  slackApiUrl,
  timeout: 10_000,
  retryConfig: { retries: 2, minTimeout: 200, maxTimeout: 1_000 },
  rejectRateLimitedCalls: true,
});

export function connect(env: Environment, identity: Token, log: Logger): Connection {
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret, SLACK_API_URL: slackApiUrl } = env;
  const logger = boltLogger(log);
  const socket = appToken
    ? new SocketModeReceiver({ appToken, logger, installerOptions: { clientOptions: { slackApiUrl } } })
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
    // What auth.test told at start; asked once, not for every workspace that a payload names.
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

/** Bolt's log lines among ours. Its debug lines hold whole payloads and stay out. */
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
