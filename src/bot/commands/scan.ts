import { botText } from '../../locales/bot.ts';
import { refusal } from '../../slack/messages/usage.ts';
import { askScan } from '../enqueue.ts';
import type { CommandHandler } from './command.ts';

export const scan: CommandHandler<'scan'> = async (services, interaction, { projects, all, language }) => {
  const named = all || projects.length === 0 ? [...new Set([...projects, ...services.config.projects])] : projects;
  if (named.length === 0) return refusal(botText.noProject, botText.noProjectNext, language ?? interaction.language);
  return askScan(services, interaction, named, language);
};
