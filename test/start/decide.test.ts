import { describe, expect, test } from 'vitest';
import { decideSides, type Sides } from '../../src/start/decide.ts';

const nothing: Sides = { slack: 'simulated', google: 'simulated', redis: 'own' };

describe('what is real', () => {
  test.each<[string, Record<string, string>, string[], Partial<Sides>]>([
    ['nothing configured', {}, [], {}],
    ['Socket Mode', { SLACK_BOT_TOKEN: 'xoxb', SLACK_APP_TOKEN: 'xapp' }, [], { slack: 'real' }],
    ['HTTP', { SLACK_BOT_TOKEN: 'xoxb', SLACK_SIGNING_SECRET: 's', PORT: '3000' }, [], { slack: 'real' }],
    ['HTTP without a port', { SLACK_BOT_TOKEN: 'xoxb', SLACK_SIGNING_SECRET: 's' }, [], { slackLacks: 'transport' }],
    ['a bot token alone', { SLACK_BOT_TOKEN: 'xoxb' }, [], { slackLacks: 'transport' }],
    ['an app token alone', { SLACK_APP_TOKEN: 'xapp' }, [], { slackLacks: 'bot token' }],
    ['empty variables', { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', REDIS_URL: '' }, [], {}],
    ['a port alone', { PORT: '3000' }, [], {}],
    ['projects in the file', {}, ['prod-1'], { google: 'real' }],
    ['a key file', { GOOGLE_APPLICATION_CREDENTIALS: '/k.json' }, [], { google: 'real' }],
    ['a token file', { CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: '/t' }, [], { google: 'real' }],
    ["a laptop's leftovers", { GOOGLE_CLOUD_PROJECT: 'p', CLOUDSDK_CORE_PROJECT: 'p', CLOUDSDK_CONFIG: '/c' }, [], {}],
    ['a Redis', { REDIS_URL: 'redis://h' }, [], { redis: 'given' }],
    [
      'each side on its own',
      { SLACK_BOT_TOKEN: 'xoxb', SLACK_APP_TOKEN: 'xapp', REDIS_URL: 'redis://h' },
      ['prod-1'],
      { slack: 'real', google: 'real', redis: 'given' },
    ],
  ])('%s', (_, env, projects, different) => {
    expect(decideSides(env, projects)).toEqual({ ...nothing, ...different });
  });
});
