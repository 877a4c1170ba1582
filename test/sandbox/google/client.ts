import { type Google, startGoogle } from '../../../sandbox/google/main.ts';
import type { World } from '../../../sandbox/google/world.ts';

export type Answer = { status: number; body: Json };
// Answers are looked at by path; a missing step is undefined.
export type Json = { [key: string]: unknown };

/** A running cloud, and short ways to call it. */
export type Client = Google & {
  call(token: string, method: string, path: string, body?: unknown): Promise<Answer>;
  control(method: string, path: string, body?: unknown): Promise<Json>;
};

async function request(url: string, method: string, token: string | undefined, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}

/** Starts a cloud on a free port. `token` of a call is the value of an access token; '' sends none. */
export async function start(world: World): Promise<Client> {
  const google = await startGoogle({ world });
  return {
    ...google,
    call: (token, method, path, body) => request(`${google.url}${path}`, method, token, body),
    control: async (method, path, body) =>
      (await request(`${google.url}_sandbox/${path}`, method, undefined, body)).body,
  };
}

/** What stands at a path of an answer: `at(body, 'error.details.0.reason')`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((current, key) => (current as Json | undefined)?.[key], value);
}
