/**
 * Queues messages for Slack channels. A message waits in Redis until it is delivered (`delivery.ts`), so no job waits for Slack.
 * Sending a message with the same key again replaces the waiting one, or edits the posted one.
 */
import type { Redis } from 'ioredis';
import type { Outgoing } from '../contracts/outgoing.ts';
import { type Command, type Fence, writeFenced, writeTogether } from '../store/fence.ts';
import { handingOver } from '../store/outbox.ts';

export interface OutboxOptions {
  readonly redis: Redis;
  /** Starts delivery of the messages that wait for this channel (`Producer.wakeDelivery`). */
  readonly wake: (channel: string) => Promise<void>;
}

export class Outbox {
  readonly #redis: Redis;
  readonly #wake: OutboxOptions['wake'];

  constructor({ redis, wake }: OutboxOptions) {
    this.#redis = redis;
    this.#wake = wake;
  }

  /**
   * Queues messages in this order, atomically together with the commands in `also`. Each key is posted once, however often it is
   * sent.
   * @throws {FencedError} where another worker has taken over.
   */
  async send(messages: readonly Outgoing[], { fence, also = [] }: { fence?: Fence; also?: readonly Command[] } = {}) {
    const commands = [...also, ...handingOver(messages, Date.now())];
    if (commands.length === 0) return;
    await (fence ? writeFenced(this.#redis, fence, commands) : writeTogether(this.#redis, commands));
    await this.wake(messages.map(({ channel }) => channel));
  }

  /** Starts delivery for these channels. Safe to call when it already runs. */
  async wake(channels: readonly string[]): Promise<void> {
    await Promise.all([...new Set(channels)].map(channel => this.#wake(channel)));
  }
}
