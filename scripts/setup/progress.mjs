import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** Why set-up can't go on, and what to do: one sentence each. */
export class SetupError extends Error {}

export function say(message) {
  process.stderr.write(`set-up: ${message}\n`);
}

/** Does one step, with a line before it and the seconds it took after it. */
export function step(what, work) {
  process.stderr.write(`set-up: ${what} … `);
  const began = Date.now();
  try {
    const result = work();
    process.stderr.write(`${((Date.now() - began) / 1000).toFixed(0)} s\n`);
    return result;
  } catch (error) {
    process.stderr.write('failed\n');
    throw error;
  }
}

/** Runs a program to its end, silently. @returns its stdout. @throws with the end of what it said on stderr. */
export function run(command, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0] ?? ''}: ${`${stderr}${stdout}`.trim().slice(-2000)}`);
  return stdout;
}
