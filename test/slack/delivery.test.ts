/** The outbox and its delivery against the simulated Slack: each message once, in order, within Slack's limits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/main.ts';
import type { Outgoing } from '../../src/contracts/outgoing.ts';
import { createLog } from '../../src/log.ts';
import { slackClient } from '../../src/slack/client.ts';
import { Delivery } from '../../src/slack/delivery.ts';
import { Outbox } from '../../src/slack/outbox.ts';
import { FencedError, takeFence } from '../../src/store/fence.ts';
import { OutboxStore } from '../../src/store/outbox.ts';
import { Reports } from '../../src/store/reports.ts';
import { everyRole } from '../approvals/examples.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';

let slack: SlackSandbox;
let server: TestRedis;
let redis: Redis;
let channel: string;
const log = createLog('test', 'silent');
const { signal } = new AbortController();

beforeAll(async () => {
  [slack, server] = await Promise.all([startSlack(), startRedis()]);
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  channel = slack.slack.channel;
});
afterAll(async () => {
  redis.disconnect();
  await slack.close();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  slack.world.faults.clear();
  slack.world.limits.reset();
  slack.world.ledger.reset();
  slack.workspace.messages.clear();
});

const woken: string[] = [];
const outbox = () => new Outbox({ redis, wake: async where => void woken.push(where) });
/** A worker's: its own client, its own memory. */
const worker = () =>
  new Delivery({
    client: slackClient(slack.slack.botToken, { SLACK_API_URL: slack.slackApi }),
    redis,
    reports: new Reports(redis, everyRole()),
    render: async () => undefined,
    log,
  });
const fence = () => takeFence(redis, `deliver:${channel}`);
const deliver = async (by = worker()) => by.deliver(channel, await fence(), signal);
/** Until nothing waits any more, as the queue does it. */
async function deliverAll(by = worker()): Promise<void> {
  for (let left = await deliver(by); left; left = await deliver(by)) await sleep(left.waitMs);
}
const message = (key: string, text: string, more: Partial<Outgoing> = {}): Outgoing => ({
  key,
  channel,
  body: { kind: 'text', content: { text, blocks: [] } },
  ...more,
});
const posted = (where = channel) => slack.workspace.list(where).map(({ text }) => text);
const calls = (method: string) => slack.world.ledger.calls[method] ?? 0;
const fault = (method: string, kind: 'ratelimited' | 'http_error' | 'error' | 'drop', more: object = {}) =>
  slack.world.faults.add({ method, kind, when: 'before', times: 1, skip: 0, ...more });

describe('each message once', () => {
  it('handed over several times, delivered by several workers one after the other', async () => {
    await Promise.all([1, 2, 3].map(() => outbox().send([message('job/parent', 'hello')])));
    await deliverAll();
    await outbox().send([message('job/parent', 'hello')]);
    await deliverAll();
    expect(posted()).toEqual(['hello']);
    expect(calls('chat.postMessage') + calls('chat.update')).toBe(1);
    expect(await new OutboxStore(redis).channels()).toEqual([]);
  });

  it.each([
    ['http_error', 'after'],
    ['drop', 'after'],
    ['http_error', 'before'],
    ['drop', 'before'],
  ] as const)('%s %s Slack took it: there once, in its thread', async (kind, when) => {
    await outbox().send([message('p', 'parent')]);
    await deliverAll();
    fault('chat.postMessage', kind, { when });
    await outbox().send([message('f', 'finding', { below: 'p' })]);
    await deliverAll();
    expect(posted()).toEqual(['parent', 'finding']);
    const [parent, finding] = slack.workspace.list(channel);
    expect(finding?.thread_ts).toBe(parent?.ts);
  });

  it('killed between posting and noting it: the next worker finds it by its key', async () => {
    await outbox().send([message('k', 'once')]);
    await deliverAll();
    // What is in Redis at that moment: the intention alone.
    await redis.set('{gke-auth}:post:k', JSON.stringify({ state: 'about', clientMsgId: 'another' }));
    await outbox().send([message('k', 'once')]);
    await deliverAll();
    expect(posted()).toEqual(['once']);
  });

  it('killed before posting: the next worker posts', async () => {
    await redis.set('{gke-auth}:post:k', JSON.stringify({ state: 'about', clientMsgId: 'never sent' }));
    await outbox().send([message('k', 'late')]);
    await deliverAll();
    expect(posted()).toEqual(['late']);
  });

  it('a worker that was taken over from neither posts, nor edits, nor hands anything over', async () => {
    await outbox().send([message('p', 'parent')]);
    const old = await fence();
    const own = await fence();
    await expect(worker().deliver(channel, old, signal)).rejects.toBeInstanceOf(FencedError);
    expect(posted()).toEqual([]);
    await worker().deliver(channel, own, signal);
    await outbox().send([message('p', 'verdict')], { fence: own });
    await expect(worker().deliver(channel, old, signal)).rejects.toBeInstanceOf(FencedError);
    await expect(outbox().send([message('p', 'progress')], { fence: old })).rejects.toBeInstanceOf(FencedError);
    await worker().deliver(channel, own, signal);
    expect(posted()).toEqual(['verdict']);
  });
});

