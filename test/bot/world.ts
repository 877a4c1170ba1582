/** The real bot between the simulated Slack and a Redis of its own; people act through the sandbox's switches. */
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { startDelivery } from '../../jobs/worker/delivering.ts';
import { assemble } from '../../jobs/worker/services.ts';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/main.ts';
import type { Approval } from '../../src/approvals/approval.ts';
import { createAuditLog } from '../../src/approvals/audit.ts';
import { type Bot, startBot } from '../../src/bot/bot.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import { createLog } from '../../src/log.ts';
import { deriveKeys } from '../../src/signing/keys.ts';
import { unsealed } from '../../src/signing/signing.ts';
import { findingMessage, groupFindings } from '../../src/slack/messages/finding.ts';
import { parentSettled } from '../../src/slack/messages/parent.ts';
import { ApprovalStore } from '../../src/store/approvals.ts';
import { QUEUE_PREFIX, QUEUES } from '../../src/store/queue.ts';
import { Reports, type StoredReport } from '../../src/store/reports.ts';
import { everyRole } from '../approvals/examples.ts';
import { failing, grantRemedy, reportOf } from '../slack/fixtures.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';

export const PLAN_KEY = 'a key that only tests use';

export interface World {
  readonly slack: SlackSandbox;
  readonly redis: TestRedis;
  /** A connection of the test's own. */
  readonly store: Redis;
  readonly bot: Bot;
  readonly logged: string[];
  close(): Promise<void>;
}

const config = (slack: SlackSandbox, redisUrl: string, approvers: string | undefined) => {
  const { userGroup, approvalsChannel } = slack.slack;
  const yaml = `
projects: [prod-1, prod-2]
slack: { approvalsChannel: ${approvalsChannel} }
approvals:
  requireOwnAuthority: false
  approvers: { ${approvers ?? `userGroups: [${userGroup}]`} }
`;
  const env = {
    SLACK_BOT_TOKEN: slack.slack.botToken,
    SLACK_APP_TOKEN: slack.slack.appToken,
    SLACK_API_URL: slack.slackApi,
    REDIS_URL: redisUrl,
    GKE_AUTH_PLAN_KEY: PLAN_KEY,
  };
  return loadConfig(env, () => yaml);
};

/** `approvers`: YAML, instead of the sandbox's user group. */
export async function startWorld(approvers?: string): Promise<World> {
  const [slack, redis] = await Promise.all([startSlack(), startRedis()]);
  const logged: string[] = [];
  const log = createLog('bot', 'debug', { write: line => void logged.push(line) });
  const { signal } = new AbortController();
  const common = { botToken: slack.slack.botToken, redisUrl: redis.url };
  const configured = config(slack, redis.url, approvers);
  const bot = await startBot(configured, { ...common, keys: deriveKeys(PLAN_KEY, 'bot') }, log, signal);
  // What the bot hands over, a worker delivers.
  const services = await assemble({
    config: configured,
    secrets: { ...common, keys: deriveKeys(PLAN_KEY, 'remediator') },
    log: createLog('worker', 'silent'),
    signal,
  });
  const deliverer = await startDelivery(services);
  const store = new Redis(redis.url, { maxRetriesPerRequest: null });
  store.on('error', () => {});
  return {
    slack,
    redis,
    store,
    bot,
    logged,
    close: async () => {
      await bot.stop();
      await deliverer.stop();
      await services.queue.close();
      services.redis.disconnect();
      store.disconnect();
      await slack.close();
      await redis.stop();
    },
  };
}

type Json = Record<string, unknown>;

