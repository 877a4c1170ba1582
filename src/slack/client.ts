/** The Slack client of the workers. */
import { type LogLevel, WebClient } from '@slack/web-api';
import { slackFetch } from './fetch.ts';

/** Without the client's own retries, which could post twice, and without its waits for rate limits. */
export function slackClient(
  token: string,
  { SLACK_API_URL: slackApiUrl }: { readonly SLACK_API_URL: string },
): WebClient {
  return new WebClient(token, {
    slackApiUrl,
    fetch: slackFetch,
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: 'error' as LogLevel,
  });
}
