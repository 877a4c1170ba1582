import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Member, ProcessSupervisor } from '../../src/start/process-supervisor.ts';

let logs: string;
beforeEach(async () => {
  logs = await mkdtemp(join(tmpdir(), 'supervisor-'));
});
afterEach(() => rm(logs, { recursive: true, force: true }));

/** A process that runs this code; ready when it sends `ready`. It names itself and what it started in messages. */
function member(name: string, code: string, onPid: (pid: number) => void = () => {}): Member {
  return {
    name,
    command: process.execPath,
    args: ['-e', code],
    env: process.env,
    ipc: true,
    ready: child =>
      new Promise(done => {
        child.on('message', message => {
          if (typeof message === 'number') onPid(message);
          if (message === 'ready') done();
        });
      }),
  };
}

const LIVES = 'setInterval(() => {}, 1e6); process.send(process.pid); process.send("ready");';
const HAS_A_CHILD = `process.send(require('child_process').spawn('sleep', ['600']).pid); ${LIVES}`;
const STUBBORN = `process.on('SIGTERM', () => {}); ${LIVES}`;

const quiet = { onRestart: () => {} };

describe('the processes of an npm start', () => {
  test('end with all that they started, the last come first', async () => {
    const pids: number[] = [];
    const supervisor = new ProcessSupervisor({ logs, ...quiet });
    await supervisor.start(member('one', HAS_A_CHILD, pid => pids.push(pid)));
    await supervisor.start(member('two', LIVES, pid => pids.push(pid)));
    expect(pids).toHaveLength(3);
    expect(pids.every(alive)).toBe(true);
    await supervisor.stop();
    await untilGone(pids);
  });

  test('are started again when they die, with what they started ended, and that is said', async () => {
    const pids: number[] = [];
    const { promise: restarted, resolve } = Promise.withResolvers<void>();
    const told: string[] = [];
    const onRestart = (name: string, reason: string) => told.push(`${name}: ${reason}`);
    const supervisor = new ProcessSupervisor({ logs, onRestart });
    const seen = (pid: number) => {
      if (pids.push(pid) === 4) resolve();
    };
    await supervisor.start(member('bot', `console.error('Error: I am tired'); ${HAS_A_CHILD}`, seen));
    const [grandchild = 0, child = 0] = pids;
    process.kill(child, 'SIGKILL');
    await restarted;
    expect(told).toEqual(['bot: Error: I am tired.']);
    await untilGone([child, grandchild]);
    expect(alive(pids[3] ?? 0)).toBe(true);
    await supervisor.stop();
    await untilGone(pids);
  });

  test('that never get ready end the start with their last words', async () => {
    const supervisor = new ProcessSupervisor({ logs, ...quiet });
    const failing = member('bot', "process.stderr.write('gke-auth bot: the token was refused'); process.exit(2);");
    await expect(supervisor.start(failing)).rejects.toMatchObject({
      name: 'StartError',
      text: {
        en: expect.stringMatching(/^bot didn't start: gke-auth bot: the token was refused\. Its log: .*bot\.log$/),
      },
    });
    await supervisor.stop();
    expect(await readFile(join(logs, 'bot.log'), 'utf8')).toContain('the token was refused');
  });

  test('that are not installed end the start with what to do', async () => {
    const supervisor = new ProcessSupervisor({ logs, ...quiet });
    const missing: Member = { ...member('redis', ''), command: 'no-such-server', ipc: false };
    await expect(supervisor.start(missing)).rejects.toThrow(/no-such-server was not found; node scripts\/setup\.mjs/);
    await supervisor.stop();
  });

  test('are ended by the guard where npm start itself is killed', async () => {
    const supervisor = new URL('../../src/start/process-supervisor.ts', import.meta.url);
    const code = `
      const { ProcessSupervisor } = await import(${JSON.stringify(supervisor.href)});
      const supervisor = new ProcessSupervisor({ logs: ${JSON.stringify(logs)}, onRestart() {} });
      const ready = child => new Promise(done => child.on('message', message => {
        if (typeof message === 'number') console.log(message);
        if (message === 'ready') done();
      }));
      const common = { command: process.execPath, env: process.env, ipc: true, ready };
      await supervisor.start({ ...common, name: 'one', args: ['-e', ${JSON.stringify(HAS_A_CHILD)}] });
      await supervisor.start({ ...common, name: 'two', args: ['-e', ${JSON.stringify(LIVES)}] });
      console.log('up');`;
    const start = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: string[] = [];
    start.stdout.setEncoding('utf8').on('data', (text: string) => said.push(text));
    while (!said.join('').includes('up')) await once(start.stdout, 'data');
    const pids = said.join('').match(/\d+/g)?.map(Number) ?? [];
    expect(pids).toHaveLength(3);
    start.kill('SIGKILL');
    await untilGone(pids);
  });

  test('that ignore the request to end are killed at the second one', async () => {
    const pids: number[] = [];
    const supervisor = new ProcessSupervisor({ logs, ...quiet });
    await supervisor.start(member('bot', STUBBORN, pid => pids.push(pid)));
    const stopped = supervisor.stop();
    supervisor.kill();
    await stopped;
    await untilGone(pids);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when none is left; the test's time limit decides how long that may take. */
async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(alive)) await sleep(20);
}
