/** One verb, as Slack has it. */
import type { Command, Verb } from '../../grammar/parse.ts';
import type { Message } from '../../slack/messages/blocks.ts';
import type { Interaction } from '../interaction.ts';
import type { Services } from '../services.ts';

/** Answers with what only the one who typed it sees; nothing where a modal was opened instead. */
export type CommandHandler<V extends Verb = Verb> = (
  services: Services,
  interaction: Interaction,
  command: Extract<Command, { verb: V }>,
) => Promise<Message | undefined>;
