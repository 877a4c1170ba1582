/** One verb, as Slack has it. */
import type { Command, Verb } from '../../grammar.ts';
import type { Message } from '../messages/blocks.ts';
import type { Services } from '../services.ts';
import type { Visit } from '../visit.ts';

/** Answers with what only the one who typed it sees; nothing where a modal was opened instead. */
export type CommandHandler<V extends Verb = Verb> = (
  services: Services,
  visit: Visit,
  command: Extract<Command, { verb: V }>,
) => Promise<Message | undefined>;
