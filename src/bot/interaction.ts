/** One person's command, click or submission: who, where, in which language, and the id that leads through the logs. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ClickOrigin } from '../approvals/policy.ts';
import type { Language } from '../contracts/text.ts';
import type { Origin } from './views/modal.ts';

export interface Interaction {
  /** Slack user id, and the workspace it came from; empty where the payload names none. */
  readonly user: string;
  readonly team: string;
  readonly channel?: string;
  /** The message that was clicked, and the thread it stands in. */
  readonly messageTs?: string;
  readonly threadTs?: string;
  readonly triggerId: string;
  /** Never logged. */
  readonly responseUrl?: string;
  /** Of this person, for what only they see. */
  readonly language: Language;
  /** In every log line; becomes the id of the job that this starts. */
  readonly trace: string;
}

/** The fields of a slash command, a click, a submission or a shortcut that matter here; servers may send few of them. */
export const Payload = z.object({
  user: z.object({ id: z.string(), team_id: z.string().nullish() }),
  team: z.object({ id: z.string() }).nullish(),
  enterprise: z.object({ id: z.string() }).nullish(),
  channel: z.object({ id: z.string() }).nullish(),
  container: z
    .object({ channel_id: z.string().nullish(), message_ts: z.string().nullish(), thread_ts: z.string().nullish() })
    .nullish(),
  message: z.object({ ts: z.string().nullish(), thread_ts: z.string().nullish() }).nullish(),
  trigger_id: z.string().nullish(),
  response_url: z.string().nullish(),
});
export type Payload = z.infer<typeof Payload>;

/** The same envelope, delivered twice or to two processes, has the same trace. */
export function traceOf(triggerId: string): string {
  const seed = triggerId === '' ? randomUUID() : triggerId;
  return `d${createHash('sha256').update(seed).digest('hex').slice(0, 12)}`;
}

export function interactionOf(payload: Payload, language: Language): Interaction {
  const { user, team, enterprise, channel, container, message } = payload;
  const triggerId = payload.trigger_id ?? '';
  const where = channel?.id ?? container?.channel_id;
  const messageTs = container?.message_ts ?? message?.ts;
  const threadTs = container?.thread_ts ?? message?.thread_ts;
  return {
    user: user.id,
    team: team?.id ?? enterprise?.id ?? user.team_id ?? '',
    ...(where && { channel: where }),
    ...(messageTs && { messageTs }),
    ...(threadTs && { threadTs }),
    triggerId,
    ...(payload.response_url && { responseUrl: payload.response_url }),
    language,
    trace: traceOf(triggerId),
  };
}

/** What a modal carries of the interaction that opened it. */
export function originOf({ channel, messageTs, threadTs, responseUrl }: Interaction): Origin {
  return { channel, messageTs, threadTs, responseUrl };
}

/** A submission belongs to the place where its modal was opened. */
export function returned(interaction: Interaction, origin: Origin): Interaction {
  const { channel, messageTs, threadTs, responseUrl } = origin;
  return {
    ...interaction,
    ...(channel && { channel }),
    ...(messageTs && { messageTs }),
    ...(threadTs && { threadTs }),
    ...(responseUrl && { responseUrl }),
  };
}

export function clickOrigin({ user, team, channel }: Interaction): ClickOrigin {
  return { user, team, ...(channel && { channel }) };
}
