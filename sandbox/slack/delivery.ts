import type { JsonObject } from './json.ts';

/** The envelope types of Socket Mode. */
export type DeliveryType = 'slash_commands' | 'interactive' | 'events_api';

/** The app's acknowledgement within three seconds, or Slack's error where there is none. */
export type Ack = { ok: true; payload: unknown } | { ok: false; error: 'operation_timeout' | 'dispatch_failed' };

/** The retry of an event: `retry_attempt` and `retry_reason`, or the corresponding HTTP headers. */
export type Retry = { attempt: number; reason: string };

/** A way to reach the app. `deliver` resolves when the app has answered or its time is up; it never rejects. */
export type Transport = {
  readonly connected: boolean;
  deliver(type: DeliveryType, payload: JsonObject, retry?: Retry): Promise<Ack>;
};

/** The app must acknowledge in this time (https://docs.slack.dev/interactivity/handling-user-interaction). */
export const ackMs = 3_000;

/** An event is retried at once, after a minute and after five (https://docs.slack.dev/apis/events-api). */
const retryDelaysMs = [0, 60_000, 300_000];

/** Delivers to the app over HTTP where a request URL is set, else over Socket Mode. */
export class Delivery {
  private readonly socket: Transport;
  private readonly http: Transport;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(socket: Transport, http: Transport) {
    this.socket = socket;
    this.http = http;
  }

  /** Sends a command or an interaction. Slack does not retry those. */
  send(type: DeliveryType, payload: JsonObject): Promise<Ack> {
    return this.transport.deliver(type, payload);
  }

  /** Sends an event, and up to three retries where it isn't acknowledged. Resolves after the first attempt. */
  async event(payload: JsonObject): Promise<Ack> {
    const first = await this.transport.deliver('events_api', payload);
    if (!first.ok) this.retry(payload, 0);
    return first;
  }

  /** Cancels pending retries. */
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