/** What a person does, over the sandbox's HTTP; gives Slack's answer to them. */
export async function act({ slack }: World, what: string, body: Json): Promise<Json> {
  const response = await fetch(`${slack.page}_sandbox/slack/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Json;
}

export const typeCommand = (
  world: World,
  text: string,
  user: string = world.slack.slack.users.requester,
  channel: string = world.slack.slack.channel,
) => act(world, 'command', { user, channel, text: `/gke-auth ${text}` });

/** The texts that this person alone has seen, oldest first. */
export const whispers = ({ slack }: World, user: string = slack.slack.users.requester): string[] =>
  slack.workspace.ephemerals.filter(one => one.to === user).map(one => one.text);

/** Resolves with the first value that is not undefined, looked at after every change of the workspace. */
export async function seen<Value>({ slack }: World, look: () => Value | undefined): Promise<Value> {
  const now = look();
  if (now !== undefined) return now;
  return new Promise(resolve => {
    const off = slack.workspace.onChange(() => {
      const value = look();
      if (value === undefined) return;
      off();
      resolve(value);
    });
  });
}

/** The jobs on the queue, oldest first. */
export async function jobsOf({ store }: World, name: keyof typeof QUEUES): Promise<unknown[]> {
  const queue = new Queue(QUEUES[name], { connection: store, prefix: QUEUE_PREFIX });
  queue.on('error', () => {});
  const jobs = await queue.getJobs(['waiting', 'delayed', 'prioritized'], 0, -1, true);
  await queue.close();
  return jobs.map(job => unsealed(everyRole(PLAN_KEY), 'job', job.data.signed, ['bot']));
}

/** As the workers use it. */
export async function workerStore({ store: redis }: World): Promise<ApprovalStore> {
  const redact = <Value>(value: Value) => value;
  const signing = everyRole(PLAN_KEY);
  const audit = createAuditLog({ redis, signing, redact });
  return new ApprovalStore({ redis, signing, audit, redact, leaseMs: 30_000, verifyMs: [0] });
}

/** A report with one approval, posted as a worker would: parent, finding with its card, mirror. */
export async function reportWithApproval(world: World, plan: Partial<Plan> = {}): Promise<Approval> {
  const { slack, bot } = world;
  const { client, cards } = bot.services;
  const store = await workerStore(world);
  const reports = new Reports(world.store, everyRole(PLAN_KEY));
  const { channel, approvalsChannel, users, team } = slack.slack;
  const report = { ...reportOf([failing]), id: `r${randomUUID().slice(0, 8)}` };
  const requester = { team, user: users.requester, id: users.requester, email: 'alice@example.com' };
  const { terraform: _, ...remedy } = grantRemedy;
  const approval = await store.open({
    id: randomUUID(),
    createdAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 4 * 3_600_000).toISOString(),
    reportId: report.id,
    target: report.target,
    check: failing.check,
    subject: failing.subject,
    request: { cluster: 'cluster-x', projects: ['prod-1'] },
    headline: failing.headline ?? failing.title,
    remedy,
    requester,
    ...plan,
  });
  const parent = await client.chat.postMessage({
    channel,
    ...parentSettled({ report, askedBy: users.requester, durationMs: 1400 }, 'en'),
  });
  const ts = parent.ts ?? '';
  const approvals = [approval.id];
  const pages = { thread: [1], approvalsChannel: [1] };
  const stored: StoredReport = { report, askedBy: users.requester, channel, ts, language: 'en', approvals, pages };
  await reports.save(stored);
  await reports.saveJob({
    kind: 'diagnose',
    id: report.id,
    requestedAt: report.startedAt,
    requester,
    place: { team, channel, language: 'en', userLanguage: 'en', responseUrl: 'https://hooks.slack.example/secret' },
    request: { cluster: 'cluster-x', projects: ['prod-1'] },
  });
  const [group] = groupFindings(report);
  if (!group) throw new Error('the failing finding makes a group');
  const { text, blocks } = findingMessage(group, 'en', [await cards.view(approval)]);
  const card = await client.chat.postMessage({ channel, thread_ts: ts, text, blocks });
  const mirror = await client.chat.postMessage({
    channel: approvalsChannel,
    ...cards.mirror(await cards.view(approval), stored),
  });
  await store.saveCard(approval.id, 'thread', { channel, ts: card.ts ?? '' });
  await store.saveCard(approval.id, 'approvalsChannel', { channel: approvalsChannel, ts: mirror.ts ?? '' });
  return (await store.get(approval.id)) ?? approval;
}

/** A person clicks a button of the approval's card in the thread. */
export async function click(
  world: World,
  approval: Approval,
  action: string,
  user: string,
  over: Json = {},
): Promise<Json> {
  const { channel = '', ts = '' } = approval.cards.thread ?? {};
  return act(world, 'action', {
    user,
    channel,
    message_ts: ts,
    action_id: action,
    block_id: blockOf(world, channel, ts, action),
    ...over,
  });
}

export function blockOf({ slack }: World, channel: string, ts: string, action: string): string {
  const blocks = slack.workspace.message(channel, ts)?.blocks ?? [];
  const holds = (block: Json) => JSON.stringify(block).includes(`"action_id":"${action}"`);
  return String(blocks.find(holds)?.block_id ?? '');
}

/** What a message says, as JSON. */
export const shown = ({ slack }: World, ref: { channel: string; ts: string } | undefined): string =>
  JSON.stringify(slack.workspace.message(ref?.channel ?? '', ref?.ts ?? ''));
