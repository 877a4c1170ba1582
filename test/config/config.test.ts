import { describe, expect, it } from 'vitest';
import { approvalRules, ConfigError, loadConfig, planRules } from '../../src/config/config.ts';
import { DEFAULT_KUBERNETES_RESOURCES } from '../../src/config/settings.ts';
import { examplePlan } from '../approvals/examples.ts';

const load = (yaml: string, env: Record<string, string> = {}) => loadConfig(env, () => yaml);

function problemsOf(yaml: string, env: Record<string, string> = {}) {
  try {
    load(yaml, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const EXAMPLE = `
projects: [prod-1, prod-2]
language: en                    # of channels: en or ja
slack: { approvalsChannel: C0123, teams: [T0123] }
google:
  diagnoser: gke-auth-diagnoser@ops.iam.gserviceaccount.com
  remediator: gke-auth-remediator@ops.iam.gserviceaccount.com
approvals:
  expireAfter: 4h
  selfApproval: false
  requireOwnAuthority: true
  quorum: { grant: 1, change: 1, disruptive: 2 }
  approvers: { userGroups: [S0123], users: [U0123], emails: [bob@example.com] }
  frozen: false
  allowedRoles:
    - roles/container.defaultNodeServiceAccount
    - roles/container.serviceAgent
    - roles/container.defaultNodeServiceAgent
    - roles/container.hostServiceAgentUser
    - roles/container.clusterViewer
    - roles/iam.workloadIdentityUser
  rules:
    - { match: { project: "prod-*" }, quorum: { grant: 2 }, approvers: { userGroups: [S0456] } }
`;

const DEFAULTS = {
  projects: [],
  language: 'en',
  slack: { teams: [] },
  google: {},
  approvals: {
    expireAfter: 4 * 3_600_000,
    selfApproval: false,
    requireOwnAuthority: true,
    quorum: { grant: 1, change: 1, disruptive: 2 },
    approvers: { userGroups: [], users: [], emails: [] },
    frozen: false,
    allowedRoles: [
      'roles/container.defaultNodeServiceAccount',
      'roles/container.serviceAgent',
      'roles/container.defaultNodeServiceAgent',
      'roles/container.hostServiceAgentUser',
      'roles/container.clusterViewer',
      'roles/iam.workloadIdentityUser',
    ],
    rules: [],
    targets: [],
    memberDomains: [],
    kubernetes: { verbs: ['get', 'list', 'watch'], resources: DEFAULT_KUBERNETES_RESOURCES },
  },
};

describe('the file', () => {
  it.each(['', '# nothing\n', '{}', 'approvals: {}\nslack: {}\n'])('has defaults for every key: %j', yaml => {
    const { environment: _, ...settings } = load(yaml);
    expect(settings).toEqual(DEFAULTS);
  });

  it('need not exist, unless the environment names it', () => {
    const { environment: _, ...settings } = loadConfig({}, () => undefined);
    expect(settings).toEqual(DEFAULTS);
    expect(() => loadConfig({ GKE_AUTH_CONFIG: '/etc/none.yaml' }, () => undefined)).toThrow(/GKE_AUTH_CONFIG/);
  });

  it('is read from the path in GKE_AUTH_CONFIG', () => {
    const read = (path: string) => (path === '/etc/x.yaml' ? 'language: ja' : undefined);
    expect(loadConfig({ GKE_AUTH_CONFIG: '/etc/x.yaml' }, read).language).toBe('ja');
  });

  it("takes the product's example as it is", () => {
    const { approvals, slack, google } = load(EXAMPLE);
    expect(approvals.approvers).toEqual({ userGroups: ['S0123'], users: ['U0123'], emails: ['bob@example.com'] });
    expect(approvals.rules).toHaveLength(1);
    expect(slack).toEqual({ approvalsChannel: 'C0123', teams: ['T0123'] });
    expect(google.remediator).toBe('gke-auth-remediator@ops.iam.gserviceaccount.com');
  });

  it.each([
    ['45s', 45_000],
    ['30m', 1_800_000],
    ['4h', 14_400_000],
    ['7d', 604_800_000],
  ])('reads the duration %s', (text, ms) => {
    expect(load(`approvals: { expireAfter: ${text} }`).approvals.expireAfter).toBe(ms);
  });

  it.each(['4', '0h', '-1h', '4 h', '4h30m', '1.5h', '"4H"'])('refuses the duration %s', text => {
    expect(problemsOf(`approvals: { expireAfter: ${text} }`)).toMatchObject([{ key: 'approvals.expireAfter' }]);
  });

  it('reports every problem at once, with key, value, what is taken and the nearest key', () => {
    const problems = problemsOf(
      `
langauge: en
projects: prod-1
approvals:
  quorum: { grant: 0, disruptve: 2 }
  selfApproval: yes please
  approvers: { usergroups: [S1], users: ['@bob'] }
  rules: [{ match: { projct: x } }]
slack:
  teams: [T1, bad]
`,
      { PORT: '70000', REDIS_URL: 'localhost' },
    );
    const byKey = Object.fromEntries(problems.map(problem => [problem.key, problem]));
    expect(Object.keys(byKey).sort()).toEqual(
      [
        'PORT',
        'REDIS_URL',
        'approvals.approvers.usergroups',
        'approvals.approvers.users[0]',
        'approvals.quorum.disruptve',
        'approvals.quorum.grant',
        'approvals.rules[0].match.projct',
        'approvals.rules[0].match.project',
        'approvals.selfApproval',
        'langauge',
        'projects',
        'slack.teams[1]',
      ].sort(),
    );
    expect(byKey.langauge?.nearest).toBe('language');
    expect(byKey['approvals.approvers.usergroups']?.nearest).toBe('userGroups');
    expect(byKey['approvals.quorum.disruptve']?.nearest).toBe('disruptive');
    expect(byKey['approvals.rules[0].match.projct']?.nearest).toBe('project');
    expect(byKey['approvals.quorum.grant']).toMatchObject({ got: '0', takes: { en: 'a whole number from 1 to 20' } });
    expect(byKey.PORT).toMatchObject({ got: '"70000"', takes: { en: 'a port, 0 to 65535' } });
    expect(problems.filter(({ takes }) => takes.en === 'another value' || takes.ja === '')).toEqual([]);
  });

  it.each([
    ['slack: { botToken: abc }', 'slack.botToken'],
    ['planKey: 0123456789abcdef', 'planKey'],
    ['google: { credentials: { private_key: abc } }', 'google.credentials'],
    ['projects: [xoxb-1234-secret]', 'projects[0]'],
  ])('refuses a secret and does not repeat it: %s', (yaml, key) => {
    const problems = problemsOf(yaml);
    expect(problems).toMatchObject([{ key, got: '(a secret, not shown)' }]);
    expect(problems[0]?.takes.en).toContain('only from the environment');
    expect(JSON.stringify(problems)).not.toMatch(/abc"|0123456789abcdef|xoxb-1234/);
  });

  it.each(['roles/owner', 'roles/editor', 'roles/viewer', 'container.admin'])('never allows %s', role => {
    expect(problemsOf(`approvals: { allowedRoles: [${role}] }`)).toMatchObject([{ key: 'approvals.allowedRoles[0]' }]);
  });

  it('says where the YAML is broken', () => {
    expect(problemsOf('projects: [a\nlanguage: en')[0]?.key).toMatch(/^gke-auth\.yaml:\d+$/);
    expect(problemsOf('language: en\nlanguage: ja')[0]?.key).toBe('gke-auth.yaml:2');
    expect(problemsOf('- just\n- a list')).toMatchObject([{ key: 'gke-auth.yaml' }]);
  });

  it('speaks both languages', () => {
    try {
      load('langauge: en');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      if (!(error instanceof ConfigError)) return;
      expect(error.text.en).toContain('langauge: got an unknown key; takes only these keys');
      expect(error.text.en).toContain('Did you mean language?');
      expect(error.text.ja).toMatch(/langauge.*language のことですか/s);
    }
  });
});

describe('the environment', () => {
  it('has defaults, and an empty variable is not set', () => {
    const { environment } = load('', { SLACK_API_URL: '', GKE_AUTH_LOCK_MS: '' });
    expect(environment).toMatchObject({
      SLACK_API_URL: 'https://slack.com/api/',
      LOG_LEVEL: 'info',
      GKE_AUTH_LOCK_MS: 30_000,
      GKE_AUTH_VERIFY_MS: [0, 120_000, 240_000, 420_000],
      endpoints: {},
    });
    expect(environment.SLACK_BOT_TOKEN).toBeUndefined();
  });

  it('takes gcloud endpoint overrides by service', () => {
    const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: 'http://127.0.0.1:8000/' };
    expect(load('', env).environment.endpoints).toEqual({ container: 'http://127.0.0.1:8000/' });
  });

  it.each([
    ['SLACK_API_URL', 'slack.com'],
    ['REDIS_URL', 'http://127.0.0.1'],
    ['PORT', '-1'],
    ['LOG_LEVEL', 'loud'],
    ['GKE_AUTH_LOCK_MS', '0'],
    ['GKE_AUTH_VERIFY_MS', '5,1'],
    ['GKE_AUTH_TOKENINFO_URL', 'file:///x'],
    ['CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM', 'nowhere'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf('', { [name]: value })).toMatchObject([{ key: name }]);
  });

  it('never shows a secret', () => {
    const problems = problemsOf('', { SLACK_SIGNING_SECRET: 'a b', SLACK_BOT_TOKEN: 'xoxb with space' });
    expect(problems.map(({ got }) => got)).toEqual(['(a secret, not shown)', '(a secret, not shown)']);
  });
});

describe('the rules of approvals', () => {
  const config = load(`
approvals:
  approvers: { userGroups: [S0123], emails: [Bob@Example.com] }
  rules:
    - { match: { project: "prod-*" }, quorum: { grant: 2 }, approvers: { userGroups: [S0456] } }
    - { match: { project: "prod-pay", risk: disruptive }, quorum: { disruptive: 3 }, expireAfter: 30m }
    - { match: { project: "prod-????" }, selfApproval: true }
    - { match: { project: "prod-pay" }, frozen: true }
    - { match: { project: "*" }, frozen: false }
`);

  it.each([
    [
      'dev-1',
      'grant',
      { quorum: 1, frozen: false, approvers: { userGroups: ['S0123'], users: [], emails: ['bob@example.com'] } },
    ],
    [
      'prod-1',
      'grant',
      { quorum: 2, approvers: { userGroups: ['S0456'], users: [], emails: [] }, selfApproval: false },
    ],
    ['prod-1', 'disruptive', { quorum: 2 }],
    ['prod-main', 'grant', { quorum: 2, selfApproval: true }],
    ['prod-pay', 'grant', { quorum: 2, expireAfter: 14_400_000, frozen: true }],
    ['prod-pay', 'disruptive', { quorum: 3, expireAfter: 1_800_000, frozen: true }],
    ['xprod-1', 'grant', { quorum: 1 }],
  ] as const)('of %s for %s', (project, risk, expected) => {
    expect(approvalRules(config, project, risk)).toMatchObject(expected);
  });

  it('hold for every project that a plan touches', () => {
    const hostProject = examplePlan({ project: 'prod-host', member: 'serviceAccount:x@y.z', role: 'roles/x' });
    expect(planRules(config, hostProject).map(({ quorum }) => quorum)).toEqual([1, 2]);
    const account = examplePlan({ serviceAccount: 'app@prod-app.iam.gserviceaccount.com' });
    expect(planRules(config, account).map(({ quorum }) => quorum)).toEqual([1, 2]);
    expect(planRules(config, examplePlan({ project: 'dev-1' }))).toHaveLength(1);
    const manual = examplePlan({ project: 'dev-1' });
    expect(planRules(config, { ...manual, remedy: { ...manual.remedy, risk: 'manual' } })).toEqual([]);
  });
});
