import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SlackSandbox, startSlack } from '../../sandbox/slack/main.ts';
import { createLog } from '../../src/log.ts';
import { slackClient } from '../../src/slack/client.ts';
import { Outbox, RateLimitedError, SlackRefusedError } from '../../src/slack/outbox.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';

let slack: SlackSandbox;
let server: TestRedis;
let redis: Redis;
let channel: string;
const log = createLog('test', 'silent');

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
  slack.workspace.messages.clear();
});

/** A worker's: its own client, its own memory. */
const worker = () =>
  new Outbox({ client: slackClient(slack.slack.botToken, { SLACK_API_URL: slack.slackApi }), redis, log });
const message = (text: string) => ({ text, blocks: [] });
const posted = () => slack.workspace.list(channel).map(({ text }) => text);
const fault = (method: string, kind: 'ratelimited' | 'http_error' | 'error' | 'drop', more: object = {}) =>
  slack.world.faults.add({ method, kind, when: 'before', times: 1, skip: 0, ...more });

describe('postOnce', () => {
  it('posts one key once, in one process or several', async () => {
    const request = { key: 'job/parent', channel, message: message('hello') };
    const all = await Promise.all([worker(), worker(), worker()].map(poster => poster.postOnce(request)));
    expect(new Set(all.map(({ ref }) => ref?.ts)).size).toBe(1);
    expect(posted()).toEqual(['hello']);
  });

  it.each([
    ['http_error', 'after'],
    ['drop', 'after'],
    ['http_error', 'before'],
    ['drop', 'before'],
  ] as const)('%s %s Slack took it: there once', async (kind, when) => {
    const parent = await worker().postOnce({ key: 'p', channel, message: message('parent') });
    fault('chat.postMessage', kind, { when });
    const { ref } = await worker().postOnce({
      key: 'f',
      channel,
      threadTs: parent.ref?.ts,
      message: message('finding'),
    });
    expect(posted()).toEqual(['parent', 'finding']);
    expect(slack.workspace.message(channel, ref?.ts ?? '')?.text).toBe('finding');
  });

  it('killed between posting and noting it: the next worker finds it by its key', async () => {
    const { ref } = await worker().postOnce({ key: 'k', channel, message: message('once') });
    // What is in Redis at that moment: the intention alone.
    await redis.set('{gke-auth}:post:k', JSON.stringify({ state: 'about', clientMsgId: 'another' }));
    expect(await worker().postOnce({ key: 'k', channel, message: message('once') })).toEqual({ ref });
    expect(posted()).toEqual(['once']);
  });

  it('killed before posting: the next worker posts', async () => {
    await redis.set('{gke-auth}:post:k', JSON.stringify({ state: 'about', clientMsgId: 'never sent' }));
    await worker().postOnce({ key: 'k', channel, message: message('late') });
    expect(posted()).toEqual(['late']);
  });

  it('429: waits as long as Slack says, or gives the job back where that is long', async () => {
    fault('chat.postMessage', 'ratelimited', { retryAfter: 1 });
    await worker().postOnce({ key: 'soon', channel, message: message('soon') });
    fault('chat.postMessage', 'ratelimited', { retryAfter: 120 });
    const refused = worker().postOnce({ key: 'later', channel, message: message('later') });
    await expect(refused).rejects.toBeInstanceOf(RateLimitedError);
    await expect(refused).rejects.toMatchObject({ retryAfterMs: 120_000 });
    expect(posted()).toEqual(['soon']);
  });

  it('never exceeds a channel’s limit, however many workers post', async () => {
    const before = slack.world.ledger.errors.ratelimited ?? 0;
    const started = Date.now();
    await Promise.all(
      Array.from({ length: 6 }, (_, i) => worker().postOnce({ key: `m${i}`, channel, message: message(`m${i}`) })),
    );
    expect(posted()).toHaveLength(6);
    expect(Date.now() - started).toBeGreaterThan(2_500);
    expect(slack.world.ledger.errors.ratelimited ?? 0).toBe(before);
  });

  it('not in the channel: through the response URL, once; without one it says why not', async () => {
    const secret = 'C0SECRET01';
    const url =
      slack.world.origin +
      slack.world.responseUrls.issue('commands', { user: slack.slack.users.requester, channel: secret });
    const request = { key: 'away', channel: secret, message: message('still told') };
    await expect(worker().postOnce(request)).rejects.toBeInstanceOf(SlackRefusedError);
    expect(await worker().postOnce({ ...request, responseUrl: url })).toEqual({});
    expect(await worker().postOnce({ ...request, responseUrl: url })).toEqual({});
    expect(slack.workspace.list(secret).filter(({ text }) => text === 'still told')).toHaveLength(1);
  });

  it('blocks that this Slack does not take: the text alone', async () => {
    const odd = {
      text: 'plain words',
      blocks: [{ type: 'header' as const, text: { type: 'plain_text' as const, text: 'x'.repeat(200) } }],
    };
    await worker().postOnce({ key: 'odd', channel, message: odd });
    expect(posted()).toEqual(['plain words']);
  });
});

describe('edits', () => {
  it('many become few, and the last one is shown', async () => {
    const poster = worker();
    const { ref } = await poster.postOnce({ key: 'e', channel, message: message('0') });
    if (!ref) throw new Error('it was posted');
    const before = slack.world.ledger.calls['chat.update'] ?? 0;
    for (let i = 1; i <= 50; i++) poster.updateCoalesced(ref, message(String(i)));
    expect(await poster.update(ref, message('done'))).toBe(true);
    expect(slack.workspace.message(channel, ref.ts)?.text).toBe('done');
    expect((slack.world.ledger.calls['chat.update'] ?? 0) - before).toBeLessThanOrEqual(2);
  });

  it('a 5xx is tried again; a message that is gone is no error', async () => {
    const poster = worker();
    const { ref } = await poster.postOnce({ key: 'g', channel, message: message('here') });
    if (!ref) throw new Error('it was posted');
    fault('chat.update', 'http_error', { times: 2 });
    expect(await poster.update(ref, message('edited'))).toBe(true);
    expect(slack.workspace.message(channel, ref.ts)?.text).toBe('edited');
    await poster.client.chat.delete(ref);
    expect(await poster.update(ref, message('too late'))).toBe(false);
  });
});

describe('files', () => {
  it('are shared once in the thread, also after an ambiguous answer', async () => {
    const { ref } = await worker().postOnce({ key: 'p', channel, message: message('parent') });
    const file = {
      key: 'file',
      channel,
      threadTs: ref?.ts,
      name: 'all.txt',
      title: 'All',
      content: 'line\n'.repeat(5_000),
    };
    fault('files.completeUploadExternal', 'http_error', { when: 'after' });
    expect(await worker().uploadOnce(file)).toBe(true);
    expect(await worker().uploadOnce(file)).toBe(true);
    const shared = slack.workspace.list(channel).flatMap(({ files = [] }) => files);
    expect(shared.map(({ title, size }) => [title, size])).toEqual([['All', 25_000]]);
  });

  it('a Slack that takes none: said, not thrown', async () => {
    fault('files.getUploadURLExternal', 'error', { error: 'missing_scope' });
    expect(await worker().uploadOnce({ key: 'no', channel, name: 'a.txt', title: 'A', content: 'a' })).toBe(false);
  });
});
