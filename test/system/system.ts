/**
 * The whole program as it runs in production (the bot and both workers as processes of their own, a real Redis) between the
 * simulated Slack and Google Cloud, which live in this process so that tests can look at them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Fault } from '../../sandbox/google/faults.ts';
import { type Google, startGoogle } from '../../sandbox/google/main.ts';
import type { World } from '../../sandbox/google/world.ts';
import { tokens } from '../../sandbox/scenarios/base.ts';
import defaultScenario from '../../sandbox/scenarios/default.ts';
import { startSlack } from '../../sandbox/slack/main.ts';
import type { Approval } from '../../src/approvals/approval.ts';
import { AuditEntry, type AuditEvent, createAuditLog, verifyLog } from '../../src/approvals/audit.ts';
import { deriveKeys } from '../../src/signing/keys.ts';
import { createSigning } from '../../src/signing/signing.ts';
import { ApprovalStore } from '../../src/store/approvals.ts';
import { OutboxStore } from '../../src/store/outbox.ts';
import { startRedis, type TestRedis } from './redis.ts';
import { ROLES, type Role, Service } from './service.ts';
import { type Button, SlackHands } from './slack-hands.ts';
import { until } from './until.ts';
import { brokenCluster } from './worlds.ts';

export const PLAN_KEY = '0123456789abcdef0123456789abcdef';
const VERIFIES = createSigning(deriveKeys(PLAN_KEY, undefined));

/** Short times, so that what takes minutes in production takes a second here. */
const TIMES = {
  GKE_AUTH_LOCK_MS: '2000',
  GKE_AUTH_STALLED_MS: '700',
  GKE_AUTH_LEASE_MS: '1500',
  GKE_AUTH_SWEEP_MS: '400',
  GKE_AUTH_VERIFY_MS: '0,700,1500',
};
/** How long a process that is not needed any more may take to end. */
const LEAVE_MS = 700;
const SERVICES =
  'CONTAINER CLOUDRESOURCEMANAGER IAM SERVICEUSAGE RECOMMENDER ORGPOLICY LOGGING POLICYTROUBLESHOOTER IAMCREDENTIALS';

export interface SystemOptions {
  readonly world?: () => World;
  /** Top-level YAML that replaces the line of the same key. */
  readonly config?: { readonly [key in 'projects' | 'language' | 'slack' | 'approvals' | 'google']?: string };
  readonly env?: Readonly<Record<string, string>>;
  /** Which processes are started; all by default. */
  readonly start?: readonly Role[];
  /** False: neither the simulated Slack nor the program slows anything down; for tests that are not about its limits. */
  readonly rateLimits?: boolean;
  readonly redisArgs?: readonly string[];
  /** Where the workers reach Redis, if not directly. */
  readonly redisUrl?: (url: string) => Promise<string>;
}

export class System extends SlackHands {
  readonly google: Google;
  readonly redis: TestRedis;
  /** A connection of the test's own. */
  readonly store: Redis;
  readonly approvals: ApprovalStore;
  readonly services: Readonly<Record<Role, Service>>;
  /** Folder with the processes' logs. */
  readonly logs: string;
  /** The environment of each process. */
  readonly env: Readonly<Record<Role, Readonly<Record<string, string>>>>;
  readonly #others: Service[] = [];
  readonly #close: () => Promise<void>;

  constructor(parts: {
    slack: SlackHands['slack'];
    google: Google;
    redis: TestRedis;
    store: Redis;
    logs: string;
    env: Record<Role, Record<string, string>>;
    close: () => Promise<void>;
  }) {
    super(parts.slack);
    const { google, redis, store, logs, env, close } = parts;
    this.google = google;
    this.redis = redis;
    this.store = store;
    this.logs = logs;
    this.env = env;
    this.#close = close;
    const redact = <Value>(value: Value) => value;
    const audit = createAuditLog({ redis: store, signing: VERIFIES, redact });
    this.approvals = new ApprovalStore({
      redis: store,
      signing: VERIFIES,
      audit,
      redact,
      leaseMs: 1_500,
      verifyMs: [0],
    });
    const service = (role: Role) => new Service(role, { env: env[role], logs });
    this.services = { bot: service('bot'), diagnose: service('diagnose'), remediate: service('remediate') };
  }

  /** One more process of a role, not started yet; ended with the system. */
  another(role: Role, name: string, env: Record<string, string> = {}): Service {
    const service = new Service(role, { name, env: { ...this.env[role], ...env }, logs: this.logs });
    this.#others.push(service);
    return service;
  }

  async approval(id: string): Promise<Approval> {
    const approval = await this.approvals.get(id);
    if (!approval) throw new Error(`there is no approval ${id}`);
    return approval;
  }

  /** Diagnoses the nth project of `brokenProjects`; gives the Approve button of its one card once it is mirrored too. */
  async offer(n: number, channel: string, { more = '', user }: { more?: string; user?: string } = {}): Promise<Button> {
    await this.type(`diagnose ${brokenCluster(n)} --only node-sa-permissions ${more}`, { channel, user });
    const button = await until(`the card in ${channel}`, () => this.buttons('approve', channel).at(-1));
    await until('its mirror', () =>
      this.buttons('approve', this.approvalsChannel).some(({ value }) => value === button.value),
    );
    return button;
  }

  /** Resolves once everything that was handed over is in Slack. */
  async delivered(ms?: number): Promise<void> {
    const outbox = new OutboxStore(this.store);
    await until('the outbox is empty', async () => (await outbox.channels()).length === 0, ms);
  }

  /** Resolves once both cards of the approval say this. */
  async cardsSay(id: string, text: string): Promise<void> {
    for (const place of ['thread', 'approvalsChannel'] as const) {
      await until(`the card of ${id} (${place}) says ${text}`, async () =>
        this.shown((await this.approval(id)).cards[place]).includes(text),
      );
    }
  }

