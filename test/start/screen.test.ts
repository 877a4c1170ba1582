import { describe, expect, test } from 'vitest';
import { exitReason } from '../../src/start/exit-reason.ts';
import { screen, terminalLanguage, type Up } from '../../src/start/screen.ts';
import { sandbox } from './example.ts';

const up: Up = {
  sides: { slack: 'simulated', google: 'simulated', redis: 'own' },
  sandbox,
  projects: ['sandbox-1'],
  redis: 'redis://127.0.0.1:6000',
  redisFolder: '.data/redis',
  approvers: true,
};

describe('the screen', () => {
  test.each(['en', 'ja'] as const)('all simulated, %s', language => {
    expect(screen(up, language)).toMatchSnapshot();
  });

  test.each(['en', 'ja'] as const)('your own, %s', language => {
    const own: Up = {
      ...up,
      sides: { slack: 'real', google: 'real', redis: 'given' },
      sandbox: undefined,
      projects: ['prod-1', 'prod-2'],
    };
    expect(screen(own, language)).toMatchSnapshot();
  });

  test.each(['en', 'ja'] as const)(
    'sandbox Slack on your own clusters, with half a Slack in the environment, %s',
    language => {
      const trial: Up = {
        ...up,
        sides: { slack: 'simulated', google: 'real', redis: 'own', slackLacks: 'transport' },
        projects: [],
        approvers: false,
      };
      expect(screen(trial, language)).toMatchSnapshot();
    },
  );

  test.each([
    [{ LANG: 'ja_JP.UTF-8' }, 'ja'],
    [{ LANG: 'ja_JP.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'en_US.UTF-8' }, 'en'],
    [{}, 'en'],
  ])('speaks the language of %j', (env, language) => {
    expect(terminalLanguage(env)).toBe(language);
  });
});

describe('the last words of a process', () => {
  test.each([
    [['{"level":30,"msg":"up"}', '{"level":60,"msg":"stopped","err":{"message":"no token"}}'], 'stopped: no token.'],
    [['{"level":50,"msg":"the queue\\nis away"}', '{"level":30,"msg":"bye"}'], 'the queue is away.'],
    [['Error: Cannot find module', '    at x (y.ts:1)', 'Node.js v24'], 'Error: Cannot find module.'],
    [['gke-auth bot: The token was refused.', ''], 'gke-auth bot: The token was refused.'],
    [['{"level":'], '{"level":.'],
    [[], 'it said nothing.'],
  ])('%j', (lines, words) => {
    expect(exitReason(lines)).toBe(words);
  });
});
