/**
 * Predefined roles in Redis for a day, read once for all diagnosing workers. Only what was read is kept: an unknown is asked
 * again. Whoever writes to Google reads for itself and never comes through here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type Fact, known } from '../diagnosis/facts/fact.ts';
import type { RoleCache } from '../diagnosis/facts/session.ts';
import type { Role } from '../diagnosis/iam/model.ts';

const DAY_S = 24 * 3600;
/** How long one worker may take to read a role before the others stop waiting for it (ms). */
const READING_MS = 5_000;
const LOOK_MS = 20;

const Cached = z.object({ permissions: z.array(z.string()), disabled: z.boolean() });

export function createRoleCache(redis: Redis): RoleCache {
  const flights = new Map<string, Promise<Fact<Role>>>();

  async function fetch(name: string, read: () => Promise<Fact<Role>>): Promise<Fact<Role>> {
    const key = `{gke-auth}:role:${name}`;
    const until = Date.now() + READING_MS;
    do {
      const cached = await redis.get(key);
      if (cached !== null) {
        const { permissions, disabled } = Cached.parse(JSON.parse(cached));
        return known({ name, permissions: new Set(permissions), disabled }, `iam roles.get ${name}`);
      }
      if ((await redis.set(`${key}:reading`, '1', 'PX', READING_MS, 'NX')) === 'OK') break;
      await sleep(LOOK_MS);
    } while (Date.now() < until);
    const fact = await read();
    if (fact.known) {
      const value = { permissions: [...fact.value.permissions], disabled: fact.value.disabled };
      await redis.set(key, JSON.stringify(value), 'EX', DAY_S);
    }
    await redis.del(`${key}:reading`);
    return fact;
  }

  return {
    get(name, read) {
      const flight =
        flights.get(name) ??
        fetch(name, read)
          // A cache that doesn't answer must not keep anybody from reading.
          .catch(read)
          .finally(() => flights.delete(name));
      flights.set(name, flight);
      return flight;
    },
  };
}
