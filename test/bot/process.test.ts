/** The bot as a process of its own: what it prints, how it starts and ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { Ajv } from 'ajv';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startSlack } from '../../sandbox/slack/main.ts';
import { createLog } from '../../src/log.ts';
import { startRedis } from '../system/redis.ts';
import { PLAN_KEY } from './world.ts';

const MAIN = new URL('../../bin/bot.ts', import.meta.url).pathname;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  const ended = once(child, 'exit').then(([code]) => code as number);
  const says = (text: string) =>
    new Promise<void>(resolve => {
      const look = () => output.includes(text) && resolve();
      child.stderr.on('data', look);
      look();
    });
  child.stderr.on('data', chunk => {
    output += String(chunk);
  });
  return { child, ended, says, output: () => output };
}

describe('the bot’s process', () => {
  it('says all that is missing and wrong at once, without a stack, and starts nothing', async () => {
    const bot = run({ SLACK_SIGNING_SECRET: 'x', LOG_LEVEL: 'loud', GKE_AUTH_CONFIG: '/nowhere.yaml' });
    expect(await bot.ended).toBe(2);
    for (const name of ['SLACK_BOT_TOKEN', 'PORT', 'REDIS_URL', 'GKE_AUTH_PLAN_KEY', 'LOG_LEVEL', 'GKE_AUTH_CONFIG']) {
      expect(bot.output()).toContain(name);
    }
    expect(bot.output()).not.toMatch(/\n\s+at /);
  });

  it('says that Slack refuses a token', async () => {
    const slack = await startSlack();
    const env = { SLACK_API_URL: slack.slackApi, REDIS_URL: 'redis://127.0.0.1:1', GKE_AUTH_PLAN_KEY: PLAN_KEY };
    const wrongBot = run({ ...env, SLACK_BOT_TOKEN: 'xoxb-wrong', SLACK_APP_TOKEN: slack.slack.appToken });
    const wrongApp = run({ ...env, SLACK_BOT_TOKEN: slack.slack.botToken, SLACK_APP_TOKEN: 'xapp-wrong' });
    expect(await wrongBot.ended).toBe(2);
    expect(wrongBot.output()).toContain('Slack refuses SLACK_BOT_TOKEN (invalid_auth)');
    expect(await wrongApp.ended).toBe(2);
    expect(wrongApp.output()).toContain('Slack refuses SLACK_APP_TOKEN (invalid_auth)');
    await slack.close();
  });

  it('comes up, answers, and ends with 0 on SIGTERM', async () => {
    const [slack, redis] = await Promise.all([startSlack(), startRedis()]);
    const bot = run({
      SLACK_BOT_TOKEN: slack.slack.botToken,
      SLACK_APP_TOKEN: slack.slack.appToken,
      SLACK_API_URL: slack.slackApi,
      REDIS_URL: redis.url,
      GKE_AUTH_PLAN_KEY: PLAN_KEY,
    });
    await bot.says('bot started');
    const response = await fetch(`${slack.page}_sandbox/slack/command`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: slack.slack.users.requester, channel: slack.slack.channel, text: '/gke-auth help' }),
    });
    expect(await response.json()).toMatchObject({ ok: true });
    bot.child.kill('SIGTERM');
    expect(await bot.ended).toBe(0);
    await slack.close();
    await redis.stop();
  });
});

describe('over HTTP', () => {
  it('signed requests are answered; what is not signed is not', async () => {
    const [slack, redis] = await Promise.all([startSlack(), startRedis()]);
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise(resolve => probe.close(resolve));
    const bot = run({
      SLACK_BOT_TOKEN: slack.slack.botToken,
      SLACK_SIGNING_SECRET: slack.slack.signingSecret,
      PORT: String(port),
      SLACK_API_URL: slack.slackApi,
      REDIS_URL: redis.url,
      GKE_AUTH_PLAN_KEY: PLAN_KEY,
    });
    await bot.says('bot started');
    const url = `http://127.0.0.1:${port}/slack/events`;
    expect(await slack.world.requestUrl.verify(url)).toBe(true);
    const { channel, users } = slack.slack;
    await fetch(`${slack.page}_sandbox/slack/command`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: users.requester, channel, text: '/gke-auth diagnose cluster-x' }),
    });
    expect(slack.workspace.ephemerals.at(-1)?.text).toContain('Looking at');
    const forged = await fetch(url, { method: 'POST', body: 'command=%2Fgke-auth&text=help' });
    expect(forged.status).toBe(401);
    bot.child.kill('SIGTERM');
    expect(await bot.ended).toBe(0);
    await slack.close();
    await redis.stop();
  });
});

describe('logs', () => {
  it('hold no secret, wherever it stands', () => {
    const lines: string[] = [];
    const log = createLog('test', 'info', { write: line => void lines.push(line) });
    const token = ['xoxb', '1234567890', '1234567890', 'abcdefghijklmnopqrstuvwx'].join('-');
    log.info(
      { token, deep: { responseUrl: 'https://hooks.slack.com/commands/T1/1/abc', text: `bearer ${token}` } },
      `got ${token}`,
    );
    log.error({ err: new Error(`refused ${token}`, { cause: new Error(`with ${token}`) }) }, 'failed');
    const text = lines.join('\n');
    expect(text).not.toContain(token);
    expect(text).not.toContain('hooks.slack.com');
    expect(text).toContain('refused');
    expect(lines).toHaveLength(2);
  });
});

const SCHEMAS = new URL('../../../shared/schemas/', import.meta.url);

describe('manifest.yml', () => {
  const manifest: unknown = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));

  it.skipIf(!existsSync(SCHEMAS))('is valid by Slack’s published schema', () => {
    const schema: unknown = JSON.parse(readFileSync(new URL('slack-manifest.v1.schema.json', SCHEMAS), 'utf8'));
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile(schema as object);
    expect(validate(manifest) || validate.errors).toBe(true);
  });

  it('has every scope that the methods need that we call', () => {
    expect(manifest).toMatchObject({
      oauth_config: {
        scopes: {
          bot: expect.arrayContaining([
            'commands',
            'chat:write',
            'files:write',
            'usergroups:read',
            'users:read',
            'users:read.email',
            'channels:history',
            'channels:read',
          ]),
        },
      },
      features: {
        shortcuts: [{ callback_id: 'diagnose_message', type: 'message' }],
        slash_commands: [{ command: '/gke-auth' }],
      },
      settings: { interactivity: { is_enabled: true }, socket_mode_enabled: true },
    });
  });
});
