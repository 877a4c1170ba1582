/** `fetch` for Slack's client, over the connections and proxies that all our clients share. */
import type { WebClientOptions } from '@slack/web-api';
import { send } from '../http/http.ts';

type SlackFetch = NonNullable<WebClientOptions['fetch']>;

/** Where Slack is, and the proxy on the way. */
export interface SlackEnvironment {
  readonly SLACK_API_URL: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY?: string;
}

const ATTEMPT_MS = 30_000;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

export function slackFetch({ HTTPS_PROXY, NO_PROXY }: SlackEnvironment): SlackFetch {
  const env = { HTTPS_PROXY, NO_PROXY };
  return async (address, { method = 'GET', headers = {}, body, signal } = {}) => {
    if (body !== undefined && typeof body !== 'string') throw new TypeError('files are sent by their upload URL');
    const url = new URL(address);
    const limits = { attemptMs: ATTEMPT_MS, maxBytes: MAX_BODY_BYTES };
    const answer = await send({ url, method, headers, body, signal, env, ...limits });
    const { status, headers: got } = answer;
    const value = (name: string) => {
      const held = got[name.toLowerCase()];
      return Array.isArray(held) ? held.join(', ') : (held ?? null);
    };
    return {
      ok: status >= 200 && status <= 299,
      status,
      statusText: '',
      url: url.href,
      headers: { get: value, entries: () => Object.keys(got).map(name => [name, value(name) ?? '']) },
      arrayBuffer: async () => new TextEncoder().encode(answer.body).buffer,
      json: async () => JSON.parse(answer.body),
      text: async () => answer.body,
    };
  };
}
