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
      const headers = { ...Object.fromEntries(new Headers(init.headers)), ...HEADERS };
      const url = String(input);
      const answer = await answerTo(endpoints.resolve(url), { method, headers, body, signal }, limits);
      if (answer.status === 200) assertObject(serviceOf(new URL(url)), answer.body);
      return toResponse(answer);
    },
  });
  // @google-cloud/container accepts most error answers here and keeps only their body: without this Retry-After would be lost.
  transporter.interceptors.response.add({
    resolved: async response => {
      if (response.ok) return response;
      const { status, headers, config } = response;
      const answer = { status, headers: Object.fromEntries(headers), body: await response.text() };
      throw errorFromAnswer(serviceOf(config.url), answer);
    },
  });
  return transporter;
}

/**
 * Every API answers with a JSON object. The libraries take what a proxy says instead of Google, too, or make an empty object of it.
 * @throws {GoogleApiError}
 */
function assertObject(service: string, body: string): void {
  if (/^\s*\{/.test(body)) return;
  throw malformedError(service, body.trim() === '' ? 'the answer was empty' : 'the answer was not a JSON object');
}

/** `container` of `https://container.googleapis.com/…`. */
function serviceOf({ hostname }: URL): string {
  return hostname.split('.')[0] ?? '';
}
