import { createHmac } from 'node:crypto';
import { type Ack, ackMs, type DeliveryType, type Retry, type Transport } from './delivery.ts';
import { isObject, type JsonObject, parseJson, textOf } from './json.ts';
import { credentials } from './people.ts';

/** Delivers over HTTP to one request URL, signed (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
export class RequestUrl implements Transport {
  private url: string | undefined;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  get connected(): boolean {
    return this.url !== undefined;
  }

  /** Forgets the request URL, so that Socket Mode is used again. */
  clear(): void {
    this.url = undefined;
  }

  /** Sets the URL if it echoes the challenge (https://docs.slack.dev/reference/events/url_verification). Returns whether it does. */
  async verify(url: string): Promise<boolean> {
    const challenge = `challenge-${Math.floor(this.now())}`;
    const body = JSON.stringify({ token: credentials.verificationToken, challenge, type: 'url_verification' });
    const answer = await this.request(url, 'application/json', body, {});
    const echoed = answer.ok && isObject(answer.payload) && answer.payload.challenge === challenge;
    if (echoed) this.url = url;
    return echoed;
  }

  deliver(type: DeliveryType, payload: JsonObject, retry?: Retry): Promise<Ack> {
    if (this.url === undefined) return Promise.resolve({ ok: false, error: 'dispatch_failed' });
    const headers = retry
      ? { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': 'http_timeout' }
      : undefined;
    const form = 'application/x-www-form-urlencoded';
    switch (type) {
      case 'events_api':
        return this.request(this.url, 'application/json', JSON.stringify(payload), headers ?? {});
      case 'slash_commands':
        return this.request(this.url, form, new URLSearchParams(strings(payload)).toString(), {});
      case 'interactive':
        return this.request(this.url, form, new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), {});
    }
  }

  private async request(url: string, type: string, body: string, headers: Record<string, string>): Promise<Ack> {
    const timestamp = String(Math.floor(this.now() / 1000));
    const signature = createHmac('sha256', credentials.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': type,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${signature}`,
          ...headers,
        },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(ackMs),
      });
      const text = await response.text();
      if (!response.ok) return { ok: false, error: 'dispatch_failed' };
      return { ok: true, payload: text === '' ? {} : (parseJson(text) ?? text) };
    } catch (error) {
      const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
      return { ok: false, error: timedOut ? 'operation_timeout' : 'dispatch_failed' };
    }
  }
}

function strings(payload: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, textOf(value) ?? '']));
}