describe('what a message says', () => {
  it('before it is posted: the newest alone', async () => {
    await outbox().send([message('p', 'running', { droppable: true })]);
    await outbox().send([message('p', 'verdict'), message('f', 'finding', { below: 'p' })]);
    await deliverAll();
    expect(posted()).toEqual(['verdict', 'finding']);
    expect(calls('chat.update')).toBe(0);
  });

  it('afterwards: an edit; the same again needs none', async () => {
    await outbox().send([message('p', 'running', { droppable: true })]);
    await deliverAll();
    for (let i = 1; i <= 20; i++) await outbox().send([message('p', `running ${i}`, { droppable: true })]);
    await outbox().send([message('p', 'verdict')]);
    await deliverAll();
    await outbox().send([message('p', 'verdict')]);
    await deliverAll();
    expect(posted()).toEqual(['verdict']);
    expect(calls('chat.update')).toBe(1);
  });

  it('a 5xx at an edit is tried again', async () => {
    await outbox().send([message('g', 'here')]);
    await deliverAll();
    fault('chat.update', 'http_error', { times: 2 });
    await outbox().send([message('g', 'edited')]);
    await deliverAll();
    expect(posted()).toEqual(['edited']);
  });

  it('somebody deleted it: posted anew, with its thread; a card alone is not', async () => {
    await outbox().send([message('p', 'running')]);
    await deliverAll();
    const [parent] = slack.workspace.list(channel);
    const ref = { channel, ts: parent?.ts ?? '' };
    await slackClient(slack.slack.botToken, { SLACK_API_URL: slack.slackApi }).chat.delete(ref);
    await outbox().send([message('card', 'a card', { edits: ref })]);
    await deliverAll();
    expect(posted()).toEqual([]);
    await outbox().send([message('p', 'verdict'), message('f', 'finding', { below: 'p' })]);
    await deliverAll();
    expect(posted()).toEqual(['verdict', 'finding']);
  });

  it('blocks that this Slack does not take: the text alone', async () => {
    const header = { type: 'header' as const, text: { type: 'plain_text' as const, text: 'x'.repeat(200) } };
    await outbox().send([message('odd', '', { body: { kind: 'text', content: { text: 'words', blocks: [header] } } })]);
    await deliverAll();
    expect(posted()).toEqual(['words']);
  });
});

