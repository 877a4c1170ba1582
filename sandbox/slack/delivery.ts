import type { JsonObject } from './json.ts';

/** What Slack sends to the app: Socket Mode's envelope types. */
export type DeliveryType = 'slash_commands' | 'interactive' | 'events_api';

/** The app's answer within three seconds, or Slack's word for its absence. */
export type Ack = { ok: true; payload: unknown } | { ok: false; error: 'operation_timeout' | 'dispatch_failed' };

/** Why an event comes a second time (`retry_attempt` and `retry_reason`, or the headers of the same meaning). */
export type Retry = { attempt: number; reason: string };

/** One way to reach the app. Resolves when the app has answered or its time is up; it never rejects. */
export type Transport = {
  readonly connected: boolean;
  deliver(type: DeliveryType, payload: JsonObject, retry?: Retry): Promise<Ack>;
};

/** docs.slack.dev, "Acknowledgment response". */
export const ackMs = 3_000;

/** docs.slack.dev, "Events API": an event is tried again at once, after a minute and after five. */
const retryDelaysMs = [0, 60_000, 300_000];

/** Hands everything to the app over HTTP where a request URL is set, else over Socket Mode. */
export class Delivery {
  private readonly socket: Transport;
  private readonly http: Transport;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(socket: Transport, http: Transport) {
    this.socket = socket;
    this.http = http;
  }

  /** Sends a command or an interaction once: people repeat those, Slack doesn't. */
  send(type: DeliveryType, payload: JsonObject): Promise<Ack> {
    return this.transport.deliver(type, payload);
  }

  /** Sends an event; where it isn't acknowledged, up to three times more. Resolves after the first try. */
  async event(payload: JsonObject): Promise<Ack> {
    const first = await this.transport.deliver('events_api', payload);
    if (!first.ok) this.retry(payload, 0);
    return first;
  }

  /** Forgets the retries that are still to come. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private get transport(): Transport {
    return this.http.connected ? this.http : this.socket;
  }

  private retry(payload: JsonObject, index: number): void {
    const delay = retryDelaysMs[index];
    if (delay === undefined) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const retry = { attempt: index + 1, reason: 'timeout' };
      void this.transport.deliver('events_api', payload, retry).then(ack => {
        if (!ack.ok) this.retry(payload, index + 1);
      });
    }, delay);
    timer.unref();
    this.timers.add(timer);
  }
}
