/**
 * The terminal program from its entrance on, in the test's own process: for tests of what it answers. It saves the second
 * that a process of its own takes to load; what is about the process itself goes through `gkeAuth` of program.ts.
 */
import { vi } from 'vitest';
import { run } from '../../src/cli/main.ts';
import type { Run } from './program.ts';

/** The environment and the output are the process's: one at a time. */
let last: Promise<unknown> = Promise.resolve();

/** What `gke-auth …` answers with exactly this environment (besides the PATH), and nobody at a keyboard. */
export function enter(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const next = last.then(() => runAlone(args, { PATH: process.env.PATH ?? '', ...env }));
  last = next.catch(() => {});
  return next;
}

async function runAlone(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> {
  const started = performance.now();
  const before = { ...process.env };
  const [stdout, stderr] = [captured(process.stdout), captured(process.stderr)];
  setEnvironment(env);
  try {
    const code = await run(args);
    return { code, stdout: stdout.text(), stderr: stderr.text(), tookMs: performance.now() - started };
  } finally {
    setEnvironment(before);
    stdout.release();
    stderr.release();
  }
}

/** Variable by variable: libraries and child processes read the environment that the process really has. */
function setEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  for (const [name, value] of Object.entries(env)) process.env[name] = value;
}

function captured(stream: NodeJS.WriteStream) {
  const pieces: string[] = [];
  const spy = vi.spyOn(stream, 'write').mockImplementation((piece, ...then) => {
    pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString());
    for (const written of then) if (typeof written === 'function') written();
    return true;
  });
  return { text: () => pieces.join(''), release: () => spy.mockRestore() };
}
