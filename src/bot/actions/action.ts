/** A click on one of our buttons. It is acknowledged before this is called. */
import type { Message } from '../../slack/messages/blocks.ts';
import type { Visit } from '../interaction.ts';
import type { Services } from '../services.ts';

/** `value`: whatever the button carried. Answers with what only the one who clicked sees. */
export type ActionHandler = (services: Services, visit: Visit, value: string) => Promise<Message | undefined>;
