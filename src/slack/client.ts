/** The client of the workers' calls to Slack. */
import { type LogLevel, WebClient } from '@slack/web-api';
import { slackFetch } from './fetch.ts';

/** No retries of its own (they would post twice) and no silent waiting. */
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
