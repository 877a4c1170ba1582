/** A Redis of this checkout's own: append-only file, no eviction, loopback only, its data kept over restarts. */
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pingRedis } from '../store/redis.ts';
import { StartError } from './failure.ts';
import type { Member } from './process-supervisor.ts';

/** @param folder where its data are. */
export function ownRedis(port: number, folder: string): Member {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    save: '',
  };
  const unpacked = join(import.meta.dirname, '../../.cache/bin');
  return {
    name: 'redis',
    command: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: { ...process.env, PATH: [process.env.PATH, unpacked].join(delimiter) },
    async ready(_child, signal) {
      const url = `redis://127.0.0.1:${port}`;
      // It loads its data first and refuses commands meanwhile.
      while ((await pingRedis(url)) !== undefined) await sleep(30, undefined, { signal });
    },
  };
}

/** @throws {StartError} where the Redis that REDIS_URL names doesn't answer. */
export async function checkRedis(url: string): Promise<void> {
  const problem = await pingRedis(url);
  if (problem === undefined) return;
  const parsed = URL.parse(url);
  const where = parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}` : 'REDIS_URL';
  throw new StartError({
    en: `Redis at ${where} (REDIS_URL) doesn't take commands: ${problem}. Start it or correct REDIS_URL; without REDIS_URL gke-auth runs a Redis of its own.`,
    ja: `${where} の Redis（REDIS_URL）がコマンドを受け付けません: ${problem}。Redis を起動するか REDIS_URL を直してください。REDIS_URL を設定しなければ、専用の Redis を起動します。`,
  });
}
