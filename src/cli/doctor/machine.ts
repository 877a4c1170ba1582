/** The user's machine: programs on the PATH, the environment, files. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { redact } from '../../explain/redact.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Ran {
  /** Exit code; undefined where it could not be started or did not end in time. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Without secrets, one line, short. */
  readonly complaint: string;
}

const PROGRAM_MS = 30_000;

/** Runs a program without a shell. Never throws. */
export function runProgram(env: Env, command: string, args: readonly string[], timeoutMs = PROGRAM_MS): Promise<Ran> {
  return new Promise(resolve => {
    const options = { env: { ...env }, timeout: timeoutMs, maxBuffer: 8 * 1024 * 1024 };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve({ code, stdout, complaint: briefly(stderr || (error?.message ?? '')) });
    });
  });
}

/** The full path of a program; undefined where the PATH has none. */
export async function findProgram(env: Env, name: string): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
}

/** A file that this user may execute; a folder is none. */
export async function isExecutable(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) return false;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

const BRIEF = 300;

/** What a program or a server said, without secrets and in one line. */
export function briefly(text: string): string {
  const line = redact(text).text.replace(/\s+/g, ' ').trim();
  return line.length > BRIEF ? `${line.slice(0, BRIEF)}…` : line;
}
