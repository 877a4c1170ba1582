import type { Surroundings } from '../../src/start/environment.ts';
import type { SandboxLine } from '../../src/start/sandbox.ts';

export const sandbox: SandboxLine = {
  google: 'http://127.0.0.1:1001/',
  project: 'sandbox-1',
  cluster: 'projects/sandbox-1/locations/asia-northeast1/clusters/cluster-x',
  tokens: { diagnoser: 'reads', remediator: 'writes' },
  slackApi: 'http://127.0.0.1:4310/api/',
  page: 'http://127.0.0.1:4310/',
  slack: {
    botToken: 'xoxb-sandbox',
    appToken: 'xapp-sandbox',
    approvalsChannel: 'C0APPROVE1',
    userGroup: 'S0GKEADM01',
  },
};

export const surroundings: Surroundings = {
  given: { PATH: '/bin', HOME: '/h' },
  sides: { slack: 'simulated', google: 'simulated', redis: 'own' },
  redisUrl: 'redis://127.0.0.1:6000',
  planKey: 'the-key-that-signs-plans',
  simulated: {
    line: sandbox,
    tokenFiles: { diagnose: '/data/diagnoser.token', remediate: '/data/remediator.token' },
  },
};
