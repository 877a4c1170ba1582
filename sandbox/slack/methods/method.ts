import type { Problem } from '../blockkit/rules.ts';
import { flagOf, type JsonObject, textOf } from '../json.ts';
import type { Tier } from '../limits.ts';
import { app, type Channel } from '../people.ts';
import type { World } from '../world.ts';

/** An answer with `ok: false`: the error code and further fields. */
export class SlackError extends Error {
  readonly code: string;
  readonly more: JsonObject;

  constructor(code: string, more: JsonObject = {}) {
    super(code);
    this.name = 'SlackError';
    this.code = code;
    this.more = more;
  }
}

/** The arguments of one call: strings from a form, or JSON values from a JSON body. */
export type Call = { world: World; args: JsonObject };

/** One Web API method: its token, scopes, rate limit and implementation. */
export type Method = {
  tier: Tier;
  /** One of these scopes is needed; none for an empty list. */
  scopes?: string[];
  /** For methods whose scopes depend on the conversation. */
  scopesFor?: (call: Call) => string[];
  /** `app` for the app-level token instead of the bot's; `none` for no token. */
  token?: 'app' | 'none';
  run(call: Call): JsonObject;
};

/** The string argument `name`. Throws `missing` (invalid_arguments by default) without it. */
export function required(call: Call, name: string, missing = 'invalid_arguments'): string {
  const value = textOf(call.args[name]);
  if (value !== undefined && value !== '') return value;
  const messages = [`[ERROR] missing required field: ${name}`];
  throw new SlackError(missing, missing === 'invalid_arguments' ? { response_metadata: { messages } } : {});
}

export function optional(call: Call, name: string): string | undefined {
  const value = textOf(call.args[name]);
  return value === '' ? undefined : value;
}

export function flag(call: Call, name: string): boolean {
  return flagOf(call.args[name]);
}

/** The conversation in the argument, if the app can see it. Throws `channel_not_found` otherwise. */
export function knownChannel(call: Call, name = 'channel'): Channel {
  const reference = required(call, name, 'channel_not_found');
  const channel = call.world.workspace.channel(reference);
  if (!channel || (channel.is_private && !channel.members.includes(app.botUser))) {
    throw new SlackError('channel_not_found');
  }
  return channel;
}

/** The conversation in the argument, if the app is a member. Throws Slack's error otherwise. */
export function joinedChannel(call: Call, name = 'channel'): Channel {
  const channel = knownChannel(call, name);
  if (!channel.members.includes(app.botUser)) throw new SlackError('not_in_channel');
  return channel;
}

/** Throws the error for problems of blocks or views in Slack's form, if there are any. */
export function refuseProblems(problems: Problem[], code: 'invalid_blocks' | 'invalid_arguments'): void {
  if (problems.length === 0) return;
  const errors = [...new Set(problems.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`))];
  const messages = errors.map(error => `[ERROR] ${error}`);
  throw new SlackError(code, { ...(code === 'invalid_blocks' ? { errors } : {}), response_metadata: { messages } });
}

/** One page of `items` (https://docs.slack.dev/apis/web-api/pagination). */
export function page<T>(call: Call, items: T[], defaultLimit: number): { items: T[]; next_cursor: string } {
  const limit = Math.max(1, Math.min(1000, Number(optional(call, 'limit') ?? defaultLimit) || defaultLimit));
  const cursor = optional(call, 'cursor');
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  if (!Number.isInteger(start) || start < 0 || start > items.length) throw new SlackError('invalid_cursor');
  const end = start + limit;
  return {
    items: items.slice(start, end),
    next_cursor: end < items.length ? Buffer.from(String(end)).toString('base64') : '',
  };
}
