/**
 * The workers' way to Slack. A message is posted once, whatever happens in between: what is about to be posted is noted in
 * Redis first, with a key that the message carries as metadata; after an ambiguous answer or a crash the thread is searched
 * for that key before anything is posted again.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownBlock } from '@slack/types';
import { type LogLevel, WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { PostLedger } from '../store/post-ledger.ts';
import {
  type Budget,
  FILE_BUDGET,
  Limits,
  postBudgets,
  RateLimitedError,
  UPDATE_BUDGET,
} from '../store/slack-limits.ts';
import {
  BAD_BLOCKS,
  failureOf,
  GONE,
  repeatedCall,
  SlackRefusedError,
  SlackUnavailableError,
  UNREACHABLE,
} from './answers.ts';
import { Edits } from './edits.ts';
import { slackFetch } from './fetch.ts';
import { sendFile, shareFile, type Upload } from './upload.ts';

export { RateLimitedError } from '../store/slack-limits.ts';
export { SlackRefusedError, SlackUnavailableError } from './answers.ts';

/** What is posted; the messages of `src/slack/messages` fit. */
export interface Content {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

export interface Ref {
  readonly channel: string;
  readonly ts: string;
}

export interface PostRequest {
  /** The same message has the same key, over retries and processes: `<job>/parent`, `<job>/finding/3`. */
  readonly key: string;
  readonly channel: string;
  readonly threadTs?: string;
  readonly message: Content;
  /** Used where the bot may not post itself; what goes that way can be neither edited nor found again. */
  readonly responseUrl?: string;
}

/** `ref` is absent where the message went through the response URL. */
export interface Posted {
  readonly ref?: Ref;
}

const PostAnswer = z.object({ ts: z.string(), channel: z.string().optional() });

const METADATA = 'gke_auth';
/** Waits of up to this long (ms) are waited here; longer ones put the job back (`RateLimitedError`). */
const WAIT_MS = 60_000;
/** ms before each look for a message that may or may not have been posted. */
const LOOKS_MS = [0, 300, 900];
const ATTEMPTS = 5;
const PAGES = 3;

/** A client for workers: no retries of its own (they would post twice) and no silent waiting. */
export function slackClient(
  token: string,
  { SLACK_API_URL: slackApiUrl }: { readonly SLACK_API_URL: string },
): WebClient {
  return new WebClient(token, {
    slackApiUrl,
    fetch: slackFetch,
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: 'error' as LogLevel,
  });
}

export class SlackPoster {
  readonly client: WebClient;
  readonly #limits: Limits;
  readonly #ledger: PostLedger;
  readonly #edits: Edits<{ ref: Ref; content: Content }>;
  readonly #log: Logger;

  constructor({ client, redis, log }: { client: WebClient; redis: Redis; log: Logger }) {
    this.client = client;
    this.#limits = new Limits(redis);
    this.#ledger = new PostLedger(redis);
    this.#log = log;
    this.#edits = new Edits(
      (_id, { ref, content }, droppable) => this.#edit(ref, content, droppable),
      error => log.warn({ err: error }, 'a progress edit was not shown'),
    );
  }

