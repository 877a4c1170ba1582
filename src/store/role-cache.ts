/**
 * Predefined roles in Redis for a day, read once for all diagnosing workers. Only what was read is kept: an unknown is asked
 * again. Whoever writes to Google reads for itself and never comes through here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';

const DAY_S = 24 * 3600;
/** How long one worker may take to read a role before the others stop waiting for it (ms). */
const READING_MS = 5_000;
const LOOK_MS = 20;

const CachedRole = z.object({ permissions: z.array(z.string()), disabled: z.boolean() });

type ReadRole = () => Promise<{ readonly permissions: readonly string[]; readonly disabled: boolean } | undefined>;

export function createRoleCache(redis: Redis) {
  const flights = new Map<string, ReturnType<ReadRole>>();

  async function cachedOrRead(name: string, read: ReadRole): ReturnType<ReadRole> {
    const key = `{gke-auth}:role:${name}`;
    const until = Date.now() + READING_MS;
    do {
      const cached = await redis.get(key);
      if (cached !== null) return CachedRole.parse(JSON.parse(cached));
      if ((await redis.set(`${key}:reading`, '1', 'PX', READING_MS, 'NX')) === 'OK') break;
      await sleep(LOOK_MS);
    } while (Date.now() < until);
    const role = await read();
    if (role) await redis.set(key, JSON.stringify(role), 'EX', DAY_S);
    await redis.del(`${key}:reading`);
    return role;
  }

  return {
    /** The cached role; else what `read` gives. Undefined, which is not kept, where it could not be read. */
    get(name: string, read: ReadRole): ReturnType<ReadRole> {
      const flight =
        flights.get(name) ??
        cachedOrRead(name, read)
          // A cache that doesn't answer must not keep anybody from reading.
          .catch(read)
          .finally(() => flights.delete(name));
      flights.set(name, flight);
      return flight;
    },
  };
}
