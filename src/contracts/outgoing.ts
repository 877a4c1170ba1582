/** A message on its way to Slack, as it waits in the outbox (`src/store/outbox.ts`). */
import type { KnownBlock } from '@slack/types';
import { z } from 'zod';

/** Where a message is. */
export const MessageRef = z.object({ channel: z.string(), ts: z.string() });
export type MessageRef = z.infer<typeof MessageRef>;

/** What a message says. `text` is what notifications and screen readers say. */
export const Content = z.object({ text: z.string(), blocks: z.array(z.custom<KnownBlock>()) });
export type Content = z.infer<typeof Content>;

/** Where the cards of an approval are: in the report's thread, and in the approvals channel. */
export const CardPlace = z.enum(['thread', 'approvalsChannel']);

export const Body = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('text'),
    content: Content,
    /** Said instead where only the response URL works. */
    outside: Content.optional(),
  }),
  /** One page of a report's problems or of its approvals: what it says is decided when it is delivered, so that it is the newest. */
  z.object({ kind: z.literal('page'), place: CardPlace, report: z.string(), page: z.number().int() }),
  /** The page that holds the card of this approval. `progress`: how far something long is, as it is read by people. */
  z.object({
    kind: z.literal('card'),
    place: CardPlace,
    approval: z.string(),
    progress: z.object({ en: z.string(), ja: z.string() }).optional(),
  }),
  z.object({
    kind: z.literal('file'),
    name: z.string(),
    title: z.string(),
    /** base64 */
    content: z.string(),
    /** What a picture shows, for those who don't see it. */
    altText: z.string().optional(),
  }),
]);
export type Body = z.infer<typeof Body>;

export const Outgoing = z.object({
  /** The same message has the same key, over retries, processes and edits: `<job>/parent`. */
  key: z.string(),
  channel: z.string(),
  /** Posted into this thread. */
  threadTs: z.string().optional(),
  /**
   * Key of the message that it belongs below: it is shown after that one, in its thread unless `threadTs` names another, and
   * not at all where that one went through the response URL.
   */
  below: z.string().optional(),
  /** Edits this message and nothing else: where it is gone, nothing is posted. */
  edits: MessageRef.optional(),
  /** Used where the bot may not post itself; what goes that way can be neither edited nor found again. Never logged. */
  responseUrl: z.string().optional(),
  /** The report whose thread it begins. */
  report: z.string().optional(),
  /** Shows progress: left out where Slack's limits are nearly used up. */
  droppable: z.boolean().optional(),
  body: Body,
});
export type Outgoing = z.infer<typeof Outgoing>;
