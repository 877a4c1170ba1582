/**
 * Fencing tokens: whoever begins a job takes the job's fence, and Redis refuses the writes of whoever had it before. So a worker
 * that was frozen for longer than its lock lasts can't overwrite what the next one has done (docs/architecture.md#jobs).
 */
import type { Redis } from 'ioredis';
import { scripts } from './scripts.ts';

/** A Redis command with its arguments. */
export type Command = readonly [name: string, ...args: string[]];

export interface Fence {
  readonly key: string;
  readonly token: string;
}

/** Another worker has taken over: whatever this one does counts for nothing. */
export class FencedError extends Error {
  readonly code = 'fenced';
  constructor({ key }: Fence) {
    super(`Another worker has taken over ${key}`);
    this.name = 'FencedError';
  }
}

/** Longer than any job waits or runs. */
const KEPT_S = 7 * 24 * 3600;

/** Takes over: every token that was given out before is refused from now on. @param name the job's queue and id */
export async function takeFence(redis: Redis, name: string): Promise<Fence> {
  const key = `{gke-auth}:fence:${name}`;
  const [counted] = (await redis.multi().incr(key).expire(key, KEPT_S).exec()) ?? [];
  const [error, token] = counted ?? [new Error('Redis gave no answer')];
  if (error) throw error;
  return { key, token: String(token) };
}

/** Carries out all commands together, or none. @throws {FencedError} where another worker has taken over. */
export async function writeFenced(redis: Redis, fence: Fence, commands: readonly Command[]): Promise<void> {
  const done = await scripts.fenced.run(redis, [fence.key], [fence.token, JSON.stringify(commands)]);
  if (done !== 1) throw new FencedError(fence);
}

/** Carries out all commands together, for whoever runs no job. */
export async function writeTogether(redis: Redis, commands: readonly Command[]): Promise<void> {
  const write = redis.multi(commands.map(([name, ...args]) => [name.toLowerCase(), ...args]));
  const failed = (await write.exec())?.find(([error]) => error);
  if (failed?.[0]) throw failed[0];
}
