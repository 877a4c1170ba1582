import { botText } from '../../locales/bot.ts';
import { askScan } from '../asking.ts';
import { refusal } from '../messages/usage.ts';
import type { CommandHandler } from './command.ts';

export const scan: CommandHandler<'scan'> = async (services, visit, { projects, all, language }) => {
  const named = all || projects.length === 0 ? [...new Set([...projects, ...services.config.projects])] : projects;
  if (named.length === 0) return refusal(botText.noProject, botText.noProjectNext, language ?? visit.language);
  return askScan(services, visit, named, language);
};
