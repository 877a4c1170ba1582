/** npm start, whole: real Redis, sandbox, bot and workers as processes. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readSandboxLine, type SandboxLine } from '../../src/start/sandbox.ts';

const ROOT = join(import.meta.dirname, '../..');
const data = mkdtempSync(join(tmpdir(), 'start-'));
const Run = z.object({
  redis: z.string(),
  redisPort: z.number(),
  page: z.string(),
  google: z.string(),
  config: z.string(),
});
const Message = z.object({ ts: z.string(), thread_ts: z.string().optional(), text: z.string().default('') });
const State = z.object({ messages: z.record(z.string(), z.array(Message)) });

/** Nothing of this machine's own configuration. */
function environment(more: Record<string, string> = {}): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(SLACK|GOOGLE|CLOUDSDK|REDIS|GKE_AUTH|LOG_|LC_|LANG)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...more };
}

interface Start {
  readonly process: ChildProcess;
  readonly said: () => string;
  /** Resolves when this is said, rejects where it ends before that. */
  until(words: RegExp): Promise<void>;
}

function npmStart(args: readonly string[] = [], env: Record<string, string> = {}): Start {
  const child = spawn(process.execPath, ['bin/start.ts', '--data', data, ...args], {
    cwd: ROOT,
    env: environment(env),
  });
  const parts: string[] = [];
  const heard = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      parts.push(part);
      heard.dispatchEvent(new Event('heard'));
    });
  }
  child.on('close', () => heard.dispatchEvent(new Event('heard')));
  const said = () => parts.join('');
  return {
    process: child,
    said,
    async until(words) {
      while (!words.test(said())) {
        if (child.exitCode !== null) throw new Error(`It ended before it said ${words}: ${said()}`);
        await once(heard, 'heard');
      }
    },
  };
}

const readRun = () => Run.parse(JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')));

/** Process ids by the arguments of their processes, of those that this process started. */
function childrenOf(pid: number | undefined): { pid: number; args: string }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const rows = lines.map(line => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter(row => row !== null);
  return rows.filter(row => Number(row[2]) === pid).map(row => ({ pid: Number(row[1]), args: row[3] ?? '' }));
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(alive)) await sleep(20);
}

async function page(path: string, body?: Record<string, string>, at = readRun().page): Promise<unknown> {
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(new URL(`_sandbox/slack/${path}`, at), request);
  return response.json();
}

async function untilPosted(words: RegExp, inThread: boolean, at = readRun().page): Promise<void> {
  for (;;) {
    const { messages } = State.parse(await page('state?user=U0ALICE001', undefined, at));
    const all = Object.values(messages).flat();
    const posted = all.filter(({ ts, thread_ts }) => (thread_ts !== undefined && thread_ts !== ts) === inThread);
    if (posted.some(({ text }) => words.test(text))) return;
    await sleep(50);
  }
}

