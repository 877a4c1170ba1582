/** "Diagnose this error" on a message: its text is explained, the report comes into its thread. */
import { botText } from '../../locales/bot.ts';
import { explain } from '../explaining.ts';
import type { Message } from '../messages/blocks.ts';
import { note } from '../messages/usage.ts';
import type { Services } from '../services.ts';
import type { Visit } from '../visit.ts';

export const DIAGNOSE_MESSAGE = 'diagnose_message';

/** `text`: the message's own, as Slack escapes it. */
export async function diagnoseMessage(services: Services, visit: Visit, text: string): Promise<Message | undefined> {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').trim();
  if (plain === '') return note(botText.noText[visit.language]);
  const threadTs = visit.threadTs ?? visit.messageTs;
  return explain(services, { ...visit, ...(threadTs && { threadTs }) }, plain);
}
