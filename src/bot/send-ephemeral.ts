/** Telling one person something that nobody else sees; never throws. */
import { slackFetch } from '../slack/fetch.ts';
import type { Message } from '../slack/messages/blocks.ts';
import type { Interaction } from './interaction.ts';
import type { Services } from './services.ts';

const RESPOND_MS = 5_000;

/** By the response URL (it works where the bot isn't a member), else as an ephemeral message, else directly. */
export async function tell(
  services: Pick<Services, 'client' | 'log'>,
  interaction: Interaction,
  message: Message,
): Promise<void> {
  const { client, log } = services;
  const { text, blocks } = message;
  const thread =
    interaction.threadTs && interaction.threadTs !== interaction.messageTs ? { thread_ts: interaction.threadTs } : {};
  if (interaction.responseUrl && (await respond(interaction.responseUrl, { text, blocks, ...thread }))) return;
  try {
    if (interaction.channel)
      await client.chat.postEphemeral({
        channel: interaction.channel,
        user: interaction.user,
        text,
        blocks,
        ...thread,
      });
    else await client.chat.postMessage({ channel: interaction.user, text, blocks, unfurl_links: false });
  } catch (error) {
    log.warn({ event: 'ephemeral.failed', err: error, trace: interaction.trace }, 'failed to deliver ephemeral answer');
  }
}

/** True where Slack took it. */
async function respond(url: string, body: Record<string, unknown>): Promise<boolean> {
  try {
    const response = await slackFetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...body }),
      signal: AbortSignal.timeout(RESPOND_MS),
    });
    return response.ok;
  } catch {
    return false;
  }
}
