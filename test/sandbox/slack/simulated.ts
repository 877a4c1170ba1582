import { App, type AppOptions, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError, WebClient, type WebClientOptions } from '@slack/web-api';
import { type SlackOptions, type SlackSandbox, startSlack } from '../../../sandbox/slack/main.ts';

const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** One workspace for one test file, with the built-in app installed. */
export function start(options: SlackOptions = {}): Promise<SlackSandbox> {
  return startSlack({ manifest: null, ...options });
}

/** A Web API client of the bot's that never retries and reports 429 at once. */
export function clientOf(slack: SlackSandbox, options: WebClientOptions = {}): WebClient {
  return new WebClient(slack.slack.botToken, {
    slackApiUrl: slack.slackApi,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
    ...options,
  });
}

/**
 * A Bolt app over Socket Mode. It reconnects after `reconnectMs`; Bolt takes a connection for dead when a pong is that
 * late, so that a short time makes an app reconnect on a busy machine.
 */
export async function socketApp(
  slack: SlackSandbox,
  configure: (app: App) => void,
  reconnectMs = 5_000,
): Promise<{ app: App; receiver: SocketModeReceiver }> {
  const receiver = new SocketModeReceiver({
    appToken: slack.slack.appToken,
    clientPingTimeout: reconnectMs,
    logger: silent,
    installerOptions: { clientOptions: { slackApiUrl: slack.slackApi } },
  });
  const app = new App({ ...common(slack), receiver });
  configure(app);
  await app.start();
  return { app, receiver };
}

/** A Bolt app behind a request URL, on a free port. */
export async function httpApp(slack: SlackSandbox, configure: (app: App) => void, signingSecret?: string) {
  const receiver = new HTTPReceiver({ signingSecret: signingSecret ?? slack.slack.signingSecret, logger: silent });
  const app = new App({ ...common(slack), receiver });
  configure(app);
  const server = await app.start(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { app, url: `http://127.0.0.1:${port}/slack/events` };
}

function common(slack: SlackSandbox): AppOptions {
  return {
    token: slack.slack.botToken,
    logger: silent,
    clientOptions: { slackApiUrl: slack.slackApi, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
  };
}

export type Answer = {
  ok?: boolean;
  error?: string;
  message?: string;
  errors?: Record<string, string>;
  ack?: unknown;
  [key: string]: unknown;
};

/** Calls the sandbox's own interface, as the page does. */
export async function control(
  slack: SlackSandbox,
  name: string,
  body?: Record<string, unknown>,
  method = body ? 'POST' : 'GET',
): Promise<Answer> {
  const response = await fetch(`${slack.page}_sandbox/slack/${name}`, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  const answer: unknown = await response.json();
  return typeof answer === 'object' && answer !== null ? { ...answer } : {};
}

/** The first element of a list that must not be empty. */
export function first<T>(list: readonly T[] | undefined): T {
  const item = list?.[0];
  if (item === undefined) throw new Error('the list is empty');
  return item;
}

/** Resolves when the workspace reports a change of this kind. */
export function nextChange(slack: SlackSandbox, kind: string): Promise<Record<string, unknown>> {
  return new Promise(resolve => {
    const stop = slack.workspace.onChange(change => {
      if (change.kind !== kind) return;
      stop();
      resolve(change);
    });
  });
}

/** Slack's error code, and what else the answer carried. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return { ...error.data };
    throw error;
  }
  throw new Error('the call was not refused');
}
