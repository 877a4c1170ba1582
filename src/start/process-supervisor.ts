/** The processes of an npm start: started in order, restarted when they die, ended in reverse order with all that they started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitReason } from './exit-reason.ts';
import { StartError } from './failure.ts';

export interface Member {
  /** Names its log, too. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether it speaks over Node's IPC channel. */
  readonly ipc?: boolean;
  /** Resolves when the process does its work. Called once for each process of it; the signal fires when that has ended. */
  ready(child: ChildProcess, signal: AbortSignal): Promise<void>;
}

export interface ProcessSupervisorOptions {
  /** Where `NAME.log` go. */
  readonly logs: string;
  /** Told of each line of a log as it comes. */
  readonly onLine?: (name: string, line: string) => void;
  /** Told when a process ended by itself and is being started again, `delayMs` from now. */
  readonly onRestart: (name: string, reason: string, delayMs: number) => void;
}

const READY_MS = 60_000;
const GRACE_MS = 15_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A process that lived this long has recovered: its next restart is prompt again. */
const RECOVERED_MS = 60_000;

interface Post {
  readonly member: Member;
  readonly log: WriteStream;
  readonly tail: string[];
  child: ChildProcess;
  failures: number;
}

export class ProcessSupervisor {
  readonly #options: ProcessSupervisorOptions;
  readonly #waves: Post[][] = [];
  readonly #ending = new AbortController();
  readonly #guard = spawn('sh', [join(import.meta.dirname, 'guard.sh')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });

  constructor(options: ProcessSupervisorOptions) {
    this.#options = options;
    this.#guard.on('error', () => {});
    this.#guard.stdin.on('error', () => {});
    this.#guard.unref();
  }

  /** Starts some together; resolves when all are ready. @throws {StartError} where one ends before that, or takes longer than a minute. */
  async start(...members: readonly Member[]): Promise<void> {
    this.#ending.signal.throwIfAborted();
    const posts = members.map((member): Post => {
      const log = createWriteStream(join(this.#options.logs, `${member.name}.log`), { mode: 0o600 });
      return { member, log, tail: [], child: this.#spawn(member), failures: 0 };
    });
    this.#waves.push(posts);
    await Promise.all(posts.map(post => this.#untilReady(post)));
    for (const post of posts) void this.#keep(post);
  }

  /** Ends all: what was started last first, what was started together at once; with SIGKILL what takes too long. */
  async stop(): Promise<void> {
    this.#ending.abort();
    for (const posts of this.#waves.toReversed()) await Promise.all(posts.map(({ child }) => end(child)));
    this.#guard.stdin.end('end\n');
    for (const { log } of this.#waves.flat()) log.end();
  }

  /** Ends all at once, without grace. */
  kill(): void {
    this.#ending.abort();
    for (const { child } of this.#waves.flat()) signalGroup(child, 'SIGKILL');
  }

  #spawn({ command, args, env, ipc }: Member): ChildProcess {
    const child = spawn(command, args, {
      env,
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
      // A group of its own: Ctrl-C reaches npm start alone, which then ends them in order.
      detached: true,
    });
    child.on('error', () => {});
    if (child.pid !== undefined) this.#guard.stdin.write(`add ${child.pid}\n`);
    return child;
  }

  /** @throws {StartError} */
  async #untilReady(post: Post): Promise<void> {
    const { member, child, tail } = post;
    const ended = new AbortController();
    child.once('exit', () => ended.abort());
    child.once('error', () => {
      tail.push(`${member.command} was not found; node scripts/setup.mjs installs what is missing.`);
      ended.abort();
    });
    for (const stream of [child.stdout, child.stderr]) if (stream) this.#log(post, stream);
    const late = AbortSignal.timeout(READY_MS);
    const over = AbortSignal.any([ended.signal, late, this.#ending.signal]);
    const stopped = new Promise<never>((_, reject) => {
      over.addEventListener('abort', () => reject(over.reason), { once: true });
    });
    try {
      await Promise.race([member.ready(child, over), stopped]);
    } catch (cause) {
      // Its last words may still be in the pipe.
      if (ended.signal.aborted && child.stderr && !child.stderr.readableEnded) await drained(child.stderr);
      throw notReady(member.name, late.aborted ? undefined : exitReason(tail), post.log.path, cause);
    }
  }

  #log(post: Post, stream: Readable): void {
    const lines = createInterface(stream);
    lines.on('line', line => {
      post.log.write(`${line}\n`);
      post.tail.push(line);
      if (post.tail.length > 20) post.tail.shift();
      this.#options.onLine?.(post.member.name, line);
    });
  }

  /** Starts it again whenever it ends, until all end. */
  async #keep(post: Post): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const began = Date.now();
      if (running(post.child)) await once(post.child, 'exit');
      this.#guard.stdin.write(`gone ${post.child.pid}\n`);
      if (this.#ending.signal.aborted) return;
      // What it started must not outlive it.
      signalGroup(post.child, 'SIGKILL');
      post.failures = Date.now() - began > RECOVERED_MS ? 0 : post.failures + 1;
      const delay = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, post.failures - 1), LONGEST_DELAY_MS);
      this.#options.onRestart(post.member.name, exitReason(post.tail), delay);
      await sleep(delay, undefined, { signal: this.#ending.signal }).catch(() => {});
      if (this.#ending.signal.aborted) return;
      post.child = this.#spawn(post.member);
      await this.#untilReady(post).catch(() => signalGroup(post.child, 'SIGKILL'));
    }
  }
}

const running = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

async function end(child: ChildProcess): Promise<void> {
  if (running(child)) {
    signalGroup(child, 'SIGTERM');
    const grace = AbortSignal.timeout(GRACE_MS);
    await once(child, 'exit', { signal: grace }).catch(() => {});
  }
  signalGroup(child, 'SIGKILL');
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody of the group is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function drained(stream: Readable): Promise<void> {
  await Promise.race([once(stream, 'close'), sleep(1_000)]);
}

function notReady(name: string, why: string | undefined, log: string | Buffer, cause: unknown): StartError {
  const seconds = READY_MS / 1_000;
  return new StartError(
    why === undefined
      ? {
          en: `${name} was not ready after ${seconds} s. Its log: ${log}`,
          ja: `${name} が ${seconds} 秒たっても準備できませんでした。ログ: ${log}`,
        }
      : {
          en: `${name} didn't start: ${why} Its log: ${log}`,
          ja: `${name} を起動できませんでした: ${why} ログ: ${log}`,
        },
    cause,
  );
}
