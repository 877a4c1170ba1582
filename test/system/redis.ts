/** A Redis of a test's own: append-only file, no eviction, a free port, its data in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

export interface TestRedis {
  readonly url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  /** kill -9; the data stay for `restart`. */
  kill(): Promise<void>;
  /** Freezes the process until the returned function is called. */
  pause(): () => void;
  /** Starts it again on the same port with the same data, after `kill` or while it runs. */
  restart(): Promise<void>;
}

export interface TestRedisOptions {
  /** Further arguments for redis-server. */
  readonly args?: readonly string[];
}

/** Call `stop()` when done (vitest: in `afterAll`). @throws where there is no redis-server. */
export async function startRedis({ args = [] }: TestRedisOptions = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child = await launch(port, dir, args);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  return {
    url,
    kill,
    pause() {
      child.kill('SIGSTOP');
      return () => child.kill('SIGCONT');
    },
    async restart() {
      await kill();
      child = await launch(port, dir, args);
    },
    async stop() {
      await kill();
      process.off('exit', killAtExit);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** From the PATH, else the one that the set-up unpacked. */
const PATH = [process.env.PATH, join(import.meta.dirname, '../..', '.cache', 'bin')].join(delimiter);

async function launch(port: number, dir: string, args: readonly string[]): Promise<ChildProcess> {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir,
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
    save: '',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn('redis-server', [...flags, ...args], { env: { ...process.env, PATH }, stdio: 'ignore' });
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  await answers(port, child, ended.signal);
  return child;
}

/** Resolves when this very process answers: another test's server may have taken the port meanwhile. */
async function answers(port: number, child: ChildProcess, ended: AbortSignal): Promise<void> {
  const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 20, maxRetriesPerRequest: 0 });
  redis.on('error', () => {});
  try {
    for (;;) {
      if (ended.aborted) throw new Error(`redis-server ended at its start (${child.exitCode})`);
      const info = await redis.info('server').catch(() => '');
      if (info.includes(`process_id:${child.pid}\r`)) return;
      await sleep(20);
    }
  } finally {
    redis.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
