/** Messages that wait to be shown in Slack, by channel and in order. A newer one of the same key takes the older one's place. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Outgoing } from '../contracts/outgoing.ts';
import type { Command } from './fence.ts';
import { scripts } from './scripts.ts';

const key = (name: string) => `{gke-auth}:outbox:${name}`;
const CHANNELS = key('channels');
const orderKey = (channel: string) => key(`${channel}:order`);
const messagesKey = (channel: string) => key(`${channel}:messages`);

/** How many of a channel's messages are looked at together. */
const PAGE = 50;
/** Above every time in microseconds: edits of what is shown already come before what is new. */
const AFTER_EDITS = 4e15;

export interface Waiting {
  readonly message: Outgoing;
  /** ms since 1970 at which it was handed over first. */
  readonly since: number;
  /** As it is stored: another text is a newer message. */
  readonly stored: string;
}

/** What puts these messages into the outbox, in this order. @param now ms since 1970 */
export function handingOver(messages: readonly Outgoing[], now: number): Command[] {
  return messages.flatMap((message, i): Command[] => {
    const { channel } = message;
    const order = (message.edits ? 0 : AFTER_EDITS) + now * 1_000 + i;
    return [
      // The same message handed over again is a newer one: what it shows may have changed.
      ['HSET', messagesKey(channel), message.key, `${randomUUID()} ${JSON.stringify(message)}`],
      ['ZADD', orderKey(channel), 'NX', String(order), message.key],
      ['SADD', CHANNELS, channel],
    ];
  });
}

export class OutboxStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** The first of a channel's messages, in order. */
  async waiting(channel: string): Promise<Waiting[]> {
    const order = await this.#redis.zrange(orderKey(channel), '0', String(PAGE - 1), 'WITHSCORES');
    const keys = order.filter((_, i) => i % 2 === 0);
    if (keys.length === 0) return [];
    const stored = await this.#redis.hmget(messagesKey(channel), ...keys);
    return stored.flatMap((text, i) => {
      if (text === null) return [];
      const score = Number(order[i * 2 + 1]);
      const since = (score >= AFTER_EDITS ? score - AFTER_EDITS : score) / 1_000;
      const message = Outgoing.parse(JSON.parse(text.slice(text.indexOf(' '))));
      return [{ message, since, stored: text }];
    });
  }

  /** It is shown, or will never be. @returns false where a newer one has taken its place. */
  async delivered({ message, stored }: Waiting): Promise<boolean> {
    const { channel } = message;
    const keys = [orderKey(channel), messagesKey(channel), CHANNELS];
    return (await scripts.delivered.run(this.#redis, keys, [channel, message.key, stored])) === 1;
  }

  /** Channels in which something waits. */
  channels(): Promise<string[]> {
    return this.#redis.smembers(CHANNELS);
  }
}
