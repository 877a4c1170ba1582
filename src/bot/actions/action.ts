/** A click on one of our buttons. It is acknowledged before this is called. */
import type { Message } from '../../slack/messages/blocks.ts';
import type { Interaction } from '../interaction.ts';
import type { Services } from '../services.ts';

/** `value`: whatever the button carried. Answers with what only the one who clicked sees. */
export type ActionHandler = (
  services: Services,
  interaction: Interaction,
  value: string,
) => Promise<Message | undefined>;
