import { helpMessage } from '../../slack/messages/usage.ts';
import type { CommandHandler } from './command.ts';

export const help: CommandHandler<'help'> = async (_services, interaction, { topic, language }) =>
  helpMessage(language ?? interaction.language, topic);
