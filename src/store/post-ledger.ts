/** What was posted, or is about to be: noted in Redis before each post, so that a crash in between is known. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Content, MessageRef } from '../contracts/outgoing.ts';
import { type Fence, writeFenced } from './fence.ts';

const KEPT_S = 7 * 24 * 3600;

const Note = z.discriminatedUnion('state', [
  z.object({ state: z.literal('about'), clientMsgId: z.string() }),
  z.object({ state: z.literal('posted'), channel: z.string(), ts: z.string() }),
  /** Through the response URL: nobody knows where it is. Or it is a file. */
  z.object({ state: z.literal('answered') }),
]);
export type Note = z.infer<typeof Note>;

const noteKey = (key: string) => `{gke-auth}:post:${key}`;
const shownKey = ({ channel, ts }: MessageRef) => `{gke-auth}:shown:${channel}:${ts}`;

export class PostLedger {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async read(key: string): Promise<Note | undefined> {
    const text = await this.#redis.get(noteKey(key));
    return text === null ? undefined : Note.parse(JSON.parse(text));
  }

  async writeAnswered(key: string): Promise<void> {
    const note: Note = { state: 'answered' };
    await this.#redis.set(noteKey(key), JSON.stringify(note), 'EX', KEPT_S);
  }

  /** It is in Slack, and shows this content. */
  async writePosted(key: string, ref: MessageRef, content: Content): Promise<void> {
    const note: Note = { state: 'posted', ...ref };
    await this.#redis
      .multi()
      .set(noteKey(key), JSON.stringify(note), 'EX', KEPT_S)
      .set(shownKey(ref), digest(content), 'EX', KEPT_S)
      .exec();
  }

  /** Notes what is posted next. @throws {FencedError} where another worker delivers by now. */
  async writeAbout(key: string, clientMsgId: string, fence: Fence): Promise<void> {
    const note: Note = { state: 'about', clientMsgId };
    await writeFenced(this.#redis, fence, [['SET', noteKey(key), JSON.stringify(note), 'EX', String(KEPT_S)]]);
  }

  /** Somebody deleted the message: it can be posted anew. */
  async forget(key: string): Promise<void> {
    await this.#redis.del(noteKey(key));
  }

  /** Whether this message shows this content already. */
  async isShown(ref: MessageRef, content: Content): Promise<boolean> {
    return (await this.#redis.get(shownKey(ref))) === digest(content);
  }

  async shown(ref: MessageRef, content: Content): Promise<void> {
    await this.#redis.set(shownKey(ref), digest(content), 'EX', KEPT_S);
  }
}

function digest(content: Content): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}
