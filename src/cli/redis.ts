/** The Redis of a running gke-auth: `REDIS_URL`, else that of `npm start` in this checkout (`.data/run.json`). */
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import type { Text } from '../contracts/text.ts';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import { loadKeys } from '../signing/keys.ts';
import type { Keys } from '../signing/signing.ts';
import { connectRedis } from '../store/redis.ts';

const Run = z.object({ redis: z.string() });
const DATA = new URL('../../.data/', import.meta.url);

/** There is no Redis to ask, or it doesn't answer. */
export class NoRedisError extends UserFacingError {
  constructor(text: Text, options?: ErrorOptions) {
    super({ code: 'no-redis', text, next: START_OR_NAME_REDIS }, options);
  }
}

const START_OR_NAME_REDIS: Text = {
  en: 'Start gke-auth here (npm start), or set REDIS_URL to the Redis of a running gke-auth.',
  ja: 'ここで gke-auth を起動するか（npm start）、動作中の gke-auth の Redis を REDIS_URL に設定してください。',
};

/** Runs `work` on a connection, and closes it. @throws {NoRedisError} */
export async function withRedis<T>({ environment }: Config, work: (redis: Redis) => Promise<T>): Promise<T> {
  const url = environment.REDIS_URL ?? runningRedis();
  if (!url) {
    throw new NoRedisError({ en: 'No running gke-auth was found here.', ja: '動作中の gke-auth が見つかりません。' });
  }
  const redis = connectRedis(url, 'prompt');
  try {
    await ready(redis);
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/**
 * The keys of the environment, else those that `npm start` made here. The terminal signs as the operator, where it may.
 * @throws {KeyProblem} where there are none.
 */
export function signingKeys({ environment }: Config): Keys {
  const GKE_AUTH_PLAN_KEY = environment.GKE_AUTH_PLAN_KEY ?? read('plan-key')?.trim();
  return loadKeys({ ...environment, GKE_AUTH_PLAN_KEY }, 'operator').keys;
}

function runningRedis(): string | undefined {
  const text = read('run.json');
  if (text === undefined) return undefined;
  const run = Run.safeParse(JSON.parse(text));
  return run.success ? run.data.redis : undefined;
}

function read(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, DATA), 'utf8');
  } catch {
    return undefined;
  }
}

const CONNECT_MS = 2_000;

function ready(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: Error | undefined;
    redis.on('error', error => {
      last = error;
    });
    const refuse = setTimeout(() => {
      const text = { en: "Redis doesn't answer.", ja: 'Redis が応答しません。' };
      reject(new NoRedisError(text, { cause: last }));
    }, CONNECT_MS);
    redis.once('ready', () => {
      clearTimeout(refuse);
      resolve();
    });
  });
}
