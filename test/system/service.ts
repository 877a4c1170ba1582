/** One process of the program, started as in production: the bot or a worker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROLES = ['bot', 'diagnose', 'remediate'] as const;
export type Role = (typeof ROLES)[number];

const root = fileURLToPath(new URL('../..', import.meta.url));
const ARGUMENTS: Readonly<Record<Role, readonly string[]>> = {
  bot: ['bin/bot.ts'],
  diagnose: ['bin/worker.ts', 'diagnose'],
  remediate: ['bin/worker.ts', 'remediate'],
};

/** A line of a process's log. */
export interface LogLine {
  readonly msg?: string;
  readonly level?: number;
  readonly trace?: string;
  readonly [field: string]: unknown;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Service {
  readonly role: Role;
  /** Every line it has logged, over all its lives. */
  readonly lines: LogLine[] = [];
  readonly #env: Readonly<Record<string, string>>;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;

  /** `logs`: the folder for its log file. */
  constructor(role: Role, { name = role, env, logs }: { name?: string; env: Record<string, string>; logs: string }) {
    this.role = role;
    this.#env = env;
    this.#log = createWriteStream(join(logs, `${name}.log`), { flags: 'a' });
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`the ${this.role} does not run`);
    return pid;
  }

  /** Resolves once it says that it is up. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ARGUMENTS[this.role], {
      cwd: root,
      env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...this.#env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const errors: string[] = [];
    if (child.stderr) {
      createInterface({ input: child.stderr }).on('line', line => {
        this.#log.write(`${line}\n`);
        const parsed = parse(line);
        if (parsed) this.lines.push(parsed);
        else errors.push(line);
      });
    }
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the ${this.role} ended at its start (${code ?? signal}): ${errors.join('\n')}`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {});
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As an operator stops it; SIGKILL where it doesn't end within these ms. @returns its exit code. */
  async stop(withinMs = 10_000): Promise<number | null> {
    const force = setTimeout(() => this.#child?.kill('SIGKILL'), withinMs);
    const code = await this.#end('SIGTERM');
    clearTimeout(force);
    return code;
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Freezes the process until the returned function is called. */
  pause(): () => void {
    const child = this.#child;
    child?.kill('SIGSTOP');
    return () => child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode;
  }
}

function parse(line: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