  /** Resolves once the approval is in this state. */
  reaches(id: string, state: Approval['state'], ms?: number): Promise<Approval> {
    let last: Approval | undefined;
    return until(
      `approval ${id} is ${state}`,
      async () => {
        const approval = await this.approval(id);
        last = approval;
        return approval.state === state && approval;
      },
      ms,
    ).catch(error => {
      throw new Error(`${error.message}; it is ${last?.state}: ${JSON.stringify(last?.events.at(-1))}`, {
        cause: error,
      });
    });
  }

  /** The audit log; throws where its chain is broken. */
  async audit(): Promise<AuditEvent[]> {
    const audit = createAuditLog({ redis: this.store, signing: VERIFIES, redact: value => value });
    const verdict = await verifyLog(audit, VERIFIES);
    if (!verdict.ok) throw new Error(`the audit chain is broken: ${JSON.stringify(verdict)}`);
    const lines: string[] = [];
    for await (const line of audit.lines()) lines.push(line);
    return lines.map(line => AuditEntry.parse(JSON.parse(line)).event);
  }

  /** Makes a call to Google fail, as `sandbox/README.md`, "Switches". What is given says whether it has happened. */
  googleFault(fault: Fault): () => boolean {
    const known = this.google.cloud.faults.add(fault);
    return () => known.hits > 0;
  }

  /** Who holds a role on a project, by its simulated policy. */
  holders(project: string, role: string): string[] {
    const bindings = this.google.cloud.world.projects[project]?.policy.bindings ?? [];
    return bindings.filter(binding => binding.role === role).flatMap(({ members }) => members);
  }

  async stop({ keepLogs = false } = {}): Promise<void> {
    // Who is killed at once can't leave what it has compiled to those that start after it.
    await Promise.all([...Object.values(this.services), ...this.#others].map(service => service.stop(LEAVE_MS)));
    await this.#close();
    if (keepLogs) process.stderr.write(`The processes' logs: ${this.logs}\n`);
    else await rm(this.logs, { recursive: true, force: true });
  }
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const world = (options.world ?? defaultScenario.world)();
  const [google, slack, redis, logs] = await Promise.all([
    startGoogle({ world }),
    startSlack(),
    startRedis({ args: options.redisArgs }),
    mkdtemp(join(tmpdir(), 'gke-auth-system-')),
  ]);
  const store = new Redis(redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  store.on('error', () => {});
  const file = (name: string, content: string) => writeFile(join(logs, name), content).then(() => join(logs, name));
  const [config, diagnoser, remediator] = await Promise.all([
    file('gke-auth.yaml', configOf(slack.slack, options.config ?? {}, Object.keys(world.projects))),
    file('diagnoser', tokens.diagnoser),
    file('remediator', tokens.remediator),
  ]);
  const redisUrl = (await options.redisUrl?.(redis.url)) ?? redis.url;
  const common = {
    PATH: process.env.PATH ?? '',
    NODE_COMPILE_CACHE: join(import.meta.dirname, '../..', '.cache', 'compiled'),
    SLACK_API_URL: slack.slackApi,
    SLACK_BOT_TOKEN: slack.slack.botToken,
    GKE_AUTH_PLAN_KEY: PLAN_KEY,
    GKE_AUTH_CONFIG: config,
    LOG_LEVEL: 'debug',
    ...TIMES,
    ...options.env,
  };
  const overrides = SERVICES.split(' ').map(name => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${name}`, google.url]);
  const worker = { ...common, ...Object.fromEntries(overrides), REDIS_URL: redisUrl };
  const env = {
    bot: { ...common, REDIS_URL: redis.url, SLACK_APP_TOKEN: slack.slack.appToken },
    diagnose: { ...worker, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: diagnoser },
    remediate: { ...worker, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: remediator },
  };
  const refill = options.rateLimits === false ? withoutLimits(slack, store) : undefined;
  const close = async () => {
    clearInterval(refill);
    store.disconnect();
    await Promise.all([slack.close(), google.close(), redis.stop()]);
  };
  const system = new System({ slack, google, redis, store, logs, env, close });
  try {
    await Promise.all((options.start ?? ROLES).map(role => system.services[role].start()));
  } catch (error) {
    await system.stop({ keepLogs: true });
    throw error;
  }
  return system;
}

/** One system for the tests of a file. Their logs are kept where a test fails. */
export function useSystem(options: SystemOptions = {}): () => System {
  let system: System | undefined;
  let failed = false;
  beforeAll(async () => {
    system = await startSystem(options);
  });
  afterEach(({ task }) => {
    failed ||= task.result?.state === 'fail';
  });
  afterAll(() => system?.stop({ keepLogs: failed }));
  return () => {
    if (!system) throw new Error('the system is not up yet');
    return system;
  };
}

function configOf(
  { approvalsChannel, userGroup }: { approvalsChannel: string; userGroup: string },
  over: NonNullable<SystemOptions['config']>,
  projects: readonly string[],
): string {
  const keys = {
    projects: `[${projects.join(', ')}]`,
    slack: `{ approvalsChannel: ${approvalsChannel} }`,
    approvals: `{ approvers: { userGroups: [${userGroup}] } }`,
    ...over,
  };
  return Object.entries(keys)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

/** Fills the program's buckets again and again, as if enough time had passed between any two calls. */
function withoutLimits(slack: SlackHands['slack'], store: Redis): NodeJS.Timeout {
  slack.world.switches.rateLimits = false;
  return setInterval(() => {
    store
      .keys('{gke-auth}:slack:*')
      .then(keys => (keys.length > 0 ? store.del(...keys) : 0))
      .catch(() => {});
  }, 20);
}
