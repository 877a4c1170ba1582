/**
 * Delivers what waits in the outbox. A message is posted once, whatever happens in between: what is about to be posted is noted
 * first, with a key that the message carries as metadata; after an ambiguous answer or a crash the thread is searched for that
 * key before anything is posted again (docs/slack.md#ambiguous-posts).
 */
import { randomUUID } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Content, MessageRef, Outgoing } from '../contracts/outgoing.ts';
import type { Logger } from '../log.ts';
import { type Fence, FencedError, writeFenced } from '../store/fence.ts';
import { OutboxStore, type Waiting } from '../store/outbox.ts';
import { PostLedger } from '../store/post-ledger.ts';
import type { Reports } from '../store/reports.ts';
import { ChannelLimits } from '../store/slack-limits.ts';
import { BAD_BLOCKS, failureOf, GONE, SlackRefusedError, SlackUnavailableError, UNREACHABLE } from './answers.ts';
import { Lookup, METADATA, type Thread } from './lookup.ts';
import { respondInChannel } from './respond.ts';
import { sendFile, shareFile } from './upload.ts';

/** Content that is made when it is delivered. */
export interface Rendered {
  readonly content: Content;
  /** Told where it is shown now. */
  shown(ref: MessageRef): Promise<void>;
}

export interface DeliveryOptions {
  readonly client: WebClient;
  readonly redis: Redis;
  readonly reports: Pick<Reports, 'saveThread'>;
  /** Makes the newest state of cards; undefined where there is nothing to show any more. */
  readonly render: (body: RenderedBody) => Promise<Rendered | undefined>;
  readonly log: Logger;
}

export type RenderedBody = Extract<Outgoing['body'], { kind: 'page' | 'card' }>;
type FileBody = Extract<Outgoing['body'], { kind: 'file' }>;

/** One delivery of one channel. */
interface Pass {
  readonly limits: ChannelLimits;
  readonly fence: Fence;
}

/** Something has to wait for one of Slack's limits. */
export interface Unfinished {
  /** ms after which to deliver again. */
  readonly waitMs: number;
  /** Whether something was handed over since that has not been looked at. */
  hasNewer(): Promise<boolean>;
}

/** Settled: nothing is left to do for this message. A number: not before this many ms. */
type Result = 'settled' | number;