  /**
   * Posts a message once.
   * @throws {RateLimitedError} where Slack wants a longer pause than a worker waits; {SlackRefusedError} where it refuses for good;
   * {SlackUnavailableError} where it doesn't answer. After each of them it can be called again with the same key.
   */
  async postOnce(request: PostRequest): Promise<Posted> {
    const { key } = request;
    return this.#ledger.withLock(key, async () => {
      const note = await this.#ledger.read(key);
      if (note?.state === 'posted') return { ref: { channel: note.channel, ts: note.ts } };
      if (note?.state === 'answered') return {};
      const found = note ? await this.#find(request, note.clientMsgId) : undefined;
      return found ? this.#posted(key, found) : this.#post(request, note?.clientMsgId ?? randomUUID());
    });
  }

  /** An edit that may be left out where a newer one comes or the budget is used up. Never waits, never throws. */
  updateCoalesced(ref: Ref, content: Content): void {
    this.#edits.soon(`${ref.channel} ${ref.ts}`, { ref, content });
  }

  /** An edit that must be shown. @returns false where the message, its thread or its channel is gone. @throws as `postOnce` */
  update(ref: Ref, content: Content): Promise<boolean> {
    return this.#edits.now(`${ref.channel} ${ref.ts}`, { ref, content });
  }

  /** To one person, best effort: Slack gives no guarantee either. @returns whether Slack took it. */
  async postEphemeral({
    channel,
    user,
    threadTs,
    message,
  }: {
    channel: string;
    user: string;
    threadTs?: string;
    message: Content;
  }): Promise<boolean> {
    try {
      await this.client.chat.postEphemeral({
        channel,
        user,
        ...contentOf(message),
        ...(threadTs && { thread_ts: threadTs }),
      });
      return true;
    } catch (error) {
      this.#log.warn({ err: error, channel }, 'an ephemeral message was not taken');
      return false;
    }
  }

  /** A text file or picture in a thread, once. @returns false where this Slack takes no files. @throws as `postOnce` */
  async uploadOnce(file: Upload): Promise<boolean> {
    const { key, channel, threadTs } = file;
    return this.#ledger.withLock(key, async () => {
      const note = await this.#ledger.read(key);
      const there = note && (note.state !== 'about' || (await this.#hasFile(channel, threadTs, note.clientMsgId)));
      try {
        if (!there) {
          await this.#limits.take([FILE_BUDGET], WAIT_MS);
          const id = await sendFile(this.client, file);
          await this.#ledger.write(key, { state: 'about', clientMsgId: id });
          await shareFile(this.client, file, id, () => this.#hasFile(channel, threadTs, id));
        }
      } catch (error) {
        if (!(error instanceof SlackRefusedError)) throw error;
        this.#log.warn({ err: error, key }, 'this Slack takes no files; the message stands without');
        return false;
      }
      await this.#ledger.write(key, { state: 'answered' });
      return true;
    });
  }

  async #post(request: PostRequest, clientMsgId: string): Promise<Posted> {
    const { key, channel, threadTs, responseUrl } = request;
    let content = request.message;
    let last: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const budgets = postBudgets(channel);
      await this.#limits.take(budgets, WAIT_MS);
      await this.#ledger.write(key, { state: 'about', clientMsgId });
      try {
        const { ts, channel: where } = PostAnswer.parse(
          await this.client.apiCall('chat.postMessage', {
            channel,
            ...contentOf(content),
            ...(threadTs && { thread_ts: threadTs }),
            client_msg_id: clientMsgId,
            metadata: { event_type: METADATA, event_payload: { key } },
          }),
        );
        return await this.#posted(key, { channel: where ?? channel, ts });
      } catch (error) {
        last = error;
        const failure = failureOf(error);
        if (failure.kind === 'limited') await this.#pause(budgets, failure.retryAfterMs);
        else if (failure.kind === 'ambiguous') {
          const found = await this.#find(request, clientMsgId);
          if (found) return await this.#posted(key, found);
        } else if (UNREACHABLE.has(failure.reason) && responseUrl) {
          await answer(responseUrl, content);
          await this.#ledger.write(key, { state: 'answered' });
          return {};
        } else if (BAD_BLOCKS.has(failure.reason) && content.blocks.length > 0) {
          this.#log.error({ err: error, key }, 'Slack refused the blocks; the text alone is posted');
          content = { text: content.text, blocks: [] };
        } else throw new SlackRefusedError('chat.postMessage', failure.reason, error);
      }
    }
    throw new SlackUnavailableError('chat.postMessage', last);
  }

  async #posted(key: string, ref: Ref): Promise<Posted> {
    await this.#ledger.write(key, { state: 'posted', ...ref });
    return { ref };
  }

  /** Looks for a message by its key. A Slack that doesn't let us look counts as "not there": better twice than never. */
  async #find(request: PostRequest, clientMsgId: string): Promise<Ref | undefined> {
    for (const delay of LOOKS_MS) {
      await sleep(delay);
      const ts = await this.#look(request.channel, request.threadTs, message => {
        const payload: unknown = message.metadata?.event_payload;
        const key = typeof payload === 'object' && payload !== null && 'key' in payload ? payload.key : undefined;
        return key === request.key || message.client_msg_id === clientMsgId;
      });
      if (ts) return { channel: request.channel, ts };
    }
    return undefined;
  }

  async #look(
    channel: string,
    threadTs: string | undefined,
    matches: (message: Seen) => boolean,
  ): Promise<string | undefined> {
    let cursor: string | undefined;
    for (let page = 0; page < PAGES; page++) {
      const more = { limit: 200, include_all_metadata: true, ...(cursor && { cursor }) };
      const listed = await repeatedCall(() =>
        threadTs
          ? this.client.conversations.replies({ channel, ts: threadTs, ...more })
          : this.client.conversations.history({ channel, ...more }),
      ).catch(error => this.#cantLook(error));
      const messages: readonly Seen[] = listed?.messages ?? [];
      const found = messages.find(matches);
      if (found?.ts) return found.ts;
      cursor = listed?.response_metadata?.next_cursor;
      if (!cursor) return undefined;
    }
    return undefined;
  }

  #cantLook(error: unknown): undefined {
    const failure = failureOf(error);
    // While Slack is away nothing is known; the job comes back later and looks again.
    if (failure.kind !== 'refused') throw new SlackUnavailableError('conversations.replies', error);
    this.#log.warn({ err: error }, 'I may not look whether a message was posted (history scopes)');
    return undefined;
  }

  async #edit({ channel, ts }: Ref, content: Content, droppable: boolean): Promise<boolean> {
    let shown = content;
    for (let attempt = 0; ; attempt++) {
      if (droppable && !(await this.#limits.takeNow(UPDATE_BUDGET))) return true;
      if (!droppable) await this.#limits.take([UPDATE_BUDGET], WAIT_MS);
      try {
        await this.client.chat.update({ channel, ts, ...contentOf(shown) });
        return true;
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'refused' && GONE.has(failure.reason)) return false;
        if (failure.kind === 'limited') await this.#limits.refused([UPDATE_BUDGET], failure.retryAfterMs);
        if (droppable) return true;
        if (failure.kind === 'refused' && BAD_BLOCKS.has(failure.reason) && shown.blocks.length > 0) {
          this.#log.error({ err: error }, 'Slack refused the blocks; the text alone is shown');
          shown = { text: shown.text, blocks: [] };
        } else if (failure.kind === 'refused') throw new SlackRefusedError('chat.update', failure.reason, error);
        else if (attempt >= ATTEMPTS) throw new SlackUnavailableError('chat.update', error);
        else if (failure.kind === 'ambiguous') await sleep(300 * 2 ** attempt);
      }
    }
  }

  async #pause(budgets: readonly Budget[], retryAfterMs: number): Promise<void> {
    await this.#limits.refused(budgets, retryAfterMs);
    if (retryAfterMs > WAIT_MS) throw new RateLimitedError(retryAfterMs);
  }

  async #hasFile(channel: string, threadTs: string | undefined, fileId: string): Promise<boolean> {
    const ts = await this.#look(channel, threadTs, message => message.files?.some(({ id }) => id === fileId) ?? false);
    return ts !== undefined;
  }
}

/** What of a listed message matters here. */
interface Seen {
  readonly ts?: string;
  readonly client_msg_id?: string;
  readonly metadata?: { readonly event_payload?: unknown };
  readonly files?: readonly { readonly id?: string }[];
}

/** Never unfurled, never parsed for names and addresses: the text may hold foreign words. */
function contentOf({ text, blocks }: Content) {
  return { text, blocks: [...blocks], unfurl_links: false, unfurl_media: false, parse: 'none' as const };
}

/** Answers through a command's response URL, visible to the channel. @throws {SlackRefusedError} where it is used up or too old. */
async function answer(responseUrl: string, { text, blocks }: Content): Promise<void> {
  const body = JSON.stringify({ response_type: 'in_channel', text, blocks, unfurl_links: false, unfurl_media: false });
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const response = await slackFetch(responseUrl, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(10_000),
  }).catch(error => {
    throw new SlackUnavailableError('the response URL', error);
  });
  if (response.status >= 500) throw new SlackUnavailableError('the response URL', new Error(`HTTP ${response.status}`));
  if (!response.ok) throw new SlackRefusedError('the response URL', `http_${response.status}`);
}
