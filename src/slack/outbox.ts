/**
 * The way to Slack for everything that is shown to a channel: a message is handed over and waits in Redis until it is delivered
 * (`delivery.ts`), so that no job waits for Slack. Handing over a message again changes what it will say, or edits it.
 */
import type { Redis } from 'ioredis';
import type { Outgoing } from '../contracts/outgoing.ts';
import { type Command, type Fence, writeFenced, writeTogether } from '../store/fence.ts';
import { handingOver } from '../store/outbox.ts';

export interface OutboxOptions {
  readonly redis: Redis;
  /** Sees to it that what waits for this channel is delivered (`Producer.wakeDelivery`). */
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
   * Hands messages over, in this order, together with what else is to be written with them: all of it or nothing. Each is posted
   * once, however often it is handed over.
   * @throws {FencedError} where another worker has taken over.
   */
  async send(messages: readonly Outgoing[], { fence, also = [] }: { fence?: Fence; also?: readonly Command[] } = {}) {
    const commands = [...also, ...handingOver(messages, Date.now())];
    if (commands.length === 0) return;
    await (fence ? writeFenced(this.#redis, fence, commands) : writeTogether(this.#redis, commands));
    await this.wake(messages.map(({ channel }) => channel));
  }

  /** For whoever finds that messages were handed over and does not know whether they are being delivered. */
  async wake(channels: readonly string[]): Promise<void> {
    await Promise.all([...new Set(channels)].map(channel => this.#wake(channel)));
  }
}
