/** The client of the workers' calls to Slack. */
import { type LogLevel, WebClient } from '@slack/web-api';
import { type SlackEnvironment, slackFetch } from './fetch.ts';

/** No retries of its own (they would post twice) and no silent waiting. */
export function slackClient(token: string, env: SlackEnvironment): WebClient {
  return new WebClient(token, {
    slackApiUrl: env.SLACK_API_URL,
    fetch: slackFetch(env),
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: 'error' as LogLevel,
  });
}
