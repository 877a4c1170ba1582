/** HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS hold for everything that is sent: the real programs behind a real proxy. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/main.ts';
import { Report } from '../../src/contracts/report.ts';
import { CLUSTER, Terminal } from '../scenarios/terminal.ts';
import { startRedis } from '../system/redis.ts';
import {
  createExtraCa,
  type ExtraCa,
  GOOGLE_HOST,
  type ProxyProcess,
  SLACK_HOST,
  startProxy,
  startTlsFront,
  type TlsFront,
} from './behind-proxy.ts';

const root = new URL('../../', import.meta.url).pathname;
let ca: ExtraCa;
let proxy: ProxyProcess;
let fronts: TlsFront[];
let slack: SlackSandbox;
let terminal: Terminal;

beforeAll(async () => {
  [ca, slack, terminal] = await Promise.all([
    createExtraCa(),
    startSlack(),
    Terminal.start(healthyWorld().world.world),
  ]);
  const portOf = (url: string) => Number(new URL(url).port);
  fronts = await Promise.all([
    startTlsFront(ca.authority, portOf(slack.page)),
    startTlsFront(ca.authority, portOf(terminal.google.url)),
  ]);
  // The URLs that Slack gives out: of its WebSocket, for uploads, for answers.
  slack.world.origin = `https://${SLACK_HOST}`;
});
afterAll(async () => {
  for (const front of fronts) front.close();
  await Promise.all([slack.close(), terminal.close(), ca.remove()]);
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  proxy.stop();
});

/** The environment of a program behind the proxy. */
async function behindProxy(): Promise<Record<string, string>> {
  const [slackFront, googleFront] = fronts;
  proxy = await startProxy({ [SLACK_HOST]: slackFront?.port ?? 0, [GOOGLE_HOST]: googleFront?.port ?? 0 });
  return { PATH: process.env.PATH ?? '', HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: ca.file };
}

const slackEnvironment = () => ({
  SLACK_API_URL: `https://${SLACK_HOST}/api/`,
  SLACK_BOT_TOKEN: slack.slack.botToken,
  SLACK_APP_TOKEN: slack.slack.appToken,
});

describe('Slack', () => {
  test('the bot connects by Socket Mode, takes a command and answers it', async () => {
    const [env, redis] = await Promise.all([behindProxy(), startRedis()]);
    const bot = spawn(process.execPath, ['bin/bot.ts'], {
      cwd: root,
      env: { ...env, ...slackEnvironment(), REDIS_URL: redis.url, GKE_AUTH_PLAN_KEY: 'a key that only tests use' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    children.push(bot);
    await once(bot, 'message');
    const { users, channel } = slack.slack;
    const typed = await fetch(`${terminalOf(slack)}_sandbox/slack/command`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: users.requester, channel, text: '/gke-auth status' }),
    });
    expect(await typed.json()).toMatchObject({ ok: true });
    // auth.test, apps.connections.open and the answer by the Web API's connections; the WebSocket by one of its own.
    expect(new Set(proxy.asked)).toEqual(new Set([`${SLACK_HOST}:443`]));
    expect(proxy.asked.length).toBeGreaterThanOrEqual(2);
    await redis.stop();
  });

  test('workers call the Web API, upload files and use response URLs', async () => {
    const env = { ...(await behindProxy()), ...slackEnvironment() };
    const { stdout } = await run('test/http/slack-program.ts', [], env);
    expect(JSON.parse(stdout)).toEqual({
      user: expect.any(String),
      file: expect.stringMatching(/^F/),
      responseUrl: 404,
    });
    expect(new Set(proxy.asked)).toEqual(new Set([`${SLACK_HOST}:443`]));
  });
});

describe('Google Cloud and clusters', () => {
  const diagnose = async (more: Record<string, string>) => {
    const overrides = Object.keys(terminal.env).filter(name => name.startsWith('CLOUDSDK_API_ENDPOINT_OVERRIDES_'));
    const google = Object.fromEntries(overrides.map(name => [name, `https://${GOOGLE_HOST}/`]));
    const env = { ...terminal.env, ...google, ...more };
    return run('bin/gke-auth.ts', ['diagnose', CLUSTER, '--format', 'json'], env);
  };
  const apiServer = () => terminal.google.cloud.apiServers.all.find(({ cluster }) => cluster === CLUSTER);

  test('the terminal reads both through the proxy; the API server by its cluster’s own CA', async () => {
    const { stdout } = await diagnose(await behindProxy());
    const report = Report.parse(JSON.parse(stdout));
    expect(report.summary.unknown).toBe(0);
    expect(report.apiCalls.kubernetes).toBeGreaterThan(0);
    const hosts = new Set(proxy.asked.map(target => target.replace(/:\d+$/, '')));
    expect(hosts).toEqual(new Set([GOOGLE_HOST, '127.0.0.1']));
    expect(apiServer()).toBeDefined();
  });

  test('hosts of NO_PROXY are called directly', async () => {
    const env = { ...(await behindProxy()), NO_PROXY: '127.0.0.1' };
    const { stdout } = await diagnose(env);
    expect(Report.parse(JSON.parse(stdout)).apiCalls.kubernetes).toBeGreaterThan(0);
    expect(new Set(proxy.asked)).toEqual(new Set([`${GOOGLE_HOST}:443`]));
  });

  test('a proxy’s certificate that no known CA signed is an error that names it', async () => {
    const { NODE_EXTRA_CA_CERTS: _, ...env } = await behindProxy();
    const { stdout, code } = await diagnose(env);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'nothing-readable',
      message: expect.stringMatching(/certificate|issuer/i),
    });
  });
});

/** The sandbox's own address: its control interface is reached directly. */
function terminalOf({ slackApi }: SlackSandbox): string {
  return slackApi.replace(/api\/$/, '');
}

async function run(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const options = { cwd: root, env, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)(process.execPath, [file, ...args], options).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error: { stdout?: string; code?: number; stderr?: string }) => {
      if (!error.stdout) throw new Error(error.stderr);
      return { stdout: error.stdout, code: error.code };
    },
  );
}
