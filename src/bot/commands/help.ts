import { helpMessage } from '../../slack/messages/usage.ts';
import type { CommandHandler } from './command.ts';

export const help: CommandHandler<'help'> = async (_services, visit, { topic, language }) =>
  helpMessage(language ?? visit.language, topic);
