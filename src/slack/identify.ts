/** Which workspace and which bot a token is: asked of Slack once, at start. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Logger } from '../log.ts';
import { failureOf } from './answers.ts';
import type { Token } from './connection.ts';

const REMEDIES = {
  SLACK_BOT_TOKEN: 'Install the app into the workspace again and copy its bot token (xoxb-…).',
  SLACK_APP_TOKEN: 'Create an app-level token (xapp-…) with the scope connections:write, and turn Socket Mode on.',
} as const;

/** Slack says no to a token; trying again doesn't help. The message says what to do. */
export class TokenRefusedError extends Error {
  readonly code = 'slack-token-refused';
  constructor(variable: keyof typeof REMEDIES, reason: string, cause?: unknown) {
    super(`Slack refuses ${variable} (${reason}). ${REMEDIES[variable]} Then start the bot anew.`, { cause });
    this.name = 'TokenRefusedError';
  }
}

const LONGEST_WAIT_MS = 15_000;

/** Waits for Slack as long as it takes. @throws {TokenRefusedError}; the signal's reason where it is aborted. */
export async function identify(client: WebClient, token: string, log: Logger, signal: AbortSignal): Promise<Token> {
  for (let attempt = 0; ; attempt++) {
    try {
      const { team_id: team = '', enterprise_id: enterprise, user_id: botUser, bot_id: bot } = await client.auth.test();
      return { token, team, ...(enterprise && { enterprise }), ...(botUser && { botUser }), ...(bot && { bot }) };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'refused') throw new TokenRefusedError('SLACK_BOT_TOKEN', failure.reason, error);
      const wait = failure.kind === 'limited' ? failure.retryAfterMs : Math.min(1_000 * 2 ** attempt, LONGEST_WAIT_MS);
      log.warn({ event: 'slack.unavailable', err: error, waitMs: wait }, 'Slack is unavailable, retrying');
      await sleep(wait, undefined, { signal });
    }
  }
}
