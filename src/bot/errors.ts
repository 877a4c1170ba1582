/** Any error → what the person is told: what happened, why, what to do next. The details go into the log. */

import type { Language } from '../contracts/text.ts';
import { botText } from '../locales/bot.ts';
import { SlackRefusedError, SlackUnavailableError } from '../slack/answers.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { code } from '../slack/messages/escape.ts';
import { textMessage } from '../slack/messages/usage.ts';
import { QueueUnavailableError } from '../store/queue.ts';
import type { Services } from './services.ts';

export function errorMessage(
  { redis, log }: Pick<Services, 'redis' | 'log'>,
  error: unknown,
  { trace, language }: { trace: string; language: Language },
): Message {
  if (error instanceof QueueUnavailableError) {
    log.warn({ event: 'queue.enqueue_failed', err: error, trace }, 'failed to enqueue job');
    return textMessage(error.text[language]);
  }
  // ioredis throws plain errors; whether the connection stands tells more than their words.
  if (redis.status !== 'ready' || (error instanceof Error && error.message === 'Command timed out')) {
    log.warn({ event: 'redis.unavailable', err: error, trace }, 'Redis is unavailable');
    return textMessage(botText.queueDown[language]);
  }
  const fromSlack =
    error instanceof SlackRefusedError ||
    error instanceof SlackUnavailableError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('slack_webapi_'));
  if (fromSlack) log.error({ event: 'slack.call_failed', err: error, trace }, 'Slack call failed');
  else log.error({ event: 'handler.failed', err: error, trace }, 'handler failed');
  return textMessage(fromSlack ? botText.slackDown[language] : botText.broken(code(trace))[language]);
}
