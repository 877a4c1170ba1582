import { checkMessage, checksMessage } from '../../slack/messages/lists.ts';
import type { CommandHandler } from './command.ts';

export const checks: CommandHandler<'checks'> = async ({ catalogue }, interaction, { id, language }) => {
  const entry = catalogue.find(one => one.id === id);
  return entry
    ? checkMessage(entry, language ?? interaction.language)
    : checksMessage(catalogue, language ?? interaction.language);
};