describe('npm start with nothing configured', () => {
  let start: Start;
  beforeAll(async () => {
    start = npmStart();
    await start.until(/Ctrl-C/);
  });
  afterAll(async () => {
    if (start.process.exitCode === null) {
      start.process.kill('SIGTERM');
      await once(start.process, 'exit');
    }
    rmSync(data, { recursive: true, force: true });
  });

  test('says what is simulated, where the page is and what to type', async () => {
    expect(start.said()).toContain(`Slack    simulated    ${readRun().page.replace(/\/$/, '')}`);
    expect(start.said()).toContain('Google   simulated    project sandbox-1, cluster-x');
    expect(start.said()).toContain('Type   /gke-auth diagnose cluster-x');
    const response = await fetch(readRun().page);
    expect(await response.text()).toContain('<html');
  });

  test('keeps keys and tokens to their owner', () => {
    for (const name of ['plan-key', 'diagnoser.token', 'remediator.token', 'run.json']) {
      expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  test('a diagnosis typed in the page ends as a threaded report', async () => {
    await page('command', { user: 'U0ALICE001', channel: 'C0GKEHELP1', text: '/gke-auth diagnose cluster-x' });
    await untilPosted(/problems? in cluster-x/, false);
    await untilPosted(/pool-b/, true);
  });

  test('a second start says that one is running, and where', async () => {
    const second = npmStart();
    const [code] = await once(second.process, 'close');
    expect(code).toBe(1);
    expect(second.said()).toContain(
      `already running from this checkout (process ${start.process.pid}): ${readRun().page}`,
    );
  });

  test('a worker that dies is started again, and works', async () => {
    const worker = childrenOf(start.process.pid).find(({ args }) => args.endsWith('bin/worker.ts diagnose'));
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    await start.until(/diagnosing-worker ended and is started again/);
    await page('command', { user: 'U0ALICE001', channel: 'C0GKEHELP1', text: '/gke-auth diagnose no-such-cluster' });
    await untilPosted(/no-such-cluster/, false);
  });

  test('SIGTERM ends everything, and Redis keeps its data for the next start', async () => {
    const { pid } = start.process;
    const pids = childrenOf(pid).map(child => child.pid);
    expect(pids.length).toBeGreaterThanOrEqual(5);
    const key = readFileSync(join(data, 'plan-key'), 'utf8');
    start.process.kill('SIGTERM');
    const [code] = await once(start.process, 'exit');
    expect(code).toBe(0);
    await untilGone(pids);
    expect(() => readRun()).toThrow();

    start = npmStart();
    await start.until(/Ctrl-C/);
    expect(readFileSync(join(data, 'plan-key'), 'utf8')).toBe(key);
    await page('command', { user: 'U0ALICE001', channel: 'C0GKEHELP1', text: '/gke-auth history' });
  });

  test('where it is killed itself, nothing is left of it, and the next start works', async () => {
    const pids = childrenOf(start.process.pid).map(child => child.pid);
    const before = readRun();
    start.process.kill('SIGKILL');
    await once(start.process, 'exit');
    start = npmStart();
    await start.until(/Ctrl-C/);
    await untilGone(pids.filter(pid => pid !== start.process.pid));
    expect(readRun().redisPort).not.toBe(before.redisPort);
  });
});

describe('npm start with everything configured', () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  let outside: ChildProcess;
  let line: SandboxLine;
  beforeAll(async () => {
    outside = spawn(process.execPath, ['sandbox/main.ts'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    if (!outside.stdout) throw new Error('no output');
    line = await readSandboxLine(outside.stdout);
  });
  afterAll(async () => {
    outside.kill('SIGTERM');
    await once(outside, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });

  test('starts no sandbox and uses the servers, tokens and file it was given', async () => {
    const token = join(folder, 'token');
    writeFileSync(token, line.tokens.diagnoser);
    const config = join(folder, 'gke-auth.yaml');
    writeFileSync(
      config,
      'projects: [sandbox-1]\nlanguage: ja\napprovals: { approvers: { emails: [bob@example.com] } }\n',
    );
    const endpoints = ['CONTAINER', 'CLOUDRESOURCEMANAGER', 'IAM', 'SERVICEUSAGE'].map(
      service => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${service}`, line.google] as const,
    );
    const start = npmStart(['--data', join(folder, 'data')], {
      SLACK_API_URL: line.slackApi,
      SLACK_BOT_TOKEN: line.slack.botToken,
      SLACK_APP_TOKEN: line.slack.appToken,
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token,
      GKE_AUTH_CONFIG: config,
      GKE_AUTH_PLAN_KEY: 'a key of sixteen letters and more',
      ...Object.fromEntries(endpoints),
    });
    try {
      await start.until(/Ctrl-C/);
      expect(start.said()).toMatch(/Slack +本物/);
      expect(start.said()).toMatch(/Google +本物 +プロジェクト sandbox-1/);
      expect(childrenOf(start.process.pid).filter(({ args }) => args.includes('sandbox/main.ts'))).toEqual([]);
      await page(
        'command',
        { user: 'U0ALICE001', channel: 'C0GKEHELP1', text: '/gke-auth diagnose cluster-x' },
        line.page,
      );
      await untilPosted(/cluster-x/, false, line.page);
      await untilPosted(/pool-b/, true, line.page);
    } finally {
      start.process.kill('SIGTERM');
      await once(start.process, 'exit');
    }
  });
});

describe('npm start that can not start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function failing(env: Record<string, string>): Promise<string> {
    const start = npmStart(['--data', join(folder, 'data')], env);
    const [code] = await once(start.process, 'close');
    expect(code).toBe(1);
    expect(start.said()).not.toMatch(/^\s+at /m);
    return start.said();
  }

  test('names every problem of the configuration', async () => {
    const config = join(folder, 'gke-auth.yaml');
    writeFileSync(config, 'project: [prod-1]\nlanguage: de\n');
    const said = await failing({ GKE_AUTH_CONFIG: config, LOG_LEVEL: 'loud' });
    for (const key of ['project', 'language', 'LOG_LEVEL']) expect(said).toContain(key);
  });

  test('names a Redis that is not there, without its password', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    const port = typeof address === 'object' && address ? address.port : 0;
    const said = await failing({ REDIS_URL: `redis://:hunter2@127.0.0.1:${port}` });
    expect(said).toContain(`Redis at redis://127.0.0.1:${port} (REDIS_URL) doesn't take commands: ECONNREFUSED`);
    expect(said).not.toContain('hunter2');
  });

  test('says what is missing where there is no redis-server', async () => {
    const cached = join(ROOT, '.cache/bin');
    const path = (process.env.PATH ?? '').split(delimiter).filter(one => !has(one, 'redis-server') && one !== cached);
    if (has(cached, 'redis-server')) return;
    expect(await failing({ PATH: path.join(delimiter) })).toContain('redis-server was not found');
  });
});

function has(folder: string, name: string): boolean {
  return statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
}
