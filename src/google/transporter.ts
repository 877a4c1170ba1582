/**
 * The HTTP client that Google's libraries get: google-auth-library's own, over the connections that all our clients share. It
 * calls the endpoints that are configured, and follows no redirects.
 */
import { gaxios } from 'google-auth-library';
import type { ProxyEnvironment } from '../http/dispatcher.ts';
import { answerTo, toResponse } from '../http/fetch.ts';
import type { Endpoints } from './endpoints.ts';
import { errorFromAnswer, malformedError } from './errors.ts';

/** Longest that any request may take, in ms. Calls have shorter deadlines of their own (`calls.ts`). */
const LONGEST_MS = 60_000;
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Google compresses only for user agents that name gzip (https://cloud.google.com/compute/docs/api/how-tos/performance, "gzip"). */
const HEADERS = { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': 'gke-auth (gzip)' };

export function createTransporter(options: {
  readonly env: ProxyEnvironment;
  readonly endpoints: Endpoints;
}): gaxios.Gaxios {
  const { env, endpoints } = options;
  const limits = { env, attemptMs: LONGEST_MS, maxBytes: MAX_BODY_BYTES };
  const transporter = new gaxios.Gaxios({
    fetchImplementation: async (input, init = {}) => {
      const { method, body, signal } = init;
      const given = Object.fromEntries(new Headers(init.headers));
      const url = new URL(String(input));
      const service = serviceOf(url);
      const headers = service ? { ...given, ...HEADERS } : given;
      const answer = await answerTo(endpoints.resolve(url.href), { method, headers, body, signal }, limits);
      if (service && answer.status === 200) assertObject(service, answer.body);
      return toResponse(answer);
    },
  });
  // @google-cloud/container accepts most error answers here and keeps only their body: without this Retry-After would be lost.
  transporter.interceptors.response.add({
    resolved: async response => {
      if (response.ok) return response;
      const { status, headers, config } = response;
      const answer = { status, headers: Object.fromEntries(headers), body: await response.text() };
      throw errorFromAnswer(serviceOf(config.url) ?? config.url.hostname, answer);
    },
  });
  return transporter;
}

/**
 * Every API of Google's answers with a JSON object. The libraries take what a proxy says instead, too, or make an empty object of it.
 * @throws {GoogleApiError}
 */
function assertObject(service: string, body: string): void {
  if (/^\s*\{/.test(body)) return;
  throw malformedError(service, body.trim() === '' ? 'the answer was empty' : 'the answer was not a JSON object');
}

/** `container` of `https://container.googleapis.com/…`; undefined for others, where federated credentials come from. */
function serviceOf({ hostname }: URL): string | undefined {
  return /^([^.]+)\.googleapis\.com$/.exec(hostname)?.[1];
}
