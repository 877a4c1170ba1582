import { checkMessage, checksMessage } from '../../slack/messages/lists.ts';
import type { CommandHandler } from './command.ts';

export const checks: CommandHandler<'checks'> = async ({ catalogue }, visit, { id, language }) => {
  const entry = catalogue.find(one => one.id === id);
  return entry ? checkMessage(entry, language ?? visit.language) : checksMessage(catalogue, language ?? visit.language);
};
