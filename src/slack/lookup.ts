/** Looks in a thread or channel for what may or may not have been posted. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Logger } from '../log.ts';
import { failureOf, repeatedCall, SlackUnavailableError } from './answers.ts';

/** Event type of the metadata that every message of ours carries; its payload has the message's key. */
export const METADATA = 'gke_auth';

/** ms before each look. */
const LOOKS_MS = [0, 300, 900];
const PAGES = 3;

export interface Thread {
  readonly channel: string;
  readonly threadTs?: string;
}

/** What of a listed message matters here. */
interface Listed {
  readonly ts?: string;
  readonly client_msg_id?: string;
  readonly metadata?: { readonly event_payload?: unknown };
  readonly files?: readonly { readonly id?: string }[];
}

export class Lookup {
  readonly #client: WebClient;
  readonly #log: Logger;

  constructor(client: WebClient, log: Logger) {
    this.#client = client;
    this.#log = log;
  }

  /**
   * The `ts` of a message by its key; it is looked for a few times. A Slack that doesn't let us look counts as "not there": better
   * twice than never. @throws {SlackUnavailableError}
   */
  async message(thread: Thread, key: string, clientMsgId: string): Promise<string | undefined> {
    for (const delay of LOOKS_MS) {
      await sleep(delay);
      const ts = await this.#find(thread, message => {
        const payload: unknown = message.metadata?.event_payload;
        const its = typeof payload === 'object' && payload !== null && 'key' in payload ? payload.key : undefined;
        return its === key || message.client_msg_id === clientMsgId;
      });
      if (ts) return ts;
    }
    return undefined;
  }

  /** Whether a file was shared. @throws {SlackUnavailableError} */
  async hasFile(thread: Thread, fileId: string): Promise<boolean> {
    const ts = await this.#find(thread, message => message.files?.some(({ id }) => id === fileId) ?? false);
    return ts !== undefined;
  }

  async #find({ channel, threadTs }: Thread, matches: (message: Listed) => boolean): Promise<string | undefined> {
    let cursor: string | undefined;
    for (let page = 0; page < PAGES; page++) {
      const more = { limit: 200, include_all_metadata: true, ...(cursor && { cursor }) };
      const listed = await repeatedCall(() =>
        threadTs
          ? this.#client.conversations.replies({ channel, ts: threadTs, ...more })
          : this.#client.conversations.history({ channel, ...more }),
      ).catch(error => this.#cantLook(error));
      const messages: readonly Listed[] = listed?.messages ?? [];
      const found = messages.find(matches);
      if (found?.ts) return found.ts;
      cursor = listed?.response_metadata?.next_cursor;
      if (!cursor) return undefined;
    }
    return undefined;
  }

  #cantLook(error: unknown): undefined {
    const failure = failureOf(error);
    // While Slack is away nothing is known; the delivery comes back later and looks again.
    if (failure.kind !== 'refused') throw new SlackUnavailableError('conversations.replies', error);
    this.#log.warn(
      { event: 'delivery.lookup_refused', err: error },
      'not allowed to look for a posted message (history scopes)',
    );
    return undefined;
  }
}
