/** What was posted, or is about to be: noted in Redis before each post, so that a crash in between is known. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';

const KEPT_S = 7 * 24 * 3600;
/** Short, so that a killed worker's lock is soon gone; renewed while its holder lives. */
const LOCK_MS = 4_000;
const RENEW_MS = 1_000;
const RETRY_MS = 100;

const Note = z.discriminatedUnion('state', [
  z.object({ state: z.literal('about'), clientMsgId: z.string() }),
  z.object({ state: z.literal('posted'), channel: z.string(), ts: z.string() }),
  z.object({ state: z.literal('answered') }),
]);
export type Note = z.infer<typeof Note>;

const noteKey = (key: string) => `{gke-auth}:post:${key}`;
const lockKey = (key: string) => `{gke-auth}:post:${key}:lock`;

/** Both act only where the lock still is the caller's. */
const UNLOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
const RENEW =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";

export class PostLedger {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async read(key: string): Promise<Note | undefined> {
    const text = await this.#redis.get(noteKey(key));
    return text === null ? undefined : Note.parse(JSON.parse(text));
  }

  async write(key: string, note: Note): Promise<void> {
    await this.#redis.set(noteKey(key), JSON.stringify(note), 'EX', KEPT_S);
  }

  /** Does the work while nobody else does any under this key; waits for whoever does. */
  async withLock<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const owner = randomUUID();
    while ((await this.#redis.set(lockKey(key), owner, 'PX', LOCK_MS, 'NX')) !== 'OK') await sleep(RETRY_MS);
    const renewal = setInterval(() => {
      this.#redis.eval(RENEW, 1, lockKey(key), owner, LOCK_MS).catch(() => {});
    }, RENEW_MS);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await this.#redis.eval(UNLOCK, 1, lockKey(key), owner);
    }
  }
}
