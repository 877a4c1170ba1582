/** Answers through a command's response URL (https://docs.slack.dev/interactivity/handling-user-interaction/). */

import type { Content } from '../contracts/outgoing.ts';
import { SlackRefusedError, SlackUnavailableError } from './answers.ts';
import { slackFetch } from './fetch.ts';

/** Posts a message that the whole channel sees. @throws {SlackRefusedError} where the URL has expired; {SlackUnavailableError} */
export async function respondInChannel(responseUrl: string, { text, blocks }: Content): Promise<void> {
  const body = JSON.stringify({ response_type: 'in_channel', text, blocks, unfurl_links: false, unfurl_media: false });
  const response = await slackFetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body,
    signal: AbortSignal.timeout(10_000),
  }).catch(error => {
    throw new SlackUnavailableError('the response URL', error);
  });
  if (response.status >= 500) throw new SlackUnavailableError('the response URL', new Error(`HTTP ${response.status}`));
  if (!response.ok) throw new SlackRefusedError('the response URL', `http_${response.status}`);
}
