/** Resolves a token to its workspace and bot with auth.test, once at start. */
import { SlackError, type WebClient } from '@slack/web-api';
import { retry } from '../http/retry.ts';
import type { Logger } from '../log.ts';
import { classify, failureOf } from './answers.ts';
import type { Token } from './connection.ts';

const REMEDIES = {
  SLACK_BOT_TOKEN: 'Install the app into the workspace again and copy its bot token (xoxb-…).',
  SLACK_APP_TOKEN: 'Create an app-level token (xapp-…) with the scope connections:write, and turn Socket Mode on.',
} as const;

/** Slack rejects a token; retrying doesn't help. The message says what to do. */
export class TokenRefusedError extends Error {
  readonly code = 'slack-token-refused';
  constructor(variable: keyof typeof REMEDIES, reason: string, cause?: unknown) {
    super(`Slack refuses ${variable} (${reason}). ${REMEDIES[variable]} Then restart.`, { cause });
    this.name = 'TokenRefusedError';
  }
}

const LONGEST_WAIT_MS = 15_000;

/** Waits for Slack as long as it takes. @throws {TokenRefusedError}; the signal's reason where it is aborted. */
export async function identify(client: WebClient, token: string, log: Logger, signal: AbortSignal): Promise<Token> {
  const test = async () => {
    const { team_id: team = '', enterprise_id: enterprise, user_id: botUser, bot_id: bot } = await client.auth.test();
    return { token, team, ...(enterprise && { enterprise }), ...(botUser && { botUser }), ...(bot && { bot }) };
  };
  const refused = (error: unknown): never => {
    const failure = error instanceof SlackError ? failureOf(error) : undefined;
    throw failure?.kind === 'refused' ? new TokenRefusedError('SLACK_BOT_TOKEN', failure.reason, error) : error;
  };
  return retry(test, classify, {
    attempts: Number.POSITIVE_INFINITY,
    firstDelayMs: 1_000,
    maxDelayMs: LONGEST_WAIT_MS,
    signal,
    onRetry: (error, delayMs) =>
      log.warn({ event: 'slack.auth_failed', err: error, delayMs }, 'failed to call auth.test, retrying'),
  }).catch(refused);
}
