/** "Diagnose this error" on a message: its text is explained, the report comes into its thread. */
import { z } from 'zod';
import { MAX_EXPLAIN_LENGTH } from '../../grammar/parse.ts';
import { botText } from '../../locales/bot.ts';
import type { Message } from '../../slack/messages/blocks.ts';
import { textMessage } from '../../slack/messages/usage.ts';
import { explain } from '../explain.ts';
import type { Interaction } from '../interaction.ts';
import { typedText } from '../parse.ts';
import type { Services } from '../services.ts';

export const DIAGNOSE_MESSAGE = 'diagnose_message';

/** `message`: as the payload has it. */
export async function diagnoseMessage(
  services: Services,
  interaction: Interaction,
  message: unknown,
): Promise<Message | undefined> {
  const text = typedText(messageText(message));
  if (text === '') return textMessage(botText.noText[interaction.language]);
  const threadTs = interaction.threadTs ?? interaction.messageTs;
  const author = Posted.safeParse(message).data?.user;
  return explain(services, { ...interaction, ...(threadTs && { threadTs }) }, text, { ...(author && { author }) });
}

const Posted = z.object({ user: z.string() });

/** What people read in a message. Alerts of other apps have their words in blocks and attachments, not in `text`. */
export function messageText(message: unknown): string {
  const { text, blocks, attachments } = Shown.parse(message ?? {});
  const words = [text ?? '', ...textsIn(blocks), ...textsIn(attachments)].filter(part => part.trim() !== '');
  return [...new Set(words)].join('\n').slice(0, MAX_EXPLAIN_LENGTH);
}

const Shown = z.object({
  text: z.string().nullish(),
  blocks: z.unknown().optional(),
  attachments: z.unknown().optional(),
});
const WORDS: ReadonlySet<string> = new Set(['text', 'fallback', 'title', 'pretext', 'value']);

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === 'string' ? (WORDS.has(key) ? [item] : []) : textsIn(item),
  );
}
