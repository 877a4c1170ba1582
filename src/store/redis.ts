/** Connections to Redis, and the atomic scripts that run in it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';

/**
 * `prompt`: for whoever has a person waiting. A command fails at once while Redis is away, and after 2 s where it doesn't
 * answer. `patient`: for workers. A command waits until Redis is back; BullMQ's workers need it (BullMQ, "Going to
 * production": maxRetriesPerRequest null).
 */
export type ConnectionMode = 'prompt' | 'patient';

export const ANSWER_MS = 2_000;

/** Connects, and keeps reconnecting (at most 0.5 s apart) until `disconnect()`. `onError` is told of each failure. */
export function connectRedis(url: string, temper: ConnectionMode, onError: (error: Error) => void = () => {}): Redis {
  const redis = new Redis(url, {
    retryStrategy: attempt => Math.min(attempt * 50, 500),
    ...(temper === 'prompt'
      ? { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: ANSWER_MS }
      : { maxRetriesPerRequest: null }),
  });
  redis.on('error', onError);
  return redis;
}

/** Asks once, on a connection of its own. @returns what is wrong, undefined where it answers within 3 s. */
export async function pingRedis(url: string): Promise<string | undefined> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 3_000,
    commandTimeout: 3_000,
    disconnectTimeout: 50,
  });
  let problem: string | undefined;
  redis.on('error', error => {
    problem = 'code' in error ? String(error.code) : error.message;
  });
  try {
    await redis.connect();
    await redis.ping();
    return undefined;
  } catch (error) {
    return problem ?? (error instanceof Error ? error.message : String(error));
  } finally {
    redis.disconnect();
  }
}

/** A Lua script: sent once, then called by its hash; sent again where Redis has forgotten it (a restart). */
export class Script {
  readonly #source: string;
  readonly #sha: string;

  constructor(file: URL) {
    this.#source = readFileSync(file, 'utf8');
    this.#sha = createHash('sha1').update(this.#source).digest('hex');
  }

  /** @returns what the script returns, as Redis's reply. */
  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(this.#source, keys.length, ...keys, ...args);
    }
  }
}
