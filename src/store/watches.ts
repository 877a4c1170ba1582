/** Clusters that are diagnosed again and again: what, how often, for whom; and whose turn it is. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { Place, Requester } from '../contracts/jobs.ts';
import { type Signing, sealed, unsealed } from '../signing/signing.ts';
import { Digest } from '../slack/messages/change.ts';
import type { Command } from './fence.ts';

export const Watch = z.object({
  id: z.string(),
  /** A cluster or a project, as typed. */
  target: z.string(),
  projects: z.array(z.string()),
  everyMs: z.number().int().positive(),
  requester: Requester,
  place: Place,
});
export type Watch = z.infer<typeof Watch>;

const key = (name: string) => `{gke-auth}:${name}`;
const DUE = key('watches:due');
const ALL = key('watches');
const DIGESTS = key('watches:digests');

/** Takes it only where its time is still the one that was seen: of several bots one gets it. */
const TAKE = `
if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then
  redis.call('ZADD', KEYS[1], 'XX', ARGV[3], ARGV[1])
  return 1
end
return 0`;

/** What keeps the findings of a run for the next one to compare with. */
export function savingDigest(id: string, digest: Digest): Command {
  return ['HSET', DIGESTS, id, JSON.stringify(digest)];
}

export class Watches {
  readonly #redis: Redis;
  readonly #signing: Signing;

  constructor(redis: Redis, signing: Signing) {
    this.#redis = redis;
    this.#signing = signing;
  }

  /** Its first turn is right away. */
  async add(watch: Watch, now: number): Promise<void> {
    await this.#redis
      .multi()
      .hset(ALL, watch.id, sealed(this.#signing, 'watch', watch))
      .zadd(DUE, now, watch.id)
      .exec();
  }

  async get(id: string): Promise<Watch | undefined> {
    const text = await this.#redis.hget(ALL, id);
    const watch = Watch.safeParse(unsealed(this.#signing, 'watch', text, ['bot']));
    return watch.success && watch.data.id === id ? watch.data : undefined;
  }

  /** What the last run found; undefined before the first. */
  async digest(id: string): Promise<Digest | undefined> {
    const text = await this.#redis.hget(DIGESTS, id);
    return text === null ? undefined : Digest.parse(JSON.parse(text));
  }

  /** False where there is none of this id. */
  async remove(id: string): Promise<boolean> {
    const [removed] = await Promise.all([
      this.#redis.hdel(ALL, id),
      this.#redis.zrem(DUE, id),
      this.#redis.hdel(DIGESTS, id),
    ]);
    return removed > 0;
  }

  /** Those whose turn it is, each for one caller only; `at` (ms) names the turn. */
  async takeDue(now: number): Promise<{ watch: Watch; at: number }[]> {
    const due = await this.#redis.zrangebyscore(DUE, '-inf', now, 'WITHSCORES', 'LIMIT', 0, 50);
    const taken: { watch: Watch; at: number }[] = [];
    for (let i = 0; i + 1 < due.length; i += 2) {
      const [id = '', score = ''] = due.slice(i, i + 2);
      // One that nobody with a key has written is none.
      const watch = await this.get(id);
      if (!watch) {
        await this.#redis.zrem(DUE, id);
        continue;
      }
      if ((await this.#redis.eval(TAKE, 1, DUE, id, score, now + watch.everyMs)) === 1)
        taken.push({ watch, at: Number(score) });
    }
    return taken;
  }
}