describe('Slack’s limits', () => {
  it('429: this channel is put off, others go on, and nothing sleeps meanwhile', async () => {
    const other = slack.slack.approvalsChannel;
    fault('chat.postMessage', 'ratelimited', { retryAfter: 60, channel });
    await outbox().send([message('later', 'later'), { ...message('now', 'now'), channel: other }]);
    const started = Date.now();
    const left = await deliver();
    const fenceOfOther = await takeFence(redis, `deliver:${other}`);
    expect(await worker().deliver(other, fenceOfOther, signal)).toBeUndefined();
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(left?.waitMs).toBeGreaterThan(55_000);
    expect((await deliver())?.waitMs).toBeGreaterThan(55_000);
    expect(posted(other)).toEqual(['now']);
    expect(posted()).toEqual([]);
    expect(calls('chat.postMessage')).toBe(2);
  });

  it('a thread that waits keeps its order and no other thread waiting', async () => {
    await outbox().send([message('p', 'parent')]);
    await deliverAll();
    fault('chat.update', 'ratelimited', { retryAfter: 60 });
    await outbox().send([message('p', 'verdict'), message('f', 'finding', { below: 'p' }), message('q', 'another')]);
    expect((await deliver())?.waitMs).toBeGreaterThan(55_000);
    expect(posted()).toEqual(['parent', 'another']);
  });

  it('never exceeds a channel’s limit, in the order in which it was handed over', async () => {
    const keys = Array.from({ length: 7 }, (_, i) => `m${i}`);
    for (const key of keys) await outbox().send([message(key, key)]);
    const started = Date.now();
    await deliverAll();
    expect(posted()).toEqual(keys);
    expect(Date.now() - started).toBeGreaterThan(3_500);
    expect(slack.world.ledger.errors.ratelimited ?? 0).toBe(0);
  });

  it('progress is left out where edits are nearly used up; what matters is shown', async () => {
    await outbox().send([message('p', 'parent')]);
    await deliverAll();
    for (let i = 1; i <= 10; i++) {
      await outbox().send([message('p', `${i} of 10`, { droppable: true })]);
      await deliver();
    }
    expect(calls('chat.update')).toBeLessThanOrEqual(4);
    const started = Date.now();
    await outbox().send([message('p', 'verdict')]);
    await deliverAll();
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(posted()).toEqual(['verdict']);
  });
});

describe('where the bot is not in the channel', () => {
  it('through the response URL, once, without progress and thread; without one it is given up', async () => {
    const secret = 'C0SECRET01';
    const issued = slack.world.responseUrls.issue('commands', { user: slack.slack.users.requester, channel: secret });
    const responseUrl = slack.world.origin + issued;
    const away = { channel: secret, responseUrl };
    const there = async () => worker().deliver(secret, await takeFence(redis, `deliver:${secret}`), signal);
    await outbox().send([message('lost', 'lost', { channel: secret })]);
    await outbox().send([message('p', 'running', { ...away, droppable: true })]);
    await there();
    expect(slack.workspace.list(secret)).toEqual([]);
    const content = { text: 'verdict', blocks: [] };
    const outside = { text: 'verdict, and how to invite me', blocks: [] };
    const verdict = message('p', '', { ...away, body: { kind: 'text', content, outside } });
    for (let i = 0; i < 2; i++) {
      await outbox().send([verdict, message('f', 'finding', { ...away, below: 'p' })]);
      await there();
    }
    expect(posted(secret)).toEqual(['verdict, and how to invite me']);
    expect(await new OutboxStore(redis).channels()).toEqual([]);
  });
});

describe('files', () => {
  const content = Buffer.from('line\n'.repeat(5_000)).toString('base64');
  const file = () =>
    message('file', '', { below: 'p', body: { kind: 'file', name: 'all.txt', title: 'All', content } });

  it('are shared once in the thread, also after an ambiguous answer', async () => {
    fault('files.completeUploadExternal', 'http_error', { when: 'after' });
    await outbox().send([message('p', 'parent'), file()]);
    await deliverAll();
    await outbox().send([file()]);
    await deliverAll();
    const shared = slack.workspace.list(channel).flatMap(({ files = [] }) => files);
    expect(shared.map(({ title, size }) => [title, size])).toEqual([['All', 25_000]]);
  });

  it('a Slack that takes none: the message stands without', async () => {
    fault('files.getUploadURLExternal', 'error', { error: 'missing_scope' });
    await outbox().send([message('p', 'parent'), file()]);
    await deliverAll();
    expect(posted()).toEqual(['parent']);
  });
});