const PostAnswer = z.object({ ts: z.string(), channel: z.string().optional() });
const ATTEMPTS = 5;
/** What could not be delivered for this long (ms) is given up. */
const GIVEN_UP_MS = 24 * 3_600_000;

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #outbox: OutboxStore;
  readonly #ledger: PostLedger;
  readonly #lookup: Lookup;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#outbox = new OutboxStore(options.redis);
    this.#ledger = new PostLedger(options.redis);
    this.#lookup = new Lookup(options.client, options.log);
  }

  /**
   * Delivers what waits for a channel. The order within a thread is kept; what has to wait for one of Slack's limits keeps its
   * own thread waiting, and no other.
   * @returns undefined where nothing is left.
   * @throws {FencedError} where another worker delivers by now; {SlackUnavailableError} where Slack doesn't answer.
   */
  async deliver(channel: string, fence: Fence, signal: AbortSignal): Promise<Unfinished | undefined> {
    const pass = { fence, limits: await ChannelLimits.of(this.#options.redis, channel) };
    const tried = new Set<string>();
    const fresh = async () => (await this.#outbox.waiting(channel)).filter(({ stored }) => !tried.has(stored));
    const held = new Set<string>();
    let waitMs: number | undefined;
    for (let batch = await fresh(); batch.length > 0; batch = await fresh()) {
      for (const waiting of batch) {
        signal.throwIfAborted();
        tried.add(waiting.stored);
        const thread = waiting.message.below ?? waiting.message.key;
        if (held.has(thread)) continue;
        const result = await this.#settle(pass, waiting);
        if (result === 'settled') await this.#outbox.delivered(waiting);
        else {
          held.add(thread);
          waitMs = Math.min(waitMs ?? result, result);
        }
      }
    }
    return waitMs === undefined ? undefined : { waitMs, hasNewer: async () => (await fresh()).length > 0 };
  }

  async #settle(pass: Pass, waiting: Waiting): Promise<Result> {
    const { log } = this.#options;
    const { message, since } = waiting;
    try {
      const { body } = message;
      return body.kind === 'file' ? await this.#upload(pass, message, body) : await this.#show(pass, message, body);
    } catch (error) {
      const about = { event: 'message.post_failed', err: error, key: message.key, channel: message.channel };
      if (error instanceof SlackRefusedError) {
        log.error(about, 'failed to post message: refused by Slack');
        return 'settled';
      }
      if (error instanceof FencedError || Date.now() - since < GIVEN_UP_MS) throw error;
      log.error(about, 'failed to post message for a day, giving up');
      return 'settled';
    }
  }

  async #show(pass: Pass, message: Outgoing, body: Exclude<Outgoing['body'], FileBody>): Promise<Result> {
    const { edits, key } = message;
    const note = edits ? undefined : await this.#ledger.read(key);
    if (note?.state === 'answered') return 'settled';
    const rendered = await this.#contentOf(body);
    if (!rendered) return 'settled';
    const ref = edits ?? (note?.state === 'posted' ? { channel: note.channel, ts: note.ts } : undefined);
    if (ref) {
      const result = await this.#edit(pass, message, ref, rendered);
      if (result !== 'gone') return result;
      if (edits) return 'settled';
      // Somebody deleted it while its job ran.
      await this.#ledger.forget(key);
    }
    const thread = await this.#threadOf(message);
    if (!thread) return 'settled';
    if (note?.state === 'about') {
      const ts = await this.#lookup.message(thread, key, note.clientMsgId);
      if (ts) return this.#posted(message, rendered, { channel: thread.channel, ts });
    }
    return this.#post(pass, message, thread, rendered, note?.state === 'about' ? note.clientMsgId : randomUUID());
  }

  async #contentOf(body: Exclude<Outgoing['body'], FileBody>): Promise<Rendered | undefined> {
    if (body.kind !== 'text') return this.#options.render(body);
    return { content: body.content, shown: async () => {} };
  }

  /** Undefined where the message that it belongs below is not in Slack: then it isn't shown either. */
  async #threadOf({ channel, below, threadTs, key }: Outgoing): Promise<Thread | undefined> {
    const above = below === undefined ? undefined : await this.#ledger.read(below);
    if (below === undefined) return { channel, ...(threadTs && { threadTs }) };
    if (above?.state === 'posted') return { channel: above.channel, threadTs: threadTs ?? above.ts };
    if (above?.state !== 'answered') {
      this.#options.log.warn(
        { event: 'message.parent_missing', key, below },
        'failed to post reply: thread was not posted',
      );
    }
    return undefined;
  }

  async #post(
    { limits, fence }: Pass,
    message: Outgoing,
    thread: Thread,
    rendered: Rendered,
    clientMsgId: string,
  ): Promise<Result> {
    const { client, log } = this.#options;
    const { key, responseUrl, body } = message;
    let { content } = rendered;
    let last: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const wait = await limits.take('post');
      if (wait > 0) return wait;
      await this.#ledger.writeAbout(key, clientMsgId, fence);
      try {
        const { channel, threadTs } = thread;
        const { ts, channel: where } = PostAnswer.parse(
          await client.apiCall('chat.postMessage', {
            channel,
            ...argumentsOf(content),
            ...(threadTs && { thread_ts: threadTs }),
            client_msg_id: clientMsgId,
            metadata: { event_type: METADATA, event_payload: { key } },
          }),
        );
        return await this.#posted(message, rendered, { channel: where ?? channel, ts });
      } catch (error) {
        last = error;
        const failure = failureOf(error);
        if (failure.kind === 'ambiguous') {
          const ts = await this.#lookup.message(thread, key, clientMsgId);
          if (ts) return await this.#posted(message, rendered, { channel: thread.channel, ts });
          continue;
        }
        // It was certainly not posted.
        await this.#ledger.forget(key);
        if (failure.kind === 'limited') {
          await limits.refused('post', failure.retryAfterMs);
          return failure.retryAfterMs;
        }
        if (UNREACHABLE.has(failure.reason) && responseUrl) {
          // What goes this way can't be edited, so progress doesn't.
          if (message.droppable) return 'settled';
          await respondInChannel(responseUrl, (body.kind === 'text' && body.outside) || content);
          await this.#ledger.write(key, { state: 'answered' });
          return 'settled';
        } else if (BAD_BLOCKS.has(failure.reason) && content.blocks.length > 0) {
          log.error({ event: 'message.blocks_refused', err: error, key }, 'failed to post blocks, posting text only');
          content = { text: content.text, blocks: [] };
        } else throw new SlackRefusedError('chat.postMessage', failure.reason, error);
      }
    }
    throw new SlackUnavailableError('chat.postMessage', last);
  }

  async #posted({ key, report }: Outgoing, { content, shown }: Rendered, ref: MessageRef): Promise<Result> {
    await this.#ledger.write(key, { state: 'posted', ...ref });
    await this.#ledger.shown(ref, content);
    if (report !== undefined) await this.#options.reports.saveThread(report, ref);
    await shown(ref);
    return 'settled';
  }

  async #edit(pass: Pass, message: Outgoing, ref: MessageRef, rendered: Rendered): Promise<Result | 'gone'> {
    const { content, shown } = rendered;
    if (!(await this.#ledger.isShown(ref, content))) {
      const result = await this.#update(pass, message, ref, content);
      if (result !== 'settled') return result;
    }
    if (message.report !== undefined) await this.#options.reports.saveThread(message.report, ref);
    await shown(ref);
    return 'settled';
  }

  async #update(
    { limits, fence }: Pass,
    { droppable = false, key }: Outgoing,
    ref: MessageRef,
    content: Content,
  ): Promise<Result | 'gone'> {
    const { client, redis, log } = this.#options;
    let said = content;
    let last: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (droppable && !(await limits.takeSpare())) return 'settled';
      const wait = droppable ? 0 : await limits.take('update');
      if (wait > 0) return wait;
      await writeFenced(redis, fence, []);
      try {
        await client.chat.update({ ...ref, ...argumentsOf(said) });
        await this.#ledger.shown(ref, content);
        return 'settled';
      } catch (error) {
        last = error;
        const failure = failureOf(error);
        if (failure.kind === 'limited') {
          await limits.refused('update', failure.retryAfterMs);
          return droppable ? 'settled' : failure.retryAfterMs;
        }
        if (failure.kind === 'refused' && GONE.has(failure.reason)) return 'gone';
        if (droppable) return 'settled';
        if (failure.kind === 'ambiguous') continue;
        if (!BAD_BLOCKS.has(failure.reason) || said.blocks.length === 0) {
          throw new SlackRefusedError('chat.update', failure.reason, error);
        }
        log.error({ event: 'message.blocks_refused', err: error, key }, 'failed to update blocks, showing text only');
        said = { text: said.text, blocks: [] };
      }
    }
    throw new SlackUnavailableError('chat.update', last);
  }

  async #upload({ limits, fence }: Pass, message: Outgoing, body: FileBody): Promise<Result> {
    const { client, log } = this.#options;
    const { key } = message;
    const note = await this.#ledger.read(key);
    if (note && note.state !== 'about') return 'settled';
    const thread = await this.#threadOf(message);
    if (!thread) return 'settled';
    const isThere = (id: string) => this.#lookup.hasFile(thread, id);
    try {
      if (!note || !(await isThere(note.clientMsgId))) {
        const wait = await limits.take('file');
        if (wait > 0) return wait;
        const { name, title, altText } = body;
        const content = Buffer.from(body.content, 'base64');
        const file = { ...thread, name, title, content, ...(altText && { altText }) };
        const id = await sendFile(client, file);
        await this.#ledger.writeAbout(key, id, fence);
        await shareFile(client, file, id, () => isThere(id));
      }
    } catch (error) {
      if (!(error instanceof SlackRefusedError)) throw error;
      log.warn({ event: 'file.upload_failed', err: error, key }, 'failed to upload file, message has no attachment');
    }
    await this.#ledger.write(key, { state: 'answered' });
    return 'settled';
  }
}

/** Never unfurled, never parsed for names and addresses: the text may hold foreign words. */
function argumentsOf({ text, blocks }: Content) {
  return { text, blocks: [...blocks], unfurl_links: false, unfurl_media: false, parse: 'none' as const };
}
