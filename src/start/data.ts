/** The folder that a start keeps its things in: `.data`, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { StartError } from './failure.ts';
import { untilFree } from './ports.ts';

/** What a second terminal needs to know (`.data/run.json`). */
const Run = z.object({
  pid: z.number(),
  /** A port that answers as long as this run lives; process ids come back after a reboot, open ports don't. */
  alive: z.number(),
  redis: z.string().optional(),
  /** The own Redis's. */
  redisPort: z.number().optional(),
  page: z.string().optional(),
  /** The page with the token that browsers need. */
  pageLink: z.string().optional(),
  slackApi: z.string().optional(),
  google: z.string().optional(),
  project: z.string().optional(),
  cluster: z.string().optional(),
  config: z.string().optional(),
});
export type Run = z.infer<typeof Run>;

export class DataFolder {
  readonly path: string;
  #alive: Server | undefined;

  constructor(path: string) {
    this.path = path;
    mkdirSync(join(path, 'log'), { recursive: true, mode: 0o700 });
    mkdirSync(join(path, 'redis'), { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  }

  /** Writes a file that only its owner may read, and returns its path. */
  write(name: string, content: string): string {
    const path = join(this.path, name);
    // A file that is there keeps its mode when it is written: make it anew.
    rmSync(path, { force: true });
    writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
    return path;
  }

  /** The key that signs plans: made once, then kept, so that approvals outlive a restart. */
  planKey(): string {
    const path = join(this.path, 'plan-key');
    try {
      const key = readFileSync(path, 'utf8').trim();
      if (key) return key;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
    const key = randomBytes(32).toString('base64url');
    this.write('plan-key', `${key}\n`);
    return key;
  }

  /** Takes this folder for this run. @throws {StartError} where another run has it. */
  async claim(): Promise<Run> {
    const server = createServer(socket => socket.end('gke-auth\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.unref();
    this.#alive = server;
    const address = server.address();
    const run: Run = { pid: process.pid, alive: typeof address === 'object' && address ? address.port : 0 };
    const path = join(this.path, 'run.json');
    try {
      writeFileSync(path, JSON.stringify(run), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const other = readRun(path);
      if (other && (await lives(other))) throw alreadyRunning(other);
      // A run that was killed: its guard is ending its processes.
      if (other?.redisPort !== undefined) await untilFree(other.redisPort);
      this.update(run);
    }
    return run;
  }

  /** Replaces `run.json`. */
  update(run: Run): void {
    this.write('run.json', `${JSON.stringify(run, null, 2)}\n`);
  }

  release(): void {
    this.#alive?.close();
    rmSync(join(this.path, 'run.json'), { force: true });
  }
}

function readRun(path: string): Run | undefined {
  try {
    return Run.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Half written, or from another version: nothing that could be running.
    return undefined;
  }
}

async function lives({ alive }: Run): Promise<boolean> {
  const socket = connect({ port: alive, host: '127.0.0.1', timeout: 1_000 });
  socket.setEncoding('utf8');
  try {
    const [said] = await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return String(said).startsWith('gke-auth');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function alreadyRunning({ pid, page: base, pageLink }: Run): StartError {
  const page = pageLink ?? base;
  return new StartError({
    en: `gke-auth is already running from this checkout (process ${pid})${page ? `: ${page}` : ''}. End it with Ctrl-C there, or with: kill ${pid}`,
    ja: `このチェックアウトの gke-auth はすでに動いています（プロセス ${pid}）${page ? `: ${page}` : ''}。その端末で Ctrl-C を押すか、kill ${pid} で終了してください。`,
  });
}
