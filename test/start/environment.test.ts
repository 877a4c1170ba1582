import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { loadKeys } from '../../src/signing/keys.ts';
import { environmentOf, ROLES } from '../../src/start/environment.ts';
import { sandboxConfig } from '../../src/start/sandbox.ts';
import { sandbox, surroundings } from './example.ts';

const leftovers = {
  GOOGLE_APPLICATION_CREDENTIALS: '/k.json',
  GOOGLE_CLOUD_PROJECT: 'prod-1',
  CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: '/t',
  CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM: 'http://elsewhere/',
};
const realSlack = {
  SLACK_BOT_TOKEN: 'xoxb-mine',
  SLACK_APP_TOKEN: 'xapp-mine',
  SLACK_API_URL: 'http://slack.test/api/',
};
const googleIn = (env: Record<string, string>) => Object.keys(env).filter(name => /GOOGLE|CLOUDSDK/.test(name));

describe('what each process gets to see', () => {
  test.each(['real', 'simulated'] as const)('the bot sees nothing of Google, whether %s or not', google => {
    const around = { ...surroundings, given: leftovers, sides: { ...surroundings.sides, google } };
    expect(googleIn(environmentOf('bot', around))).toEqual([]);
  });

  test('each worker has its own identity in the simulated Google, and no leftover of a real one', () => {
    const around = { ...surroundings, given: { ...leftovers, CLOUDSDK_PROXY_TYPE: 'http' } };
    const [reads, writes] = [environmentOf('diagnose', around), environmentOf('remediate', around)];
    expect(reads.CLOUDSDK_AUTH_ACCESS_TOKEN_FILE).toBe('/data/diagnoser.token');
    expect(writes.CLOUDSDK_AUTH_ACCESS_TOKEN_FILE).toBe('/data/remediator.token');
    for (const env of [reads, writes]) {
      expect(env).not.toHaveProperty('GOOGLE_APPLICATION_CREDENTIALS');
      expect(env).not.toHaveProperty('CLOUDSDK_PROXY_TYPE');
      expect(env.GOOGLE_CLOUD_PROJECT).toBe('sandbox-1');
      const endpoints = Object.entries(env).filter(([name]) => name.includes('ENDPOINT'));
      expect(new Set(endpoints.map(([, url]) => url))).toEqual(new Set([sandbox.google]));
    }
  });

  test('a real Google is passed on to the workers as it was given', () => {
    const around = { ...surroundings, given: leftovers, sides: { ...surroundings.sides, google: 'real' as const } };
    expect(environmentOf('remediate', around)).toMatchObject(leftovers);
  });

  test('only the bot can receive from Slack', () => {
    expect(environmentOf('bot', surroundings)).toMatchObject({
      SLACK_APP_TOKEN: 'xapp-sandbox',
      SLACK_API_URL: sandbox.slackApi,
    });
    const real = { ...surroundings, given: realSlack, sides: { ...surroundings.sides, slack: 'real' as const } };
    expect(environmentOf('bot', real)).toMatchObject(realSlack);
    for (const role of ['diagnose', 'remediate'] as const) {
      expect(environmentOf(role, surroundings)).not.toHaveProperty('SLACK_APP_TOKEN');
      expect(environmentOf(role, surroundings).SLACK_BOT_TOKEN).toBe('xoxb-sandbox');
      expect(environmentOf(role, real)).not.toHaveProperty('SLACK_APP_TOKEN');
      expect(environmentOf(role, real).SLACK_BOT_TOKEN).toBe('xoxb-mine');
    }
  });

  test('a Slack token that does not suffice reaches nobody', () => {
    const around = { ...surroundings, given: { SLACK_BOT_TOKEN: 'xoxb-mine', SLACK_SIGNING_SECRET: 'mine' } };
    for (const role of ROLES) expect(Object.values(environmentOf(role, around)).join()).not.toContain('mine');
  });

  test('each process has its own key and knows that of the others; none has the secret that they come from', () => {
    const around = { ...surroundings, given: { GKE_AUTH_PLAN_KEY: 'given to npm start, not to them' } };
    const all = ROLES.map(role => environmentOf(role, around));
    expect(all.map(env => env.GKE_AUTH_PLAN_KEY)).toEqual([undefined, undefined, undefined]);
    expect(new Set(all.map(env => env.GKE_AUTH_SIGNING_KEY)).size).toBe(3);
    expect(new Set(all.map(env => env.GKE_AUTH_VERIFY_KEYS)).size).toBe(1);
    for (const [i, signer] of (['bot', 'diagnoser', 'remediator'] as const).entries()) {
      const { derived, keys } = loadKeys(all[i] ?? {}, signer);
      expect([derived, keys.own?.signer, keys.trusted.size]).toEqual([false, signer, 4]);
    }
  });

  test('all share Redis, and a proxy does not stand between them and the sandbox', () => {
    const around = { ...surroundings, given: { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: 'intranet' } };
    for (const role of ROLES) {
      expect(environmentOf(role, around)).toMatchObject({
        REDIS_URL: surroundings.redisUrl,
        HTTPS_PROXY: 'http://proxy:1',
        NO_PROXY: 'intranet,127.0.0.1',
      });
    }
  });
});

describe('the configuration that the sandbox brings', () => {
  const load = (text: string) => loadConfig({ GKE_AUTH_CONFIG: 'x.yaml' }, () => text);

  test('names its user group as approvers where its Slack is used', () => {
    const config = load(sandboxConfig(sandbox, 'simulated', 'ja'));
    expect(config).toMatchObject({
      projects: ['sandbox-1'],
      language: 'ja',
      slack: { approvalsChannel: 'C0APPROVE1' },
    });
    expect(config.approvals.approvers.userGroups).toEqual(['S0GKEADM01']);
  });

  test('names nobody in a real workspace', () => {
    const config = load(sandboxConfig(sandbox, 'real', 'en'));
    expect(config.approvals.approvers).toEqual({ userGroups: [], users: [], emails: [] });
  });
});
