import { botText } from '../../locales/bot.ts';
import { code } from '../../slack/messages/escape.ts';
import { textMessage } from '../../slack/messages/usage.ts';
import { duration } from '../../slack/messages/words.ts';
import { placeOf } from '../enqueue.ts';
import type { CommandHandler } from './command.ts';

export const watch: CommandHandler<'watch'> = async (
  services,
  interaction,
  { target, everyMs, projects, language },
) => {
  const { watches, people, config } = services;
  const id = interaction.trace.replace(/^d/, 'w');
  // The response URL is of no use tomorrow.
  const { responseUrl: _, ...place } = placeOf(interaction, config.language, language);
  const requester = await people.requester(interaction);
  await watches.add({ id, target, projects: [...projects], everyMs, requester, place }, Date.now());
  const lang = language ?? interaction.language;
  return textMessage(botText.watching(code(target), duration(everyMs)[lang], code(id))[lang]);
};

export const unwatch: CommandHandler<'unwatch'> = async ({ watches }, interaction, { id, language }) => {
  const known = await watches.remove(id);
  return textMessage((known ? botText.unwatched : botText.watchUnknown)(code(id))[language ?? interaction.language]);
};
